#include <stint/remote_list.hpp>

#include <stint/blocking.hpp>
#include <stint/loopback.hpp>
#include <stint/questions.hpp>

namespace stint {

namespace {

/// Questions that wait for an answer or a link; past it they are refused, for mailboxes have no bound.
constexpr std::size_t most_open = 10'000;

/// How long after its time the answer to a wait may be on its way from a list that is linked: longer than over any good network,
/// and no longer than a caller would take for the same moment.
constexpr nanos way_back = std::chrono::milliseconds{500};

nanos patience(const protocol::wait& m) { return m.ask.timeout; }
nanos patience(const auto&) { return nanos{0}; }

} // namespace

caf::actor start_connecting(caf::actor_system& system, at where, log_fn log) {
  where.host = link_address(system, where.host);
  return system.spawn<remote_list>(std::move(where), make_environment(std::move(log)));
}

caf::actor connect(caf::actor_system& system, at where, log_fn log) {
  auto proxy = start_connecting(system, std::move(where), std::move(log));
  if (auto ok = ask_and_wait<node_messages::linked>(system, proxy, node_messages::await_link{}); !ok) {
    caf::anon_send_exit(proxy, caf::exit_reason::user_shutdown);
    throw start_error{ok.error()};
  }
  return proxy;
}

remote_list::remote_list(caf::actor_config& cfg, at where, std::shared_ptr<environment> env)
    : link(cfg, std::move(where), std::move(env)),
      streams_(*this, env_, [this](wire::frame what, std::string body) { transmit_body(what, std::move(body)); }) {
  boot_ = env_->seed() | 1;
  nonce_ = std::to_string(boot_);
}

caf::behavior remote_list::make_behavior() {
  open();
  return {
    [this](const envelope& e) { heard(e); },
    [this](node_messages::connected& m) { is_connected(m); },
    [this](const node_messages::connect_now&) { connect(); },
    [this](const node_messages::await_link&) { return wait_for_link(); },
    [this](const protocol::submit& m) { return submit<protocol::submitted>(wire::submit_number, m.tasks, m.as_one); },
    [this](protocol::submit_each& m) { return submit_each(m.tasks); },
    [this](const protocol::run& m) { return submit<wait_result>(wire::run_number, m.tasks, m.as_one); },
#define STINT_FORWARD(number_, question_, answer_, again_)                                                             \
  [this](const protocol::question_& m) { return pass_on<answer_>(number_, wire::encode(m), again_, patience(m)); },
    STINT_QUESTIONS(STINT_FORWARD)
#undef STINT_FORWARD
    [this](const protocol::subscribe& m) { return streams_.subscribe(m); },
    [this](const protocol::unsubscribe& m) { return streams_.unsubscribe(m.number); },
    [this](const protocol::credit& m) { streams_.credit(m); },
    [this](const node_messages::beat_now&) { beat(); },
    [this](const node_messages::await_welcome& m) { look_for_welcome(m); },
    [this](const node_messages::look_at_time& m) { look_at_time(m.when); },
    [](const protocol::stop&) -> caf::result<protocol::stopped> {
      return to_caf({errc::peer_refused, "a list is stopped in its own process"});
    },
  };
}

/// Says why a question cannot be asked.
result<unit_t> remote_list::askable(const std::string& body, bool again) const {
  if (body.size() > wire::frame_limit / 2)
    return {errc::batch_too_large, std::to_string(body.size()) + " bytes in one message"};
  if (open_.size() >= most_open)
    return {errc::too_many_waits, std::to_string(most_open) + " questions are open"};
  if (!up() && !again)
    return {errc::link_lost, "not connected"};
  return unit;
}

template <class Answer>
caf::result<Answer> remote_list::pass_on(std::uint32_t number, std::string body, bool again, nanos patience) {
  if (auto ok = askable(body, again); !ok)
    return to_caf(ok.error());
  auto p = make_response_promise<Answer>();
  ask_list(number, std::move(body), again, patience, [p](const wire::answer& a) mutable {
    auto got = a.code == errc::none ? wire::decode<Answer>(a.body) : result<Answer>{error{a.code, a.text}};
    if (got)
      p.deliver(std::move(*got));
    else
      p.deliver(to_caf(got.error()));
  });
  return p;
}

/// Asks what is askable.
void remote_list::ask_list(std::uint32_t number, std::string body, bool again, nanos patience,
                           std::function<void(const wire::answer&)> then) {
  question q;
  q.what = {++last_, number, std::move(body)};
  q.again = again;
  q.answer = std::move(then);
  if (up())
    transmit(wire::frame::ask, q.what);
  if (patience > nanos{0}) {
    const auto now = env_->now().steady;
    q.until = now + std::min(patience, limits{}.longest);
    timed_.emplace(q.until, last_);
    look_in_time(now);
  }
  open_.emplace(last_, std::move(q));
}

template <class Answer>
caf::result<Answer> remote_list::submit(std::uint32_t number, const std::vector<submission>& tasks, bool as_one) {
  auto body = written(tasks, as_one);
  if (!body)
    return to_caf(body.error());
  return pass_on<Answer>(number, std::move(*body), true);
}

/// A wait is over in its time, whether or not the list can be asked.
void remote_list::look_at_time(stint::steady_time when) {
  looks_.erase(when);
  const auto now = env_->now().steady;
  while (!timed_.empty() && overdue_from(timed_.begin()->first) <= now) {
    auto q = open_.extract(timed_.begin()->second);
    timed_.erase(timed_.begin());
    q.mapped().answer({q.key(), errc::none, {}, wire::encode(wait_result{0, true, {}})});
  }
  look_in_time(now);
}

stint::steady_time remote_list::overdue_from(stint::steady_time until) const { return up() ? until + way_back : until; }

void remote_list::look_in_time(stint::steady_time now) {
  if (timed_.empty())
    return;
  const auto when = overdue_from(timed_.begin()->first);
  if (!looks_.empty() && *looks_.begin() <= when)
    return;
  looks_.insert(when);
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), std::max(when - now, nanos{0}), node_messages::look_at_time{when});
}

