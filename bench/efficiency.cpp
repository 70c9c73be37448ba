// P13: how much of two threads' work is left when a list gives it out? CPU-bound bodies of 100 us, against two bare
// threads that share the same bodies by a counter. Beside the rate, the processor time of the whole process per task: on a
// machine that is busy otherwise it still tells what the list adds, where rates only tell who got the cores.
#include <atomic>
#include <thread>

#include <harness/contest.hpp>
#include <harness/meter.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>
#include <rivals/dispatchers.hpp>
#include <rivals/mutex_list.hpp>
#include <rivals/rival_side.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;

/// Work that takes the same number of steps each time; never inlined, so that no caller's constants change it.
[[gnu::noinline]] std::uint64_t churn(std::size_t steps) {
  std::uint64_t x = steps;
  for (std::size_t i = 0; i < steps; ++i)
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
  return x;
}

std::atomic<std::uint64_t> sink{0};

/// How many steps take 100 us here and now; the same number serves all contestants.
std::size_t steps_for_100_us() {
  std::vector<double> ns;
  const std::size_t steps = 100'000;
  for (int i = 0; i < 51; ++i) {
    stopwatch time;
    sink += churn(steps);
    ns.push_back(time.ns());
  }
  return static_cast<std::size_t>(static_cast<double>(steps) * 100e3 / percentile(ns, 0.1));
}

std::vector<double> run_threads(std::size_t count, std::size_t steps) {
  std::atomic<std::size_t> next{0};
  const meter used{count};
  auto work = [&] {
    while (next.fetch_add(1) < count)
      sink += churn(steps);
  };
  std::thread other{work};
  work();
  other.join();
  return used.read();
}

std::vector<double> run_stint(std::size_t count, std::size_t steps, bool coop) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  const meter used{count};
  for (std::size_t i = 0; i < count;) {
    std::vector<stint::submission> many;
    for (; many.size() < 1'000 && i < count; ++i) {
      auto& s = many.emplace_back();
      s.what.name = name_of(i);
      auto work = [steps] {
        sink += churn(steps);
        return stint::succeeded(good_code);
      };
      s.run = coop ? stint::cooperative(work) : stint::body{work};
    }
    need(tasks.submit(std::move(many)).has_value(), "refused");
  }
  wait_for_all(tasks);
  auto out = used.read();
  verify(tasks, count);
  return out;
}

std::vector<double> run_mutex(std::size_t count, std::size_t steps) {
  mutex_list tasks{workers};
  const meter used{count};
  for (std::size_t i = 0; i < count; ++i) {
    rival_task t;
    t.name = name_of(i);
    t.run = [steps] {
      sink += churn(steps);
      return rival_result{good_code, {}, {}};
    };
    tasks.submit(std::move(t));
  }
  tasks.wait_all();
  auto out = used.read();
  verify_rival(tasks, count);
  return out;
}

void ask(program& run) {
  const auto count = run.size(20'000, 5'000, 100);
  const auto steps = steps_for_100_us();
  contest r{run, "P13", std::to_string(count) + " CPU-bound bodies of 100 us, 2 workers", meter::figures()};
  r.contestant("two bare threads", [=] { return run_threads(count, steps); });
  r.contestant("stint, blocking", [=] { return run_stint(count, steps, false); });
  r.contestant("stint, cooperative", [=] { return run_stint(count, steps, true); });
  r.contestant("mutex list", [=] { return run_mutex(count, steps); });
  r.contestant("Asio post", [=] {
    const meter used{count};
    asio_posts(workers, count, [=] { sink += churn(steps); });
    return used.read();
  });
  for (const auto* who : {"stint, blocking", "stint, cooperative"})
    r.expect({.who = who, .what = "rate", .rivals = {"two bare threads"}, .value = 0.95, .stretch = 0.98});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "efficiency", &ask); }
