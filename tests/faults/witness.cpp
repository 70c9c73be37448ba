#include "witness.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include <stint/limits.hpp>
#include <stint/sqlite_store.hpp>

namespace stint::faults {

void witness::hear(const record& r) {
  switch (r.what) {
    case told::accepted: {
      const auto [i, fresh] = ids_.try_emplace(r.name, r.id);
      if (!fresh && i->second != r.id)
        ++heard_.twice;
      names_[r.id] = r.name;
      newest_name_ = std::max<std::uint64_t>(newest_name_, std::strtoull(r.name, nullptr, 10));
      break;
    }
    case told::finished: {
      const auto [i, fresh] = ends_.try_emplace(r.id, end{r.a, r.b});
      if (!fresh && (i->second.state != r.a || i->second.version != r.b))
        ++heard_.twice;
      break;
    }
    case told::began:
      if (!begun_.emplace(r.id, r.a).second)
        ++heard_.started_twice;
      ran_.insert(r.id);
      break;
    default: break;
  }
}

void witness::hear_late(const record& r) {
  if (r.what == told::began)
    ran_.insert(r.id);
}

wrongs witness::compare(const std::string& file, bool all_ended, const pruning& kept) {
  auto w = heard_;
  heard_ = {};
  sqlite_store s{{file}};
  if (const auto open = s.open(); !open) {
    std::printf("  %s\n", to_string(open.error()).c_str());
    ++w.damaged;
    return w;
  }
  std::map<std::uint64_t, stored_task> there;
  const auto take = [&there](stored_task t) { there.emplace(t.id, std::move(t)); };
  if (const auto open = s.unfinished(take); !open) {
    std::printf("  unfinished: %s\n", to_string(open.error()).c_str());
    ++w.damaged;
  }
  if (all_ended)
    for (const auto& [id, t] : there)
      if (t.state != state::quarantined || t.deaths < deaths_to_quarantine) { // three kills make a suspect of anybody
        std::printf("  task %llu is left as %s\n", static_cast<unsigned long long>(id), std::string{to_string(t.state)}.c_str());
        ++w.stranded;
      }
  page_request ask;
  ask.limit = 10'000;
  do {
    auto p = s.page(ask);
    if (!p) {
      std::printf("  page: %s\n", to_string(p.error()).c_str());
      ++w.damaged;
      break;
    }
    for (auto& t : p->tasks)
      take(std::move(t));
    ask.cursor = p->next;
  } while (ask.cursor != 0);
  struct kept_group {
    std::size_t tasks = 0;
    std::uint64_t first = UINT64_MAX; ///< version
  };
  std::array<kept_group, 2> groups;
  const auto group_of = [&](std::uint64_t s) -> kept_group& {
    return groups[kept.failed_apart && s == static_cast<std::uint64_t>(state::failed) ? 1 : 0];
  };
  for (const auto& [id, t] : there)
    if (terminal(t.state)) {
      auto& g = group_of(static_cast<std::uint64_t>(t.state));
      ++g.tasks;
      g.first = std::min(g.first, t.version);
    }
  const auto pruned = [&](std::uint64_t id) {
    if (kept.tasks == 0)
      return false;
    if (const auto e = ends_.find(id); e != ends_.end()) {
      const auto& g = group_of(e->second.state);
      return g.tasks >= kept.tasks && e->second.version < g.first;
    }
    return ran_.contains(id) && std::any_of(groups.begin(), groups.end(), [&](const auto& g) { return g.tasks >= kept.tasks; });
  };
  deleted_ = static_cast<std::size_t>(std::count_if(names_.begin(), names_.end(), [&](const auto& n) { return !there.contains(n.first); }));
  for (const auto& [id, name] : names_)
    if (const auto t = there.find(id); t == there.end() ? !pruned(id) : t->second.what.name != name)
      ++w.lost;
  for (const auto& [id, e] : ends_) {
    const auto t = there.find(id);
    if (t == there.end() ? !pruned(id) : t->second.version != e.version || static_cast<std::uint64_t>(t->second.state) != e.state)
      ++w.undone;
  }
  std::set<std::string> seen;
  for (const auto& [id, t] : there)
    if (!seen.insert(t.what.name).second)
      ++w.twice;
  return w;
}

std::vector<std::string> witness::unacknowledged() const {
  std::vector<std::string> out;
  for (std::uint64_t n = 0; n < next_name(); ++n)
    if (auto name = std::to_string(n); !ids_.contains(name))
      out.push_back(std::move(name));
  return out;
}

} // namespace stint::faults
