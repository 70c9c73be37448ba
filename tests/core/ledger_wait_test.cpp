// Waits and fences: checked and registered in one step, answered when the last condition is met, never twice.
#include <ctime>

#include "desk.hpp"

namespace stint {
namespace {

using testing::SizeIs;
using namespace test;

struct waits_for : desk {
  using desk::desk;
  errc wait(wait_id w, std::vector<task_id> ids, wait_for mode = wait_for::all, nanos timeout = 0s) {
    auto r = book.wait(w, {std::move(ids), mode, timeout}, now, fx);
    go();
    return r.code();
  }
  errc fence(wait_id w, bool scheduled_too = true, nanos timeout = 0s) {
    auto r = book.fence(w, {scheduled_too, timeout}, now, fx);
    go();
    return r.code();
  }
};

TEST(wait, for_a_finished_task_is_answered_at_once) {
  waits_for d;
  d.succeed(d.add("a"));
  EXPECT_EQ(d.wait(1, {1}), errc::none);
  ASSERT_TRUE(d.waited_for.contains(1));
  EXPECT_EQ(d.waited_for[1].settled.at(0).task.state, state::succeeded);
}

TEST(wait, for_all_is_answered_by_the_last_one_with_every_end) {
  waits_for d{3};
  d.add("a");
  d.add("b");
  d.add("c");
  d.wait(1, {1, 2, 3, 2});
  d.fail(2);
  d.succeed(3);
  EXPECT_FALSE(d.waited_for.contains(1));
  d.succeed(1);
  ASSERT_TRUE(d.waited_for.contains(1));
  EXPECT_THAT(d.waited_for[1].settled, SizeIs(3));
  EXPECT_EQ(d.waited_for[1].version, d.book.version());
}

TEST(wait, for_any_is_answered_by_the_first_one_and_only_once) {
  waits_for d{2};
  d.add("a");
  d.add("b");
  d.wait(1, {1, 2}, wait_for::any);
  d.succeed(2);
  ASSERT_TRUE(d.waited_for.contains(1));
  EXPECT_EQ(d.waited_for[1].settled.at(0).id, 2U);
  d.waited_for.clear();
  d.succeed(1);
  EXPECT_TRUE(d.waited_for.empty());
}

TEST(wait, unknown_and_deleted_tasks_are_settled_with_their_own_errors) {
  waits_for d;
  d.succeed(d.add("a"));
  ASSERT_TRUE(d.book.remove(1, 0, d.now, d.fx));
  d.wait(1, {1, 99});
  ASSERT_TRUE(d.waited_for.contains(1));
  EXPECT_EQ(d.waited_for[1].settled.at(0).code, errc::task_deleted);
  EXPECT_EQ(d.waited_for[1].settled.at(1).code, errc::unknown_task);
}

TEST(wait, gives_the_end_even_when_the_task_is_deleted_right_after) {
  waits_for d;
  d.add("a");
  d.wait(1, {1});
  auto a = d.about(1, attempt_report::kind::finished);
  d.book.report(1, {&a, 1}, d.now, d.fx);
  ASSERT_TRUE(d.book.remove(1, 0, d.now, d.fx));
  d.go();
  EXPECT_EQ(d.waited_for.at(1).settled.at(0).task.state, state::succeeded);
}

TEST(wait, that_runs_out_of_time_tells_what_settled_so_far) {
  waits_for d{2};
  d.add("a");
  d.add("b");
  d.wait(1, {1, 2}, wait_for::all, 10s);
  d.succeed(1);
  d.pass(10s);
  ASSERT_TRUE(d.waited_for.contains(1));
  EXPECT_TRUE(d.waited_for[1].timed_out);
  EXPECT_THAT(d.waited_for[1].settled, SizeIs(1));
  d.waited_for.clear();
  d.succeed(2);
  EXPECT_TRUE(d.waited_for.empty());
}

TEST(wait, a_quarantined_task_is_settled) {
  waits_for d{0};
  d.add("a");
  d.wait(1, {1});
  for (int i = 0; i < 3; ++i) {
    const auto w = d.join();
    d.begin(1);
    d.die(w);
  }
  EXPECT_EQ(d.waited_for.at(1).settled.at(0).task.state, state::quarantined);
}

TEST(wait, what_cannot_be_waited_for_is_refused_by_name) {
  ledger_options o;
  o.limits.waits = 1;
  o.limits.ids = 2;
  waits_for d{1, o};
  d.add("a");
  EXPECT_EQ(d.wait(1, {}), errc::invalid_filter);
  EXPECT_EQ(d.wait(1, {1, 2, 3}), errc::too_many_ids);
  EXPECT_EQ(d.wait(1, {1}, wait_for::all, -1s), errc::invalid_timeout);
  EXPECT_EQ(d.wait(1, {1}, wait_for::all, nanos::max()), errc::invalid_timeout);
  EXPECT_EQ(d.fence(1, true, -1s), errc::invalid_timeout);
  EXPECT_EQ(d.wait(1, {1}), errc::none);
  EXPECT_EQ(d.wait(2, {1}), errc::too_many_waits);
  EXPECT_EQ(d.fence(2), errc::too_many_waits);
}

TEST(fence, behind_nothing_is_open) {
  waits_for d;
  d.fence(1);
  EXPECT_TRUE(d.fences.contains(1));
}

TEST(fence, waits_for_what_was_submitted_before_it_and_not_for_later_ones) {
  waits_for d{2};
  d.add("a");
  d.fence(1);
  const auto later = d.add("b");
  EXPECT_FALSE(d.fences.contains(1));
  d.succeed(1);
  ASSERT_TRUE(d.fences.contains(1));
  EXPECT_EQ(d.fences[1].last, 1U);
  EXPECT_EQ(d.fences[1].open, 0U);
  EXPECT_TRUE(d.runs(later));
}

TEST(fence, waits_for_scheduled_and_retrying_tasks_unless_asked_otherwise) {
  waits_for d;
  auto s = named("retrying");
  s.retry = {2, 10s, 1.0, 10s, 0.0};
  const auto id = d.add(s);
  d.fail(id);
  d.fence(1);
  d.fence(2, false);
  EXPECT_FALSE(d.fences.contains(1));
  EXPECT_TRUE(d.fences.contains(2));
  d.pass(10s);
  EXPECT_FALSE(d.fences.contains(1));
  d.succeed(id);
  EXPECT_TRUE(d.fences.contains(1));
}

TEST(fence, each_opens_when_all_before_it_have_settled) {
  waits_for d{0};
  for (int i = 0; i < 3; ++i) {
    d.add("t");
    d.fence(static_cast<wait_id>(10 + i), true);
    d.fence(static_cast<wait_id>(20 + i), false);
  }
  auto s = named("later");
  s.delay = 1h;
  d.add(s);
  d.fence(30, true);
  d.fence(31, false);
  for (task_id id : {2, 1, 3}) {
    ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
    d.go();
    EXPECT_EQ(d.fences.size(), id == 2 ? 0U : id == 1 ? 4U : 7U) << id;
  }
  EXPECT_FALSE(d.fences.contains(30));
  d.pass(1h);
  ASSERT_TRUE(d.book.cancel(4, 0, d.now, d.fx));
  d.go();
  EXPECT_TRUE(d.fences.contains(30));
}

// Once, each new fence and each turn looked at every open one: 20,000 of them cost 1.7 s. Ten times as many take as long
// for each as few do; the bound is generous, because the machine may be busy.
TEST(fence, costs_the_same_however_many_are_open) {
  ledger_options o;
  o.limits.waits = 200'000;
  waits_for d{1, o};
  d.add("a");
  const auto begin = std::clock();
  for (wait_id w = 1; w <= 100'000; ++w)
    ASSERT_TRUE(d.book.fence(w, {w % 2 == 0, 0ns}, d.now, d.fx));
  for (int turn = 0; turn < 10'000; ++turn)
    d.book.dispatch(d.now, d.fx);
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 5) << "of processor time; looking at each took minutes";
  d.succeed(1);
  EXPECT_EQ(d.fences.size(), 100'000U);
}

TEST(fence, that_runs_out_of_time_tells_how_many_are_open) {
  waits_for d;
  d.add("a");
  d.add("b");
  d.fence(1, true, 5s);
  d.add("c");
  d.pass(5s);
  ASSERT_TRUE(d.fences.contains(1));
  EXPECT_TRUE(d.fences[1].timed_out);
  EXPECT_EQ(d.fences[1].open, 2U);
}

TEST(fence, a_quarantined_task_does_not_hold_it_back) {
  waits_for d{0};
  d.add("a");
  d.fence(1);
  for (int i = 0; i < 3; ++i) {
    const auto w = d.join();
    d.begin(1);
    d.die(w);
  }
  EXPECT_TRUE(d.fences.contains(1));
}

} // namespace
} // namespace stint
