// Runs simulations from consecutive seeds; a breach prints the command that replays it.
//   simulate --seeds 20000 --steps 500 [--first 1]     simulate --seed 17     simulate_plants --plants [--seeds 2000]
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

bool one(std::uint64_t seed, std::size_t steps, bool quiet, std::uint64_t* hash = nullptr) {
  try {
    const auto h = stint::sim::simulation{seed, steps}.run();
    if (hash != nullptr)
      *hash = h;
    return true;
  } catch (const stint::sim::breach& b) {
    if (!quiet)
      std::printf("seed %llu: %s\nreplay: simulate --seed %llu --steps %zu\n", static_cast<unsigned long long>(seed), b.what(),
                  static_cast<unsigned long long>(seed), steps);
    return false;
  }
}

#ifdef STINT_PLANTS
/// Number of the first seed that catches the plant, 0 if none does; in a child, because a breach may end the process.
std::uint64_t caught_by(stint::plant p, std::uint64_t seeds, std::size_t steps) {
  constexpr std::uint64_t at_once = 20;
  for (std::uint64_t from = 1; from <= seeds; from += at_once) {
    std::fflush(nullptr);
    const auto child = fork();
    if (child == 0) {
      if (std::freopen("/dev/null", "w", stderr) == nullptr)
        _exit(2);
      stint::the_plant = p;
      for (auto s = from; s < from + at_once; ++s)
        if (!one(s, steps, true))
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

int plants(std::uint64_t seeds, std::size_t steps) {
  int missed = 0;
  std::printf("%-26s %s\n", "planted bug", "caught within seeds");
  for (std::size_t i = 0; i < stint::plant_names.size(); ++i) {
    // Its tasks hardly ever follow one another to one worker, which the model test's busy stories do: planted_test catches it.
    if (static_cast<stint::plant>(i) == stint::plant::behind_the_stuck)
      continue;
    const auto by = caught_by(static_cast<stint::plant>(i), i == 0 ? 60 : seeds, steps);
    const bool right = (i == 0) == (by == 0);
    missed += right ? 0 : 1;
    std::printf("%-26s %s%s\n", std::string{stint::plant_names[i]}.c_str(),
                by == 0 ? "-" : std::to_string(by).c_str(), right ? "" : "   WRONG");
    std::fflush(stdout);
  }
  return missed == 0 ? 0 : 1;
}
#endif

} // namespace

int main(int argc, char** argv) {
  std::uint64_t seeds = 1000;
  std::uint64_t first = 1;
  std::size_t steps = 500;
  bool with_plants = false;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0ULL; };
    if (a == "--seeds")
      seeds = number();
    else if (a == "--first")
      first = number();
    else if (a == "--steps")
      steps = number();
    else if (a == "--seed")
      first = number(), seeds = 1;
    else if (a == "--plants")
      with_plants = true;
    else
      return std::fprintf(stderr, "sim: unknown option %s\n", a.c_str()), 2;
  }
#ifdef STINT_PLANTS
  if (with_plants)
    return plants(seeds, steps);
#else
  if (with_plants)
    return std::fprintf(stderr, "sim: built without planted bugs\n"), 2;
#endif
#ifdef STINT_SANITIZED
  seeds = std::min<std::uint64_t>(seeds, 300);
#endif
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (!one(first, steps, false, &a) || !one(first, steps, false, &b))
    return 1;
  if (a != b)
    return std::printf("seed %llu: two runs differ\n", static_cast<unsigned long long>(first)), 1;
  std::uint64_t all = 0;
  for (auto s = first; s < first + seeds; ++s) {
    if (!one(s, steps, false, &a))
      return 1;
    all = all * 31 + a;
  }
  std::printf("sim: %llu seeds x %zu steps, every invariant held at every step; same seed, same trace; hash %016llx\n",
              static_cast<unsigned long long>(seeds), steps, static_cast<unsigned long long>(all));
  return 0;
}
