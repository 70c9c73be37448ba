// What is tested: durations as people write them. How: texts in, values or nothing out.
#include "duration.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using stint::cli::duration_of;
using stint::cli::shown;

TEST(duration, a_whole_number_and_a_unit_are_read) {
  EXPECT_EQ(duration_of("200ms"), 200ms);
  EXPECT_EQ(duration_of("30s"), 30s);
  EXPECT_EQ(duration_of("5m"), 5min);
  EXPECT_EQ(duration_of("1h"), 1h);
  EXPECT_EQ(duration_of("2d"), 48h);
  EXPECT_EQ(duration_of("0s"), 0s);
  EXPECT_EQ(duration_of("007s"), 7s);
}

TEST(duration, anything_else_is_none) {
  for (auto text : {"", "s", "30", "30 s", " 30s", "30s ", "-1s", "+1s", "1.5s", "1e3s", "1S", "1sec", "1h30m", "0x10s",
                    "ms", "1w", "\xd9\xa1s"})
    EXPECT_EQ(duration_of(text), std::nullopt) << text;
}

TEST(duration, what_does_not_fit_is_none) {
  EXPECT_TRUE(duration_of("9223372036s"));
  EXPECT_EQ(duration_of("9223372037s"), std::nullopt);
  EXPECT_EQ(duration_of("99999999999999999999ms"), std::nullopt);
  EXPECT_EQ(duration_of("200000d"), std::nullopt);
}

TEST(duration, is_shown_in_the_unit_that_fits) {
  EXPECT_EQ(shown(42ms), "0.042 s");
  EXPECT_EQ(shown(12'345ms), "12.3 s");
  EXPECT_EQ(shown(247s), "4 min 7 s");
  EXPECT_EQ(shown(2h + 5min + 59s), "2 h 5 min");
}
