// What a ledger makes of tasks that a store kept: who goes back to waiting, who is lost, who runs alone, who goes first.
// How: a desk whose ledger dies; another one is given its stored tasks, through nothing but `stored` and `restore`.
#include "desk.hpp"

#include <optional>

namespace stint {
namespace {

using namespace test;

ledger_options with_store(std::uint64_t epoch = 1) {
  ledger_options o;
  o.stored = true;
  o.epoch = epoch;
  return o;
}

spec of_kind(std::string name, std::string kind = "k", std::vector<claim> claims = {}) {
  auto s = named(std::move(name), std::move(claims));
  s.kind = std::move(kind);
  return s;
}

/// A list over a store that commits at once, and its successors.
struct lives {
  lives() { begin(); }

  void begin() {
    now.emplace(0, with_store(++epoch));
    now->now = at;
    now->book.know_kind("k", false);
    if (knows_once)
      now->book.know_kind("once", true);
    for (auto& t : kept)
      now->book.restore(t);
    now->book.resume(version, last_id, now->now, now->fx);
    now->book.audit();
    saved();
  }

  /// Everything is committed.
  void saved() {
    now->book.cut();
    now->book.committed();
  }

  void join() { now->join({"k", "once"}); }

  /// The process dies, everything was committed; `later` passes until the next one begins.
  void die(nanos later = 0s) {
    saved();
    kept.clear();
    for (task_id id = 1; id <= now->book.last_id(); ++id)
      if (now->book.find(id) != nullptr)
        kept.push_back(now->book.stored(id));
    version = now->book.version();
    last_id = now->book.last_id();
    // The clock that stops with the machine begins anew.
    at = {first_moment().steady, now->now.wall + later};
    begin();
  }

  desk& d() { return *now; }
  [[nodiscard]] stint::task get(task_id id) {
    saved();
    return *now->book.get(id);
  }

