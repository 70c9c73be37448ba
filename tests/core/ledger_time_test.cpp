// What is due: delays, run_at on the wall clock, timeouts, deadlines to start by, graces; only virtual moments.
#include "desk.hpp"

namespace stint {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace test;

TEST(ledger_time, a_delay_is_waited_for_on_the_steady_clock) {
  desk d;
  auto s = named("later");
  s.delay = 10s;
  const auto id = d.add(s);
  EXPECT_EQ(d.state(id), state::scheduled);
  EXPECT_EQ(d.book.get(id)->due, d.now.wall + 10s);
  EXPECT_EQ(d.book.next_tick(d.now), d.now.steady + 10s);
  d.now.wall += 1h;
  d.pass(9s);
  EXPECT_EQ(d.state(id), state::scheduled);
  d.pass(1s);
  EXPECT_TRUE(d.runs(id));
}

TEST(ledger_time, run_at_follows_the_wall_clock_whatever_happens_to_it) {
  desk d;
  auto s = named("at noon");
  s.run_at = d.now.wall + 1h;
  const auto id = d.add(s);
  d.now.wall -= 2h;
  d.pass(1h);
  EXPECT_EQ(d.state(id), state::scheduled);
  d.now.wall += 3h;
  d.pass(0s);
  EXPECT_TRUE(d.runs(id));
}

TEST(ledger_time, a_moment_in_the_past_is_now) {
  desk d;
  auto s = named("late");
  s.run_at = d.now.wall - 1h;
  EXPECT_TRUE(d.runs(d.add(s)));
}

TEST(ledger_time, a_timeout_is_counted_from_the_begin_of_the_body) {
  desk d;
  auto s = named("slow");
  s.timeout = 10s;
  const auto id = d.add(s);
  d.pass(1h); // handed over, not begun
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::none);
  d.begin(id);
  d.pass(9s);
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::none);
  d.pass(1s);
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::timeout);
  EXPECT_EQ(d.state(id), state::running);
  ASSERT_THAT(d.fx.stop, SizeIs(1));
  EXPECT_EQ(d.fx.stop[0].why, stop_reason::timeout);
  d.end(id, cancelled());
  EXPECT_EQ(d.state(id), state::failed);
  EXPECT_EQ(d.book.get(id)->error, "timed out");
  EXPECT_EQ(d.book.get(id)->charged, 1U);
}

TEST(ledger_time, a_timeout_has_nothing_to_do_with_the_wall_clock) {
  desk d;
  auto s = named("slow");
  s.timeout = 10s;
  const auto id = d.add(s);
  d.begin(id);
  d.now.wall += 24h;
  d.pass(5s);
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::none);
  d.now.wall -= 48h;
  d.pass(5s);
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::timeout);
}

TEST(ledger_time, a_timeout_is_retried_like_any_failure) {
  desk d;
  auto s = named("slow");
  s.timeout = 10s;
  s.retry = {2, 1s, 1.0, 1s, 0.0};
  const auto id = d.add(s);
  d.begin(id);
  d.pass(10s);
  d.fail(id, "noticed");
  EXPECT_EQ(d.state(id), state::scheduled);
  EXPECT_THAT(d.book.get(id)->errors.at(0).text, HasSubstr("timed out"));
  d.pass(1s);
  d.begin(id);
  d.pass(9s);
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::none) << "the timeout of the first attempt is over";
  d.pass(1s);
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::timeout);
}

TEST(ledger_time, a_timeout_of_an_attempt_that_ended_is_nothing) {
  desk d;
  auto s = named("quick");
  s.timeout = 10s;
  const auto id = d.add(s);
  d.begin(id);
  d.succeed(id);
  d.pass(1h);
  EXPECT_EQ(d.state(id), state::succeeded);
  EXPECT_TRUE(d.fx.stop.empty());
}

TEST(ledger_time, a_task_that_did_not_start_by_its_deadline_expires) {
  desk d;
  d.add("busy");
  auto s = named("urgent", {exclusive("a")});
  s.start_within = 10s;
  const auto id = d.add(s);
  const auto behind = d.add("behind", {exclusive("a")});
  d.pass(10s);
  EXPECT_EQ(d.state(id), state::expired);
  EXPECT_EQ(d.book.get(id)->ended, d.now.wall);
  d.succeed(1);
  EXPECT_TRUE(d.runs(behind));
}

