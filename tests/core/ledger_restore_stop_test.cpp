// What a stop leaves to the list that comes next: nothing is charged, nobody waits for it, and who is sure is believed.
#include "lives.hpp"

namespace stint {
namespace {

using namespace test;

TEST(ledger_restore_stop, a_stop_in_order_counts_for_nobody) {
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
TEST(ledger_restore_stop, who_waits_for_what_a_stop_leaves_is_refused_when_it_is_complete) {
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
TEST(ledger_restore_stop, a_body_that_says_at_a_stop_that_it_must_not_run_again_is_believed) {
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
