// P6: how long from submitting one task to knowing that it has finished, when nothing else runs? One task at a time, from
// a plain thread, with list::run or with a submit and a wait; in lists that are empty at first and in lists with 100,000
// finished tasks. Then the same with 2 ms of rest before each task, in which every thread goes to sleep.
#include <chrono>
#include <thread>

#include <harness/contest.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>
#include <rivals/bare_client.hpp>
#include <rivals/mutex_list.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;

struct plan {
  std::size_t stored = 0;
  std::size_t tasks = 0;
  std::chrono::microseconds rest{0};
};

/// Runs `one(i)` for each task; p50 and p99 in microseconds. The first tenth is not counted.
template <class One>
std::vector<double> times(const plan& p, One one) {
  std::vector<double> us;
  const auto warm = p.tasks / 10;
  for (std::size_t i = 0; i < p.tasks + warm; ++i) {
    if (p.rest.count() != 0)
      std::this_thread::sleep_for(p.rest);
    stopwatch time;
    one(i);
    if (i >= warm)
      us.push_back(time.ns() / 1e3);
  }
  return {percentile(us, 0.5), percentile(us, 0.99)};
}

/// `asks_twice`: submits, then waits.
std::vector<double> run_stint(const plan& p, body_form form, bool asks_twice = false) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  submit_batches(tasks, 1, p.stored, 1'000, form);
  wait_for_all(tasks);
  std::size_t done = p.stored;
  auto out = times(p, [&](std::size_t) {
    auto s = noop(++done, form);
    if (asks_twice) {
      auto id = tasks.submit(std::move(s.what), std::move(s.run));
      need(id && tasks.wait(*id)->code == good_code, "lost its code");
      return;
    }
    auto ended = tasks.run(std::move(s.what), std::move(s.run));
    need(ended && ended->code == good_code, "lost its code");
  });
  verify(tasks, done);
  return out;
}

std::vector<double> run_mutex(const plan& p) {
  mutex_list tasks{workers};
  submit_rival_batches(tasks, p.stored, 1'000);
  tasks.wait_all();
  return times(p, [&](std::size_t i) {
    const auto ended = tasks.wait(tasks.submit(rival_noop(i)));
    need(ended.code == good_code, "a rival lost its code");
  });
}

std::vector<double> run_bare(const plan& p, bool detached) {
  host at{workers};
  bare_client tasks{at, workers, detached};
  for (std::size_t i = 0; i < p.stored; ++i) {
    tasks.submit(i);
    tasks.wait_until(1'000);
  }
  tasks.wait_until(0);
  return times(p, [&](std::size_t i) {
    tasks.submit(i);
    tasks.wait_until(0);
  });
}

void compare(program& run, const plan& p, const std::string& title, bool judged) {
  contest r{run, "P6", title, {{"p50", "us", false}, {"p99", "us", false}}};
  r.contestant("stint, blocking", [=] { return run_stint(p, body_form::blocking_kind); });
  r.contestant("stint, cooperative", [=] { return run_stint(p, body_form::cooperative_kind); });
  r.contestant("stint, blocking, asks twice", [=] { return run_stint(p, body_form::blocking_kind, true); });
  r.contestant("mutex list", [=] { return run_mutex(p); });
  r.contestant("bare list actor, detached", [=] { return run_bare(p, true); });
  r.contestant("bare list actor", [=] { return run_bare(p, false); });
  r.against("mutex list");
  if (judged) {
    r.expect({.who = "stint, blocking", .what = "p50", .rivals = {"mutex list"}, .value = 1.6, .stretch = 0.75});
    r.expect({.who = "stint, blocking", .what = "p99", .rivals = {"bare list actor, detached"}, .value = 2});
    r.expect({.who = "stint, cooperative", .what = "p50", .rivals = {"mutex list"}, .value = 1.5, .stretch = 0.75});
    r.expect({.who = "stint, cooperative", .what = "p99", .rivals = {"bare list actor"}, .value = 2});
  }
  r.run();
}

void ask(program& run) {
  const auto tasks = run.size(5'000, 1'000, 20);
  for (const auto stored : {std::size_t{0}, run.size(100'000, 100'000, 1'000)})
    compare(run, {stored, tasks}, "one task at a time, " + std::to_string(stored) + " finished ones stored", true);
  compare(run, {0, run.size(500, 200, 5), std::chrono::milliseconds{2}}, "one task at a time, each after 2 ms of rest",
          false);
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "latency", &ask); }
