// P10: how much heap does a finished task keep? A million no-op tasks with names of 12 characters, run to their ends; the
// difference of what the allocator has given out, before and after. Every record is there and whole.
#include <malloc.h>

#include <harness/contest.hpp>
#include <harness/subject.hpp>
#include <rivals/bare_client.hpp>
#include <rivals/mutex_list.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;

/// Bytes in use in all of the allocator's arenas, and in blocks of their own.
double heap_bytes() {
  const auto m = ::mallinfo2();
  return static_cast<double>(m.uordblks) + static_cast<double>(m.hblkhd);
}

template <class Fill>
std::vector<double> grown(std::size_t count, Fill fill) {
  const auto before = heap_bytes();
  fill();
  return {(heap_bytes() - before) / static_cast<double>(count)};
}

std::vector<double> run_stint(std::size_t count, body_form form) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  submit_batches(tasks, 1, 1, 1, form);
  wait_for_all(tasks);
  auto out = grown(count, [&] {
    submit_batches(tasks, 2, count, 1'000, form);
    wait_for_all(tasks);
    verify(tasks, count + 1);
  });
  return out;
}

std::vector<double> run_mutex(std::size_t count) {
  mutex_list tasks{workers};
  return grown(count, [&] {
    submit_rival_batches(tasks, count, 1'000);
    tasks.wait_all();
    verify_rival(tasks, count);
  });
}

std::vector<double> run_bare(std::size_t count) {
  host at{workers};
  bare_client tasks{at, workers, false};
  return grown(count, [&] {
    for (std::size_t i = 1; i <= count; ++i) {
      tasks.submit(i);
      tasks.wait_until(1'000);
    }
    tasks.wait_until(0);
    tasks.verify(count);
  });
}

void ask(program& run) {
  const auto count = run.size(1'000'000, 200'000, 2'000);
  contest r{run, "P10", "heap per finished task, " + std::to_string(count) + " tasks", {{"heap", "bytes/task", false}}};
  const std::vector<std::pair<std::string, body_form>> forms{
    {"stint, kind", body_form::cooperative_kind},
    {"stint, blocking kind", body_form::blocking_kind},
    {"stint, callable", body_form::cooperative_callable},
  };
  for (const auto& [name, form] : forms)
    r.contestant(name, [count, form = form] { return run_stint(count, form); });
  r.contestant("mutex list", [=] { return run_mutex(count); });
  r.contestant("bare list actor", [=] { return run_bare(count); });
  r.against("mutex list");
  for (const auto& [name, form] : forms)
    r.expect({.who = name, .what = "heap", .value = 300, .stretch = 160});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "memory", &ask); }
