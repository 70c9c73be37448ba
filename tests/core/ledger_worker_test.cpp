// Bodies that do not stop, and stopping the list: who keeps which claims, what is charged, what ends.
#include "far_desk.hpp"

namespace stint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace test;

/// Cancels a begun task and lets the grace pass: its body is stuck.
void stick(desk& d, task_id id) {
  d.begin(id);
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  d.pass(5s);
}

TEST(ledger_stuck, a_body_that_ignores_its_token_keeps_its_claims_but_not_its_slot) {
  desk d;
  const auto id = d.add("deaf", {exclusive("a")});
  const auto next = d.add("next", {exclusive("a")});
  const auto other = d.add("other");
  stick(d, id);
  EXPECT_EQ(d.state(id), state::cancelled);
  EXPECT_TRUE(d.book.get(id)->stuck);
  EXPECT_THAT(d.fx.replace, SizeIs(1));
  EXPECT_THAT(d.fx.warnings.at(0), HasSubstr("deaf"));
  EXPECT_TRUE(d.runs(other)) << "its worker has a new runner";
  EXPECT_EQ(d.reason(next), wait_reason::claims);
  EXPECT_THAT(d.why(next), HasSubstr("the stuck body of 1 (deaf)"));
  EXPECT_EQ(d.book.explain(id, d.now)->holds_back.at(0).id, next);
  EXPECT_EQ(d.book.counts().stuck, 1U);
  d.tell(1, d.about(id, attempt_report::kind::freed));
  EXPECT_EQ(d.book.counts().stuck, 0U);
  d.succeed(other);
  EXPECT_TRUE(d.runs(next));
}

TEST(ledger_stuck, its_late_outcome_changes_nothing_but_frees_its_claims) {
  desk d;
  const auto id = d.add("deaf", {exclusive("a")});
  const auto next = d.add("next", {exclusive("a")});
  stick(d, id);
  const auto ended = *d.book.get(id);
  d.succeed(id); // it crossed the verdict on its way
  EXPECT_EQ(d.state(id), state::cancelled);
  EXPECT_EQ(d.book.get(id)->version, ended.version);
  EXPECT_TRUE(d.runs(next));
  d.succeed(id);
  EXPECT_EQ(d.book.stale(), 1U) << "once";
}

TEST(ledger_stuck, the_word_of_another_life_or_attempt_frees_nothing) {
  desk d;
  const auto id = d.add("deaf", {exclusive("a")});
  stick(d, id);
  auto freed = d.about(id, attempt_report::kind::freed);
  freed.epoch = 99;
  d.tell(1, freed);
  freed = d.about(id, attempt_report::kind::freed);
  freed.attempt = 7;
  d.tell(1, freed);
  EXPECT_EQ(d.book.counts().stuck, 1U);
  EXPECT_EQ(d.book.stale(), 2U);
}

TEST(ledger_stuck, its_claims_outlive_the_task_when_it_is_deleted) {
  desk d;
  const auto id = d.add("deaf", {exclusive("a")});
  const auto next = d.add("next", {exclusive("a")});
  stick(d, id);
  ASSERT_TRUE(d.book.remove(id, 0, d.now, d.fx));
  d.go();
  EXPECT_EQ(d.reason(next), wait_reason::claims);
  EXPECT_THAT(d.why(next), HasSubstr("the stuck body of 1"));
  d.tell(1, d.about(id, attempt_report::kind::freed));
  EXPECT_TRUE(d.runs(next));
}

TEST(ledger_stuck, release_stuck_frees_the_claims_and_counts_an_overlap) {
  desk d;
  const auto id = d.add("deaf", {exclusive("a")});
  const auto next = d.add("next", {exclusive("a")});
  EXPECT_EQ(d.book.release_stuck(id, 0, d.now, d.fx).code(), errc::not_stuck);
  EXPECT_EQ(d.book.release_stuck(99, 0, d.now, d.fx).code(), errc::unknown_task);
  stick(d, id);
  EXPECT_EQ(d.why(id), "cancelled; a stuck body of it still holds its claims");
  ASSERT_TRUE(d.book.release_stuck(id, 0, d.now, d.fx));
  EXPECT_EQ(d.why(id), "cancelled; a stuck body of it still runs, without its claims");
  d.go();
  EXPECT_TRUE(d.runs(next));
  EXPECT_EQ(d.book.counts().overlaps, 1U);
  EXPECT_EQ(d.book.release_stuck(id, 0, d.now, d.fx).code(), errc::not_stuck) << "there is nothing left to free";
  EXPECT_EQ(d.book.counts().overlaps, 1U) << "freed once";
  d.tell(1, d.about(id, attempt_report::kind::freed));
  EXPECT_TRUE(d.runs(next));
  EXPECT_EQ(d.book.counts().stuck, 0U);
}

