// What a restart makes of pauses, limits and capacities that were said before: in force again before the first task, unless
// this life says otherwise. How: a desk whose ledger dies; another one is given what the first asked to be saved.
#include "lives.hpp"

namespace stint {
namespace {

using namespace test;

std::vector<stored_setting> all(const lives& l) {
  std::vector<stored_setting> out;
  for (const auto& [of, s] : l.settings)
    out.push_back(s);
  return out;
}

spec of_queue(std::string name, std::string queue) {
  auto s = of_kind(std::move(name));
  s.queue = std::move(queue);
  return s;
}

TEST(ledger_settings, a_paused_list_is_paused_in_its_next_life_too) {
  lives l;
  l.d().add(of_kind("a"));
  ASSERT_TRUE(l.d().book.pause("", l.d().now, l.d().fx));
  l.die();
  l.join();
  l.d().go();
  EXPECT_TRUE(l.d().started.empty());
  EXPECT_EQ(l.d().book.explain(1, l.d().now)->reason, wait_reason::paused);
  ASSERT_TRUE(l.d().book.resume("", l.d().now, l.d().fx));
  l.die();
  EXPECT_TRUE(all(l).empty());
  l.join();
  l.d().go();
  EXPECT_EQ(l.d().started.size(), 1U);
}

TEST(ledger_settings, a_queue_keeps_its_pause_and_its_limit) {
  lives l;
  for (int i = 0; i < 3; ++i)
    l.d().add(of_queue("a", "slow"));
  l.d().add(of_queue("b", "held"));
  ASSERT_TRUE(l.d().book.limit_queue("slow", 2, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.pause("held", l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.limit_queue("held", 9, l.d().now, l.d().fx));
  l.die();
  EXPECT_EQ(all(l), (std::vector<stored_setting>{{setting_of::queue, "held", 9, true}, {setting_of::queue, "slow", 2, false}}));
  for (int i = 0; i < 4; ++i)
    l.join();
  l.d().go();
  EXPECT_EQ(l.d().started.size(), 2U);
  EXPECT_EQ(l.get(4).reason, wait_reason::paused);
  ASSERT_TRUE(l.d().book.resume("held", l.d().now, l.d().fx));
  l.die();
  EXPECT_EQ(all(l), (std::vector<stored_setting>{{setting_of::queue, "held", 9, false}, {setting_of::queue, "slow", 2, false}}));
}

TEST(ledger_settings, a_declared_capacity_is_not_guessed_again) {
  lives l;
  ASSERT_TRUE(l.d().book.declare("cpu", 4, l.d().now, l.d().fx));
  l.d().add(of_kind("a", "k", {units("cpu", 2)}));
  l.d().add(of_kind("b", "k", {units("cpu", 2)}));
  l.die();
  EXPECT_EQ(all(l), (std::vector<stored_setting>{{setting_of::capacity, "cpu", 4, false}}));
  l.join();
  l.join();
  l.d().go();
  EXPECT_EQ(l.d().started.size(), 2U) << "both at once";
}

TEST(ledger_settings, what_this_life_says_at_its_start_wins) {
  lives l;
  ASSERT_TRUE(l.d().book.declare("cpu", 4, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.limit_queue("slow", 1, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.limit_queue("free", 1, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.pause("slow", l.d().now, l.d().fx));
  l.declare = [](desk& d) {
    ASSERT_TRUE(d.book.declare("cpu", 6, d.now, d.fx));
    ASSERT_TRUE(d.book.limit_queue("slow", 3, d.now, d.fx));
    ASSERT_TRUE(d.book.limit_queue("free", 0, d.now, d.fx)) << "no limit is said as well";
  };
  l.die();
  l.die();
  EXPECT_EQ(all(l), (std::vector<stored_setting>{{setting_of::queue, "slow", 3, true}, {setting_of::capacity, "cpu", 6, false}}))
    << "a pause is no option, so it stays";
  EXPECT_EQ(l.d().try_add(of_kind("a", "k", {units("cpu", 6)})).code(), errc::none);
}

TEST(ledger_settings, a_capacity_that_the_options_leave_no_place_for_is_forgotten_with_a_warning) {
  lives l;
  ASSERT_TRUE(l.d().book.declare("disk/a", 4, l.d().now, l.d().fx));
  l.declare = [](desk& d) { ASSERT_TRUE(d.book.declare("disk", 2, d.now, d.fx)); };
  l.die();
  ASSERT_EQ(l.d().fx.warnings.size(), 1U);
  EXPECT_NE(l.d().fx.warnings[0].find("'disk/a'"), std::string::npos);
  l.die();
  EXPECT_EQ(all(l), (std::vector<stored_setting>{{setting_of::capacity, "disk", 2, false}}));
}

TEST(ledger_settings, what_is_said_again_or_kept_nowhere_is_not_saved) {
  lives l;
  ASSERT_TRUE(l.d().book.declare("cpu", 4, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.limit_queue("q", 4, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.pause("q", l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.pause("", l.d().now, l.d().fx));
  const auto before = l.d().fx.settings.size();
  ASSERT_TRUE(l.d().book.declare("cpu", 4, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.limit_queue("q", 4, l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.pause("q", l.d().now, l.d().fx));
  ASSERT_TRUE(l.d().book.pause("", l.d().now, l.d().fx));
  EXPECT_EQ(l.d().fx.settings.size(), before);
  desk without;
  ASSERT_TRUE(without.book.declare("cpu", 4, without.now, without.fx));
  EXPECT_TRUE(without.fx.settings.empty());
}

} // namespace
} // namespace stint
