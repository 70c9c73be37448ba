// What is tested: what the hub promises to actors that subscribe, one delivered message at a time.
#include <utility>

#include "hub_fixture.hpp"

namespace protocol = stint::protocol;
using stint::errc;
using stint::state;
using namespace std::chrono_literals;

namespace {

using hub = stint::test::hub_fixture;

} // namespace

TEST_F(hub, a_states_filter_tells_that_a_task_leaves_the_state) {
  spawn_list();
  stint::filter running;
  running.states = {state::running};
  auto who = spawn_ear();
  ASSERT_TRUE(subscribe(who, running));
  submit("t");
  ASSERT_EQ(ear.events.size(), 2U);
  EXPECT_EQ(ear.events[0].to, state::running);
  EXPECT_EQ(ear.events[1].from, state::running);
  EXPECT_EQ(ear.events[1].to, state::succeeded);
  end(who);
}

TEST_F(hub, the_end_of_the_list_is_the_last_word_after_every_event) {
  spawn_list();
  auto who = spawn_ear();
  ASSERT_TRUE(subscribe(who));
  // What a stop ends is told in the turn before the list's own end.
  stint::spec later;
  later.name = "later";
  later.delay = 1h;
  submit(later, [] {});
  caf::anon_send_exit(tasks, caf::exit_reason::user_shutdown);
  auto stopped = world.begin_ask<protocol::stopped>(tasks, protocol::stop{0s, true});
  world.run();
  EXPECT_TRUE(ear.closed);
  end(who);
}

TEST_F(hub, also_a_killed_list_says_its_last_word) {
  spawn_list();
  auto who = spawn_ear();
  ASSERT_TRUE(subscribe(who));
  caf::anon_send_exit(tasks, caf::exit_reason::kill);
  world.run();
  EXPECT_TRUE(ear.closed);
  end(who);
}

TEST_F(hub, a_new_task_leaves_no_state) {
  spawn_list();
  stint::filter waiting;
  waiting.states = {stint::event{}.from};
  auto who = spawn_ear();
  ASSERT_TRUE(subscribe(who, waiting));
  stint::spec later;
  later.name = "later";
  later.delay = 1h;
  submit(later, [] {});
  EXPECT_TRUE(ear.events.empty());
  end(who);
}

TEST_F(hub, a_filter_past_the_limits_is_refused_wherever_there_is_one) {
  stint::options with;
  with.limits.ids = 3;
  spawn_list(with);
  auto who = spawn_ear();
  auto everywhere = [&](const stint::filter& f) {
    std::vector<errc> codes;
    codes.push_back(subscribe(who, f).code());
    codes.push_back(world.ask<protocol::changed>(tasks, protocol::cancel_matching{f})->code());
    codes.push_back(world.ask<protocol::changed>(tasks, protocol::clear{f})->code());
    protocol::read_page page;
    page.ask.filter = f;
    codes.push_back(world.ask<stint::page>(tasks, page)->code());
    return codes;
  };
  auto all = [](errc c) { return std::vector<errc>(4, c); };
  stint::filter f;
  f.ids = {1, 2, 3};
  EXPECT_EQ(everywhere(f), all(errc::none));
  f.ids.push_back(4);
  EXPECT_EQ(everywhere(f), all(errc::too_many_ids));
  const std::string word(with.limits.word, 'x');
  for (auto part : {&stint::filter::queue, &stint::filter::kind, &stint::filter::tag}) {
    f = {};
    f.*part = word;
    EXPECT_EQ(everywhere(f), all(errc::none));
    f.*part += 'x';
    EXPECT_EQ(everywhere(f), all(errc::invalid_filter));
  }
  f = {};
  f.name_contains.assign(with.limits.name + 1, 'x');
  EXPECT_EQ(everywhere(f), all(errc::invalid_filter));
  f = {};
  f.states = {static_cast<state>(200)};
  EXPECT_EQ(everywhere(f), all(errc::invalid_filter));
  f.states.assign(stint::state_count + 1, state::running);
  EXPECT_EQ(everywhere(f), all(errc::invalid_filter));
  end(who);
}

