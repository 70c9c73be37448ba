#include <harness/contest.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include <malloc.h>
#include <unistd.h>

#include <harness/report.hpp>
#include <harness/samples.hpp>

namespace stint::bench {

std::vector<double> standing::values(std::size_t figure) const {
  std::vector<double> out;
  out.reserve(rounds.size());
  for (const auto& r : rounds)
    out.push_back(r.at(figure));
  return out;
}

contest::contest(program& run, std::string question, std::string title, std::vector<figure> figures)
  : run_(run), question_(std::move(question)), title_(std::move(title)), figures_(std::move(figures)),
    rounds_(run.rounds()) {}

contest& contest::contestant(std::string name, std::function<std::vector<double>()> run) {
  if (run_.wants(name)) {
    if (reference_.empty())
      reference_ = name;
    standings_.push_back({std::move(name), std::move(run), {}});
  }
  return *this;
}

contest& contest::against(std::string name) {
  if (find(name) != nullptr)
    reference_ = std::move(name);
  return *this;
}

contest& contest::expect(bar b) {
  bars_.push_back(std::move(b));
  return *this;
}

contest& contest::at_least(std::size_t rounds) {
  if (run_.size(1, 0, 0) == 1)
    rounds_ = std::max(rounds_, rounds);
  return *this;
}

const standing* contest::find(const std::string& name) const {
  auto i = std::find_if(standings_.begin(), standings_.end(), [&](const auto& s) { return s.name == name; });
  return i == standings_.end() ? nullptr : &*i;
}

void contest::run() {
  if (standings_.empty())
    return;
  const bool watched = ::isatty(STDERR_FILENO) == 1;
  for (std::size_t round = 0; round < rounds_; ++round)
    for (std::size_t i = 0; i < standings_.size(); ++i) {
      auto& s = standings_[(round + i) % standings_.size()];
      if (watched)
        std::fprintf(stderr, "\r\033[K%s round %zu of %zu: %s", question_.c_str(), round + 1, rounds_, s.name.c_str());
      // Each begins with an empty heap, and pays for its own page faults.
      ::malloc_trim(0);
      auto row = s.run();
      need(row.size() == figures_.size(), s.name + " measured " + std::to_string(row.size()) + " figures");
      s.rounds.push_back(std::move(row));
    }
  if (watched)
    std::fprintf(stderr, "\r\033[K");
  print_contest(*this, run_);
  write_contest(*this, run_);
}

std::optional<double> contest::ratio(const standing& of, const std::string& to, std::size_t figure) const {
  const auto* other = find(to);
  if (other == nullptr)
    return std::nullopt;
  const auto mine = of.values(figure);
  const auto theirs = other->values(figure);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(mine.size(), theirs.size()); ++i)
    if (theirs[i] != 0)
      ratios.push_back(mine[i] / theirs[i]);
  if (ratios.empty())
    return std::nullopt;
  return median(std::move(ratios));
}

contest::verdict contest::judge(const bar& b) const {
  verdict v;
  const auto* who = find(b.who);
  const auto what = std::find_if(figures_.begin(), figures_.end(), [&](const auto& f) { return f.name == b.what; });
  if (who == nullptr || what == figures_.end() || run_.tiny() || (b.at_full_size_only && run_.size(0, 1, 1) != 0))
    return v;
  const auto f = static_cast<std::size_t>(what - figures_.begin());
  const bool more = what->more_is_better;
  const auto mine = who->values(f);
  if (b.rivals.empty()) {
    v.value = median(mine);
  } else {
    std::vector<double> ratios, differences;
    std::map<std::string, int> best_of;
    for (std::size_t round = 0; round < mine.size(); ++round) {
      std::optional<double> best;
      std::string name;
      for (const auto& r : b.rivals)
        if (const auto* rival = find(r)) {
          const auto value = rival->values(f)[round];
          if (!best || (more ? value > *best : value < *best)) {
            best = value;
            name = r;
          }
        }
      if (!best || *best == 0)
        continue;
      ratios.push_back(mine[round] / *best);
      differences.push_back(mine[round] - *best);
      if (++best_of[name] > best_of[v.rival])
        v.rival = name;
    }
    if (ratios.empty())
      return v;
    v.value = median(ratios);
    if (b.slack != 0 && median(differences) <= b.slack) {
      v.how = verdict::kind::met;
      return v;
    }
  }
  const bool met = more ? v.value >= b.value : v.value <= b.value;
  v.how = met ? verdict::kind::met : verdict::kind::missed;
  v.by = met ? 0 : more ? 1 - v.value / b.value : b.value == 0 ? 1 : v.value / b.value - 1;
  v.stretched = b.stretch && (more ? v.value >= *b.stretch : v.value <= *b.stretch);
  return v;
}

} // namespace stint::bench
