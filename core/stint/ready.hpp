/// Which task goes next: those that lack only a slot, in the one order, held back by their queue's limit or pause.
///
/// Owner    the ledger; a task stands here from the moment nothing but a slot is missing until it is handed over.
/// Threads  none: the owner's mailbox is the lock.
/// Order    (priority, moment of entering `waiting`) over all open queues.
/// Cost     add, remove O(1) in order; next O(pairs of queue and route that have somebody standing).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <stint/line.hpp>
#include <stint/plant.hpp>
#include <stint/record.hpp>

namespace stint {

/// Who stands in one queue for one route: while the workers of one are busy, the others go on.
struct ready_lane {
  route_id route = 0;
  bool listed = false;
  line<live, &live::ready> standing;
};

/// One named lane.
struct task_queue {
  std::uint32_t limit = 0; ///< 0: none
  std::uint32_t running = 0;
  bool paused = false;
  bool draining = false;
  std::vector<ready_lane> lanes; ///< made when a task of that route first stands here

  [[nodiscard]] bool full() const noexcept { return limit != 0 && running >= limit; }

  /// Returns the index of a route's lane.
  std::uint32_t lane_of(route_id route) {
    std::uint32_t i = 0;
    while (i < lanes.size() && lanes[i].route != route)
      ++i;
    if (i == lanes.size())
      lanes.emplace_back().route = route;
    return i;
  }
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
    const auto i = q.lane_of(l.route);
    q.lanes[i].standing.push(l);
    ++count_;
    if (!q.lanes[i].listed) {
      q.lanes[i].listed = true;
      listed_.push_back({l.queue, i});
    }
  }

  void remove(live& l) {
    if (!l.ready.linked)
      return;
    auto& q = queue(l.queue);
    q.lanes[q.lane_of(l.route)].standing.remove(l);
    --count_;
  }

  /// Returns the first task whose queue is open and which `has_room(task)`, or null; asked once for each lane, at most.
  template <class F>
  live* next(F&& has_room) {
    live* best = nullptr;
    for (std::size_t i = 0; i < listed_.size();) {
      auto& q = queues_[listed_[i].queue];
      auto& lane = q.lanes[listed_[i].lane];
      auto* first = lane.standing.front();
      if (first == nullptr) {
        lane.listed = false;
        listed_[i] = listed_.back();
        listed_.pop_back();
        continue;
      }
      if (!q.full() && (best == nullptr || first->order() < best->order()) && has_room(*first))
        best = first;
      ++i;
    }
    return best;
  }

  /// Counts the tasks that go before `l`, up to `most`: those of its own queue if that is full; else those of all
  /// queues that are not, of each route that `competes(route)` with it.
  template <class F>
  [[nodiscard]] std::uint64_t ahead_of(const live& l, std::uint64_t most, F&& competes) const {
    std::uint64_t n = 0;
    const bool own = queues_[l.queue].full();
    for (const auto& p : listed_) {
      const auto& q = queues_[p.queue];
      const auto& lane = q.lanes[p.lane];
      if (own ? p.queue == l.queue : !q.full() && competes(lane.route))
        lane.standing.for_each([&](const live& other) { return other.order() < l.order() && n < most && ++n > 0; });
    }
    return n;
  }

  /// Tasks that stand here, whether their queue is open or not.
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
  std::vector<task_queue> queues_;
  struct place {
    std::uint32_t queue;
    std::uint32_t lane;
  };
  std::vector<place> listed_; ///< lanes with somebody standing, and some that have just been left
  std::size_t count_ = 0;
};

} // namespace stint