std::optional<remote_list::question> remote_list::take(std::uint64_t number) {
  auto q = open_.extract(number);
  if (!q)
    return std::nullopt;
  timed_.erase({q.mapped().until, number});
  return std::move(q.mapped());
}

wire::hello remote_list::greeting() {
  greeted_ = env_->now().steady;
  return {wire::role::client, process_name(), {}, {}, 0, 0, boot_};
}

void remote_list::linked(const wire::welcome& w) {
  streams_.linked(w.life); // first: subscribers hear of another list before any answer of it
  const bool another = std::exchange(life_, w.life) != w.life;
  const auto now = env_->now().steady;
  for (auto& [number, q] : open_) {
    if (another)
      q.rest.reset();
    if (q.until != stint::steady_time{}) {
      auto left = *wire::decode<protocol::wait>(q.what.body);
      left.ask.timeout = std::max(q.until - now, nanos{1});
      q.what.body = wire::encode(left);
    }
    transmit(wire::frame::ask, q.rest ? *q.rest : q.what);
  }
  heart_.emplace(lease_times{w.beat, w.lease}, greeted_);
  every_ = w.beat;
  if (!std::exchange(beating_, true))
    beat();
}

/// Notices an owner that is stopped, or a network that loses everything: neither closes a socket.
void remote_list::beat() {
  beating_ = false;
  if (!heart_)
    return;
  const auto now = env_->now().steady;
  if (heart_->over(now))
    return reopen({errc::link_lost, "the list is silent"});
  transmit(wire::frame::beat, wire::beat{heart_->beat(now)});
  beating_ = true;
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), std::clamp(heart_->ends() - now, nanos{1}, every_),
                       node_messages::beat_now{});
}

void remote_list::unlinked() {
  heart_.reset();
  streams_.unlinked();
  for (auto i = open_.begin(); i != open_.end();)
    if (i->second.again) {
      ++i;
    } else {
      i->second.answer({i->first, errc::link_lost, {}, {}});
      i = open_.erase(i);
    }
  look_in_time(env_->now().steady);
}

void remote_list::hear(wire::frame what, const std::string& body) {
  auto with = [this](auto read, auto&& fn) {
    if (read)
      fn(*read);
    else
      reopen(read.error());
  };
  if (what == wire::frame::answer)
    with(wire::decode<wire::answer>(body), [this](const wire::answer& a) {
      if (auto q = take(a.number))
        q->answer(a);
    });
  else if (what == wire::frame::accepted)
    with(wire::decode<wire::accepted>(body), [this](wire::accepted& m) {
      if (auto q = open_.find(m.number); q != open_.end())
        q->second.rest = {m.number, wire::wait_number, wire::encode(protocol::wait{{std::move(m.ids)}})};
    });
  else if (what == wire::frame::told)
    with(wire::decode<wire::told>(body), [this](wire::told& m) { streams_.hear(std::move(m)); });
  else if (what == wire::frame::heard)
    with(wire::decode<wire::beat>(body), [this](const wire::beat& b) {
      if (heart_)
        heart_->heard(b.number);
    });
}

void remote_list::on_exit() {
  for (auto& [number, q] : std::exchange(open_, {}))
    q.answer({number, errc::list_gone, {}, {}});
  streams_.end();
  link::on_exit();
}

} // namespace stint
