/// Submits task after task without waiting for each answer: what comes while a message is on its way goes with the next one.
///
/// Each task stands for itself, as if it were submitted alone: one that is refused refuses no other. The more the list has to
/// do, the more tasks travel in a message, up to a thousand: so one thread submits nearly as fast as in batches, and with a
/// store many of its tasks are saved with one commit.
///
/// Owner    the caller. The list may end before it: what has no answer by then is refused with list_gone.
/// Threads  one at a time, none of CAF's. It calls `heard` itself, inside submit() and flush().
/// Order    tasks are accepted and answers told in the order of the calls.
/// Errors   each task's own, by its number. What `heard` throws goes through to the caller; that answer counts as told.
/// Units    tasks.
/// Cost     a lock for each task, a message for all that have gathered. The memory of those without an answer is used again, and
///          kept to the submitter's end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include <stint/list.hpp>

namespace stint {

/// What has become of the tasks of a submitter: those that were told.
struct submit_tally {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t first_refused = 0; ///< its number; 0: none was
  error why;                       ///< of that one
};

class submitter {
public:
  /// Hears which id a task has, or why it was refused. May submit more, which waits for no window.
  using answer_fn = std::function<void(std::uint64_t number, const result<task_id>& id)>;

  /// At most `window` tasks, at least 1, are without an answer at any time, but for what `heard` submits.
  explicit submitter(const list& to, answer_fn heard = {}, std::size_t window = 4'096);

  /// Waits for the answers that are missing, and tells nobody: flush() first to hear them.
  ~submitter();

  submitter(const submitter&) = delete;
  submitter& operator=(const submitter&) = delete;

  /// Submits one task and returns its number: 1, 2, 3... Waits while the window is full; not inside `heard`. What `heard`
  /// throws leaves it before this task is submitted.
  std::uint64_t submit(spec what, body run = {});

  /// Waits until every task has its answer, and returns what became of all so far. Inside `heard`: of those told so far.
  submit_tally flush();

private:
  class line;

  /// The answer to the tasks of one message.
  struct answered {
    std::size_t count = 0;
    std::size_t told = 0;
    std::size_t refused = 0; ///< of those told
    result<protocol::submitted_each> what;
  };

  void tell(std::size_t most_open);
  void tell_one(answered& a);

  caf::strong_actor_ptr actor_; ///< keeps the line
  line* line_;
  answer_fn heard_;
  std::size_t window_;
  std::deque<answered> untold_;
  bool there_ = false; ///< answers are
  std::uint64_t submitted_ = 0;
  std::uint64_t told_ = 0;
  bool telling_ = false;
  submit_tally tally_;
};

} // namespace stint
