// What is tested: that nothing a list has told is lost, undone or done twice, however its process ends. How: processes
// that are killed under load, at random moments and at every named point; what they were told stands with the parent.
//   faults [--kills N] [--dir FOLDER] [--seed S] [--only NAME]
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <stint/fault_point.hpp>
#include <stint/plant.hpp>

#include "life.hpp"
#include "loop_disk.hpp"
#include "migration.hpp"
#include "parts.hpp"
#include "replay_check.hpp"
#include "surroundings.hpp"
#include "witness.hpp"

stint::plant stint::the_plant = stint::plant::none;

namespace {

using namespace stint;
using namespace stint::faults;
using namespace std::chrono_literals;

constexpr std::uint64_t kills_of_one_file = 20;

struct settings {
  std::uint64_t kills = 2'000;
  std::string folder = "faults.d";
  std::uint64_t seed = 1;
  std::string only;
};

std::string milliseconds(std::uint64_t ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", static_cast<double>(ns) / 1e6);
  return text;
}

std::uint64_t quantile(std::vector<std::uint64_t>& all, double q) {
  if (all.empty())
    return 0;
  std::sort(all.begin(), all.end());
  return all[std::min(all.size() - 1, static_cast<std::size_t>(q * static_cast<double>(all.size())))];
}

std::string new_file(const settings& s, const std::string& name) {
  std::filesystem::create_directories(s.folder);
  for (const auto* end : {"", "-wal", "-journal", "-seal", ".again"})
    std::filesystem::remove(s.folder + "/" + name + end);
  return s.folder + "/" + name;
}

/// What a row of kills came to.
struct tally {
  wrongs wrong;
  std::uint64_t kills = 0;
  std::uint64_t accepted = 0;
  std::uint64_t finished = 0;
  std::uint64_t bad_lives = 0; ///< not ready, or ended by itself
  std::vector<std::uint64_t> ready;

