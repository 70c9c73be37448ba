/// The naive ledger with workers that get out of reach: what they were handed may run on until they are surely over.
#pragma once

#include "naive.hpp"

namespace stint::naive {

struct model_with_nodes : model {
  std::map<std::uint32_t, std::vector<task_id>> lost; ///< worker -> whom its loss was charged to

  /// Its node is out of reach: nobody knows what runs there.
  void lose(task_id id) {
    auto& j = jobs.at(id);
    stuck.push_back({id, j.attempt, wants(j), j.worker});
    if (j.begun)
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
