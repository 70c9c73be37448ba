// The ready queue alone: take the first and let one more stand at the end, with a thousand to a million standing. In one
// queue; over a hundred queues; and with every tenth one of a higher priority, which stands out of order.
#include <benchmark/benchmark.h>

#include <memory>

#include <stint/ready.hpp>

namespace {

/// `count` tasks that stand in `queues` queues.
class standing {
public:
  standing(std::size_t count, std::uint32_t queues, bool urgent)
    : urgent_(urgent), tasks_(std::make_unique<stint::live[]>(count)) {
    for (std::size_t i = 0; i < count; ++i) {
      tasks_[i].id = i + 1;
      tasks_[i].queue = static_cast<std::uint32_t>(i) % queues;
      tasks_[i].route = stint::plain_route(1);
      enter(tasks_[i]);
    }
  }

  void enter(stint::live& l) {
    constexpr std::uint64_t priority = std::uint64_t{1} << 60;
    ++rank_;
    l.rank = urgent_ && rank_ % 10 == 0 ? rank_ : rank_ + priority;
    line_.add(l);
  }

  stint::live* take() {
    auto* first = line_.next([](const stint::live&) { return true; });
    line_.remove(*first);
    return first;
  }

private:
  bool urgent_;
  std::uint64_t rank_ = 0;
  stint::ready line_;
  std::unique_ptr<stint::live[]> tasks_;
};

void turn_over(benchmark::State& state, std::uint32_t queues, bool urgent) {
  standing all{static_cast<std::size_t>(state.range(0)), queues, urgent};
  for (auto _ : state)
    all.enter(*all.take());
}

void one_queue(benchmark::State& state) { turn_over(state, 1, false); }
void hundred_queues(benchmark::State& state) { turn_over(state, 100, false); }
void some_urgent(benchmark::State& state) { turn_over(state, 1, true); }

BENCHMARK(one_queue)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(hundred_queues)->RangeMultiplier(10)->Range(1'000, 1'000'000);
BENCHMARK(some_urgent)->RangeMultiplier(10)->Range(1'000, 1'000'000);

} // namespace
