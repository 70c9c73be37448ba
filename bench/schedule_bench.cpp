// The schedule alone: take what is due and add something for later, with a thousand to a million entries; and what a
// round of a list asks of it, when the next thing is due.
#include <benchmark/benchmark.h>

#include <chrono>
#include <random>

#include <stint/schedule.hpp>

namespace {

using stint::due_for;
using stint::nanos;

/// Entries spread over the next `count` milliseconds, in no order.
class agenda {
public:
  explicit agenda(std::int64_t count) : count_(count) {
    for (std::int64_t i = 0; i < count; ++i)
      add();
  }

  void add() {
    const std::chrono::milliseconds later{static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(count_))
                                          + 1};
    entries.add(now.steady + later, due_for::start, ++id_, 0);
  }

  stint::schedule entries;
  stint::moment now{stint::steady_time{std::chrono::hours{1}}, stint::wall_time{std::chrono::hours{24 * 365 * 56}}};

private:
  std::int64_t count_;
  std::uint64_t id_ = 0;
  std::minstd_rand random_{1};
};

/// Lets time pass until one is due, takes it, and adds another.
void take_and_add(benchmark::State& state) {
  agenda all{state.range(0)};
  for (auto _ : state) {
    all.now = all.now + (*all.entries.next(all.now) - all.now.steady);
    if (!all.entries.take(all.now))
      state.SkipWithError("nothing was due");
    all.add();
  }
}

/// Nothing is due: the usual answer.
void look(benchmark::State& state) {
  agenda all{state.range(0)};
  for (auto _ : state) {
    benchmark::DoNotOptimize(all.entries.take(all.now));
    benchmark::DoNotOptimize(all.entries.next(all.now));
  }
}

BENCHMARK(take_and_add)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(look)->RangeMultiplier(10)->Range(1'000, 1'000'000);

} // namespace
