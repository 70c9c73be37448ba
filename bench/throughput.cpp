// P1: how many no-op tasks a second, end to end, when they are submitted in batches? Every record is kept, and read back
// by id at the end. The time is from the first submission to the end of the last task. The bar is against the mutex list
// as one writes it, with one lock a submission; one that takes whole batches under its lock runs beside it. Batches are
// submitted one after the other, or by a submitter, which makes the next while the last is on its way.
#include <atomic>

#include <harness/contest.hpp>
#include <harness/meter.hpp>
#include <harness/subject.hpp>
#include <rivals/bare_client.hpp>
#include <rivals/dispatchers.hpp>
#include <rivals/mutex_list.hpp>
#include <rivals/rival_side.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;
constexpr std::size_t batch = 1'000;
constexpr std::size_t window = 4'096; // of the bare list, which takes tasks one by one

std::vector<double> run_stint(std::size_t count, body_form form, bool pipelined) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  const meter used{count};
  if (pipelined)
    submit_pipelined(tasks, count, form);
  else
    submit_batches(tasks, 1, count, batch, form);
  wait_for_all(tasks);
  auto out = used.read();
  verify(tasks, count);
  return out;
}

std::vector<double> run_mutex(std::size_t count, bool batched) {
  mutex_list tasks{workers};
  const meter used{count};
  if (batched)
    submit_rival_batches(tasks, count, batch);
  else
    submit_each(tasks, count);
  tasks.wait_all();
  auto out = used.read();
  verify_rival(tasks, count);
  return out;
}

std::vector<double> run_bare(std::size_t count) {
  host at{workers};
  bare_client tasks{at, workers, false};
  const meter used{count};
  for (std::size_t i = 1; i <= count; ++i) {
    tasks.submit(i);
    tasks.wait_until(window);
  }
  tasks.wait_until(0);
  auto out = used.read();
  tasks.verify(count);
  return out;
}

template <class Dispatch>
std::vector<double> run_dispatch(std::size_t count, Dispatch dispatch) {
  std::atomic<std::size_t> ran{0};
  const meter used{count};
  dispatch(workers, count, [&ran] { ran.fetch_add(1, std::memory_order_relaxed); });
  auto out = used.read();
  need(ran == count, "a dispatcher lost tasks");
  return out;
}

void ask(program& run) {
  const auto count = run.size(1'000'000, 100'000, 2'000);
  contest r{run, "P1", std::to_string(count) + " no-op tasks in batches of 1000, 2 workers", meter::figures()};
  struct way {
    std::string name;
    body_form form;
    bool pipelined;
  };
  const std::vector<way> ways{
    {"stint, blocking kind", body_form::blocking_kind, false},
    {"stint, blocking callable", body_form::blocking_callable, false},
    {"stint, cooperative kind", body_form::cooperative_kind, false},
    {"stint, cooperative callable", body_form::cooperative_callable, false},
    {"stint, blocking kind, submitter", body_form::blocking_kind, true},
    {"stint, cooperative kind, submitter", body_form::cooperative_kind, true},
  };
  for (const auto& w : ways)
    r.contestant(w.name, [count, w] { return run_stint(count, w.form, w.pipelined); });
  r.contestant("mutex list, batches", [count] { return run_mutex(count, true); });
  r.contestant("mutex list, one by one", [count] { return run_mutex(count, false); });
  r.contestant("bare list actor", [count] { return run_bare(count); });
  r.contestant("Asio post", [count] { return run_dispatch(count, asio_posts); });
  r.contestant("TBB task_group", [count] { return run_dispatch(count, tbb_group); });
  r.against("mutex list, batches");
  for (const auto& [name, form, pipelined] : ways) {
    if (is_cooperative(form)) {
      r.expect({.who = name, .what = "rate", .value = 2e6});
      continue;
    }
    r.expect({.who = name, .what = "rate", .rivals = {"mutex list, one by one"}, .value = 3});
    r.expect({.who = name, .what = "rate", .rivals = {"mutex list, batches"}, .value = 1, .wish = true});
    r.expect({.who = name, .what = "rate", .rivals = {"Asio post"}, .value = 1, .wish = true});
  }
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "throughput", &ask); }
