// P11: does the owner notice a thousand subscribers to all events, at 20,000 events a second? Sixty-seven tasks every
// 10 ms, three events each; beside them one question to the owner every millisecond, whose answer's time is measured.
// Every subscriber checks that its stream has no gap, or that it was told to reset.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include <unistd.h>

#include <harness/contest.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>

namespace {

using namespace stint::bench;
using namespace std::chrono_literals;

constexpr std::size_t workers = 2;
constexpr std::size_t group = 67;

/// What one subscriber has heard. Its callbacks run one at a time; the main thread reads the atomics.
struct ear {
  std::atomic<stint::task_version> last{0};
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> resets{0};
  std::atomic<bool> gap{false};

  stint::listener listener() {
    stint::listener l;
    l.events = [this](const stint::event_batch& b) {
      if (b.from != last || b.events.size() != b.to - b.from)
        gap = true;
      events += b.events.size();
      last = b.to;
    };
    l.reset = [this](const std::string&) { ++resets; };
    l.snapshot_end = [this](stint::task_version v) { last = v; };
    return l;
  }
};

double resident_mb() {
  std::ifstream in{"/proc/self/statm"};
  double size = 0, resident = 0;
  in >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

std::vector<double> run_stint(std::size_t subscribers, std::chrono::milliseconds length) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  submit_batches(tasks, 1, 1, 1, body_form::cooperative_kind);
  wait_for_all(tasks);
  std::size_t submitted = 1;
  const auto ears = std::make_unique<ear[]>(subscribers);
  std::vector<stint::subscription> subscriptions;
  const auto from = tasks.counts()->version;
  for (std::size_t i = 0; i < subscribers; ++i) {
    ears[i].last = from;
    auto s = tasks.subscribe(ears[i].listener(), from);
    need(s.has_value(), "a subscriber was refused");
    subscriptions.push_back(std::move(*s));
  }
  std::atomic<bool> over{false};
  std::vector<double> us;
  const auto before = resident_mb();
  auto most = before;
  std::thread asker{[&] {
    auto next = std::chrono::steady_clock::now();
    while (!over) {
      std::this_thread::sleep_until(next);
      stopwatch time;
      static_cast<void>(tasks.get(1));
      us.push_back(time.ns() / 1e3);
      if (us.size() % 50 == 0)
        most = std::max(most, resident_mb());
      next = std::max(next + 1ms, std::chrono::steady_clock::now());
    }
  }};
  auto next = std::chrono::steady_clock::now();
  const auto end = next + length;
  while (next < end) {
    submit_batches(tasks, submitted + 1, group, group, body_form::cooperative_kind);
    submitted += group;
    next += 10ms;
    std::this_thread::sleep_until(next);
  }
  wait_for_all(tasks);
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - (end - length)).count();
  over = true;
  asker.join();
  const auto last = tasks.counts()->version;
  std::uint64_t resets = 0;
  for (std::size_t i = 0; i < subscribers; ++i) {
    for (int tries = 0; ears[i].last < last; ++tries) {
      need(tries < 20'000, "a subscriber never heard the end");
      std::this_thread::sleep_for(1ms);
    }
    need(!ears[i].gap || ears[i].resets != 0, "a subscriber's stream has a gap");
    resets += ears[i].resets;
  }
  verify(tasks, submitted);
  subscriptions.clear();
  return {percentile(us, 0.5), percentile(us, 0.99), most - before, static_cast<double>(resets),
          static_cast<double>(last - from) / took};
}

void ask(program& run) {
  const std::chrono::milliseconds length{run.size(2'000, 1'000, 50)};
  const auto many = run.size(1'000, 1'000, 20);
  contest r{run,
            "P11",
            "subscribers to all of 20,000 events a second",
            {{"p50", "us", false},
             {"p99", "us", false},
             {"RSS growth", "MB", false},
             {"resets", "subscribers", false},
             {"events", "events/s"}}};
  const auto crowd = "stint, " + std::to_string(many) + " subscribers";
  r.contestant("stint, no subscriber", [=] { return run_stint(0, length); });
  r.contestant("stint, 1 subscriber", [=] { return run_stint(1, length); });
  r.contestant(crowd, [=] { return run_stint(many, length); });
  r.expect({.who = crowd, .what = "p99", .rivals = {"stint, no subscriber"}, .value = 1.2, .slack = 100});
  r.expect({.who = crowd, .what = "events", .value = 18'000});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "subscribers", &ask); }