TEST_F(hub, a_subscription_without_an_actor_is_refused) {
  spawn_list();
  EXPECT_EQ(subscribe(nullptr).code(), errc::no_subscriber);
}

TEST_F(hub, an_actor_that_subscribed_twice_ends_both_with_its_end) {
  stint::options with;
  with.limits.subscribers = 2;
  spawn_list(with);
  auto first = spawn_ear();
  ASSERT_TRUE(subscribe(first));
  ASSERT_TRUE(subscribe(first));
  EXPECT_EQ(subscribe(first).code(), errc::too_many_subscribers);
  end(first);
  auto second = spawn_ear();
  EXPECT_TRUE(subscribe(second));
  EXPECT_TRUE(subscribe(second));
  end(second);
}

TEST_F(hub, unsubscribing_once_leaves_the_other_one_watched) {
  stint::options with;
  with.limits.subscribers = 2;
  spawn_list(with);
  auto first = spawn_ear();
  auto one = subscribe(first);
  ASSERT_TRUE(one && subscribe(first));
  ASSERT_TRUE(*world.ask<protocol::changed>(tasks, protocol::unsubscribe{one->number}));
  submit("t");
  EXPECT_EQ(ear.events.size(), 3U) << "the other one goes on";
  end(first);
  auto second = spawn_ear();
  EXPECT_TRUE(subscribe(second));
  EXPECT_TRUE(subscribe(second));
  end(second);
}

TEST_F(hub, an_unsubscribed_place_is_free_when_the_answer_comes) {
  stint::options with;
  with.limits.subscribers = 1;
  spawn_list(with);
  auto who = spawn_ear();
  auto one = subscribe(who);
  ASSERT_TRUE(one);
  auto gone = world.begin_ask<protocol::changed>(tasks, protocol::unsubscribe{one->number});
  auto again = world.begin_ask<protocol::subscribed>(tasks, protocol::subscribe{who, 0, {}, 256});
  world.run();
  EXPECT_TRUE(**gone);
  EXPECT_TRUE(**again);
  end(who);
}

TEST_F(hub, numbers_that_nobody_has_change_nothing) {
  spawn_list();
  auto who = spawn_ear();
  auto sub = subscribe(who);
  ASSERT_TRUE(sub);
  EXPECT_EQ(world.ask<protocol::changed>(tasks, protocol::unsubscribe{sub->number + 1})->code(),
            errc::unknown_subscription);
  EXPECT_EQ(world.ask<protocol::changed>(tasks, protocol::unsubscribe{0})->code(), errc::unknown_subscription);
  stint::caf_shim::anon_tell(tasks, protocol::credit{sub->number + 1, 1});
  submit("t");
  EXPECT_EQ(ear.events.size(), 3U);
  ASSERT_TRUE(*world.ask<protocol::changed>(tasks, protocol::unsubscribe{sub->number}));
  EXPECT_EQ(world.ask<protocol::changed>(tasks, protocol::unsubscribe{sub->number})->code(),
            errc::unknown_subscription);
  stint::caf_shim::anon_tell(tasks, protocol::credit{sub->number, 1});
  submit("t");
  EXPECT_EQ(ear.events.size(), 3U);
  end(who);
}

TEST_F(hub, credit_of_any_size_stays_within_the_limit) {
  stint::options with;
  with.limits.subscriber_credit = 4;
  spawn_list(with);
  auto who = spawn_ear();
  auto sub = subscribe(who, {}, static_cast<std::size_t>(-1));
  ASSERT_TRUE(sub);
  stint::caf_shim::anon_tell(tasks, protocol::credit{sub->number, static_cast<std::size_t>(-1)});
  stint::caf_shim::anon_tell(tasks, protocol::credit{sub->number, 0});
  for (int i = 0; i < 20; ++i)
    submit("t");
  EXPECT_EQ(ear.messages, 4U) << "more is on its way than one limit";
  EXPECT_TRUE(ear.resets.empty());
  stint::caf_shim::anon_tell(tasks, protocol::credit{sub->number, static_cast<std::size_t>(-1)});
  world.run();
  EXPECT_EQ(ear.messages, 8U);
  end(who);
}

