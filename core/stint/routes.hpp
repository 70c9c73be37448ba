/// Ways from tasks to workers: a kind, and the labels that a task asks for beside it, as one number.
///
/// A task without labels goes the way of its kind, which is always there. A way with labels is there while an unfinished
/// task asks for it; then its number is given again.
///
/// Owner    the ledger.
/// Threads  none: the owner's mailbox is the lock.
/// Cost     nothing without labels; else one look-up in a task's life.
/// Durable  made anew from the tasks at start.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <stint/error.hpp>
#include <stint/id_set.hpp>

namespace stint {

using route_id = std::uint32_t;

/// Sorted, each once.
using label_set = std::vector<std::string>;

inline label_set set_of(std::vector<std::string> labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return labels;
}

/// The way of a kind's tasks without labels; 0, that of callables.
constexpr route_id plain_route(std::uint32_t kind) noexcept { return kind << 1; }
constexpr std::uint32_t kind_of_plain(route_id way) noexcept { return way >> 1; }
constexpr bool has_labels(route_id way) noexcept { return (way & 1) != 0; }

/// The ways with labels.
class routes {
public:
  struct way {
    std::uint32_t kind = 0;
    label_set labels;
    id_set tasks; ///< unfinished ones
  };

  /// Returns the number of a way, 0 if nobody asks for it.
  [[nodiscard]] route_id find(std::uint32_t kind, const label_set& labels) const {
    const auto i = numbers_.find({kind, labels});
    return i == numbers_.end() ? 0 : i->second;
  }

  /// Puts a task on its way, which is made when it is new.
  route_id enter(std::uint32_t kind, const label_set& labels, task_id id) {
    auto [i, fresh] = numbers_.try_emplace({kind, labels});
    if (fresh) {
      if (free_.empty()) {
        free_.push_back(static_cast<route_id>(ways_.size()) << 1 | 1);
        ways_.emplace_back();
      }
      i->second = free_.back();
      free_.pop_back();
      ways_[i->second >> 1] = {kind, labels, {}};
    }
    ways_[i->second >> 1].tasks.insert(id);
    return i->second;
  }

  /// Returns true when nobody asks for the way any more: its number may be given again.
  bool leave(route_id number, task_id id) {
    auto& w = ways_[number >> 1];
    STINT_ASSERT(w.tasks.contains(id), number, id);
    w.tasks.erase(id);
    if (!w.tasks.empty())
      return false;
    numbers_.erase({w.kind, w.labels});
    w = {};
    free_.push_back(number);
    return true;
  }

  [[nodiscard]] const way& at(route_id number) const { return ways_[number >> 1]; }

  /// Calls `f(number, way)` for those that somebody asks for.
  template <class F>
  void each(F&& f) const {
    for (const auto& [what, number] : numbers_)
      f(number, ways_[number >> 1]);
  }

  [[nodiscard]] std::size_t size() const noexcept { return numbers_.size(); }

private:
  std::map<std::pair<std::uint32_t, label_set>, route_id> numbers_;
  std::vector<way> ways_;
  std::vector<route_id> free_;
};

} // namespace stint
