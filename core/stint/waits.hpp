/// Who waits for which tasks: one, any or all of a set, or a fence behind everything submitted so far.
///
/// Owner    the ledger.
/// Threads  none: the owner's mailbox is the lock. Checking and registering are one step, so no wake-up is lost.
/// Cost     O(waits on a task) when it settles; fences cost one look at the lowest
///          unsettled id, however many there are.
/// Seed     aptly task/list.go: wait-then-get answers an error for a task cleared in between, and Wait() is a moving
///          target. Here the answer is taken when the task settles, and a fence does not move.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include <stint/effects.hpp>
#include <stint/query.hpp>

namespace stint {

class waits {
public:
  struct open_wait {
    wait_for mode = wait_for::all;
    std::size_t left = 0; ///< ids not settled yet
    std::vector<task_id> ids;
    std::vector<waited> settled;
  };

  /// Registers a wait whose `left` is not zero.
  void add(wait_id id, open_wait w) {
    for (auto t : w.ids)
      by_task_[t].push_back(id);
    open_.emplace(id, std::move(w));
  }

  [[nodiscard]] bool anybody_for(task_id id) const { return !by_task_.empty() && by_task_.contains(id); }
  [[nodiscard]] std::size_t size() const noexcept { return open_.size() + fences_.size(); }
  [[nodiscard]] bool has(wait_id id) const { return open_.contains(id) || fences_.contains(id); }

  /// Tells every wait for this task that it settled.
  void settle(const waited& how, task_version now, effects& fx) {
    auto found = by_task_.find(how.id);
    if (found == by_task_.end())
      return;
    auto ids = std::move(found->second);
    by_task_.erase(found);
    for (auto id : ids) {
      auto i = open_.find(id);
      if (i == open_.end())
        continue;
      i->second.settled.push_back(how);
      if (--i->second.left == 0 || i->second.mode == wait_for::any)
        finish(i, false, now, fx);
    }
  }

  /// Answers a wait that ran out of time or whose asker is gone; false when it is not open.
  bool expire(wait_id id, task_version now, effects& fx) {
    if (auto i = open_.find(id); i != open_.end()) {
      finish(i, true, now, fx);
      return true;
    }
    return false;
  }

  struct open_fence {
    task_id last = 0;
    bool scheduled_too = true;
  };

  void add_fence(wait_id id, open_fence f) {
    fences_.emplace(id, f);
    lines_[f.scheduled_too ? 1 : 0].emplace(f.last, id);
  }
  [[nodiscard]] bool any_fence() const noexcept { return !fences_.empty(); }

  /// Takes a fence out; nothing when it is not open.
  std::optional<open_fence> take_fence(wait_id id) {
    auto i = fences_.find(id);
    if (i == fences_.end())
      return std::nullopt;
    const auto f = i->second;
    lines_[f.scheduled_too ? 1 : 0].erase({f.last, id});
    fences_.erase(i);
    return f;
  }

  /// Answers the fences that stand before `unsettled`, the lowest id that they wait for.
  void open_fences(bool scheduled_too, task_id unsettled, task_version now, effects& fx) {
    auto& line = lines_[scheduled_too ? 1 : 0];
    while (!line.empty() && line.begin()->first < unsettled) {
      const auto [last, id] = *line.begin();
      fx.fences.push_back({id, {now, false, last, 0}});
      take_fence(id);
    }
  }

  /// Refuses everybody: what they wait for happens no more.
  void refuse(errc why, effects& fx) {
    for (const auto& [id, w] : open_)
      fx.waits.push_back({id, {}, why});
    for (const auto& [id, f] : fences_)
      fx.fences.push_back({id, {}, why});
    *this = {};
  }

private:
  using open_map = std::unordered_map<wait_id, open_wait>;

  void finish(open_map::iterator i, bool timed_out, task_version now, effects& fx) {
    for (auto t : i->second.ids) {
      auto w = by_task_.find(t);
      if (w == by_task_.end())
        continue;
      std::erase(w->second, i->first);
      if (w->second.empty())
        by_task_.erase(w);
    }
    fx.waits.push_back({i->first, {now, timed_out, std::move(i->second.settled)}});
    open_.erase(i);
  }

  open_map open_;
  std::unordered_map<task_id, std::vector<wait_id>> by_task_;
  std::unordered_map<wait_id, open_fence> fences_;
  std::array<std::set<std::pair<task_id, wait_id>>, 2> lines_; ///< fences by where they stand; [1]: scheduled too
};

} // namespace stint