  std::optional<desk> now;
  std::vector<stored_task> kept;
  task_version version = 0;
  task_id last_id = 0;
  std::uint64_t epoch = 0;
  bool knows_once = true;
  moment at = first_moment();
};

TEST(ledger_restore, waiting_tasks_keep_their_places) {
  lives l;
  auto urgent = of_kind("urgent");
  urgent.priority = 1;
  const auto first = l.d().add(of_kind("first"));
  const auto second = l.d().add(of_kind("second"));
  const auto third = l.d().add(urgent);
  l.die();
  const auto after = l.d().add(of_kind("after"));
  EXPECT_EQ(after, 4U);
  l.join();
  for (auto id : {third, first, second, after}) {
    EXPECT_EQ(l.d().started.back(), id);
    l.d().succeed(id);
  }
}

TEST(ledger_restore, an_interrupted_attempt_goes_back_to_its_place_uncharged) {
  lives l;
  const auto held = l.d().add(of_kind("held", "k", {exclusive("a")}));
  const auto behind = l.d().add(of_kind("behind", "k", {exclusive("a")}));
  l.join();
  l.d().begin(held);
  l.die();
  EXPECT_EQ(l.get(held).state, state::waiting);
  EXPECT_EQ(l.get(held).attempt, 1U);
  EXPECT_EQ(l.get(held).deaths, 1U);
  EXPECT_EQ(l.get(held).charged, 0U);
  EXPECT_EQ(l.get(held).errors.size(), 1U);
  l.join();
  EXPECT_EQ(l.get(held).state, state::running) << "not overtaken";
  EXPECT_EQ(l.get(held).attempt, 2U);
  EXPECT_EQ(l.get(behind).state, state::waiting);
  EXPECT_GT(l.get(held).fencing_token, l.get(held).version - 1);
}

TEST(ledger_restore, a_result_of_an_earlier_life_is_dropped) {
  lives l;
  const auto id = l.d().add(of_kind("t"));
  l.join();
  auto late = l.d().about(id, attempt_report::kind::finished);
  late.outcome = succeeded();
  l.die();
  l.join();
  l.d().tell(l.d().has.at(id).worker, late);
  EXPECT_EQ(l.get(id).state, state::running);
  EXPECT_EQ(l.d().book.stale(), 1U);
}

TEST(ledger_restore, what_may_run_once_and_what_was_being_cancelled_ends) {
  lives l;
  const auto once = l.d().add(of_kind("once", "once"));
  l.join();
  l.join();
  const auto cancelled = l.d().add(of_kind("cancelled"));
  ASSERT_TRUE(l.d().book.cancel(cancelled, 0, l.d().now, l.d().fx));
  l.die();
  EXPECT_EQ(l.get(once).state, state::failed);
  EXPECT_EQ(l.get(once).error, "interrupted");
  EXPECT_EQ(l.get(cancelled).state, state::cancelled);
}

// Who did not know the kind put it back, and it ran again with the next one who did.
TEST(ledger_restore, what_may_run_once_does_so_though_a_process_in_between_does_not_know_its_kind) {
  lives l;
  l.join();
  const auto once = l.d().add(of_kind("once", "once"));
  const auto behind = l.d().add(of_kind("behind", "once"));
  l.d().begin(once);
  l.knows_once = false;
  l.die();
  EXPECT_EQ(l.get(once).state, state::failed);
  EXPECT_EQ(l.get(once).error, "interrupted");
  EXPECT_EQ(l.get(behind).state, state::waiting);
  l.die();
  EXPECT_TRUE(l.kept.back().at_most_once) << "two who do not know it";
  l.knows_once = true;
  l.die();
  l.join();
  EXPECT_EQ(l.get(behind).state, state::running);
}

TEST(ledger_restore, callables_are_lost_whatever_they_did) {
  lives l;
  const auto waits = l.d().add("waits");
  auto later = named("later");
  later.delay = 1h;
  const auto scheduled = l.d().add(later);
  l.die();
  for (auto id : {waits, scheduled}) {
    EXPECT_EQ(l.get(id).state, state::failed);
    EXPECT_EQ(l.get(id).error, "body lost with its process");
  }
}

TEST(ledger_restore, a_suspect_runs_alone_and_the_third_death_is_the_last) {
  lives l;
  const auto bad = l.d().add(of_kind("bad"));
  for (int i = 0; i < 2; ++i) {
    l.join();
    l.d().begin(bad);
    l.die();
  }
  const auto other = l.d().add(of_kind("other"));
  l.join();
  l.join();
  EXPECT_EQ(l.get(bad).state, state::running);
  EXPECT_EQ(l.get(other).reason, wait_reason::claims) << "nothing runs beside a suspect";
  l.die();
  EXPECT_EQ(l.get(bad).state, state::quarantined);
  EXPECT_EQ(l.get(other).deaths, 0U);
  l.die();
  EXPECT_EQ(l.get(bad).state, state::quarantined) << "and it stays so";
  ASSERT_TRUE(l.d().book.release(bad, 0, l.d().now, l.d().fx));
  EXPECT_EQ(l.get(bad).deaths, 0U);
}

TEST(ledger_restore, delays_deadlines_and_retries_go_on_by_the_wall_clock) {
  lives l;
  auto s = of_kind("delayed");
  s.delay = 10s;
  const auto delayed = l.d().add(s);
  s = of_kind("at a moment");
  s.run_at = l.d().now.wall + 20s;
  const auto at_a_moment = l.d().add(s);
  s = of_kind("soon or never");
  s.start_within = 5s;
  const auto soon = l.d().add(s);
  l.die(4s);
  EXPECT_EQ(l.get(soon).state, state::waiting);
  l.d().pass(1s);
  EXPECT_EQ(l.get(soon).state, state::expired);
  l.d().pass(4s);
  EXPECT_EQ(l.get(delayed).state, state::scheduled);
  l.d().pass(1s);
  EXPECT_EQ(l.get(delayed).state, state::waiting);
  l.die(60s);
  l.d().pass(0s);
  EXPECT_EQ(l.get(at_a_moment).state, state::waiting) << "it was due while nobody was there";
}

TEST(ledger_restore, keys_ids_and_units_go_on) {
  lives l;
  ASSERT_TRUE(l.d().book.declare("cpu", 4, l.d().now, l.d().fx));
  auto s = of_kind("t", "k", {units("cpu", 3)});
  s.idempotency_key = "once";
  const auto id = l.d().add(s);
  l.die();
  EXPECT_EQ(l.d().add(s), id) << "the same submission again";
  s.priority = 1;
  EXPECT_EQ(l.d().try_add(s).code(), errc::idempotency_conflict);
  const auto beside = l.d().add(of_kind("beside", "k", {units("cpu", 1)}));
  EXPECT_EQ(beside, id + 1);
  l.join();
  EXPECT_EQ(l.get(id).state, state::running) << "a capacity that nobody declared again is that of its largest claim";
}

TEST(ledger_restore, finished_tasks_and_their_deletion_go_on) {
  lives l;
  l.join();
  std::vector<task_id> done;
  for (int i = 0; i < 3; ++i) {
    done.push_back(l.d().add(of_kind("t")));
    l.d().end(done.back(), succeeded(i, "[" + std::to_string(i) + "]"));
  }
  ASSERT_TRUE(l.d().book.remove(done[1], 0, l.d().now, l.d().fx));
  const auto before = l.get(done[2]);
  l.die();
  EXPECT_EQ(l.get(done[2]), before);
  EXPECT_EQ(*l.d().book.value(done[2]), "[2]");
  EXPECT_EQ(l.d().book.get(done[1]).code(), errc::task_deleted);
  EXPECT_EQ(l.d().book.counts().deleted, 1U);
}

TEST(ledger_restore, a_stop_in_order_counts_for_nobody) {
  lives l;
  l.join();
  const auto runs = l.d().add(of_kind("runs"));
  l.d().begin(runs);
  const auto waits = l.d().add(of_kind("waits"));
  const auto callable = l.d().add("callable");
  l.d().book.stop(0s, l.d().now, l.d().fx);
  l.d().end(runs, cancelled("told to stop"));
  EXPECT_TRUE(l.d().book.stopped(true));
  EXPECT_EQ(l.d().book.left().interrupted, 1U);
  EXPECT_EQ(l.d().book.left().unstarted, 2U);
  EXPECT_EQ(l.get(callable).state, state::cancelled);
  l.die();
  for (auto id : {runs, waits}) {
    EXPECT_EQ(l.get(id).state, state::waiting);
    EXPECT_EQ(l.get(id).deaths, 0U);
    EXPECT_EQ(l.get(id).charged, 0U);
  }
  l.join();
  EXPECT_EQ(l.get(runs).state, state::running);
  EXPECT_EQ(l.get(runs).attempt, 2U);
}

// Nothing ended what they waited for, so they were never answered: who joined his waiting threads before he ended the list
// waited for ever.
TEST(ledger_restore, who_waits_for_what_a_stop_leaves_is_refused_when_it_is_complete) {
  lives l;
  l.join();
  const auto runs = l.d().add(of_kind("runs"));
  l.d().begin(runs);
  const auto waits = l.d().add(of_kind("waits"));
  auto& book = l.d().book;
  ASSERT_TRUE(book.wait(1, {{waits}, wait_for::all, 0s}, l.d().now, l.d().fx));
  ASSERT_TRUE(book.wait(2, {{runs, waits}, wait_for::any, 0s}, l.d().now, l.d().fx));
  ASSERT_TRUE(book.fence(3, {true, 0s}, l.d().now, l.d().fx));
  ASSERT_TRUE(book.drain("default", l.d().now, l.d().fx));
  book.stop(1s, l.d().now, l.d().fx);
  l.d().go();
  EXPECT_TRUE(l.d().refused.empty()) << "what runs may still end";
  EXPECT_FALSE(*book.drained("default"));
  l.d().succeed(runs);
  EXPECT_EQ(l.d().waited_for.at(2).settled.size(), 1U);
  EXPECT_EQ(l.d().refused, (std::map<wait_id, errc>{{1, errc::list_stopping}, {3, errc::list_stopping}}));
  EXPECT_EQ(book.drained("default").code(), errc::list_stopping);
  EXPECT_EQ(book.drained("").code(), errc::list_stopping);
  ASSERT_TRUE(book.wait(4, {{waits}, wait_for::all, 1h}, l.d().now, l.d().fx));
  ASSERT_TRUE(book.wait(5, {{runs}, wait_for::all, 0s}, l.d().now, l.d().fx));
  l.d().go();
  EXPECT_EQ(l.d().refused.at(4), errc::list_stopping) << "nor later";
  EXPECT_TRUE(l.d().waited_for.contains(5)) << "what has ended is told";
}

// What a body had said was thrown away with its token set, and the task ran again.
TEST(ledger_restore, a_body_that_says_at_a_stop_that_it_must_not_run_again_is_believed) {
  lives l;
  l.join();
  l.join();
  l.join();
  auto with_retries = [](std::string name) {
    auto s = of_kind(std::move(name));
    s.retry.max_attempts = 3;
    return s;
  };
  const auto hopeless = l.d().add(with_retries("hopeless"));
  const auto broken = l.d().add(with_retries("broken"));
  const auto later = l.d().add(with_retries("later"));
  for (auto id : {hopeless, broken, later})
    l.d().begin(id);
  l.d().book.stop(0s, l.d().now, l.d().fx);
  l.d().end(hopeless, discarded("no such file", 404));
  l.d().end(broken, failed("told to stop"));
  l.d().end(later, snoozed(1h));
  EXPECT_TRUE(l.d().book.stopped(true));
  EXPECT_EQ(l.d().book.left().finished, 1U);
  EXPECT_EQ(l.d().book.left().interrupted, 2U);
  l.die();
  EXPECT_EQ(l.get(hopeless).state, state::failed);
  EXPECT_EQ(l.get(hopeless).error, "no such file");
  EXPECT_EQ(l.get(hopeless).code, 404);
  for (auto id : {broken, later}) {
    EXPECT_EQ(l.get(id).state, state::waiting);
    EXPECT_EQ(l.get(id).charged, 0U);
  }
}

} // namespace
} // namespace stint
