/// An actor system that moves only when told: deliver one message, run to quiet, let time pass.
///
/// Owner    the test. Everything spawned in it runs in the test's thread, inside these calls.
/// Threads  one.
/// Errors   spawn_list throws start_error for a refused capacity or queue limit, as the real list's constructor does.
/// Order    in order of arrival; on CAF 0.17 also in an order drawn from a seed (messages to one actor stay in order).
/// Example  docs/guide.md, "Testing your own tasks"; examples/tutorial/testing.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <stint/context.hpp>
#include <stint/list_actor.hpp>
#include <stint/options.hpp>
#include <stint/promise.hpp>
#include <stint/protocol.hpp>
#include <stint/retry.hpp>
#include <stint/test_environment.hpp>

namespace stint::test {

class step_system {
public:
  explicit step_system(std::shared_ptr<test_environment> env = std::make_shared<test_environment>());
  ~step_system();

  [[nodiscard]] caf::actor_system& system();
  [[nodiscard]] test_environment& env() { return *env_; }

  /// Spawns a list whose bodies run inline, one worker for `workers` 0 and none with `only_nodes`. Of the options,
  /// `environment` and `log` are this one's, and the two that only the real list's end reads, `stop_grace` and
  /// `abandon_stuck`, say nothing.
  caf::actor spawn_list(options with = {});

  /// Delivers one message; false when there is none.
  bool step();

  /// Delivers one message to an actor drawn from `order`; on CAF 1.x the next one in order of arrival.
  bool step(dice& order);

  /// Delivers messages until there are none; returns how many.
  std::size_t run();

  /// Lets time pass and delivers what becomes due.
  std::size_t advance(nanos d);

  /// Lets time pass; what becomes due is delivered by later steps.
  void advance_only(nanos d);

  /// Asks and runs until the answer is there or everything is quiet; quiet without an answer: nothing yet.
  template <class Answer, class Question>
  std::optional<result<Answer>> ask(const caf::actor& whom, Question q) {
    auto box = begin_ask<Answer>(whom, std::move(q));
    run();
    return *box;
  }

  /// Asks without delivering anything; look into the box later.
  template <class Answer, class Question>
  std::shared_ptr<std::optional<result<Answer>>> begin_ask(const caf::actor& whom, Question q) {
    auto box = std::make_shared<std::optional<result<Answer>>>();
    system().spawn([box, whom, q = std::move(q)](caf::event_based_actor* self) mutable {
      caf_shim::ask(*self, whom, std::move(q))
        .then([box](Answer& a) { box->emplace(std::move(a)); },
              [box](caf::error& e) { box->emplace(from_caf(e)); });
    });
    return box;
  }

private:
  struct inside;
  std::shared_ptr<test_environment> env_;
  std::unique_ptr<inside> inside_;
  std::vector<caf::actor> lists_;
};

} // namespace stint::test
