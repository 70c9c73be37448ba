/// Asking an actor from a plain thread: the one place that blocks for an answer.
///
/// Threads  not from CAF's scheduler: it would block one of its threads.
/// Errors   the other's error, or list_gone when it has ended.
/// Cost     of an idle list: no thread is woken, the asking one works the mailbox off; but for pages. Who waits for the end of
///          a task looks for it up to 50 us before it sleeps, while that pays (`spin_then_park`).
#pragma once

#include <atomic>
#include <optional>
#include <type_traits>
#include <utility>

#include <stint/lent_thread.hpp>
#include <stint/protocol.hpp>

namespace stint {

/// Waits for one answer.
class waiting_asker final : public caf_shim::asker {
public:
  using asker::asker;

  caf::message wait() {
    heard_.wait(false, std::memory_order_acquire);
    return std::move(answer_);
  }

  /// For an answer that a short task may give.
  caf::message look_and_wait();

private:
  void hear(caf::message answer) override {
    answer_ = std::move(answer);
    heard_.store(true, std::memory_order_release);
    heard_.notify_one();
  }

  caf::message answer_;
  std::atomic<bool> heard_ = false;
};

/// Whether a thread that asks this runs the list itself. Not for pages: who reads one after the other hardly sleeps, so the
/// processor is taken from such a thread at any moment, and the list would stand still with it.
template <class Question>
inline constexpr bool worth_lending_for = !std::is_same_v<Question, protocol::read_page>;

/// Whether the answer comes when a task has ended.
template <class Question>
inline constexpr bool waits_for_tasks = std::is_same_v<Question, protocol::run> || std::is_same_v<Question, protocol::wait>;

/// Sends `question` and waits for the answer, however long it takes: the asked actor keeps the time.
template <class Answer, class Question>
result<Answer> ask_and_wait(caf::actor_system& system, const caf::actor& whom, Question question) {
  if (!whom)
    return {errc::list_gone};
  const auto who = caf_shim::make_asker<waiting_asker>(system);
  auto& self = static_cast<waiting_asker&>(*who->get());
  if constexpr (worth_lending_for<Question>) {
    lent_thread lent;
    self.ask(&lent, whom, std::move(question));
  } else {
    self.ask(nullptr, whom, std::move(question));
  }
  std::optional<result<Answer>> got;
  caf::message_handler take{[&got](Answer& a) { got.emplace(std::move(a)); },
                            [&got](caf::error& e) { got.emplace(from_caf(e)); }};
  auto answer = waits_for_tasks<Question> ? self.look_and_wait() : self.wait();
  take(answer);
  return std::move(*got);
}

} // namespace stint
