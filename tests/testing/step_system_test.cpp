// The public test kit: a list whose messages, bodies and clock move only when the test says so.
#include <gtest/gtest.h>

#include <stint/step_system.hpp>

using namespace stint;
using namespace std::chrono_literals;

namespace {

protocol::submit one(spec s, body b) {
  protocol::submit m;
  m.tasks.push_back({std::move(s), std::move(b)});
  return m;
}

spec named(std::string name) {
  spec s;
  s.name = std::move(name);
  return s;
}

} // namespace

TEST(step_system, a_task_runs_when_the_test_runs_the_system) {
  stint::test::step_system world;
  auto tasks = world.spawn_list();
  int ran = 0;
  auto ids = world.ask<protocol::submitted>(tasks, one(named("a"), [&] { ++ran; }));
  ASSERT_TRUE(ids && *ids);
  EXPECT_EQ(ran, 1);
  auto t = world.ask<task>(tasks, protocol::get{1});
  ASSERT_TRUE(t && *t);
  EXPECT_EQ((*t)->state, state::succeeded);
}

TEST(step_system, time_passes_only_when_the_test_says_so) {
  stint::test::step_system world;
  auto tasks = world.spawn_list();
  int ran = 0;
  auto s = named("later");
  s.delay = 1h;
  world.ask<protocol::submitted>(tasks, one(s, [&] { ++ran; }));
  world.advance(59min);
  EXPECT_EQ(ran, 0);
  world.advance(1min);
  EXPECT_EQ(ran, 1);
}

TEST(step_system, a_failed_attempt_is_tried_again_after_its_back_off) {
  stint::test::step_system world;
  auto tasks = world.spawn_list();
  auto s = named("flaky");
  s.retry.max_attempts = 3;
  s.retry.backoff = 10s;
  s.retry.jitter = 0;
  world.ask<protocol::submitted>(tasks, one(s, [](context& job) {
    return job.attempt() < 3 ? failed("not yet") : succeeded(7);
  }));
  auto t = world.ask<task>(tasks, protocol::get{1});
  EXPECT_EQ((*t)->state, state::scheduled);
  world.advance(10s);
  world.advance(19s);
  t = world.ask<task>(tasks, protocol::get{1});
  EXPECT_EQ((*t)->state, state::scheduled);
  world.advance(1s);
  t = world.ask<task>(tasks, protocol::get{1});
  EXPECT_EQ((*t)->state, state::succeeded);
  EXPECT_EQ((*t)->code, 7);
  EXPECT_EQ((*t)->errors.size(), 2U);
}

TEST(step_system, a_question_without_an_answer_yet_is_nothing) {
  stint::test::step_system world;
  auto tasks = world.spawn_list();
  auto s = named("later");
  s.delay = 1h;
  world.ask<protocol::submitted>(tasks, one(s, [] {}));
  auto open = world.begin_ask<wait_result>(tasks, protocol::wait{{{1}, wait_for::all, nanos{0}}});
  world.run();
  EXPECT_FALSE(open->has_value());
  world.advance(1h);
  ASSERT_TRUE(open->has_value());
  EXPECT_EQ((*open)->value().settled.size(), 1U);
}

TEST(step_system, a_list_has_the_capacities_and_queue_limits_of_its_options) {
  std::vector<promise> owed; // before the system, whose bodies write into it
  stint::test::step_system world;
  options with;
  with.workers = 8;
  with.capacities = {{"cpu", 4}};
  with.queue_limits = {{"nightly", 1}};
  auto tasks = world.spawn_list(with);
  protocol::submit all;
  for (int i = 0; i < 3; ++i) {
    const auto open_ended = asynchronous([&owed](context&, promise p) { owed.push_back(std::move(p)); });
    auto counted = named("counted");
    counted.claims = {units("cpu", 2)};
    auto laned = named("laned");
    laned.queue = "nightly";
    all.tasks.push_back({counted, open_ended});
    all.tasks.push_back({laned, open_ended});
  }
  auto made = world.ask<protocol::submitted>(tasks, std::move(all));
  ASSERT_TRUE(made);
  ASSERT_TRUE(*made) << to_string(made->error());
  auto now = world.ask<totals>(tasks, protocol::counts{});
  EXPECT_EQ((*now)->tasks[state::running], 3U); // two of 2 units each, and one of the queue
  EXPECT_EQ((*now)->tasks[state::waiting], 3U);
  auto fifth = world.ask<explanation>(tasks, protocol::explain{5});
  EXPECT_EQ((*fifth)->reason, wait_reason::claims);
  auto sixth = world.ask<explanation>(tasks, protocol::explain{6});
  EXPECT_EQ((*sixth)->reason, wait_reason::limit);
}

TEST(step_system, a_declaration_that_a_real_list_would_refuse_is_refused) {
  stint::test::step_system world;
  options with;
  with.capacities = {{"cpu", 0}};
  try {
    world.spawn_list(with);
    FAIL() << "a capacity of zero";
  } catch (const start_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_units);
  }
  with.capacities.clear();
  with.queue_limits = {{"", 1}};
  EXPECT_THROW(world.spawn_list(with), start_error);
}
