#include <stint/remote_list.hpp>

#include <stint/blocking.hpp>
#include <stint/questions.hpp>

namespace stint {

namespace {

/// Questions that wait for an answer or a link; past it they are refused, for mailboxes have no bound.
constexpr std::size_t most_open = 10'000;

} // namespace

caf::actor connect(caf::actor_system& system, at where, log_fn log) {
  static_cast<void>(protected_links(system));
  auto proxy = system.spawn<remote_list>(std::move(where), make_environment(std::move(log)));
  if (auto ok = ask_and_wait<node_messages::linked>(system, proxy, node_messages::await_link{}); !ok) {
    caf::anon_send_exit(proxy, caf::exit_reason::user_shutdown);
    throw start_error{ok.error()};
  }
  return proxy;
}

remote_list::remote_list(caf::actor_config& cfg, at where, std::shared_ptr<environment> env)
    : link(cfg, std::move(where), std::move(env)) {
  nonce_ = std::to_string(env_->seed());
}

caf::behavior remote_list::make_behavior() {
  open();
  return {
    [this](const envelope& e) { heard(e); },
    [this](node_messages::connected& m) { is_connected(m); },
    [this](const node_messages::connect_now&) { connect(); },
    [this](const node_messages::await_link&) { return wait_for_link(); },
    [this](const protocol::submit& m) { return submit(m); },
#define STINT_FORWARD(number_, question_, answer_, again_)                                                             \
  [this](const protocol::question_& m) { return pass_on<answer_>(number_, wire::encode(m), again_); },
    STINT_QUESTIONS(STINT_FORWARD)
#undef STINT_FORWARD
    [](const protocol::subscribe&) -> caf::result<protocol::subscribed> {
      return to_caf({errc::peer_refused, "subscriptions do not cross processes yet"});
    },
    [](const protocol::stop&) -> caf::result<protocol::stopped> {
      return to_caf({errc::peer_refused, "a list is stopped in its own process"});
    },
  };
}

template <class Answer>
caf::result<Answer> remote_list::pass_on(std::uint32_t number, std::string body, bool again) {
  if (body.size() > wire::frame_limit / 2)
    return to_caf({errc::batch_too_large, std::to_string(body.size()) + " bytes in one message"});
  if (open_.size() >= most_open)
    return to_caf({errc::too_many_waits, std::to_string(most_open) + " questions are open"});
  if (!up() && !again)
    return to_caf({errc::link_lost, "not connected"});
  auto p = make_response_promise<Answer>();
  question q;
  q.what = {++last_, number, std::move(body)};
  q.again = again;
  q.answer = [p](const wire::answer& a) mutable {
    auto got = a.code == errc::none ? wire::decode<Answer>(a.body) : result<Answer>{error{a.code, a.text}};
    if (got)
      p.deliver(std::move(*got));
    else
      p.deliver(to_caf(got.error()));
  };
  if (up())
    transmit(wire::frame::ask, q.what);
  open_.emplace(last_, std::move(q));
  return p;
}

caf::result<protocol::submitted> remote_list::submit(const protocol::submit& m) {
  wire::submit out;
  for (const auto& t : m.tasks) {
    if (t.run)
      return to_caf({errc::body_cannot_travel, "task " + std::to_string(out.tasks.size())});
    auto& s = out.tasks.emplace_back(t.what);
    if (s.idempotency_key.empty())
      s.idempotency_key = "link:" + nonce_ + ":" + std::to_string(last_ + 1) + ":" + std::to_string(out.tasks.size());
  }
  return pass_on<protocol::submitted>(wire::submit_number, wire::encode(out), true);
}

wire::hello remote_list::greeting() { return {wire::role::client, "client", {}, 0}; }

void remote_list::linked(const wire::welcome&) {
  for (const auto& [number, q] : open_)
    transmit(wire::frame::ask, q.what);
}

void remote_list::unlinked() {
  for (auto i = open_.begin(); i != open_.end();)
    if (i->second.again) {
      ++i;
    } else {
      i->second.answer({i->first, errc::link_lost, {}, {}});
      i = open_.erase(i);
    }
}

void remote_list::hear(wire::frame what, const std::string& body) {
  if (what != wire::frame::answer)
    return;
  auto a = wire::decode<wire::answer>(body);
  if (!a)
    return reopen(a.error());
  if (auto q = open_.extract(a->number))
    q.mapped().answer(*a);
}

void remote_list::on_exit() {
  for (auto& [number, q] : std::exchange(open_, {}))
    q.answer({number, errc::list_gone, {}, {}});
  link::on_exit();
}

} // namespace stint
