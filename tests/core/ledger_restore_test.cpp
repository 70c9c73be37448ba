// What a ledger makes of tasks that a store kept: who goes back to waiting, who is lost, who runs alone, who goes first.
// How: a desk whose ledger dies; another one is given its stored tasks, through nothing but `stored` and `restore`.
#include "lives.hpp"

namespace stint {
namespace {

using namespace test;

// Only the first claim of such a key was looked at: what asked for more could never run again.
TEST(ledger_restore, an_undeclared_capacity_is_that_of_the_largest_claim_not_of_the_first) {
  lives l;
  l.keeps_settings = false;
  ASSERT_TRUE(l.d().book.declare("cpu", 4, l.d().now, l.d().fx));
  const auto small = l.d().add(of_kind("small", "k", {units("cpu", 1)}));
  const auto large = l.d().add(of_kind("large", "k", {units("cpu", 3)}));
  l.die();
  l.join();
  l.d().go();
  EXPECT_EQ(l.get(small).state, state::running);
  l.d().end(small, succeeded());
  EXPECT_EQ(l.get(large).state, state::running) << l.d().why(large);
}

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
  EXPECT_EQ(l.get(other).reason, wait_reason::capacity) << "nothing runs beside a suspect";
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
  l.keeps_settings = false;
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

} // namespace
} // namespace stint