TEST(ledger_stuck, release_stuck_can_be_tied_to_a_version) {
  desk d;
  const auto id = d.add("deaf", {exclusive("a")});
  stick(d, id);
  const auto v = d.book.get(id)->version;
  EXPECT_EQ(d.book.release_stuck(id, v - 1, d.now, d.fx).code(), errc::version_mismatch);
  EXPECT_EQ(d.book.counts().overlaps, 0U);
  EXPECT_TRUE(d.book.release_stuck(id, v, d.now, d.fx));
  EXPECT_EQ(d.book.counts().overlaps, 1U);
}

TEST(ledger_stuck, release_stuck_frees_what_outlived_its_deleted_task) {
  desk d;
  const auto id = d.add("deaf", {exclusive("a")});
  stick(d, id);
  ASSERT_TRUE(d.book.remove(id, 0, d.now, d.fx));
  EXPECT_EQ(d.book.release_stuck(id, 1, d.now, d.fx).code(), errc::task_deleted) << "it has no version any more";
  EXPECT_TRUE(d.book.release_stuck(id, 0, d.now, d.fx));
  EXPECT_EQ(d.book.release_stuck(id, 0, d.now, d.fx).code(), errc::not_stuck);
}

TEST(ledger_stuck, by_option_the_claims_are_freed_at_once) {
  ledger_options o;
  o.free_stuck = true;
  desk d{1, o};
  const auto id = d.add("deaf", {exclusive("a")});
  const auto next = d.add("next", {exclusive("a")});
  stick(d, id);
  EXPECT_TRUE(d.runs(next));
  EXPECT_EQ(d.book.counts().overlaps, 1U);
}

TEST(ledger_stuck, after_a_timeout_the_task_tries_again_and_waits_for_its_own_old_body) {
  desk d{2};
  auto s = named("deaf", {exclusive("a")});
  s.timeout = 10s;
  s.retry = {2, 1s, 1.0, 1s, 0.0};
  const auto id = d.add(s);
  d.begin(id);
  const auto old = d.about(id, attempt_report::kind::freed);
  d.pass(10s);
  d.pass(5s);
  EXPECT_EQ(d.state(id), state::scheduled);
  d.pass(1s);
  EXPECT_EQ(d.reason(id), wait_reason::claims);
  EXPECT_THAT(d.why(id), HasSubstr("the stuck body of 1"));
  d.tell(1, old);
  EXPECT_TRUE(d.runs(id));
  EXPECT_EQ(d.book.get(id)->attempt, 2U);
}

TEST(ledger_stuck, what_has_not_begun_cannot_be_stuck) {
  desk d;
  const auto id = d.add("t");
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  d.pass(5s);
  EXPECT_EQ(d.state(id), state::cancelling);
  d.begin(id);
  d.pass(5s);
  EXPECT_EQ(d.state(id), state::cancelled);
  EXPECT_EQ(d.book.counts().stuck, 1U);
}

TEST(ledger_stop, is_not_cancel_what_runs_may_end_within_the_grace) {
  desk d;
  const auto runs = d.add("runs");
  d.begin(runs);
  const auto waits = d.add("waits");
  auto s = named("later");
  s.delay = 1h;
  const auto later = d.add(s);
  d.book.stop(10s, d.now, d.fx);
  d.go();
  EXPECT_EQ(d.state(waits), state::cancelled);
  EXPECT_EQ(d.state(later), state::cancelled);
  EXPECT_EQ(d.book.get(waits)->error, "list stopped");
  EXPECT_TRUE(d.runs(runs));
  EXPECT_THAT(d.fx.stop, IsEmpty());
  EXPECT_FALSE(d.book.stopped(true));
  EXPECT_EQ(d.try_add(named("too late")).code(), errc::list_stopping);
  d.succeed(runs);
  EXPECT_EQ(d.state(runs), state::succeeded);
  EXPECT_TRUE(d.book.stopped(true));
  EXPECT_EQ(d.book.left().finished, 1U);
  EXPECT_EQ(d.book.left().unstarted, 2U);
}

