/// Which finished tasks are in memory: with a store the newest ones only, by the order of their ends.
///
/// Owner    the ledger, which lets the others go when the store has their ends.
/// Threads  none: the owner's mailbox is the lock.
/// Cost     O(1) for an end, and 8 bytes until its task has left; nothing without a window.
/// Durable  rebuilt at start, by whoever reads the store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include <stint/limits.hpp>
#include <stint/query.hpp>
#include <stint/stored_task.hpp>

namespace stint {

/// What a list that goes on from a store needs of a finished task that stays outside.
struct outside_task {
  task_id id = 0;
  task_version version = 0; ///< of its end
  wall_time ended{};
  std::size_t bytes = 0;    ///< as `kept_bytes` counts them
  stint::state state = state::succeeded;
};

class window {
public:
  explicit window(std::size_t most) : most_(most) {}

  [[nodiscard]] bool on() const noexcept { return most_ != all_in_memory; }

  /// A task has ended, after all that were added before.
  void add(task_id id) {
    if (on())
      ends_.push_back(id);
  }

  /// A task was taken in again, to be decided about: it leaves first.
  void add_first(task_id id) { ends_.push_front(id); }

  /// Calls `leaves(id)` for those that ended first, while more than the window's are in memory: false keeps it there, and
  /// ends it. `inside()` counts them. Returns false when it stopped after `most` steps.
  template <class Inside, class Leaves>
  bool let_go(std::size_t most, Inside&& inside, Leaves&& leaves) {
    while (!ends_.empty() && inside() > most_) {
      if (most-- == 0)
        return false;
      if (!leaves(ends_.front()))
        return true;
      ends_.pop_front();
    }
    return true;
  }

  /// Forgets those that are not in memory any more, when they have become many; `there(id)` tells.
  template <class There>
  void tidy(std::size_t inside, There&& there) {
    if (ends_.size() > 2 * inside + spare_ends)
      std::erase_if(ends_, [&there](task_id id) { return !there(id); });
  }

  /// Ends that are remembered; bounded by what is in memory. For tests.
  [[nodiscard]] std::size_t remembered() const noexcept { return ends_.size(); }

private:
  static constexpr std::size_t spare_ends = 1'024;

  std::size_t most_;
  std::deque<task_id> ends_; ///< in their order
};

/// What the list answers about a finished task that is outside.
task told_of(const stored_task& s);

/// The page of a list whose tasks are in two places, made of a page of each for the same question: in the order of ids, cut
/// where the first of them ends. A task that is in both is taken once. `next`: where the other page ends, 0: nowhere.
page merge(page inside, const std::vector<stored_task>& outside, task_id next, const page_request& ask);

} // namespace stint
