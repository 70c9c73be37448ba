// The ledger alone: a task from submission to end, and pages, in lists that hold from a thousand to a million finished
// tasks. Times are per task, or per page of 100.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>

#include <harness/driven_ledger.hpp>

namespace {

using namespace stint::bench;

/// One ledger for each history; filling it anew for every measurement would take longer than measuring.
driven_ledger& after(std::int64_t history) {
  static std::map<std::int64_t, std::unique_ptr<driven_ledger>> kept;
  auto& l = kept[history];
  if (!l) {
    l = std::make_unique<driven_ledger>();
    l->run(static_cast<std::size_t>(history));
  }
  return *l;
}

/// Submit, start and finish, a thousand at a time.
void submit_start_finish(benchmark::State& state) {
  auto& l = after(state.range(0));
  for (auto _ : state)
    state.SetIterationTime(l.run(driven_ledger::batch) / 1e9);
  l.verify();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(driven_ledger::batch));
}

void page(benchmark::State& state, const stint::page_request& ask) {
  const auto& rules = after(state.range(0)).rules();
  for (auto _ : state) {
    auto got = rules.read(ask);
    if (!got || got->tasks.size() != 100)
      state.SkipWithError("not a page of 100");
    benchmark::DoNotOptimize(got);
  }
}

void page_newest(benchmark::State& state) { page(state, {}); }

void page_by_state(benchmark::State& state) {
  stint::page_request ask;
  ask.filter.states = {stint::state::succeeded, stint::state::failed};
  page(state, ask);
}

void page_by_queue_and_kind(benchmark::State& state) {
  stint::page_request ask;
  ask.filter.queue = "default";
  ask.filter.kind = "noop";
  page(state, ask);
}

void get(benchmark::State& state) {
  const auto& rules = after(state.range(0)).rules();
  const auto count = static_cast<stint::task_id>(state.range(0));
  stint::task_id id = 0;
  for (auto _ : state) {
    id = (id + 48'271) % count;
    benchmark::DoNotOptimize(rules.get(id + 1));
  }
}

BENCHMARK(submit_start_finish)->RangeMultiplier(10)->Range(1'000, 1'000'000)->UseManualTime();
BENCHMARK(page_newest)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(page_by_state)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(page_by_queue_and_kind)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(get)->RangeMultiplier(10)->Range(1'000, 1'000'000);

} // namespace
