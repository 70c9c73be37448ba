// What clients ask, and how the answers find them.
#include <stint/gateway.hpp>
#include <stint/questions.hpp>

namespace stint {

template <class Answer, class Question>
void gateway::pass_on(std::uint64_t session, std::uint64_t number, Question q, std::uint64_t boot) {
  auto reply = [this, session, number, boot](wire::answer a) {
    a.number = number;
    const auto waited = waiting_.extract({boot, number});
    say(waited ? waited.mapped() : session, wire::frame::answer, a);
  };
  auto whom = owner_;
  if constexpr (std::is_same_v<Question, protocol::nodes>)
    whom = caf::actor_cast<caf::actor>(this);
  caf_shim::ask(*this, whom, std::move(q))
    .then(
      [reply](const Answer& a) {
        wire::answer out;
        out.body = wire::encode(a);
        if (out.body.size() > wire::frame_limit / 2)
          out = {0, errc::bad_message, "the answer has " + std::to_string(out.body.size()) + " bytes: ask for less", {}};
        reply(std::move(out));
      },
      [reply](const caf::error& e) {
        auto ours = from_caf(e);
        reply({0, ours.code, std::move(ours.text), {}});
      });
}

/// Tells whether a wait is the one that its asker, who has a new link, has asked before: then that one is answered there.
bool gateway::waits_already(std::uint64_t session, const wire::ask& q) {
  const auto boot = peers_.at(session).boot;
  if (boot == 0)
    return false;
  const auto [open, fresh] = waiting_.try_emplace({boot, q.number}, session);
  open->second = session;
  return !fresh;
}

/// Says what was submitted as soon as it is: a client that loses its link after that only waits for it.
void gateway::run(std::uint64_t session, std::uint64_t number, protocol::submit m) {
  const auto boot = peers_.at(session).boot;
  caf_shim::ask(*this, owner_, std::move(m))
    .then(
      [this, session, number, boot](protocol::submitted& made) {
        const auto now = waiting_.find({boot, number});
        const auto whom = now != waiting_.end() ? now->second : session;
        say(whom, wire::frame::accepted, wire::accepted{number, made.ids});
        pass_on<wait_result>(whom, number, protocol::wait{{std::move(made.ids)}}, boot);
      },
      [this, session, number, boot](const caf::error& e) {
        auto ours = from_caf(e);
        const auto waited = waiting_.extract({boot, number});
        say(waited ? waited.mapped() : session, wire::frame::answer, wire::answer{number, ours.code, std::move(ours.text), {}});
      });
}

void gateway::asked(std::uint64_t session, wire::ask& q) {
  if ((q.what == wire::wait_number || q.what == wire::run_number) && waits_already(session, q))
    return;
  const auto boot = peers_.at(session).boot;
  auto bad = [&](const error& e) {
    ++refused_;
    waiting_.erase({boot, q.number});
    transmit(peers_.at(session).who, wire::frame::answer, wire::answer{q.number, e.code, e.text, {}});
  };
  if (q.what == wire::submit_number || q.what == wire::run_number) {
    auto all = wire::decode<wire::submit>(q.body);
    if (!all)
      return bad(all.error());
    std::vector<submission> tasks;
    tasks.reserve(all->tasks.size());
    for (auto& t : all->tasks)
      tasks.push_back({std::move(t), {}});
    protocol::submit m{std::move(tasks), all->as_one};
    return q.what == wire::submit_number ? pass_on<protocol::submitted>(session, q.number, std::move(m), boot)
                                         : run(session, q.number, std::move(m));
  }
  switch (q.what) {
#define STINT_ASKED(number_, question, answer_, again)                                                                 \
  case number_: {                                                                                                      \
    auto m = wire::decode<protocol::question>(q.body);                                                                 \
    return m ? pass_on<answer_>(session, q.number, std::move(*m), boot) : bad(m.error());                              \
  }
    STINT_QUESTIONS(STINT_ASKED)
#undef STINT_ASKED
    default: return bad({errc::bad_message, "question " + std::to_string(q.what)});
  }
}

} // namespace stint
