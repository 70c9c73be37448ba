// P2: how many no-op tasks a second when each is submitted by itself and has its own answer, from one plain thread that does
// not wait for each? At most 4096 answers are missing at any time. With a message each, and through a submitter, where those
// that come while a message is on its way go with the next. A mutex list takes them one by one, under its lock.
#include <harness/contest.hpp>
#include <harness/meter.hpp>
#include <harness/pipeline.hpp>
#include <rivals/bare_client.hpp>
#include <rivals/mutex_list.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;
constexpr std::size_t window = 4'096;

std::vector<double> run_stint(std::size_t count, body_form form) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  std::vector<double> out;
  {
    pipeline line{at.system(), tasks.actor()};
    const meter used{count};
    for (std::size_t i = 1; i <= count; ++i) {
      line.submit(noop(i, form));
      line.wait_until(window);
    }
    line.wait_until(0);
    wait_for_all(tasks);
    out = used.read();
  }
  verify(tasks, count);
  return out;
}

std::vector<double> run_submitter(std::size_t count, body_form form) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  const meter used{count};
  submit_pipelined(tasks, count, form);
  wait_for_all(tasks);
  auto out = used.read();
  verify(tasks, count);
  return out;
}

std::vector<double> run_mutex(std::size_t count) {
  mutex_list tasks{workers};
  const meter used{count};
  submit_each(tasks, count);
  tasks.wait_all();
  auto out = used.read();
  verify_rival(tasks, count);
  return out;
}

std::vector<double> run_bare(std::size_t count, bool detached) {
  host at{workers};
  bare_client tasks{at, workers, detached};
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

void ask(program& run) {
  const auto count = run.size(1'000'000, 100'000, 2'000);
  contest r{run, "P2", std::to_string(count) + " no-op tasks, a message each, window 4096, 2 workers",
            meter::figures()};
  const std::vector<std::pair<std::string, body_form>> forms{
    {"stint, blocking kind", body_form::blocking_kind},
    {"stint, blocking callable", body_form::blocking_callable},
    {"stint, cooperative kind", body_form::cooperative_kind},
  };
  for (const auto& [name, form] : forms)
    r.contestant(name, [count, form = form] { return run_stint(count, form); });
  const std::vector<std::pair<std::string, body_form>> gathered{
    {"stint, submitter, blocking kind", body_form::blocking_kind},
    {"stint, submitter, blocking callable", body_form::blocking_callable},
    {"stint, submitter, cooperative kind", body_form::cooperative_kind},
  };
  for (const auto& [name, form] : gathered)
    r.contestant(name, [count, form = form] { return run_submitter(count, form); });
  r.contestant("mutex list, one by one", [count] { return run_mutex(count); });
  r.contestant("bare list actor", [count] { return run_bare(count, false); });
  r.contestant("bare list actor, detached", [count] { return run_bare(count, true); });
  r.against("mutex list, one by one");
  for (const auto& [name, form] : gathered)
    r.expect({.who = name, .what = "rate", .rivals = {"mutex list, one by one"}, .value = 0.9, .stretch = 1.5});
  for (const auto& [name, form] : forms) {
    r.expect({.who = name, .what = "rate", .rivals = {"mutex list, one by one"}, .value = 0.9, .stretch = 1.5});
    r.expect({.who = name, .what = "rate", .rivals = {"bare list actor"}, .value = 0.6});
  }
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "singles", &ask); }
