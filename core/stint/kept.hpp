/// Which finished tasks are kept: groups of states, each with its bounds on number, age and bytes; the first end goes first.
///
/// A state that `limits::finished_of` names is a group of its own, the others share `limits::finished`.
///
/// A task that is outside (its record is in the store only) counts like any other. When it has to go it is condemned: it
/// does not count any more, and is deleted as soon as it has been read.
///
/// Owner    the ledger, which tells it of every end and of every deletion, whoever asked for that.
/// Threads  none: the owner's mailbox is the lock.
/// Units    bytes as `kept_bytes` counts them: an estimate of what a task takes, the same in every life of the list.
/// Cost     O(1) for an end, a deletion and a step; ends of what was deleted by hand go later, O(1) each on average.
/// Durable  rebuilt from the tasks at start.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include <stint/error.hpp>
#include <stint/limits.hpp>
#include <stint/plant.hpp>
#include <stint/record.hpp>
#include <stint/stored_task.hpp>

namespace stint {

/// What a finished task counts towards `retention::bytes`: a fixed figure, its own texts, and the output of it that is
/// kept. Names of queues and kinds are shared and not counted. `asked` is what was submitted, `known` what came of it.
template <class Asked, class Known>
std::size_t kept_bytes(const std::string& name, const Asked& asked, const std::string& key, const Known& known) {
  std::size_t n = finished_task_bytes + name.size() + asked.args.size() + key.size() + known.value.size()
                  + known.error.size() + known.detail.size() + known.progress.text.size();
  for (const auto& e : known.errors)
    n += e.text.size();
  for (const auto& tag : asked.tags)
    n += tag.size();
  for (const auto& label : asked.labels)
    n += label.size();
  for (const auto& c : asked.claims)
    n += c.key.size();
  return n + static_cast<std::size_t>(known.printed);
}

inline std::size_t kept_bytes(const record& r) {
  return r.extra ? kept_bytes(r.name, *r.extra, r.extra->terms->idempotency_key, *r.extra->story) : finished_task_bytes + r.name.size();
}

/// The same of a task that is in a store.
inline std::size_t kept_bytes(const stored_task& t) { return kept_bytes(t.what.name, t.what, t.what.idempotency_key, t); }

/// Where the record of a finished task is.
enum class whereabouts : std::uint8_t { gone, inside, outside };

class kept {
public:
  explicit kept(const limits& l) {
    groups_.push_back({l.finished, {}, 0, 0});
    for (const auto& [of, bounds] : l.finished_of) {
      STINT_ASSERT(terminal(of), static_cast<unsigned>(of), 0);
      group_of_[static_cast<std::size_t>(of)] = static_cast<std::uint8_t>(groups_.size());
      groups_.push_back({bounds, {}, 0, 0});
    }
  }

  /// A task has ended, after all that were added before.
  void add(const record& r) {
    if (group(r.state).bounds != keep_all)
      add(r.id, r.state, r.ended, kept_bytes(r));
  }
  void add(task_id id, state s, wall_time ended, std::size_t bytes) {
    auto& g = group(s);
    if (g.bounds == keep_all)
      return;
    g.ends.push_back({id, ended, bytes});
    ++g.count;
    g.bytes += bytes;
  }

  /// A finished task, which has not changed since, is deleted. Its end may be forgotten later.
  void drop(const record& r) {
    if (auto i = std::find(condemned_.begin(), condemned_.end(), r.id); i != condemned_.end()) {
      condemned_.erase(i);
      return;
    }
    auto& g = group(r.state);
    if (g.bounds == keep_all)
      return;
    --g.count;
    if (!planted(plant::bytes_forgotten))
      g.bytes -= kept_bytes(r);
  }

  /// Calls `drop_it(id)`, which must drop it, for tasks past their bounds, and condemns those that are outside; `where(id)`
  /// is their whereabouts. Returns false when it stopped after `most` steps.
  template <class Where, class Drop>
  bool overdue(wall_time now, std::size_t most, Where&& where, Drop&& drop_it) {
    for (auto& g : groups_) {
      if (g.ends.size() > 2 * g.count + spare_ends)
        std::erase_if(g.ends, [&where](const auto& e) { return where(e.id) == whereabouts::gone; });
      while (!g.ends.empty()) {
        if (g.ends.front().when > now) // the clock was ahead: nobody must wait until it is as late as that
          for (auto& e : g.ends)
            e.when = std::min(e.when, now);
        const auto [id, when, bytes] = g.ends.front();
        const auto at = where(id);
        if (at != whereabouts::gone && !g.past(when, now))
          break;
        // Who ended before goes first. When those that are condemned are gone, the next look is at hand.
        if ((at == whereabouts::inside && !condemned_.empty()) || (at == whereabouts::outside && condemned_.size() == most_condemned))
          break;
        if (most-- == 0)
          return false;
        g.ends.pop_front();
        if (at == whereabouts::inside)
          drop_it(id);
        if (at == whereabouts::outside) {
          --g.count;
          g.bytes -= bytes;
          condemned_.push_back(id);
        }
      }
    }
    return true;
  }

  /// Tasks outside that have to go, those that ended first come first.
  [[nodiscard]] const std::deque<task_id>& condemned() const noexcept { return condemned_; }

  /// A condemned task is not there: nothing is to be deleted.
  void acquit(task_id id) { std::erase(condemned_, id); }

  /// How long it is from `now` until a task is past its age, when nothing is past its bounds.
  [[nodiscard]] std::optional<nanos> next(wall_time now) const {
    std::optional<nanos> least;
    for (const auto& g : groups_)
      if (g.bounds.age != nanos{0} && !g.ends.empty()) {
        const auto left = g.bounds.age - std::max<nanos>(now - g.ends.front().when, nanos{0});
        least = least ? std::min(*least, left) : left;
      }
    return least;
  }

  /// Ends that are remembered; bounded by what is kept. For tests.
  [[nodiscard]] std::size_t remembered() const noexcept {
    std::size_t n = 0;
    for (const auto& g : groups_)
      n += g.ends.size();
    return n;
  }

  /// How much is kept of a state's group; 0 where all is. For tests.
  [[nodiscard]] std::size_t count(state s) const { return groups_[group_of_[static_cast<std::size_t>(s)]].count; }
  [[nodiscard]] std::size_t bytes(state s) const { return groups_[group_of_[static_cast<std::size_t>(s)]].bytes; }

private:
  /// So many are read and deleted with one commit.
  static constexpr std::size_t most_condemned = 1'000;

  /// Ends of tasks that are deleted meanwhile are remembered up to this many beyond as many as are kept.
  static constexpr std::size_t spare_ends = 1'024;

  struct end {
    task_id id;
    wall_time when;
    std::size_t bytes;
  };
  struct kept_group {
    retention bounds;
    std::deque<end> ends; ///< in their order
    std::size_t count;
    std::size_t bytes;

    /// Tells whether the task that ended first has to go.
    [[nodiscard]] bool past(wall_time when, wall_time now) const {
      return (bounds.tasks != 0 && count > bounds.tasks) || (bounds.bytes != 0 && bytes > bounds.bytes)
             || (bounds.age != nanos{0} && now - when >= bounds.age);
    }
  };

  kept_group& group(state s) {
    return groups_[planted(plant::state_bounds_ignored) ? 0 : group_of_[static_cast<std::size_t>(s)]];
  }

  std::vector<kept_group> groups_; ///< the first is shared
  std::deque<task_id> condemned_;
  std::array<std::uint8_t, state_count> group_of_{};
};

} // namespace stint