TEST_F(hub, a_slow_one_is_told_later_what_it_missed) {
  for (const bool filtered : {false, true}) {
    spawn_list();
    ear = {};
    auto who = spawn_ear();
    stint::filter some;
    some.name_contains = filtered ? "u" : "";
    auto sub = subscribe(who, some, 4);
    ASSERT_TRUE(sub);
    for (int i = 0; i < 10; ++i) {
      submit("t");
      submit("u");
    }
    EXPECT_EQ(ear.messages, 4U);
    stint::caf_shim::anon_tell(tasks, protocol::credit{sub->number, 1});
    world.run();
    EXPECT_EQ(ear.messages, 4U) << "it has not worked off the half of it";
    for (int i = 0; i < 60; ++i) {
      stint::caf_shim::anon_tell(tasks, protocol::credit{sub->number, 1});
      world.run();
    }
    EXPECT_EQ(ear.events.size(), filtered ? 30U : 60U);
    stint::task_version last = 0;
    for (const auto& e : ear.events)
      EXPECT_LT(std::exchange(last, e.version), e.version);
    EXPECT_EQ(last, 60U);
    EXPECT_TRUE(ear.resets.empty());
    end(who);
  }
}

TEST_F(hub, a_slow_one_hears_all_of_it_before_the_last_word) {
  spawn_list();
  auto who = spawn_ear();
  ASSERT_TRUE(subscribe(who, {}, 2));
  for (int i = 0; i < 10; ++i)
    submit("t");
  EXPECT_LT(ear.told, 30U);
  caf::anon_send_exit(tasks, caf::exit_reason::user_shutdown);
  world.run();
  EXPECT_EQ(ear.told, 30U);
  EXPECT_TRUE(ear.closed);
  end(who);
}

TEST_F(hub, a_limit_of_no_credit_still_lets_a_snapshot_through) {
  stint::options with;
  with.limits.subscriber_credit = 0;
  spawn_list(with);
  submit("t");
  auto who = spawn_ear();
  ASSERT_TRUE(subscribe(who, {}, 0));
  EXPECT_EQ(ear.tasks.size(), 1U);
  end(who);
}

TEST_F(hub, a_list_that_has_ended_lets_its_subscribers_go) {
  spawn_list();
  auto held = std::make_shared<int>(0);
  std::weak_ptr<int> kept = held;
  auto who = world.system().spawn([held](caf::event_based_actor*) -> caf::behavior {
    return {[held](const protocol::events&) {}, [](const protocol::snapshot_end&) {}};
  });
  held.reset();
  ASSERT_TRUE(subscribe(who));
  ASSERT_TRUE(subscribe(who));
  submit("t");
  end(tasks);
  EXPECT_EQ(subscribe(who).code(), errc::list_gone);
  EXPECT_FALSE(kept.expired());
  who = nullptr;
  world.run();
  EXPECT_TRUE(kept.expired());
}

// A timer that is far away keeps the actor's memory: the list must not keep its tasks in it.
TEST_F(hub, a_list_that_has_ended_keeps_no_task) {
  spawn_list();
  stint::spec far;
  far.name = "far";
  far.delay = 1h;
  submit(far, [] {});
  const auto& rules = static_cast<const stint::list_actor*>(caf::actor_cast<caf::abstract_actor*>(tasks))->rules();
  ASSERT_EQ(rules.last_id(), 1U);
  end(tasks);
  EXPECT_EQ(rules.last_id(), 0U);
  EXPECT_EQ(rules.find(1), nullptr);
}