  void print(const std::string& name) {
    std::printf("%-26s %6llu kills  %8llu accepted  %8llu finished  lost %llu  undone %llu  twice %llu  started twice %llu  "
                "stranded %llu  damaged %llu  ready p50 %s p99 %s max %s\n",
                name.c_str(), n(kills), n(accepted), n(finished), n(wrong.lost), n(wrong.undone), n(wrong.twice),
                n(wrong.started_twice), n(wrong.stranded), n(wrong.damaged), milliseconds(quantile(ready, 0.5)).c_str(),
                milliseconds(quantile(ready, 0.99)).c_str(), milliseconds(quantile(ready, 1.0)).c_str());
    std::fflush(stdout);
  }
  static unsigned long long n(std::uint64_t v) { return v; }
  [[nodiscard]] bool clean() const { return wrong.total() == 0 && bad_lives == 0; }
};

/// Kills lists on one file again and again, then lets the last one finish.
template <class Plan>
void one_file(const settings& s, const std::string& name, std::uint64_t kills, std::uint64_t seed, bool early,
              tally& sum, Plan&& plan_of) {
  const auto file = new_file(s, name);
  witness w;
  const auto hear = [&w](const record& r) { w.hear(r); };
  for (std::uint64_t k = 0; k < kills; ++k) {
    child_orders o;
    o.file = file;
    o.seed = seed * 1'000 + k;
    o.early = early;
    o.windowed = !early && k % 2 == 1;
    o.again = w.unacknowledged();
    o.first_name = w.next_name();
    life_plan plan;
    plan_of(o, plan, k);
    const auto end = live(o, plan, hear);
    ++sum.kills;
    if (end.ready_ns != 0)
      sum.ready.push_back(end.ready_ns);
    if (!end.killed) {
      ++sum.bad_lives;
      std::printf("  a life ended by itself, code %d\n", end.code);
    }
    if (k % 4 == 3)
      sum.wrong += w.compare(file, false);
  }
  child_orders last;
  last.file = file;
  last.finish = true;
  last.windowed = seed % 2 == 1;
  last.again = w.unacknowledged();
  if (const auto end = live(last, {}, hear); !end.finished) {
    ++sum.bad_lives;
    std::printf("  the last life did not finish, code %d\n", end.code);
  }
  sum.wrong += w.compare(file, true);
  sum.accepted += w.accepted();
  sum.finished += w.finished();
}

bool random_kills(const settings& s) {
  std::mt19937_64 random(s.seed);
  tally sum;
  for (std::uint64_t left = s.kills, f = 0; left != 0; ++f) {
    const auto kills = std::min(left, kills_of_one_file);
    left -= kills;
    one_file(s, "random.db", kills, s.seed + f, false, sum, [&](child_orders&, life_plan& plan, std::uint64_t) {
      plan.kill_after = std::chrono::microseconds{random() % 30'000};
    });
  }
  sum.print("kill -9 at random");
  return sum.clean();
}

bool kills_at_points(const settings& s) {
  std::mt19937_64 random(s.seed);
  bool good = true;
  const auto each = std::max<std::uint64_t>(4, s.kills / (4 * fault_points.size()));
  for (const auto point : fault_points) {
    tally sum;
    one_file(s, "point.db", each, s.seed, false, sum, [&](child_orders& o, life_plan& plan, std::uint64_t) {
      o.die_at = point;
      const bool once = point == "store.migrated" || point == "store.epoch" || point == "store.opened";
      o.die_after = once ? 1 : 1 + random() % 40;
      plan.longest = 10s;
    });
    sum.print("at " + std::string{point});
    good = good && sum.clean();
  }
  return good;
}

/// The negative control: a list that answers before its commit has to be caught.
bool early_answers_are_caught(const settings& s) {
  std::mt19937_64 random(s.seed);
  tally sum;
  for (std::uint64_t f = 0; f < 5; ++f)
    one_file(s, "early.db", kills_of_one_file, s.seed + f, true, sum, [&](child_orders&, life_plan& plan, std::uint64_t) {
      plan.kill_after = std::chrono::microseconds{random() % 30'000};
    });
  sum.print("control: early answers");
  return sum.wrong.lost + sum.wrong.undone > 0;
}

bool restart_is_quick(const settings& s) {
  bool good = true;
  for (const auto& [open, bar] : {std::pair{1'000UL, 50ms}, {100'000UL, 2'000ms}}) {
    const auto file = new_file(s, "open.db");
    child_orders o;
    o.file = file;
    o.open_tasks = open;
    life_plan plan;
    plan.kill_when_done = true;
    const auto none = [](const record&) {};
    good = good && live(o, plan, none).finished;
    o.open_tasks = 0;
    std::vector<std::uint64_t> ready;
    std::uint64_t found = 0;
    for (int i = 0; i < 20; ++i) {
      plan = {};
      plan.kill_after = 1ms;
      ready.push_back(live(o, plan, [&found](const record& r) { found = r.what == told::ready ? r.b : found; }).ready_ns);
      good = good && found >= open;
    }
    const auto p99 = quantile(ready, 0.99);
    std::printf("restart, %6lu open         20 kills  ready p50 %s p99 %s, the bar is %lld ms: %s\n", open,
                milliseconds(quantile(ready, 0.5)).c_str(), milliseconds(p99).c_str(), static_cast<long long>(bar.count()),
                std::chrono::nanoseconds{p99} <= bar ? "met" : "missed");
    // A busy machine misses a bar by some; three times is not its doing.
    good = good && std::chrono::nanoseconds{p99} <= 3 * bar && p99 != 0;
  }
  return good;
}

struct cutting {
  const char* name;
  bool relaxed = false;
  bool prunes_hard = false; ///< every file: each end makes a deletion
  bool mixes = false;       ///< planted, to be caught
};

/// Cuts the power of a file system under lists that write to it: while they start, which recovers and checkpoints, or
/// later; every second file belongs to a list that also deletes what it has finished.
bool cut_power(const settings& s, const cutting& how, std::uint64_t cuts) {
  loop_disk disk{s.folder};
  if (!disk.usable()) {
    std::printf("%-26s SKIPPED: they need root, ext4 and loop devices\n", how.name);
    return true;
  }
  std::mt19937_64 random(s.seed);
  tally sum;
  witness w;
  std::uint64_t early = 0;
  std::uint64_t deleted = 0;
  const bool control = how.relaxed || how.mixes;
  for (std::uint64_t k = 0; k < cuts; ++k) {
    if (k % kills_of_one_file == 0) {
      auto there = s;
      there.folder = disk.path();
      new_file(there, "power.db");
      w = {};
    }
    child_orders o;
    o.file = disk.path() + "/power.db";
    o.seed = s.seed * 1'000 + k;
    o.relaxed = how.relaxed;
    o.prunes_hard = how.prunes_hard;
    o.mixes = how.mixes;
    o.again = w.unacknowledged();
    o.first_name = w.next_name();
    o.prunes = !how.prunes_hard && k / kills_of_one_file % 2 == 1;
    o.windowed = k % 3 == 1;
    o.loses_disk = true;
    life_plan plan;
    const bool while_starting = k % 4 == 3; // it may see that, and end with an error before it is killed
    o.may_fail = while_starting;
    if (while_starting) {
      plan.longest = std::chrono::microseconds{random() % 15'000};
      ++early;
    } else {
      plan.kill_after = std::chrono::microseconds{random() % (how.prunes_hard ? 400'000 : 60'000)};
    }
    bool cut = false;
    plan.before_kill = [&] { cut = disk.cut(); };
    plan.hear_late = [&w](const record& r) { w.hear_late(r); };
    const auto end = live(o, plan, [&w](const record& r) { w.hear(r); });
    ++sum.kills;
    if (end.ready_ns != 0)
      sum.ready.push_back(end.ready_ns);
    if ((!end.killed && !while_starting) || !cut || !disk.restore()) {
      ++sum.bad_lives;
      std::printf("  no power cut: life ended %d, code %d\n", end.killed ? 1 : 0, end.code);
      break;
    }
    sum.wrong += w.compare(o.file, false, {o.prunes_hard ? pruned_hard_to : o.prunes ? pruned_to : 0, o.prunes_hard});
    if (k % kills_of_one_file == kills_of_one_file - 1 || k + 1 == cuts) {
      sum.accepted += w.accepted();
      sum.finished += w.finished();
      deleted += w.deleted();
    }
    if (control && sum.wrong.total() != 0) // what was lost once would be counted again
      w = {};
  }
  sum.print(how.name);
  std::printf("  of these, %llu while the list started: recovery and checkpoint", tally::n(early));
  if (how.prunes_hard)
    std::printf("; %llu tasks deleted", tally::n(deleted));
  std::printf("\n");
  if (how.prunes_hard && deleted == 0) {
    std::printf("  nothing was deleted: the cuts do not fall where they should\n");
    return false;
  }
  return control ? sum.wrong.lost + sum.wrong.undone > 0 : sum.clean();
}

bool power_cuts(const settings& s) { return cut_power(s, {"power cuts"}, std::max<std::uint64_t>(10, s.kills / 4)); }
bool pruning_power_cuts(const settings& s) {
  const auto cuts = std::max<std::uint64_t>(10, s.kills / 40);
  const bool honest = cut_power(s, {"power cuts while pruning", false, true}, cuts);
  return cut_power(s, {"control: bounds are mixed", false, true, true}, 10) && honest;
}
bool migration_cuts(const settings& s) {
  return migration_power_cuts(s.folder, s.seed, std::max<std::uint64_t>(12, s.kills / 40));
}
bool relaxed_power_cuts(const settings& s) {
  return cut_power(s, {"control: power, relaxed", true}, std::max<std::uint64_t>(10, s.kills / 50));
}

bool poison_is_quarantined(const settings& s) {
  child_orders o;
  o.file = new_file(s, "poison.db");
  o.poison = true;
  life_end end;
  int deaths = 0;
  while (deaths < 20 && !end.finished) {
    end = live(o, {}, [](const record&) {});
    deaths += end.finished ? 0 : 1;
  }
  std::printf("poison task                %6d deaths  %llu quarantined, %llu of 99 others ended\n", deaths,
              static_cast<unsigned long long>(end.quarantined), static_cast<unsigned long long>(end.ended));
  return end.finished && end.quarantined == 1 && end.ended == 99 && deaths == 3;
}

/// The state that a file gives equals what its list shows, at random moments under load.
bool replay_equals(const settings& s) {
  const auto moments = std::max<std::uint64_t>(20, s.kills / 10);
  const auto honest = compare_at_moments(new_file(s, "replay.db"), moments, s.seed, false);
  const auto control = compare_at_moments(new_file(s, "replay.db"), 20, s.seed, true);
  std::printf("replay equals              %6llu moments  %8llu tasks  %llu of them running  different %llu\n"
              "control: ends not saved    %6llu moments  %8llu tasks  different %llu\n",
              tally::n(honest.moments), tally::n(honest.tasks), tally::n(honest.running), tally::n(honest.differ),
              tally::n(control.moments), tally::n(control.tasks), tally::n(control.differ));
  return honest.differ == 0 && honest.running > 0 && control.differ > 0;
}

bool files(const settings& s) { return files_are_taken_away(s.folder); }
bool full(const settings& s) { return disk_fills_up(s.folder); }
bool clocks(const settings& s) {
  const bool good = clock_is_set(s.folder, s.seed, "clock set by 1 s and 1 day");
  the_plant = plant::wall_clock_timeout;
  const bool caught = !clock_is_set(s.folder, s.seed, "control: wall clock");
  the_plant = plant::none;
  return good && caught;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() > 1 && words[1] == "child")
    return run_child(orders_of(words));
  settings s;
  read_options(words, {{"--kills", &s.kills}, {"--dir", &s.folder}, {"--seed", &s.seed}, {"--only", &s.only}});
  return run_parts<settings>({{"random", random_kills},
                              {"points", kills_at_points},
                              {"control", early_answers_are_caught},
                              {"restart", restart_is_quick},
                              {"replay", replay_equals},
                              {"poison", poison_is_quarantined},
                              {"files", files},
                              {"full", full},
                              {"clock", clocks},
                              {"power", power_cuts},
                              {"power-prune", pruning_power_cuts},
                              {"power-migrate", migration_cuts},
                              {"power-relaxed", relaxed_power_cuts}},
                             s, s.only);
}