TEST(ledger_time, a_scheduled_task_can_expire_too) {
  desk d;
  auto s = named("contradiction");
  s.start_within = 5s;
  s.delay = 10s;
  const auto id = d.add(s);
  d.pass(5s);
  EXPECT_EQ(d.state(id), state::expired);
  d.pass(1h);
  EXPECT_EQ(d.state(id), state::expired);
}

TEST(ledger_time, a_deadline_to_start_by_has_no_say_once_it_started) {
  desk d;
  auto s = named("quick");
  s.start_within = 10s;
  s.retry = {2, 1h, 1.0, 1h, 0.0};
  const auto id = d.add(s);
  d.begin(id);
  d.pass(1h);
  EXPECT_TRUE(d.runs(id));
  d.fail(id);
  d.pass(30min);
  EXPECT_EQ(d.state(id), state::scheduled) << "it did start in time, once";
}

TEST(ledger_time, what_comes_back_unbegun_after_its_deadline_expires) {
  desk d;
  auto s = named("handed over");
  s.start_within = 10s;
  const auto id = d.add(s);
  d.pass(11s);
  EXPECT_TRUE(d.runs(id)) << "it may begin at any moment";
  d.give_back(id);
  EXPECT_EQ(d.state(id), state::expired);
}

// Once, a task that had been handed over before its deadline could begin at any time after it.
TEST(ledger_time, what_was_handed_over_is_asked_back_at_its_deadline) {
  desk d;
  auto s = named("handed over");
  s.start_within = 10s;
  const auto id = d.add(s);
  d.pass(9s);
  EXPECT_THAT(d.fx.recall, IsEmpty());
  d.pass(1s);
  ASSERT_THAT(d.fx.recall, SizeIs(1));
  EXPECT_EQ(d.fx.recall[0].id, id);
  EXPECT_EQ(d.fx.recall[0].attempt, 1U);
  d.give_back(id);
  EXPECT_EQ(d.state(id), state::expired);
}

TEST(ledger_time, a_begin_that_crossed_the_deadline_counts) {
  desk d;
  auto s = named("just in time");
  s.start_within = 10s;
  const auto id = d.add(s);
  d.pass(10s);
  d.begin(id);
  d.pass(1h);
  d.succeed(id);
  EXPECT_EQ(d.state(id), state::succeeded);
}

// Once, a grace of nanos::max() came out before now: what should never have been stuck was so at once.
TEST(ledger_time, never_is_not_at_once) {
  ledger_options o;
  o.cancel_grace = nanos::max();
  o.limits.longest = nanos::max();
  desk d{2, o};
  auto s = named("endless");
  s.timeout = nanos::max();
  const auto id = d.add(s);
  d.begin(id);
  ASSERT_TRUE(d.book.wait(1, {{id}, wait_for::all, nanos::max()}, d.now, d.fx));
  ASSERT_TRUE(d.book.fence(2, {true, nanos::max()}, d.now, d.fx));
  d.pass(24h);
  EXPECT_EQ(d.book.get(id)->stopping, stop_reason::none);
  EXPECT_TRUE(d.waited_for.empty());
  EXPECT_TRUE(d.fences.empty());
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  d.pass(24h);
  EXPECT_EQ(d.state(id), state::cancelling);
  const auto other = d.add("other");
  d.begin(other);
  d.fx.clear();
  d.book.stop(nanos::max(), d.now, d.fx);
  d.pass(24h);
  EXPECT_THAT(d.fx.stop, IsEmpty()) << "no token is set";
}

// A timeout of an hour on a task of a millisecond: a list that ran for long would keep an hour's worth of such entries.
TEST(ledger_time, timeouts_of_finished_tasks_do_not_gather) {
  desk d;
  auto s = named("short");
  s.timeout = 1h;
  const auto held = d.add(s);
  d.begin(held);
  d.join();
  for (int i = 0; i < 5'000; ++i) {
    const auto id = d.add(s);
    d.begin(id);
    d.succeed(id);
    d.pass(1ms);
    ASSERT_LE(d.book.scheduled(), 1'100U) << "after " << i << " tasks";
  }
  d.pass(1h);
  EXPECT_EQ(d.book.get(held)->stopping, stop_reason::timeout) << "what still means something was kept";
}

TEST(ledger_time, nothing_to_do_means_no_timer) {
  ledger_options o;
  o.limits.finished.age = 0s; // else what is kept has its own
  desk d{1, o};
  EXPECT_FALSE(d.book.next_tick(d.now));
  d.succeed(d.add("a"));
  EXPECT_FALSE(d.book.next_tick(d.now));
}

} // namespace
} // namespace stint
