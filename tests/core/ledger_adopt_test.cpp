// An owner that restarts while nodes run its tasks: they come back within a lease and go on, or the tasks run anew after it.
// How: a ledger whose stored tasks another one is given, and nodes that say what they still have.
#include "far_lives.hpp"

namespace stint {
namespace {

using testing::HasSubstr;
using namespace test;

TEST(ledger_adopt, what_a_node_still_runs_goes_on_under_its_number_and_counts_no_death) {
  far_lives l;
  const auto id = l.run_far({exclusive("disk")});
  const auto k = l.still(id);
  const auto token = l.get(id).fencing_token;
  l.die();
  EXPECT_EQ(l.get(id).state, state::running);
  EXPECT_THAT(l.d().why(id), HasSubstr("may come back"));
  const auto other = l.d().add(of_kind("other", "k", {exclusive("disk")}));
  l.d().pass(3s);
  const auto w = l.come_back({k});
  EXPECT_EQ(l.get(id).state, state::running);
  EXPECT_EQ(l.get(id).attempt, 1U);
  EXPECT_EQ(l.get(id).deaths, 0U);
  EXPECT_EQ(l.get(id).fencing_token, token);
  EXPECT_EQ(l.get(other).state, state::waiting) << "its claims are still held";
  EXPECT_FALSE(l.told_to_stop(k));
  l.d().pass(60s);
  EXPECT_EQ(l.get(id).state, state::running) << "it has a lease like any other now";
  l.d().tell(w, l.outcome_of(k));
  EXPECT_EQ(l.get(id).state, state::succeeded);
  EXPECT_EQ(l.get(id).code, 5);
  EXPECT_EQ(l.get(other).state, state::running);
  EXPECT_EQ(l.d().book.stale(), 0U);
}

TEST(ledger_adopt, only_the_epoch_that_gave_it_speaks_for_it) {
  far_lives l;
  const auto k = l.still(l.run_far());
  l.die();
  const auto w = l.come_back({k});
  auto wrong = l.outcome_of(k);
  wrong.epoch = l.d().book.epoch();
  l.d().tell(w, wrong);
  EXPECT_EQ(l.get(k.id).state, state::running);
  EXPECT_EQ(l.d().book.stale(), 1U);
  l.d().tell(w + 1, l.outcome_of(k)); // nobody of ours
  EXPECT_EQ(l.get(k.id).state, state::running);
  l.d().tell(w, l.outcome_of(k));
  EXPECT_EQ(l.get(k.id).state, state::succeeded);
}

TEST(ledger_adopt, an_outcome_that_nobody_had_heard_is_taken_once_and_acknowledged_each_time) {
  far_lives l;
  const auto k = l.still(l.run_far());
  l.die();
  const auto w = l.come_back({k});
  l.d().fx.heard.clear();
  l.d().tell(w, l.outcome_of(k));
  l.d().tell(w, l.outcome_of(k, failed("said again")));
  EXPECT_EQ(l.get(k.id).state, state::succeeded);
  ASSERT_EQ(l.d().fx.heard.size(), 2U);
  EXPECT_EQ(l.d().fx.heard[0].epoch, k.epoch);
  EXPECT_EQ(l.d().book.stale(), 1U);
}

TEST(ledger_adopt, a_node_that_does_not_come_back_within_its_lease_has_died_with_the_owner) {
  far_lives l;
  const auto id = l.run_far({exclusive("disk")});
  const auto k = l.still(id);
  l.die();
  const auto other = l.join_far(node + 1);
  l.d().pass(lease - 1ms);
  EXPECT_EQ(l.get(id).state, state::running);
  EXPECT_EQ(l.get(id).attempt, 1U);
  l.d().pass(1ms);
  EXPECT_EQ(l.get(id).state, state::running);
  EXPECT_EQ(l.get(id).attempt, 2U);
  EXPECT_EQ(l.d().has.at(id).worker, other);
  EXPECT_EQ(l.get(id).deaths, 1U);
  EXPECT_EQ(l.get(id).charged, 0U);
  // And then it does: what it has is stopped, and its outcome counts for nothing.
  const auto late = l.come_back({k});
  EXPECT_TRUE(l.told_to_stop(k));
  l.d().tell(late, l.outcome_of(k));
  EXPECT_EQ(l.get(id).attempt, 2U);
  EXPECT_EQ(l.get(id).state, state::running);
}

// A timer that comes late must not let in who comes too late.
TEST(ledger_adopt, a_lease_that_is_over_is_so_though_nobody_has_looked) {
  far_lives l;
  const auto k = l.still(l.run_far());
  l.die();
  l.d().now = l.d().now + lease;
  l.join_far(node, {k});
  EXPECT_TRUE(l.told_to_stop(k));
  l.d().pass(0ns);
  EXPECT_EQ(l.get(k.id).attempt, 2U);
}

TEST(ledger_adopt, a_node_that_comes_back_without_it_does_not_run_it_and_nobody_has_died) {
  far_lives l;
  const auto id = l.run_far({exclusive("disk")});
  l.die();
  l.back({}, node + 1);
  EXPECT_EQ(l.get(id).attempt, 1U) << "that is another one";
  l.come_back({});
  EXPECT_EQ(l.get(id).state, state::running);
  EXPECT_EQ(l.get(id).attempt, 2U);
  EXPECT_EQ(l.get(id).deaths, 0U);
}

TEST(ledger_adopt, what_may_run_once_is_not_run_again_by_a_node_that_comes_back_without_it) {
  far_lives l;
  l.join_far();
  const auto id = l.d().add(of_kind("once", "once"));
  l.die();
  EXPECT_EQ(l.get(id).state, state::running);
  l.come_back({});
  EXPECT_EQ(l.get(id).state, state::failed);
  EXPECT_EQ(l.get(id).error, "interrupted");
}

TEST(ledger_adopt, what_was_cancelled_meanwhile_is_stopped_at_its_node) {
  far_lives l;
  const auto k = l.still(l.run_far());
  l.die();
  ASSERT_TRUE(l.d().book.cancel(k.id, 0, l.d().now, l.d().fx));
  l.d().go();
  EXPECT_EQ(l.get(k.id).state, state::cancelling);
  const auto w = l.come_back({k});
  EXPECT_TRUE(l.told_to_stop(k));
  l.d().tell(w, l.outcome_of(k, cancelled()));
  EXPECT_EQ(l.get(k.id).state, state::cancelled);
}

TEST(ledger_adopt, what_was_being_cancelled_is_stopped_again_and_gets_stuck_like_any_other) {
  far_lives l;
  const auto k = l.still(l.run_far({exclusive("disk")}));
  ASSERT_TRUE(l.d().book.cancel(k.id, 0, l.d().now, l.d().fx));
  l.die();
  EXPECT_EQ(l.get(k.id).state, state::cancelling);
  const auto w = l.come_back({k});
  EXPECT_TRUE(l.told_to_stop(k));
  l.d().pass(default_cancel_grace);
  EXPECT_EQ(l.get(k.id).state, state::cancelled);
  EXPECT_TRUE(l.get(k.id).stuck);
  ASSERT_EQ(l.d().fx.replace.size(), 1U);
  EXPECT_EQ(l.d().fx.replace.front().epoch, k.epoch);
  l.d().tell(w, l.outcome_of(k));
  EXPECT_FALSE(l.get(k.id).stuck);
}

TEST(ledger_adopt, what_was_cancelled_ends_so_when_nobody_comes_back_with_it) {
  far_lives l;
  const auto first = l.run_far();
  const auto second = l.run_far();
  l.die();
  for (auto id : {first, second})
    ASSERT_TRUE(l.d().book.cancel(id, 0, l.d().now, l.d().fx));
  l.back({l.still(second)});
  EXPECT_EQ(l.get(first).state, state::cancelled);
  l.d().pass(2 * lease);
  EXPECT_EQ(l.get(second).state, state::cancelled);
}

TEST(ledger_adopt, a_second_restart_before_and_after_the_node_came_back) {
  far_lives l;
  const auto k = l.still(l.run_far({exclusive("disk")}));
  l.die();
  l.d().pass(8s);
  l.die();
  l.d().pass(8s); // each owner counts from its own start
  const auto longer = 30s;
  l.back({k});
  l.join_far(node, {k}, longer);
  l.die();
  l.d().pass(29s);
  EXPECT_EQ(l.get(k.id).attempt, 1U) << "the lease of the owner before this one is what it counts by";
  const auto w = l.come_back({k});
  l.d().tell(w, l.outcome_of(k));
  EXPECT_EQ(l.get(k.id).state, state::succeeded);
  EXPECT_EQ(l.get(k.id).attempt, 1U);
}

TEST(ledger_adopt, of_two_that_claim_one_attempt_the_other_is_told_to_stop) {
  far_lives l;
  const auto k = l.still(l.run_far());
  l.die();
  auto forged = k;
  forged.fence += 1;
  l.come_back({k}, node + 1);
  EXPECT_TRUE(l.told_to_stop(k)) << "it was not given to that one";
  l.d().fx.stop.clear();
  const auto w = l.come_back({k});
  EXPECT_FALSE(l.told_to_stop(k));
  l.join_far(node, {k}); // a second slot that says the same
  EXPECT_TRUE(l.told_to_stop(k));
  l.d().tell(w, l.outcome_of(k));
  EXPECT_EQ(l.get(k.id).state, state::succeeded);
  const auto next = l.still(l.run_far());
  l.die();
  auto other = next;
  other.fence += 1;
  l.come_back({other});
  EXPECT_TRUE(l.told_to_stop(other)) << "its token is another one";
}

TEST(ledger_adopt, a_timeout_goes_on_where_it_was) {
  far_lives l;
  l.join_far();
  auto s = of_kind("far");
  s.timeout = 10s;
  const auto id = l.d().add(s);
  l.d().begin(id);
  auto k = l.still(id);
  k.ran = 8s;
  l.die();
  l.come_back({k});
  l.d().pass(1999ms);
  EXPECT_FALSE(l.told_to_stop(k));
  l.d().pass(1ms);
  EXPECT_TRUE(l.told_to_stop(k));
}

TEST(ledger_adopt, what_had_not_begun_begins_or_comes_back_there_like_any_other) {
  far_lives l;
  l.join_far();
  const auto id = l.d().add(of_kind("far"));
  const auto k = l.still(id, false);
  l.die();
  const auto w = l.come_back({k});
  auto r = l.outcome_of(k);
  r.what = attempt_report::kind::returned;
  l.d().tell(w, r);
  EXPECT_EQ(l.get(id).attempt, 1U) << "it is handed over anew, under the number that never began";
  EXPECT_EQ(l.d().book.find(id)->live->epoch, 0U);
  l.d().succeed(id);
  EXPECT_EQ(l.get(id).state, state::succeeded);
}

TEST(ledger_adopt, a_stop_leaves_what_is_away_to_the_next_owner) {
  far_lives l;
  const auto k = l.still(l.run_far());
  l.die();
  l.d().book.stop(0ns, l.d().now, l.d().fx);
  l.d().go();
  EXPECT_TRUE(l.d().book.stopped(true));
  EXPECT_EQ(l.d().book.left().interrupted, 1U);
  l.die();
  l.come_back({k});
  EXPECT_EQ(l.get(k.id).attempt, 1U);
  EXPECT_EQ(l.d().book.away(), 0U);
}

TEST(ledger_adopt, what_ran_in_the_owners_own_process_has_died_with_it) {
  far_lives l;
  l.join();
  const auto id = l.d().add(of_kind("near"));
  l.d().begin(id);
  l.die();
  EXPECT_EQ(l.get(id).state, state::waiting);
  EXPECT_EQ(l.get(id).deaths, 1U);
}

TEST(ledger_adopt, the_link_of_an_adopted_one_breaks_like_any_other) {
  far_lives l;
  const auto k = l.still(l.run_far({exclusive("disk")}));
  l.die();
  const auto w = l.come_back({k});
  l.d().lose(w);
  EXPECT_EQ(l.get(k.id).state, state::waiting);
  EXPECT_EQ(l.d().book.counts().stuck, 1U);
  l.d().tell(w, l.outcome_of(k));
  EXPECT_EQ(l.d().book.counts().stuck, 0U) << "by the name that it was given";
  l.join_far();
  EXPECT_EQ(l.get(k.id).attempt, 2U);
}

TEST(ledger_adopt, tasks_of_one_key_that_travelled_together_are_all_kept) {
  far_lives l;
  const auto w = l.join_far();
  const auto quick = l.d().add(of_kind("quick"));
  auto done = l.d().about(quick, attempt_report::kind::finished);
  done.outcome = succeeded();
  done.took = std::chrono::microseconds{1};
  l.d().tell(w, done);
  const auto made = l.d().add_all({of_kind("a", "k", {exclusive("b")}), of_kind("b", "k", {exclusive("b")})});
  ASSERT_TRUE(made);
  std::vector<kept_attempt> all;
  for (auto id : made->ids) {
    ASSERT_EQ(l.get(id).state, state::running);
    all.push_back(l.still(id, id == made->ids.front()));
  }
  l.die();
  const auto again = l.come_back(all);
  for (const auto& k : all) {
    l.d().tell(again, l.outcome_of(k));
    EXPECT_EQ(l.get(k.id).state, state::succeeded);
  }
}

} // namespace
} // namespace stint
