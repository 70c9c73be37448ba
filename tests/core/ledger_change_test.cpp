// What callers change: cancel in every state, by tag and filter, delete, clear, retry by hand, versions on every
// mutation, and how long finished tasks are kept.
#include "desk.hpp"

namespace stint {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using namespace test;

TEST(ledger_cancel, a_scheduled_or_waiting_task_ends_at_once) {
  desk d{0};
  auto s = named("later");
  s.delay = 1h;
  const auto later = d.add(s);
  const auto waiting = d.add("waiting");
  EXPECT_TRUE(d.book.cancel(later, 0, d.now, d.fx));
  EXPECT_TRUE(d.book.cancel(waiting, 0, d.now, d.fx));
  EXPECT_EQ(d.state(later), state::cancelled);
  EXPECT_EQ(d.state(waiting), state::cancelled);
  EXPECT_TRUE(d.fx.stop.empty());
  EXPECT_TRUE(d.fx.dropped.empty()) << "a finished task keeps its callable for a retry by hand";
  d.pass(2h);
  EXPECT_EQ(d.state(later), state::cancelled);
  EXPECT_TRUE(d.book.remove(later, 0, d.now, d.fx));
  EXPECT_THAT(d.fx.dropped, SizeIs(1));
}

TEST(ledger_cancel, a_running_body_is_asked_to_stop_and_may_still_succeed) {
  desk d{3};
  for (auto end : {cancelled(), succeeded(), failed("anyway"), snoozed(1s)}) {
    const auto id = d.add("t");
    d.begin(id);
    d.fx.stop.clear();
    ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
    EXPECT_EQ(d.state(id), state::cancelling);
    EXPECT_THAT(d.fx.stop, SizeIs(1));
    d.end(id, end);
    const auto want = end.kind == outcome_kind::succeeded ? state::succeeded
                      : end.kind == outcome_kind::failed  ? state::failed
                                                          : state::cancelled;
    EXPECT_EQ(d.state(id), want);
  }
}

TEST(ledger_cancel, a_failure_while_cancelling_is_not_tried_again) {
  desk d;
  auto s = named("t");
  s.retry.max_attempts = 5;
  const auto id = d.add(s);
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  d.fail(id);
  EXPECT_EQ(d.state(id), state::failed);
}

TEST(ledger_cancel, what_was_handed_over_and_comes_back_unbegun_is_cancelled) {
  desk d;
  const auto id = d.add("t");
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  d.give_back(id);
  EXPECT_EQ(d.state(id), state::cancelled);
  EXPECT_EQ(d.book.get(id)->attempt, 0U);
}

TEST(ledger_cancel, twice_is_once_and_a_finished_task_is_the_wrong_state) {
  desk d;
  const auto id = d.add("t");
  d.begin(id);
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  EXPECT_THAT(d.fx.stop, SizeIs(1));
  d.end(id, cancelled());
  EXPECT_EQ(d.book.cancel(id, 0, d.now, d.fx).code(), errc::wrong_state);
  EXPECT_EQ(d.book.cancel(99, 0, d.now, d.fx).code(), errc::unknown_task);
  ASSERT_TRUE(d.book.remove(id, 0, d.now, d.fx));
  EXPECT_EQ(d.book.cancel(id, 0, d.now, d.fx).code(), errc::task_deleted);
}

TEST(ledger_cancel, after_a_timeout_it_is_the_cancel_that_counts) {
  desk d;
  auto s = named("t");
  s.timeout = 1s;
  s.retry.max_attempts = 3;
  const auto id = d.add(s);
  d.begin(id);
  d.pass(1s);
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  d.end(id, cancelled());
  EXPECT_EQ(d.state(id), state::cancelled);
}

TEST(ledger_cancel, by_filter_touches_what_is_unfinished_and_tells_how_many) {
  desk d;
  auto tagged = named("t");
  tagged.tags = {"nightly"};
  for (int i = 0; i < 5; ++i)
    d.add(tagged);
  const auto other = d.add("other");
  d.succeed(1);
  auto r = d.book.cancel_matching({.tag = "nightly"}, d.now, d.fx);
  d.go();
  EXPECT_EQ(r->count, 4U);
  EXPECT_EQ(d.state(1), state::succeeded);
  EXPECT_EQ(d.state(2), state::cancelling);
  EXPECT_EQ(d.state(5), state::cancelled);
  EXPECT_EQ(d.state(other), state::waiting);
  EXPECT_EQ(d.book.cancel_matching({.tag = "nightly"}, d.now, d.fx)->count, 0U);
  EXPECT_EQ(d.book.cancel_matching({.ids = {6, 6, 77, 6}}, d.now, d.fx)->count, 1U);
}

TEST(ledger_change, if_version_is_the_tasks_own_and_is_looked_at_by_every_mutation) {
  desk d;
  const auto a = d.add("a");
  const auto v = d.book.get(a)->version;
  d.add("b");
  EXPECT_NE(d.book.version(), v) << "the list went on, the task did not";
  EXPECT_EQ(d.book.cancel(a, v + 1000, d.now, d.fx).code(), errc::version_mismatch);
  const auto told = *d.book.cancel(a, v, d.now, d.fx);
  EXPECT_EQ(told, d.book.get(a)->version);
  d.end(a, cancelled());
  const auto ended = d.book.get(a)->version;
  EXPECT_EQ(d.book.remove(a, v, d.now, d.fx).code(), errc::version_mismatch);
  EXPECT_EQ(d.book.retry(a, v, 9, d.now, d.fx).code(), errc::version_mismatch);
  EXPECT_EQ(d.book.release(a, v, d.now, d.fx).code(), errc::version_mismatch);
  EXPECT_TRUE(d.book.retry(a, ended, 9, d.now, d.fx));
  EXPECT_TRUE(d.book.remove(a, ended, d.now, d.fx));
}

TEST(ledger_change, only_finished_tasks_can_be_deleted) {
  desk d;
  const auto id = d.add("t");
  EXPECT_EQ(d.book.remove(id, 0, d.now, d.fx).code(), errc::wrong_state);
  d.succeed(id);
  EXPECT_TRUE(d.book.remove(id, 0, d.now, d.fx));
  EXPECT_EQ(d.book.remove(id, 0, d.now, d.fx).code(), errc::task_deleted);
  EXPECT_EQ(d.book.explain(id, d.now).code(), errc::task_deleted);
  EXPECT_EQ(d.book.value(id).code(), errc::task_deleted);
  EXPECT_THAT(d.fx.removed, ElementsAre(id));
}

TEST(ledger_change, clear_takes_finished_tasks_only_and_counts_each_once) {
  desk d;
  for (int i = 0; i < 3; ++i)
    d.succeed(d.add("t"));
  const auto waiting = d.add("t");
  EXPECT_EQ(d.book.clear({.ids = {1, 1, 1}}, d.now, d.fx)->count, 1U);
  EXPECT_EQ(d.book.clear({}, d.now, d.fx)->count, 2U);
  EXPECT_TRUE(d.book.get(waiting));
  EXPECT_EQ(d.book.counts().deleted, 3U);
}

TEST(ledger_change, retry_by_hand_is_a_new_task_with_the_old_history) {
  desk d;
  d.book.know_kind("publish", false);
  d.join({"publish"});
  auto s = named("t", {exclusive("a")});
  s.kind = "publish";
  s.args = "{}";
  s.tags = {"x"};
  s.priority = 1;
  const auto old = d.add(s);
  EXPECT_EQ(d.book.retry(old, 0, 0, d.now, d.fx).code(), errc::wrong_state);
  d.fail(old, "no disk");
  const auto again = d.book.retry(old, 0, 0, d.now, d.fx);
  ASSERT_TRUE(again);
  d.go();
  const auto t = *d.book.get(*again);
  EXPECT_NE(t.id, old);
  EXPECT_EQ(t.retry_of, old);
  EXPECT_EQ(t.kind, "publish");
  EXPECT_EQ(t.claims, s.claims);
  EXPECT_EQ(t.tags, s.tags);
  EXPECT_EQ(t.priority, 1);
  EXPECT_EQ(t.errors.at(0).text, "no disk");
  EXPECT_EQ(d.state(old), state::failed) << "terminal states never change";
  d.fail(*again);
  EXPECT_EQ(d.book.get(*again)->errors.size(), 2U);
}

TEST(ledger_change, retry_of_a_callable_needs_its_body_again) {
  desk d;
  const auto id = d.add("t");
  d.fail(id);
  EXPECT_EQ(d.book.retry(id, 0, 0, d.now, d.fx).code(), errc::body_missing);
  EXPECT_TRUE(d.book.retry(id, 0, 5, d.now, d.fx));
}

} // namespace
} // namespace stint
