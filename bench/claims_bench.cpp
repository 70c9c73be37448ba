// The claims alone: plan, draw, grant and release of one task, among a thousand to a million tasks that claim something.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <stint/claims.hpp>
#include <stint/key.hpp>

namespace {

using stint::claim;
using stint::claim_holder;

/// `count` holders of keys of their own, 1024 under one parent, as many publishers would have them.
class crowd {
public:
  explicit crowd(std::size_t count) : count_(count), holders_(std::make_unique<claim_holder[]>(count)) {
    for (std::size_t i = 0; i < count; ++i) {
      holders_[i].id = i + 1;
      const std::vector<claim> wanted{stint::exclusive(key(i))};
      table.plan(holders_[i], wanted);
      table.draw(holders_[i], ++rank);
      table.grant(holders_[i]);
    }
  }

  static std::string key(std::size_t i) {
    return stint::key{"publish", std::to_string(i / 1024), "suite-" + std::to_string(i)};
  }

  [[nodiscard]] std::string free_key() const { return key(count_); }

  stint::claims table;
  std::uint64_t rank = 0;

private:
  std::size_t count_;
  std::unique_ptr<claim_holder[]> holders_;
};

/// One crowd for each size: making a large one takes seconds.
crowd& crowd_of(std::int64_t count) {
  static std::map<std::int64_t, std::unique_ptr<crowd>> kept;
  auto& c = kept[count];
  if (!c)
    c = std::make_unique<crowd>(static_cast<std::size_t>(count));
  return *c;
}

void one_task(benchmark::State& state, const std::vector<claim>& wanted, crowd& among) {
  std::vector<claim_holder*> woken;
  claim_holder h;
  h.id = 1'000'000'000;
  for (auto _ : state) {
    among.table.plan(h, wanted);
    if (!among.table.draw(h, ++among.rank))
      state.SkipWithError("the key is not free");
    among.table.grant(h);
    woken.clear();
    among.table.release(h, woken);
    among.table.unplan(h);
  }
}

/// A task without claims: only its intention on everything.
void nothing_claimed(benchmark::State& state) { one_task(state, {}, crowd_of(state.range(0))); }

/// A key that nobody else has, in the tree of all others.
void free_key(benchmark::State& state) {
  auto& among = crowd_of(state.range(0));
  one_task(state, {stint::exclusive(among.free_key())}, among);
}

/// One key for all: a release wakes the next, which is granted it, and the one that had it comes again at the end.
void handed_on(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  stint::claims table;
  const auto holders = std::make_unique<claim_holder[]>(count);
  const std::vector<claim> wanted{stint::exclusive(stint::key{"publish", "debian", "stable"})};
  std::uint64_t rank = 0;
  for (std::size_t i = 0; i < count; ++i) {
    holders[i].id = i + 1;
    table.plan(holders[i], wanted);
    if (table.draw(holders[i], ++rank))
      table.grant(holders[i]);
  }
  auto* holder = &holders[0];
  std::vector<claim_holder*> woken;
  for (auto _ : state) {
    woken.clear();
    table.release(*holder, woken);
    auto* next = woken.front();
    table.grant(*next);
    table.draw(*holder, ++rank);
    holder = next;
  }
}

BENCHMARK(nothing_claimed)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(free_key)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(handed_on)->RangeMultiplier(10)->Range(1'000, 1'000'000);

} // namespace
