// Which finished tasks are kept: up to a number and an age, a bounded step at a time, without anybody having to ask.
#include "desk.hpp"

namespace stint {
namespace {

using namespace test;

ledger_options keeping(std::size_t most, nanos age = 0s, std::size_t bytes = 0) {
  ledger_options o;
  o.limits.finished = {most, age, bytes};
  return o;
}

std::uint64_t kept(const desk& d) { return d.book.counts().tasks[state::succeeded] + d.book.counts().tasks[state::cancelled]; }

/// Performs what is due until nothing more is due now; returns how many rounds that took.
int settle(desk& d, int most = 10'000) {
  int rounds = 0;
  for (; rounds < most; ++rounds) {
    const auto next = d.book.next_tick(d.now);
    if (!next || *next > d.now.steady)
      break;
    d.book.tick(d.now, d.fx);
    d.book.dispatch(d.now, d.fx);
  }
  return rounds;
}

TEST(ledger_keep, finished_tasks_are_kept_up_to_a_number_and_an_age) {
  desk d{1, keeping(3, 1h)};
  for (int i = 0; i < 5; ++i)
    d.succeed(d.add("t"));
  EXPECT_EQ(d.book.get(1).code(), errc::task_deleted);
  EXPECT_EQ(d.book.get(2).code(), errc::task_deleted);
  EXPECT_TRUE(d.book.get(3));
  d.pass(1h + 1s);
  EXPECT_EQ(d.book.get(5).code(), errc::task_deleted);
}

TEST(ledger_keep, zero_keeps_all) {
  desk d{1, keeping(0)};
  for (int i = 0; i < 200; ++i)
    d.succeed(d.add("t"));
  d.pass(24h * 365);
  EXPECT_EQ(d.book.counts().tasks[state::succeeded], 200U);
}

// Once, 64 a turn were deleted while one turn could end thousands: a million tasks left 869,760 behind.
TEST(ledger_keep, a_turn_that_ends_many_lets_go_of_as_many) {
  desk d{0, keeping(100)};
  std::vector<spec> many(2'000, named("t"));
  for (int turn = 0; turn < 10; ++turn) {
    ASSERT_TRUE(d.add_all(many));
    ASSERT_TRUE(d.book.cancel_matching({.states = {state::waiting}}, d.now, d.fx));
    d.go();
    EXPECT_LE(kept(d), 2'100U);
  }
}

// Once, a list that had nothing more to do kept all that it had not come to delete.
TEST(ledger_keep, an_idle_list_catches_up_by_itself_in_bounded_steps) {
  desk d{0, keeping(100)};
  std::vector<spec> many(50'000, named("t"));
  ASSERT_TRUE(d.add_all(many));
  ASSERT_TRUE(d.book.cancel_matching({.states = {state::waiting}}, d.now, d.fx));
  d.fx.clear();
  d.book.dispatch(d.now, d.fx);
  EXPECT_LE(d.fx.removed.size(), 16'384U) << "no turn is held up for long";
  EXPECT_GT(kept(d), 100U);
  EXPECT_LT(settle(d), 1'000);
  EXPECT_EQ(kept(d), 100U);
}

// Once, the others waited until it was as late as that clock had said.
TEST(ledger_keep, an_end_by_a_clock_that_was_ahead_holds_nobody_up) {
  desk d{1, keeping(0, 1h)};
  d.now.wall += 24h * 365;
  for (int i = 0; i < 3; ++i)
    d.succeed(d.add("by the wrong clock"));
  d.now.wall -= 24h * 365;
  d.pass(1s);
  d.succeed(d.add("behind it"));
  d.pass(1h - 2s);
  EXPECT_EQ(kept(d), 4U);
  d.pass(3s);
  EXPECT_EQ(kept(d), 0U);
}

// Once, the age of what is kept was only looked at when something else happened.
TEST(ledger_keep, what_is_too_old_goes_when_its_time_comes) {
  desk d{1, keeping(0, 1h)};
  d.succeed(d.add("a"));
  d.pass(30min);
  d.succeed(d.add("b"));
  ASSERT_TRUE(d.book.next_tick(d.now));
  EXPECT_LE(*d.book.next_tick(d.now) - d.now.steady, 30min + 1s);
  d.pass(*d.book.next_tick(d.now) - d.now.steady);
  EXPECT_EQ(d.book.get(1).code(), errc::task_deleted);
  EXPECT_TRUE(d.book.get(2));
  ASSERT_TRUE(d.book.next_tick(d.now));
  d.pass(*d.book.next_tick(d.now) - d.now.steady);
  EXPECT_EQ(d.book.get(2).code(), errc::task_deleted);
  EXPECT_FALSE(d.book.next_tick(d.now)) << "nothing more is kept";
}

// Once, one task kept at the front kept a line for every task that was deleted by hand behind it.
TEST(ledger_keep, what_was_deleted_by_hand_leaves_nothing_behind) {
  desk d{1, keeping(10'000, 24h)};
  d.succeed(d.add("stays"));
  for (int i = 0; i < 10'000; ++i) {
    const auto id = d.add("goes");
    d.succeed(id);
    ASSERT_TRUE(d.book.remove(id, 0, d.now, d.fx));
    d.fx.clear();
    ASSERT_LE(d.book.remembered_ends(), 2'000U) << "after " << i;
  }
}

} // namespace
} // namespace stint
