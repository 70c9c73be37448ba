// How much output is on its way from a node to its owner: bounded, and never stuck.
#include <gtest/gtest.h>

#include <stint/output_credit.hpp>

namespace stint {
namespace {

TEST(output_credit, ends_with_the_window_and_comes_back_with_what_has_come) {
  output_credit c;
  EXPECT_TRUE(c.open()) << "an owner that counts nothing sets no bound";
  c.sent(1'000'000);
  EXPECT_TRUE(c.open());
  c.begin(100);
  c.sent(99);
  EXPECT_TRUE(c.open());
  c.sent(50);
  EXPECT_FALSE(c.open());
  c.drained(49);
  EXPECT_FALSE(c.open());
  c.drained(1);
  EXPECT_TRUE(c.open());
  c.sent(500);
  c.begin(100);
  EXPECT_TRUE(c.open()) << "a new link has nothing on its way";
}

TEST(output_credit, is_not_made_of_what_was_never_sent) {
  output_credit c;
  c.begin(100);
  c.sent(10);
  c.drained(1'000);
  c.sent(100);
  EXPECT_FALSE(c.open());
}

TEST(output_tally, is_said_before_a_window_can_be_full) {
  // Whatever the pieces: what was sent and not said back is less than a window, once all has come.
  for (std::size_t piece = 1; piece < 150; ++piece) {
    output_credit c;
    output_tally t{100};
    c.begin(100);
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_TRUE(c.open()) << piece;
      c.sent(piece);
      if (const auto came = t.came(piece); came != 0)
        c.drained(came);
    }
  }
}

TEST(output_tally, says_little_of_small_pieces) {
  output_tally t{100};
  int said = 0;
  for (int i = 0; i < 1'000; ++i)
    said += t.came(1) != 0 ? 1 : 0;
  EXPECT_EQ(said, 40);
}

} // namespace
} // namespace stint
