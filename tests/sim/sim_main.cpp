// Runs simulations from consecutive seeds; a breach prints the command that replays it. With --store the list is over a
// disk: it crashes, is stopped, its commits fail, and its successor goes on.
//   simulate [--store] --seeds 20000 --steps 500 [--first 1]     simulate [--store] --seed 17
//   simulate_plants --plants [--store] [--seeds 2000]
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sim/simulation.hpp>
#include <stint/plant.hpp>

#ifdef STINT_PLANTS
stint::plant stint::the_plant = stint::plant::none;
#endif

namespace {

struct settings {
  std::uint64_t seeds = 1000;
  std::uint64_t first = 1;
  std::size_t steps = 500;
  bool stored = false;
  bool plants = false;
};

unsigned long long n(std::uint64_t v) { return v; }

/// Tells one story; 0 is no hash: it was breached.
std::uint64_t one(const settings& s, std::uint64_t seed, bool quiet, stint::sim::simulation::fates& sum) {
  try {
    stint::sim::simulation story{seed, s.steps, s.stored};
    const auto hash = story.run();
    sum += story.fate();
    return hash == 0 ? 1 : hash;
  } catch (const stint::sim::breach& b) {
    if (!quiet)
      std::printf("seed %llu: %s\nreplay: simulate%s --seed %llu --steps %zu\n", n(seed), b.what(), s.stored ? " --store" : "",
                  n(seed), s.steps);
    return 0;
  }
}

#ifdef STINT_PLANTS
/// Number of the first seed that catches the plant, 0 if none does; in a child, because a breach may end the process.
std::uint64_t caught_by(stint::plant p, const settings& s, std::uint64_t seeds) {
  constexpr std::uint64_t at_once = 20;
  for (std::uint64_t from = 1; from <= seeds; from += at_once) {
    std::fflush(nullptr);
    const auto child = fork();
    if (child == 0) {
      if (std::freopen("/dev/null", "w", stderr) == nullptr)
        _exit(2);
      stint::the_plant = p;
      stint::sim::simulation::fates sum;
      for (auto seed = from; seed < from + at_once; ++seed)
        if (one(s, seed, true, sum) == 0)
          _exit(1);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      return from + at_once - 1;
  }
  return 0;
}

int try_one_plant(stint::plant p, std::string_view name, const settings& s) {
  const bool honest = p == stint::plant::none;
  const auto by = caught_by(p, s, honest ? 60 : s.seeds);
  const bool right = honest == (by == 0);
  std::printf("%-26s %s%s\n", std::string{name}.c_str(), by == 0 ? "-" : std::to_string(by).c_str(), right ? "" : "   WRONG");
  std::fflush(stdout);
  return right ? 0 : 1;
}

int plants(const settings& s) {
  int missed = 0;
  std::printf("%-26s caught within seeds\n", s.stored ? "planted bug, with a store" : "planted bug");
  if (!s.stored) {
    for (std::size_t i = 0; i < stint::plant_names.size(); ++i)
      missed += try_one_plant(static_cast<stint::plant>(i), stint::plant_names[i], s);
    constexpr auto first = stint::plant_names.size() + stint::model_plant_names.size();
    for (std::size_t i = 0; i < stint::kept_plant_names.size(); ++i)
      missed += try_one_plant(static_cast<stint::plant>(first + i), stint::kept_plant_names[i], s);
  } else {
    missed += try_one_plant(stint::plant::none, stint::plant_names[0], s);
    constexpr auto first =
      stint::plant_names.size() + stint::model_plant_names.size() + stint::kept_plant_names.size();
    for (std::size_t i = 0; i < stint::durable_plant_names.size(); ++i)
      missed += try_one_plant(static_cast<stint::plant>(first + i), stint::durable_plant_names[i], s);
  }
  return missed == 0 ? 0 : 1;
}
#endif

int simulate(settings s) {
#ifdef STINT_SANITIZED
  s.seeds = std::min<std::uint64_t>(s.seeds, 300);
#endif
  stint::sim::simulation::fates sum;
  const auto a = one(s, s.first, false, sum);
  const auto b = one(s, s.first, false, sum);
  if (a == 0 || b == 0)
    return 1;
  if (a != b)
    return std::printf("seed %llu: two runs differ\n", n(s.first)), 1;
  sum = {};
  std::uint64_t all = 0;
  for (auto seed = s.first; seed < s.first + s.seeds; ++seed) {
    const auto hash = one(s, seed, false, sum);
    if (hash == 0)
      return 1;
    all = all * 31 + hash;
  }
  std::printf("sim%s: %llu seeds x %zu steps, every invariant held at every step; same seed, same trace; hash %016llx\n",
              s.stored ? " over a store" : "", n(s.seeds), s.steps, n(all));
  if (s.stored) {
    std::printf("sim over a store: %llu crashes  %llu stops in order  %llu commits  %llu times a disk that fails  %llu accepted  "
                "%llu attempts at nodes when a list died, %llu of them adopted, %llu more out of reach  "
                "0 breaches\n",
                n(sum.crashes), n(sum.stops), n(sum.commits), n(sum.failed_commits), n(sum.accepted), n(sum.away), n(sum.adopted),
                n(sum.lost));
    if (s.seeds >= 100
        && (sum.crashes == 0 || sum.stops == 0 || sum.failed_commits == 0 || sum.adopted == 0 || sum.lost == 0))
      return std::printf("sim: the stories do not reach what they are for\n"), 1;
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0ULL; };
    if (a == "--seeds")
      s.seeds = number();
    else if (a == "--first")
      s.first = number();
    else if (a == "--steps")
      s.steps = number();
    else if (a == "--seed")
      s.first = number(), s.seeds = 1;
    else if (a == "--store")
      s.stored = true;
    else if (a == "--plants")
      s.plants = true;
    else
      return std::fprintf(stderr, "sim: unknown option %s\n", a.c_str()), 2;
  }
  if (!s.plants)
    return simulate(s);
#ifdef STINT_PLANTS
  return plants(s);
#else
  return std::fprintf(stderr, "sim: built without planted bugs\n"), 2;
#endif
}
