// P3: does a task cost more when a million others have finished before it? Each list is filled first; then a thousand
// tasks at a time are run to their end, and the time per task is compared with that of lists that hold a thousand.
#include <harness/contest.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>
#include <rivals/mutex_list.hpp>
#include <rivals/rival_side.hpp>
#include <rivals/seed_list.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;
constexpr std::size_t batch = 1'000;

/// A small history must stay small: it takes a new list for each measured batch, a large one takes them all.
std::size_t lists_for(std::size_t history, std::size_t batches) { return history <= batch ? batches : 1; }

/// Measures `batches` batches, each right after an unmeasured one that fills the caches and wakes the workers. Returns
/// the median time per task.
template <class Run>
void measure(std::size_t batches, std::vector<double>& into, Run run) {
  for (std::size_t i = 0; i < batches; ++i) {
    run();
    stopwatch time;
    run();
    into.push_back(time.ns() / static_cast<double>(batch));
  }
}

std::vector<double> run_stint(std::size_t history, std::size_t batches, body_form form) {
  std::vector<double> ns;
  const auto lists = lists_for(history, batches);
  for (std::size_t l = 0; l < lists; ++l) {
    host at{workers};
    stint::list tasks{at.system(), keep_all(workers)};
    submit_batches(tasks, 1, history, batch, form);
    wait_for_all(tasks);
    auto next = history;
    measure(batches / lists, ns, [&] {
      submit_batches(tasks, next + 1, batch, batch, form);
      wait_for_all(tasks);
      next += batch;
    });
    verify(tasks, next);
  }
  return {median(ns)};
}

std::vector<double> run_mutex(std::size_t history, std::size_t batches) {
  std::vector<double> ns;
  const auto lists = lists_for(history, batches);
  for (std::size_t l = 0; l < lists; ++l) {
    mutex_list tasks{workers};
    submit_rival_batches(tasks, history, batch);
    tasks.wait_all();
    measure(batches / lists, ns, [&] {
      submit_rival_batches(tasks, batch, batch);
      tasks.wait_all();
    });
    verify_rival(tasks, history + batch);
  }
  return {median(ns)};
}

std::vector<double> run_seed(std::size_t history, std::size_t batches) {
  std::vector<double> ns;
  const auto lists = lists_for(history, batches);
  for (std::size_t l = 0; l < lists; ++l) {
    seed_list tasks{workers};
    tasks.remember(history);
    measure(batches / lists, ns, [&] {
      submit_each(tasks, batch);
      tasks.wait_all();
    });
  }
  return {median(ns)};
}

void ask(program& run) {
  const auto large = run.size(1'000'000, 100'000, 5'000);
  const auto large_seed = run.size(100'000, 20'000, 2'000);
  const auto batches = run.size(40, 20, 2);
  constexpr std::size_t small = 1'000;
  contest r{run, "P3", "a task's time after many others, batches of 1000, 2 workers", {{"time", "ns/task", false}}};
  auto after = [](const std::string& who, std::size_t n) { return who + " after " + std::to_string(n); };
  const std::vector<std::pair<std::string, body_form>> forms{
    {"stint, blocking,", body_form::blocking_kind},
    {"stint, cooperative,", body_form::cooperative_kind},
  };
  for (const auto& [name, form] : forms)
    for (auto n : {small, large})
      r.contestant(after(name, n), [=, form = form] { return run_stint(n, batches, form); });
  for (auto n : {small, large})
    r.contestant(after("mutex list, batches,", n), [=] { return run_mutex(n, batches); });
  for (auto n : {small, large_seed})
    r.contestant(after("original's design", n), [=] { return run_seed(n, n == small ? batches : 2); });
  for (const auto& [name, form] : forms)
    r.expect({.who = after(name, large), .what = "time", .rivals = {after(name, small)}, .value = 1.3, .stretch = 1.1});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "growth", &ask); }
