/// Which task goes next: those that lack only a slot, in the one order, held back by their queue's limit or pause.
///
/// Owner    the ledger; a task stands here from the moment nothing but a slot is missing until it is handed over.
/// Threads  none: the owner's mailbox is the lock.
/// Order    (priority, moment of entering `waiting`) over all open queues.
/// Cost     add, remove O(1) in order; next O(queues that have somebody standing).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <stint/line.hpp>
#include <stint/plant.hpp>
#include <stint/record.hpp>

namespace stint {

/// One named lane.
struct task_queue {
  std::uint32_t limit = 0; ///< 0: none
  std::uint32_t running = 0;
  bool paused = false;
  bool draining = false;
  bool listed = false;
  line<live, &live::ready> standing;

  [[nodiscard]] bool full() const noexcept { return limit != 0 && running >= limit; }
};

class ready {
public:
  task_queue& queue(std::uint32_t number) {
    if (queues_.size() <= number)
      queues_.resize(number + 1);
    return queues_[number];
  }
  [[nodiscard]] const task_queue& queue(std::uint32_t number) const { return queues_[number]; }

  void add(live& l) {
    auto& q = queue(l.queue);
    q.standing.push(l);
    ++count_;
    if (!q.listed) {
      q.listed = true;
      listed_.push_back(l.queue);
    }
  }

  void remove(live& l) {
    if (!l.ready.linked)
      return;
    queue(l.queue).standing.remove(l);
    --count_;
  }

  /// Returns the first task whose queue is open, or null.
  live* next() {
    live* best = nullptr;
    for (std::size_t i = 0; i < listed_.size();) {
      auto& q = queues_[listed_[i]];
      auto* first = q.standing.front();
      if (first == nullptr) {
        q.listed = false;
        listed_[i] = listed_.back();
        listed_.pop_back();
        continue;
      }
      if (!q.full() && (best == nullptr || first->order() < best->order()))
        best = first;
      ++i;
    }
    return best;
  }

  /// Tasks that stand here, whether their queue is open or not.
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
  std::vector<task_queue> queues_;
  std::vector<std::uint32_t> listed_;
  std::size_t count_ = 0;
};

} // namespace stint
