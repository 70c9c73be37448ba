// How much is on its way to a subscriber in another process, and where it goes on, under made-up orders of things.
#include <gtest/gtest.h>

#include <stint/stream.hpp>

namespace stint {
namespace {

TEST(stream_window, is_bounded_in_messages_and_in_bytes) {
  stream_window w{2, 100};
  ASSERT_TRUE(w.open());
  w.sent(10, 1);
  ASSERT_TRUE(w.open());
  w.sent(10, 1);
  EXPECT_FALSE(w.open()) << "two messages";
  EXPECT_EQ(w.taken(1), 1U);
  ASSERT_TRUE(w.open());
  w.sent(90, 1);
  EXPECT_FALSE(w.open()) << "100 bytes";
  EXPECT_EQ(w.taken(1), 1U);
  EXPECT_TRUE(w.open()) << "90 bytes";
}

TEST(stream_window, credit_is_due_when_the_last_part_was_worked_off) {
  stream_window w{8, 100};
  w.sent(10, 0);
  w.sent(10, 0);
  w.sent(10, 1);
  EXPECT_EQ(w.taken(2), 0U);
  EXPECT_EQ(w.taken(1), 1U);
  EXPECT_EQ(w.taken(1'000), 0U) << "nothing more was sent";
}

TEST(stream_window, a_new_link_is_no_new_credit) {
  stream_window w{4, 100, 3};
  w.sent(1, 1);
  EXPECT_FALSE(w.open());
  EXPECT_EQ(w.taken(3), 0U) << "they were the earlier link's";
  EXPECT_EQ(w.taken(1), 1U);
  EXPECT_FALSE((stream_window{4, 100, SIZE_MAX}.open())) << "and whatever a client says it owes, it is bounded";
}

TEST(stream_place, goes_on_after_the_last_batch) {
  stream_place p;
  p.started(0, 7);
  p.snapshot_ended();
  EXPECT_EQ(p.resume(true).from, 7U);
  p.told(9);
  EXPECT_EQ(p.resume(true).from, 9U);
  EXPECT_FALSE(p.resume(true).reset);
  p.started(9, 20);
  EXPECT_EQ(p.resume(true).from, 9U) << "what came up to 20 is still to be told";
}

TEST(stream_place, begins_anew_within_a_snapshot_and_in_another_life) {
  stream_place p;
  p.started(0, 7);
  p.told(9);
  EXPECT_EQ(p.resume(true).from, 0U);
  EXPECT_TRUE(p.resume(true).reset);
  p.snapshot_ended();
  EXPECT_FALSE(p.resume(true).reset);
  EXPECT_TRUE(p.resume(false).reset);
  EXPECT_EQ(p.resume(false).from, 0U);
  p.reset();
  EXPECT_TRUE(p.resume(true).reset);
}

} // namespace
} // namespace stint
