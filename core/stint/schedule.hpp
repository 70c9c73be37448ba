/// What is due when: one heap on the steady clock, one on the wall clock for `run_at`.
///
/// Owner    the list; entries are never taken out early, the owner drops a stale one when it comes up.
/// Threads  none: the owner's mailbox is the lock.
/// Units    nanoseconds of the clock that the type names.
/// Cost     O(log entries) to add and to take; nothing on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include <stint/spec.hpp>

namespace stint {

/// What an entry is for.
enum class due_for : std::uint8_t { start, deadline, timeout, grace, wait, stop, look };

/// One thing to look at when its time comes; `stamp` tells whether it still means what it meant.
template <class Time>
struct due_entry {
  Time when;
  due_for what = due_for::start;
  std::uint64_t id = 0;    ///< of a task, or of a wait
  std::uint64_t stamp = 0; ///< attempt or version at the time of adding
  std::uint64_t turn = 0;  ///< entries of one moment come up in the order in which they were added

  friend bool operator>(const due_entry& a, const due_entry& b) {
    return a.when != b.when ? a.when > b.when : a.turn > b.turn;
  }
};

class schedule {
public:
  void add(steady_time when, due_for what, std::uint64_t id, std::uint64_t stamp) {
    steady_.push({when, what, id, stamp, ++turns_});
  }
  void add(wall_time when, due_for what, std::uint64_t id, std::uint64_t stamp) {
    wall_.push({when, what, id, stamp, ++turns_});
  }

  /// Takes the next entry that is due at `now`, or nothing.
  std::optional<due_entry<steady_time>> take(moment now) {
    if (!steady_.empty() && steady_.top().when <= now.steady) {
      auto e = steady_.top();
      steady_.pop();
      return e;
    }
    if (!wall_.empty() && wall_.top().when <= now.wall) {
      auto e = wall_.top();
      wall_.pop();
      return due_entry<steady_time>{now.steady, e.what, e.id, e.stamp, e.turn};
    }
    return std::nullopt;
  }

  /// Returns when to look again. A wall-clock entry is looked at every second at the latest, because that clock may be
  /// set at any time.
  [[nodiscard]] std::optional<steady_time> next(moment now) const {
    std::optional<steady_time> when;
    if (!steady_.empty())
      when = steady_.top().when;
    if (!wall_.empty()) {
      const nanos left = wall_.top().when - now.wall;
      const auto look = now.steady + std::min<nanos>(std::max(left, nanos{0}), std::chrono::seconds{1});
      when = when ? std::min(*when, look) : look;
    }
    return when;
  }

  [[nodiscard]] std::size_t size() const noexcept { return steady_.size() + wall_.size(); }

private:
  template <class Time>
  using heap = std::priority_queue<due_entry<Time>, std::vector<due_entry<Time>>, std::greater<>>;

  heap<steady_time> steady_;
  heap<wall_time> wall_;
  std::uint64_t turns_ = 0;
};

} // namespace stint
