/// The naive ledger with processes, which may be lost: who has seen two die runs alone in one.
#pragma once

#include "naive.hpp"

namespace stint::naive {

struct model_with_nodes : model {
  std::map<std::uint32_t, std::vector<task_id>> lost; ///< worker -> whom its loss was charged to
  std::map<std::uint32_t, std::int64_t> process;      ///< of each worker; 0: the owner's

  [[nodiscard]] bool quiet(std::int64_t p) const {
    return !count([&](const job& o) { return o.has_slot() && process.at(o.worker) == p; });
  }
  /// Where a suspect runs as soon as nothing else does: the last of the quiet processes, or else the last; -1: nowhere.
  [[nodiscard]] std::int64_t home(const job& suspect, const std::set<std::int64_t>& shut) const {
    std::pair<bool, std::int64_t> best{false, -1};
    for (const auto& [w, h] : crew)
      if (const auto p = process.at(w); h.runs(suspect) && !shut.contains(p))
        best = std::max(best, {quiet(p), p});
    return best.second;
  }
  [[nodiscard]] bool stands(const job& j) const { return eligible(j) && !full(j.what.queue) && !blocked(j); }
  /// A suspect keeps a process as soon as it is the next of its queue and kind.
  [[nodiscard]] bool keeps(const job& suspect) const {
    return suspect.alone && stands(suspect) && !count([&](const job& o) {
      return !o.alone && o.what.queue == suspect.what.queue && o.what.kind == suspect.what.kind
             && o.what.labels == suspect.what.labels && before(o, suspect) && stands(o);
    });
  }
  /// Processes in which a suspect runs, or that are kept for one that goes before this task.
  [[nodiscard]] std::set<std::int64_t> shut(const job& j) const {
    std::set<std::int64_t> out;
    std::vector<const job*> ahead;
    for (const auto& [id, o] : jobs)
      if (o.has_slot() && o.alone)
        out.insert(process.at(o.worker));
      else if (before(o, j) && keeps(o))
        ahead.push_back(&o);
    std::sort(ahead.begin(), ahead.end(), [](auto* a, auto* b) { return before(*a, *b); });
    for (const auto* o : ahead)
      out.insert(home(*o, out));
    return out;
  }
  [[nodiscard]] bool place(const job& j, std::uint32_t by) const override {
    const auto closed = shut(j);
    const auto its = j.alone ? home(j, closed) : -1;
    return std::any_of(crew.begin(), crew.end(), [&](const auto& w) {
      const auto p = process.at(w.first);
      return w.second.runs(j) && (by == 0 || by == w.first) && !closed.contains(p)
             && (j.alone ? p == its && quiet(p)
                         : by != 0 || !count([&](const job& o) { return o.has_slot() && o.worker == w.first; }));
    });
  }

  /// Its node is out of reach: nobody knows what runs there, but it may be the `first` that ended it.
  void lose(task_id id, bool first) {
    auto& j = jobs.at(id);
    stuck.push_back({id, j.attempt, wants(j), j.worker});
    if (j.begun || first)
      lost[j.worker].push_back(id), die(id);
    else
      put(j, j.at == state::cancelling ? state::cancelled : state::waiting);
  }
  /// Only its link had broken.
  void live_on(std::uint32_t worker) {
    const auto charged = lost.extract(worker);
    if (!charged)
      return;
    for (const auto id : charged.mapped()) {
      auto& j = jobs.at(id);
      if (terminal(j.at) || j.deaths == 0)
        continue;
      const bool was_out = --j.deaths < 3 && j.at == state::quarantined;
      j.alone = j.deaths >= 2 || (j.alone && j.has_slot());
      if (was_out)
        enter(j);
    }
  }
  void over(std::uint32_t worker) {
    lost.erase(worker);
    std::erase_if(stuck, [=](const auto& s) { return s.worker == worker; });
  }
};

} // namespace stint::naive