TEST(ledger_stop, past_the_grace_the_tokens_are_set) {
  desk d;
  const auto id = d.add("runs");
  d.begin(id);
  d.book.stop(10s, d.now, d.fx);
  d.pass(10s);
  ASSERT_THAT(d.fx.stop, SizeIs(1));
  EXPECT_EQ(d.fx.stop[0].why, stop_reason::drain);
  d.end(id, cancelled());
  EXPECT_EQ(d.state(id), state::cancelled);
  EXPECT_EQ(d.book.get(id)->error, "list stopped");
  EXPECT_EQ(d.book.left().interrupted, 1U);
}

TEST(ledger_stop, a_stuck_body_is_named_and_waited_for_only_if_asked) {
  desk d;
  const auto id = d.add("deaf");
  d.begin(id);
  d.book.stop(0s, d.now, d.fx);
  d.pass(5s);
  EXPECT_TRUE(d.book.stopped(false));
  EXPECT_FALSE(d.book.stopped(true));
  EXPECT_THAT(d.book.left().stuck, ElementsAre(id));
  d.tell(1, d.about(id, attempt_report::kind::freed));
  EXPECT_TRUE(d.book.stopped(true));
}

TEST(ledger_stop, a_body_that_was_stuck_before_is_named_too) {
  desk d;
  const auto id = d.add("deaf");
  stick(d, id);
  d.book.stop(0s, d.now, d.fx);
  d.go();
  EXPECT_FALSE(d.book.stopped(true));
  EXPECT_THAT(d.book.left().stuck, ElementsAre(id));
}

// Once, a stop that waited for a body stuck long before waited without a word.
TEST(ledger_stop, says_for_which_stuck_bodies_it_waits) {
  desk d;
  const auto id = d.add("deaf");
  stick(d, id);
  const auto gone = d.add("deaf too");
  stick(d, gone);
  ASSERT_TRUE(d.book.remove(gone, 0, d.now, d.fx));
  d.fx.clear();
  d.book.stop(1s, d.now, d.fx);
  EXPECT_THAT(d.fx.warnings, ElementsAre("stop waits for the stuck body of task 1 (deaf)",
                                         "stop waits for the stuck body of task 2"));
}

TEST(ledger_stop, without_a_store_waits_for_the_lease_of_a_lost_node_and_says_so) {
  far_desk d;
  const auto w = d.join_far();
  const auto id = d.add_kind();
  d.begin(id);
  d.lose(w);
  d.fx.clear();
  d.book.stop(0s, d.now, d.fx);
  EXPECT_THAT(d.fx.warnings, ElementsAre("stop waits for the lease of the node that was lost with task 1 (far)"));
  EXPECT_TRUE(d.book.stopped(false));
  EXPECT_FALSE(d.book.stopped(true));
}

TEST(ledger_stop, failures_and_snoozes_are_not_put_off) {
  desk d{2};
  auto s = named("t");
  s.retry.max_attempts = 5;
  const auto a = d.add(s);
  const auto b = d.add("b");
  d.begin(a);
  d.begin(b);
  d.book.stop(10s, d.now, d.fx);
  d.fail(a);
  d.end(b, snoozed(1s));
  EXPECT_EQ(d.state(a), state::failed);
  EXPECT_EQ(d.state(b), state::cancelled);
  EXPECT_TRUE(d.book.stopped(true));
}

TEST(ledger_stop, what_was_handed_over_and_has_not_begun_ends_unstarted) {
  desk d;
  const auto id = d.add("t");
  d.book.stop(10s, d.now, d.fx);
  d.go();
  EXPECT_THAT(d.fx.recall, SizeIs(1));
  d.give_back(id);
  EXPECT_EQ(d.state(id), state::cancelled);
  EXPECT_EQ(d.book.left().unstarted, 1U);
  EXPECT_TRUE(d.book.stopped(true));
}

} // namespace
} // namespace stint
