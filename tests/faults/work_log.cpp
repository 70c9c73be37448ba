#include "work_log.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <unordered_map>

namespace stint::faults {

void work_log::read(const std::string& file, std::size_t host) {
  std::ifstream in{file};
  std::string line;
  while (std::getline(in, line) && !in.eof()) {
    std::istringstream words{line};
    char what = 0;
    work_run r;
    std::int64_t moment = 0;
    if (!(words >> what >> r.key >> r.task >> r.attempt >> r.token >> moment))
      continue;
    auto& known = runs_[{r.task, r.attempt, r.token}];
    if (what == 'B') {
      r.host = host;
      r.began = r.seen = moment;
      known = r;
    } else {
      known.seen = moment;
      known.ended = known.ended || what == 'E';
    }
  }
}

std::vector<work_run> work_log::runs() const {
  std::vector<work_run> out;
  out.reserve(runs_.size());
  for (const auto& [name, r] : runs_)
    out.push_back(r);
  return out;
}

std::vector<work_run> work_log::on(std::size_t host, std::int64_t since, std::int64_t moment) const {
  std::vector<work_run> out;
  for (const auto& [name, r] : runs_)
    if (r.host == host && r.began > since && r.began < moment && (!r.ended || r.seen > moment))
      out.push_back(r);
  return out;
}

std::optional<std::int64_t> work_log::began_after(task_id task, std::int64_t moment) const {
  std::optional<std::int64_t> first;
  for (auto i = runs_.lower_bound({task, 0, 0}); i != runs_.end() && i->first.task == task; ++i)
    if (i->second.began > moment && (!first || i->second.began < *first))
      first = i->second.began;
  return first;
}

std::uint64_t work_log::overlaps() const {
  std::map<std::string, std::vector<work_run>> by_key;
  for (const auto& [name, r] : runs_)
    if (r.key != "-")
      by_key[r.key].push_back(r);
  std::uint64_t out = 0;
  for (auto& [key, all] : by_key) {
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.began < b.began; });
    std::int64_t busy_until = 0;
    for (const auto& r : all) {
      out += r.began < busy_until ? 1 : 0;
      busy_until = std::max(busy_until, r.seen);
    }
  }
  return out;
}

work_verdict judge(const std::vector<task_id>& submitted, const std::vector<task>& accepted, const work_log& log) {
  std::unordered_map<task_id, const task*> ends;
  for (const auto& t : accepted)
    ends[t.id] = &t;
  std::set<std::pair<task_id, std::uint32_t>> began;
  for (const auto& r : log.runs())
    began.emplace(r.task, r.attempt);
  work_verdict out;
  for (const auto id : submitted) {
    ++out.tasks;
    const auto e = ends.find(id);
    if (e == ends.end() || (e->second->state != state::succeeded && e->second->state != state::failed)) {
      ++out.lost;
      continue;
    }
    const auto& t = *e->second;
    const bool accepted_one = t.code == static_cast<std::int32_t>(t.attempt) && began.contains({id, t.attempt});
    out.misjudged += accepted_one ? 0 : 1;
    out.charged += t.charged != 1 ? 1 : 0;
  }
  out.overlaps = log.overlaps();
  return out;
}

} // namespace stint::faults
