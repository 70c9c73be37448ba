/// Who waits for which tasks: one, any or all of a set, or a fence behind everything submitted so far.
///
/// Owner    the ledger.
/// Threads  none: the owner's mailbox is the lock. Checking and registering are one step, so no wake-up is lost.
/// Cost     O(waits on a task) when it settles; a fence costs one look at the lowest unsettled id.
/// Seed     aptly task/list.go: wait-then-get answers an error for a task cleared in between, and Wait() is a moving
///          target. Here the answer is taken when the task settles, and a fence does not move.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
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

  [[nodiscard]] bool anybody_for(task_id id) const { return by_task_.contains(id); }
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

  void add_fence(wait_id id, open_fence f) { fences_.emplace(id, f); }
  [[nodiscard]] std::map<wait_id, open_fence>& fences() noexcept { return fences_; }

  /// Ids of all open waits and fences, to answer them at the end.
  [[nodiscard]] std::vector<wait_id> all() const {
    std::vector<wait_id> out;
    for (const auto& [id, w] : open_)
      out.push_back(id);
    return out;
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
  std::map<wait_id, open_fence> fences_;
};

} // namespace stint
