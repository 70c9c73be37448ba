/// The workers as the owner sees them: what each has, how long its bodies take, how much to give it at once.
///
/// Owner    the ledger.
/// Threads  none: the owner's mailbox is the lock.
/// Units    nanoseconds.
/// Cost     O(workers) per hand-over round; workers are few.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include <stint/plant.hpp>
#include <stint/record.hpp>

namespace stint {

/// A body that runs this long is a long one: nobody is left to wait behind it.
inline constexpr nanos long_body = std::chrono::microseconds{500};
/// A worker that does not even say that a body began may be no more than a thread that waits for a processor.
inline constexpr nanos long_silence = std::chrono::milliseconds{10};

struct crew_member {
  worker_id id = 0;
  std::vector<bool> kinds;    ///< by number; 0, a callable, is for every worker of its process
  std::deque<live*> has;      ///< handed over, in the order of hand-over
  steady_time quiet_since{};  ///< of its last report or hand-over
  double body_ns = 0;         ///< smoothed length of its bodies; 0: nothing known
  bool leaving = false;       ///< it ends in order: nothing more is handed to it
  std::uint64_t node = 0;     ///< the number of its process, when that is another one that has one
  nanos lease{};              ///< of that process; 0: it is none, or nobody said
  bool slow = false;          ///< the body it runs, or the last one, has turned out long
  std::size_t room = 1;       ///< its window() in this round of hand-over

  [[nodiscard]] bool knows(std::uint32_t kind) const noexcept { return kind < kinds.size() && kinds[kind]; }

  /// Tasks to have on the way to a worker at once: together they take no longer than one long body, so that short ones
  /// travel in batches and a long one travels alone. Nothing is known at first: then one.
  [[nodiscard]] std::size_t window() const noexcept {
    if (leaving)
      return 0;
    constexpr double target_ns = nanos{long_body}.count();
    constexpr double most = 512;
    if (body_ns <= 0 || slow)
      return 1;
    return static_cast<std::size_t>(std::clamp(target_ns / std::max(body_ns, 100.0), 1.0, most));
  }

  /// Learns from a body that ended; zero is what nobody measured.
  void ran(nanos took) {
    if (took <= nanos{0})
      return;
    slow = took >= long_body;
    const auto ns = static_cast<double>(took.count());
    body_ns = body_ns <= 0 ? ns : body_ns + (ns - body_ns) / 8;
  }

  /// How long the first of what it has, which runs or is about to, has kept the others waiting.
  [[nodiscard]] nanos busy_for(steady_time now) const noexcept {
    return now - (has.front()->begun ? has.front()->begun_at : quiet_since);
  }
  /// When that is too long.
  [[nodiscard]] nanos patience() const noexcept { return has.front()->begun ? long_body : long_silence; }

  /// Learns from a body that does not end: nothing is put behind it, so what came back from here does not come here
  /// again. How long it takes counts once, when it has ended.
  void still_runs(steady_time now) {
    if (!has.empty() && busy_for(now) >= patience() && !planted(plant::window_forgets))
      slow = true;
  }

  void drop(const live* l) {
    if (!has.empty() && has.front() == l) { // they end in the order of hand-over
      has.pop_front();
      return;
    }
    auto i = std::find(has.begin(), has.end(), l);
    if (i != has.end())
      has.erase(i);
  }
};

class crew {
public:
  /// Returns the kinds that nobody served before; 0 stands for everything, when this is the first worker.
  /// A worker of another process (`here` false) runs no callables.
  std::vector<std::uint32_t> join(worker_id id, const std::vector<std::uint32_t>& kinds, steady_time now, bool here = true) {
    std::vector<std::uint32_t> fresh;
    auto& m = members_.emplace_back();
    m.id = id;
    m.quiet_since = now;
    auto add = [&](std::uint32_t kind) {
      if (m.kinds.size() <= kind)
        m.kinds.resize(kind + 1);
      if (serving_.size() <= kind)
        serving_.resize(kind + 1);
      if (m.kinds[kind])
        return;
      m.kinds[kind] = true;
      if (++serving_[kind] == 1)
        fresh.push_back(kind);
    };
    if (here)
      add(0);
    else
      ++elsewhere_;
    for (auto kind : kinds)
      add(kind);
    if (members_.size() == 1)
      fresh.assign(1, 0);
    return fresh;
  }

  [[nodiscard]] const crew_member* find(worker_id id) const {
    for (const auto& m : members_)
      if (m.id == id)
        return &m;
    return nullptr;
  }
  [[nodiscard]] crew_member* find(worker_id id) { return const_cast<crew_member*>(std::as_const(*this).find(id)); }

  /// Returns the kinds that nobody serves any more; 0 stands for everything, when this was the last worker.
  std::vector<std::uint32_t> leave(worker_id id) {
    std::vector<std::uint32_t> gone;
    auto i = std::find_if(members_.begin(), members_.end(), [id](const auto& m) { return m.id == id; });
    if (i == members_.end())
      return gone;
    for (std::uint32_t kind = 0; kind < i->kinds.size(); ++kind)
      if (i->kinds[kind] && --serving_[kind] == 0)
        gone.push_back(kind);
    if (!i->knows(0))
      --elsewhere_;
    members_.erase(i);
    if (members_.empty())
      gone.assign(1, 0);
    return gone;
  }

  /// Tells whether some worker can run this kind; 0 is a callable, for every worker of its own process.
  [[nodiscard]] bool serves(std::uint32_t kind) const noexcept { return kind < serving_.size() && serving_[kind] != 0; }

  /// Tells whether every worker runs callables, and so everything that a callable waits for too.
  [[nodiscard]] bool all_here() const noexcept { return elsewhere_ == 0; }

  /// Tells whether some worker can run both kinds.
  [[nodiscard]] bool compete(std::uint32_t a, std::uint32_t b) const {
    return std::any_of(members_.begin(), members_.end(), [&](const auto& m) { return m.knows(a) && m.knows(b); });
  }

  [[nodiscard]] std::vector<crew_member>& members() noexcept { return members_; }
  [[nodiscard]] const std::vector<crew_member>& members() const noexcept { return members_; }

private:
  std::vector<crew_member> members_;
  std::vector<std::uint32_t> serving_; ///< workers by the kind they know
  std::size_t elsewhere_ = 0;          ///< workers of other processes
};

} // namespace stint
