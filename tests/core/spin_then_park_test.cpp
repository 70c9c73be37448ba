// When a thread that waits looks, and when it sleeps at once.
#include <gtest/gtest.h>

#include <stint/spin_then_park.hpp>

namespace stint {
namespace {

using namespace std::chrono_literals;

TEST(spin_then_park, looks_for_no_longer_than_a_sleep_would_cost) {
  const spin_then_park s;
  EXPECT_TRUE(s.looks(0ns));
  EXPECT_TRUE(s.looks(spin_then_park::most - 1ns));
  EXPECT_FALSE(s.looks(spin_then_park::most));
}

TEST(spin_then_park, sleeps_at_once_after_an_answer_that_took_longer) {
  spin_then_park s;
  s.came(spin_then_park::most);
  EXPECT_FALSE(s.looks(0ns));
  s.came(10s);
  EXPECT_FALSE(s.looks(0ns));
}

TEST(spin_then_park, looks_again_when_one_came_soon_to_a_sleeper) {
  spin_then_park s;
  s.came(1s);
  s.came(spin_then_park::most - 1ns);
  EXPECT_TRUE(s.looks(0ns));
}

} // namespace
} // namespace stint
