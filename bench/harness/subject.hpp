/// The list under measurement: every record kept and readable, and proof that all of the work was done.
///
/// Owner    the contestant.
/// Threads  as stint::list.
/// Errors   `wrong` when the list refused something or a task did not end as it should.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <harness/bench_program.hpp>
#include <harness/host.hpp>
#include <harness/noop.hpp>

namespace stint::bench {

/// How a body runs, and whether it is a callable of its own or a kind that all tasks share.
enum class body_form { blocking_kind, blocking_callable, cooperative_kind, cooperative_callable };

constexpr bool is_cooperative(body_form f) noexcept {
  return f == body_form::cooperative_kind || f == body_form::cooperative_callable;
}
constexpr bool is_kind(body_form f) noexcept {
  return f == body_form::blocking_kind || f == body_form::cooperative_kind;
}

/// Returns options with `workers`, both no-op kinds, and no bound that could drop a record or refuse a task.
inline options keep_all(std::size_t workers) {
  options o;
  o.workers = workers;
  o.limits = unbounded();
  o.kinds.add("noop", body{[] { return succeeded(good_code); }});
  o.kinds.add("quick", cooperative([] { return succeeded(good_code); }));
  return o;
}

/// Returns one no-op task.
inline submission noop(std::size_t i, body_form form) {
  submission s;
  s.what.name = name_of(i);
  switch (form) {
  case body_form::blocking_kind:
    s.what.kind = "noop";
    break;
  case body_form::cooperative_kind:
    s.what.kind = "quick";
    break;
  case body_form::blocking_callable:
    s.run = body{[] { return succeeded(good_code); }};
    break;
  case body_form::cooperative_callable:
    s.run = cooperative([] { return succeeded(good_code); });
    break;
  }
  return s;
}

/// Submits tasks `first` to `first + count` - 1 in batches, as a plain thread does.
inline void submit_batches(list& tasks, std::size_t first, std::size_t count, std::size_t batch, body_form form) {
  for (std::size_t i = 0; i < count;) {
    std::vector<submission> many;
    many.reserve(batch);
    for (; many.size() < batch && i < count; ++i)
      many.push_back(noop(first + i, form));
    auto made = tasks.submit(std::move(many));
    need(made.has_value(), made ? "" : "refused: " + to_string(made.error()));
  }
}

/// Submits as many one by one, through a submitter.
inline void submit_pipelined(list& tasks, std::size_t count, body_form form) {
  submitter line{tasks};
  for (std::size_t i = 1; i <= count; ++i) {
    auto one = noop(i, form);
    line.submit(std::move(one.what), std::move(one.run));
  }
  const auto made = line.flush();
  need(made.accepted == count, "refused: " + to_string(made.why));
}

inline void wait_for_all(list& tasks) {
  auto fence = tasks.wait_all();
  need(fence.has_value() && fence->open == 0, "the fence did not hold");
}

/// Proves that `count` tasks succeeded and are kept: by count, and some of them by id, whole.
inline void verify(list& tasks, std::size_t count) {
  auto totals = tasks.counts();
  need(totals.has_value(), "no counts");
  need(totals->tasks[state::succeeded] == count,
       std::to_string(totals->tasks[state::succeeded]) + " of " + std::to_string(count) + " succeeded");
  std::vector<task_id> ids;
  for (std::size_t i = 0; i < 97; ++i)
    ids.push_back(1 + i * (count - 1) / 96);
  auto some = tasks.get(ids);
  need(some.has_value(), "ids cannot be read");
  for (const auto& w : some->tasks) {
    need(w.code == errc::none && w.task.state == state::succeeded, "task " + std::to_string(w.id) + " is not there");
    need(w.task.code == good_code && w.task.name.size() == 12 && w.task.started && w.task.ended && w.task.attempt == 1,
         "the record of task " + std::to_string(w.id) + " is not whole");
  }
}

} // namespace stint::bench
