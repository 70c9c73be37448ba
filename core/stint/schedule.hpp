/// What is due when: one heap on the steady clock, one on the wall clock for `run_at`.
///
/// Owner    the ledger, which alone knows whether an entry still means something; what no longer does is dropped when it
///          comes up, or by `prune`, so that timeouts of tasks long finished do not gather.
/// Threads  none: the owner's mailbox is the lock.
/// Units    nanoseconds of the clock that the type names.
/// Cost     O(log entries) to add and to take; pruning is O(1) per entry added, taken over many.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <stint/spec.hpp>

namespace stint {

/// What an entry is for.
enum class due_for : std::uint8_t { start, deadline, timeout, grace, wait, stop, look, keep, away, lost };

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

/// For an entry that means something as long as it is the one for this moment.
inline std::uint64_t stamp_of(steady_time when) { return static_cast<std::uint64_t>(when.time_since_epoch().count()); }

class schedule {
public:
  void add(steady_time when, due_for what, std::uint64_t id, std::uint64_t stamp) {
    push(steady_, {when, what, id, stamp, ++turns_});
  }
  void add(wall_time when, due_for what, std::uint64_t id, std::uint64_t stamp) {
    push(wall_, {when, what, id, stamp, ++turns_});
  }

  /// Takes the next entry that is due at `now`, or nothing.
  std::optional<due_entry<steady_time>> take(moment now) {
    if (!steady_.empty() && steady_.front().when <= now.steady)
      return pop(steady_);
    if (!wall_.empty() && wall_.front().when <= now.wall) {
      const auto e = pop(wall_);
      return due_entry<steady_time>{now.steady, e.what, e.id, e.stamp, e.turn};
    }
    return std::nullopt;
  }

  /// Returns when to look again. A wall-clock entry is looked at every second at the latest, because that clock may be
  /// set at any time.
  [[nodiscard]] std::optional<steady_time> next(moment now) const {
    std::optional<steady_time> when;
    if (!steady_.empty())
      when = steady_.front().when;
    if (!wall_.empty()) {
      const nanos left = wall_.front().when - now.wall;
      const auto look = now.steady + std::min<nanos>(std::max(left, nanos{0}), std::chrono::seconds{1});
      when = when ? std::min(*when, look) : look;
    }
    return when;
  }

  /// Forgets entries that `means(what, id, stamp)` denies, as soon as there are twice as many as the last time.
  template <class F>
  void prune(F&& means) {
    if (size() < prune_at_)
      return;
    auto stale = [&means](const auto& e) { return !means(e.what, e.id, e.stamp); };
    std::erase_if(steady_, stale);
    std::erase_if(wall_, stale);
    std::make_heap(steady_.begin(), steady_.end(), std::greater<>{});
    std::make_heap(wall_.begin(), wall_.end(), std::greater<>{});
    prune_at_ = std::max(least_to_prune, 2 * size());
  }

  [[nodiscard]] std::size_t size() const noexcept { return steady_.size() + wall_.size(); }

private:
  static constexpr std::size_t least_to_prune = 1024;

  template <class Entry>
  static void push(std::vector<Entry>& heap, Entry e) {
    heap.push_back(e);
    std::push_heap(heap.begin(), heap.end(), std::greater<>{});
  }

  template <class Entry>
  static Entry pop(std::vector<Entry>& heap) {
    std::pop_heap(heap.begin(), heap.end(), std::greater<>{});
    const auto e = heap.back();
    heap.pop_back();
    return e;
  }

  std::vector<due_entry<steady_time>> steady_; ///< heaps, the earliest first
  std::vector<due_entry<wall_time>> wall_;
  std::size_t prune_at_ = least_to_prune;
  std::uint64_t turns_ = 0;
};

} // namespace stint
