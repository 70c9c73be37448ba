// What is tested: a crowd of subscribers is told in turns, and nobody misses anything by that.
#include "hub_fixture.hpp"

namespace protocol = stint::protocol;
using namespace std::chrono_literals;

namespace {

struct hub_turns : stint::test::hub_fixture {
  /// Others that are told, too, and that nothing is asked of.
  std::vector<caf::actor> spawn_crowd(std::size_t n) {
    std::vector<caf::actor> all;
    for (std::size_t i = 0; i < n; ++i) {
      all.push_back(world.system().spawn([](caf::event_based_actor*) -> caf::behavior {
        return {[](const protocol::events&) {}, [](const protocol::snapshot_end&) {}, [](const protocol::closed&) {}};
      }));
      EXPECT_TRUE(subscribe(all.back()));
    }
    return all;
  }

  void take_turns() {
    for (int i = 0; i < 3; ++i)
      world.advance(1ms);
  }
};

} // namespace

TEST_F(hub_turns, a_crowd_is_told_in_turns_of_all_that_happened_since) {
  spawn_list();
  auto others = spawn_crowd(40);
  auto who = spawn_ear();
  auto at = subscribe(who);
  ASSERT_TRUE(at);
  submit("a");
  submit("b");
  EXPECT_TRUE(ear.events.empty()); // others are before it
  take_turns(); // 41 subscribers, 16 in a turn
  EXPECT_EQ(ear.messages, 1U);
  EXPECT_EQ(ear.events.size(), 6U);
  EXPECT_EQ(ear.told, at->version + 6);
  submit("c");
  take_turns();
  EXPECT_EQ(ear.events.size(), 9U);
  EXPECT_TRUE(ear.resets.empty());
  end(who);
  for (auto& o : others)
    end(o);
}

TEST_F(hub_turns, a_crowd_has_heard_everything_before_the_last_word) {
  spawn_list();
  auto others = spawn_crowd(40);
  auto who = spawn_ear();
  ASSERT_TRUE(subscribe(who));
  submit("a");
  EXPECT_TRUE(ear.events.empty());
  end(tasks);
  EXPECT_EQ(ear.events.size(), 3U);
  EXPECT_TRUE(ear.closed);
  end(who);
  for (auto& o : others)
    end(o);
}

TEST_F(hub_turns, of_a_crowd_nobody_misses_what_is_forgotten_before_the_turn) {
  stint::options with;
  with.limits.event_history = 4;
  spawn_list(with);
  auto others = spawn_crowd(40);
  auto who = spawn_ear();
  auto at = subscribe(who);
  ASSERT_TRUE(at);
  for (int i = 0; i < 5; ++i)
    submit("a");
  take_turns();
  EXPECT_EQ(ear.events.size(), 15U);
  EXPECT_EQ(ear.told, at->version + 15);
  EXPECT_TRUE(ear.resets.empty());
  end(who);
  for (auto& o : others)
    end(o);
}
