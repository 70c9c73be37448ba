// What was taken back from a node out of reach just before its owner died: the node may run it on, so the next owner keeps its
// claims for a lease. How: as with what nodes come back with, but nobody comes back.
#include "far_lives.hpp"

#include <algorithm>

namespace stint {
namespace {

using namespace test;

struct lost_lives : far_lives {
  /// Of a task at a node, which is lost then.
  task_id lose_one(std::vector<claim> claims, const std::string& kind = "k") {
    const auto w = join_far();
    const auto id = d().add(of_kind("far", kind, std::move(claims)));
    EXPECT_EQ(get(id).state, state::running);
    d().begin(id);
    d().lose(w);
    return id;
  }
  /// A task that has ended while its node may run it keeps "disk" from another over a restart.
  void outlives_its_task(task_id id) {
    const auto ended = get(id).state;
    const auto next = d().add(of_kind("next", "k", {exclusive("disk")}));
    die();
    join_far(node + 1);
    EXPECT_EQ(get(id).state, ended);
    waits_for_the_lease(next);
  }
  /// There is somebody who could run it, and does so only when nobody else can any more.
  void waits_for_the_lease(task_id id) {
    d().pass(lease - 1ms);
    EXPECT_EQ(get(id).state, state::waiting);
    d().pass(1ms);
    EXPECT_EQ(get(id).state, state::running);
  }
};

TEST(ledger_lost, its_claims_are_kept_for_a_lease_of_the_next_owner) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")});
  const auto other = l.d().add(of_kind("other", "k", {exclusive("disk")}));
  l.d().pass(8s);
  l.die();
  l.join_far(node + 1);
  EXPECT_EQ(l.get(other).state, state::waiting);
  EXPECT_TRUE(l.get(id).stuck);
  EXPECT_THAT(l.d().why(id), testing::HasSubstr("by its own earlier attempt, whose node is out of reach"));
  EXPECT_EQ(l.d().book.explain(id, l.d().now)->holds_back.size(), 1U) << "the other is named once";
  EXPECT_EQ(l.d().book.explain(id, l.d().now)->waits_for.at(0).since, 0ns) << "by this owner's clock";
  l.waits_for_the_lease(id);
  EXPECT_EQ(l.get(id).attempt, 2U);
  EXPECT_FALSE(l.get(id).stuck);
}

TEST(ledger_lost, the_owner_after_the_next_begins_a_lease_anew) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")});
  l.die();
  l.d().pass(8s);
  l.die();
  l.join_far(node + 1);
  l.waits_for_the_lease(id);
}

TEST(ledger_lost, also_those_of_a_task_that_ended_with_it) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")}, "once");
  ASSERT_EQ(l.get(id).state, state::failed);
  l.outlives_its_task(id);
}

TEST(ledger_lost, and_those_of_a_body_that_was_stuck) {
  lost_lives l;
  const auto w = l.join_far();
  const auto id = l.d().add(of_kind("far", "k", {exclusive("disk")}));
  l.d().begin(id);
  ASSERT_TRUE(l.d().book.cancel(id, 0, l.d().now, l.d().fx));
  l.d().pass(60s);
  ASSERT_EQ(l.get(id).state, state::cancelled);
  ASSERT_TRUE(l.get(id).stuck);
  l.d().lose(w);
  l.outlives_its_task(id);
}

TEST(ledger_lost, each_attempt_keeps_its_units) {
  lost_lives l;
  l.declare = [](desk& d) { EXPECT_TRUE(d.book.declare("cpu", 3, d.now, d.fx)); };
  l.begin();
  const auto id = l.lose_one({units("cpu", 1)});
  const auto w = l.join_far();
  ASSERT_EQ(l.get(id).attempt, 2U);
  l.d().lose(w);
  ASSERT_TRUE(l.d().book.pause("", l.d().now, l.d().fx)); // it would take the third
  const auto two = l.d().add(of_kind("two", "k", {units("cpu", 2)}));
  ASSERT_TRUE(l.d().book.cancel(id, 0, l.d().now, l.d().fx));
  l.die();
  ASSERT_TRUE(l.d().book.resume("", l.d().now, l.d().fx));
  l.join_far(node + 1);
  l.waits_for_the_lease(two);
}

TEST(ledger_lost, what_is_over_is_kept_for_nobody) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")});
  const auto w = l.d().last_worker;
  l.saved();
  l.d().fx.changed.clear();
  l.d().over(w);
  const auto& told = l.d().fx.changed;
  EXPECT_NE(std::find(told.begin(), told.end(), id), told.end()) << "else the store still has it";
  l.die();
  l.join_far(node + 1);
  EXPECT_EQ(l.get(id).state, state::running);
}

// Once, a stop waited for the lease, and called it the stuck body of the task.
TEST(ledger_lost, a_stop_leaves_it_to_the_next_owner) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")});
  l.d().book.stop(0s, l.d().now, l.d().fx);
  l.d().go();
  EXPECT_TRUE(l.d().book.stopped(true));
  EXPECT_TRUE(l.d().book.left().stuck.empty());
  l.die();
  l.join_far(node + 1);
  l.waits_for_the_lease(id);
}

TEST(ledger_lost, a_stop_waits_for_that_of_a_deleted_task_which_nobody_keeps) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")}, "once");
  ASSERT_TRUE(l.d().book.remove(id, 0, l.d().now, l.d().fx));
  l.d().fx.clear();
  l.d().book.stop(0s, l.d().now, l.d().fx);
  l.d().go();
  EXPECT_FALSE(l.d().book.stopped(true));
  EXPECT_THAT(l.d().fx.warnings, testing::ElementsAre("stop waits for the lease of the node that was lost with task 1"));
}

TEST(ledger_lost, when_the_lease_is_over_the_store_is_told) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")}, "once");
  l.die();
  EXPECT_FALSE(l.d().book.stored(id).lost.empty());
  l.d().fx.changed.clear();
  l.d().pass(lease);
  EXPECT_EQ(l.d().fx.changed, std::vector{id});
  EXPECT_TRUE(l.d().book.stored(id).lost.empty());
}

TEST(ledger_lost, claims_freed_by_hand_stay_free) {
  lost_lives l;
  const auto id = l.lose_one({exclusive("disk")});
  l.d().fx.changed.clear();
  ASSERT_TRUE(l.d().book.release_stuck(id, 0, l.d().now, l.d().fx));
  EXPECT_EQ(l.d().fx.changed, std::vector{id});
  l.die();
  l.join_far(node + 1);
  EXPECT_EQ(l.get(id).state, state::running);
}

} // namespace
} // namespace stint
