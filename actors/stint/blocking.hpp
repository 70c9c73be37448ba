/// Asking an actor from a plain thread: the one place that blocks for an answer.
///
/// Threads  not from CAF's scheduler: it would block one of its threads.
/// Errors   the other's error, or list_gone when it has ended.
#pragma once

#include <optional>
#include <utility>

#include <caf/scoped_actor.hpp>
#include <stint/protocol.hpp>

namespace stint {

/// Sends `question` and waits for the answer, however long it takes: the asked actor keeps the time.
template <class Answer, class Question>
result<Answer> ask_and_wait(caf::actor_system& system, const caf::actor& whom, Question question) {
  if (!whom)
    return {errc::list_gone};
  caf::scoped_actor self{system};
  std::optional<result<Answer>> got;
  caf_shim::ask(*self, whom, std::move(question))
    .receive([&got](Answer& a) { got.emplace(std::move(a)); },
             [&got](caf::error& e) { got.emplace(from_caf(e)); });
  return std::move(*got);
}

} // namespace stint
