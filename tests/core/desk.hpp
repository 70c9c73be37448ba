/// A ledger with a made-up clock and obedient workers, so that a test reads as a story: submit, begin, end, pass time.
///
/// Owner    one test.
/// Units    the clock starts at a fixed moment and moves only in pass().
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <stint/ledger.hpp>

namespace stint::test {

using namespace std::chrono_literals;

inline moment first_moment() { return {steady_time{1000s}, wall_time{1'700'000'000s}}; }

/// A spec with a name and, if need be, claims.
inline spec named(std::string name, std::vector<claim> claims = {}) {
  spec s;
  s.name = std::move(name);
  s.claims = std::move(claims);
  return s;
}

class desk {
public:
  explicit desk(std::uint32_t workers = 1, ledger_options o = {}) : book(std::move(o)) {
    for (std::uint32_t i = 0; i < workers; ++i)
      join();
  }

  worker_id join(std::vector<std::string> kinds = {}, std::vector<std::string> labels = {}) {
    book.worker_joined(++last_worker, kinds, now, fx, 0, std::move(labels));
    go();
    return last_worker;
  }

  /// Submits one task, which must be accepted, and hands over what may start.
  task_id add(spec s) {
    auto r = try_add(std::move(s));
    EXPECT_EQ(r.code(), errc::none) << to_string(r.error());
    return r ? *r : 0;
  }
  task_id add(std::string name, std::vector<claim> claims = {}) { return add(named(std::move(name), std::move(claims))); }

  result<task_id> try_add(spec s) {
    const body_id body = s.kind.empty() ? ++last_body : 0;
    const new_task one{&s, body, 0};
    auto r = book.submit({&one, 1}, now, fx);
    go();
    if (!r)
      return r.error();
    return r->ids.front();
  }

  result<submitted> add_all(std::vector<spec> specs, bool as_one = false) {
    std::vector<new_task> all;
    for (auto& s : specs) {
      const body_id body = s.kind.empty() ? ++last_body : 0;
      all.push_back({&s, body, 0});
    }
    auto r = book.submit(all, now, fx, as_one);
    go();
    return r;
  }

  /// Hands over what may start, notes it, and checks every invariant.
  void go() {
    book.dispatch(now, fx);
    for (const auto& s : fx.start) {
      has[s.id] = s;
      started.push_back(s.id);
    }
    fx.start.clear();
    for (const auto& w : fx.waits)
      w.refused == errc::none ? void(waited_for[w.wait] = w.answer) : void(refused[w.wait] = w.refused);
    fx.waits.clear();
    for (const auto& f : fx.fences)
      f.refused == errc::none ? void(fences[f.wait] = f.answer) : void(refused[f.wait] = f.refused);
    fx.fences.clear();
    book.audit();
  }

  void pass(nanos d) {
    now = now + d;
    book.tick(now, fx);
    go();
  }

  attempt_report about(task_id id, attempt_report::kind what) const {
    attempt_report a;
    a.what = what;
    a.id = id;
    a.attempt = has.at(id).attempt;
    a.epoch = book.epoch();
    a.began = now.wall;
    a.took = 1s; // long, so that a worker has one task at a time
    return a;
  }
  void tell(worker_id from, attempt_report a) {
    book.report(from, {&a, 1}, now, fx);
    go();
  }
  void begin(task_id id) { tell(has.at(id).worker, about(id, attempt_report::kind::begun)); }
  void give_back(task_id id) { tell(has.at(id).worker, about(id, attempt_report::kind::returned)); }
  void end(task_id id, outcome o) {
    auto a = about(id, attempt_report::kind::finished);
    a.outcome = std::move(o);
    tell(has.at(id).worker, std::move(a));
  }
  void succeed(task_id id) { end(id, succeeded()); }
  void fail(task_id id, std::string why = "broken") { end(id, failed(std::move(why))); }

  /// The worker dies; `still_runs`: the body outlives it.
  void die(worker_id w, std::vector<running_body> still_runs = {}) {
    book.worker_died(w, still_runs, now, fx);
    go();
  }

  void lose(worker_id w) {
    book.worker_lost(w, now, fx);
    go();
  }
  void over(worker_id w) {
    book.worker_over(w, fx);
    go();
  }
  void lives(worker_id w) {
    book.worker_lived(w, now, fx);
    go();
  }
  void leave(worker_id w) {
    book.worker_left(w, now, fx);
    go();
  }

  [[nodiscard]] stint::state state(task_id id) const { return book.get(id)->state; }
  [[nodiscard]] wait_reason reason(task_id id) const { return book.get(id)->reason; }
  [[nodiscard]] std::string why(task_id id) const { return book.explain(id, now)->text; }
  [[nodiscard]] bool runs(task_id id) const { return state(id) == state::running; }

  ledger book;
  moment now = first_moment();
  effects fx;
  std::map<task_id, start_order> has; ///< the last hand-over of each task
  std::vector<task_id> started;       ///< in the order of hand-over
  std::map<wait_id, wait_result> waited_for;
  std::map<wait_id, fence_result> fences;
  std::map<wait_id, errc> refused; ///< waits and fences that got no answer
  worker_id last_worker = 0;
  body_id last_body = 0;
};

} // namespace stint::test
