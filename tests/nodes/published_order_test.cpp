// A list and its publication end in either order, also beside a node that runs something, and while claims of a lost node
// are pending. Real systems in one process, over loopback.
#include <gtest/gtest.h>

#include <optional>
#include <semaphore>
#include <thread>

#include <stint/list.hpp>
#include <stint/published.hpp>
#include <stint/worker_node.hpp>

#include "plain_config.hpp"

namespace stint::test {
namespace {

using namespace std::chrono_literals;

struct published_order : testing::Test {
  static options only_nodes() {
    options o;
    o.only_nodes = true;
    o.kinds.add("until_stopped", body{[](context&) { return succeeded(); }});
    o.stop_grace = 0ns;
    return o;
  }
  static publish_options quick() {
    publish_options p;
    p.times = {100ms, 300ms};
    return p;
  }
  /// A node whose only kind says that it has begun, and runs until it is told to stop.
  std::unique_ptr<worker_node> node() {
    registry kinds;
    kinds.add("until_stopped", body{[this](context& job) {
                std::binary_semaphore told{0};
                std::stop_callback on_stop{job.stop_token(), [&told] { told.release(); }};
                began.release();
                told.acquire();
                return cancelled();
              }});
    return std::make_unique<worker_node>(there, at{"127.0.0.1", here->port()}, std::move(kinds), 1U);
  }
  void begin_one() {
    spec s;
    s.name = "t";
    s.kind = "until_stopped";
    s.claims = {exclusive("disk")};
    auto id = tasks->submit(s);
    ASSERT_TRUE(id) << to_string(id.error());
    began.acquire();
  }

  plain_config owner_config, node_config;
  caf::actor_system owner{owner_config}, there{node_config};
  std::counting_semaphore<> began{0};
  std::unique_ptr<list> tasks = std::make_unique<list>(owner, only_nodes());
  std::unique_ptr<published> here = std::make_unique<published>(owner, tasks->actor(), quick());
};

TEST_F(published_order, the_list_first) {
  auto n = node();
  begin_one();
  tasks.reset();
  here.reset();
}

TEST_F(published_order, the_publication_first_while_a_node_runs_something) {
  auto n = node();
  begin_one();
  here.reset();
  tasks.reset();
}

TEST_F(published_order, a_node_that_leaves_gives_what_it_ran_to_another_at_once_and_nobody_has_died) {
  auto first = node();
  begin_one();
  auto second = node();
  first.reset();
  began.acquire(); // runs again, elsewhere
  const auto t = tasks->get(1);
  ASSERT_TRUE(t);
  EXPECT_EQ(t->deaths, 0U);
  EXPECT_EQ(t->attempt, 2U);
  EXPECT_EQ(tasks->counts()->stuck, 0U);
  tasks.reset();
}

/// Runs until the test lets it, and hears nobody; the second attempt ends at once.
struct stubborn {
  std::binary_semaphore let{0};
  std::counting_semaphore<> began{0};
  registry kinds() {
    registry k;
    k.add("stubborn", body{[this](context& job) {
            began.release();
            if (job.attempt() == 1)
              let.acquire();
            return succeeded();
          }});
    return k;
  }
};

// Once, the node forgot the first attempt when it was given the second, and the list held it for stuck for ever.
TEST(published_nodes, a_body_that_got_stuck_is_heard_of_though_the_next_attempt_ran_on_the_same_node) {
  stubborn body_of;
  plain_config owner_config;
  plain_config node_config;
  caf::actor_system owner{owner_config};
  caf::actor_system there{node_config};
  options with;
  with.only_nodes = true;
  with.kinds.add("stubborn", body{[] {}});
  with.cancel_grace = 50ms;
  list tasks{owner, std::move(with)};
  published here{owner, tasks.actor()};
  worker_node node{there, at{"127.0.0.1", here.port()}, body_of.kinds(), 1U};
  spec s;
  s.name = s.kind = "stubborn";
  s.timeout = 50ms;
  s.retry.max_attempts = 2;
  s.retry.backoff = 1ms;
  auto id = tasks.submit(s);
  ASSERT_TRUE(id) << to_string(id.error());
  body_of.began.acquire();
  body_of.began.acquire();
  const auto t = tasks.wait(*id, 30s);
  ASSERT_TRUE(t) << to_string(t.error());
  EXPECT_EQ(t->attempt, 2U);
  EXPECT_EQ(tasks.counts()->stuck, 1U);
  body_of.let.release();
  // Who wants everything runs when nothing is held any more.
  s.claims = {exclusive("")};
  s.retry.max_attempts = 1;
  s.timeout.reset();
  body_of.let.release();
  auto everything = tasks.submit(s);
  ASSERT_TRUE(everything) << to_string(everything.error());
  const auto last = tasks.wait(*everything, 30s);
  ASSERT_TRUE(last) << to_string(last.error());
  EXPECT_EQ(tasks.counts()->stuck, 0U);
}

// Once, it was given them and gave them back, as fast as both could.
TEST_F(published_order, a_node_that_takes_long_to_leave_is_given_nothing_meanwhile) {
  std::binary_semaphore let{0};
  registry kinds;
  kinds.add("until_stopped", body{[this, &let](context&) {
              began.release();
              let.acquire(); // it takes its time
              return cancelled();
            }});
  auto first = std::make_unique<worker_node>(there, at{"127.0.0.1", here->port()}, std::move(kinds), 2U);
  begin_one();
  std::jthread ends{[&first] { first.reset(); }};
  spec s;
  s.name = "waits";
  s.kind = "until_stopped";
  // The list has heard of it when it says so of a task that an idle slot could have had.
  std::optional<task_id> waits;
  for (int i = 0; i < 1'000 && !waits; ++i) {
    const auto id = tasks->submit(s);
    ASSERT_TRUE(id);
    if (!tasks->wait(*id, 20ms) && tasks->get(*id)->state == state::waiting)
      waits = *id;
    else
      let.release();
  }
  ASSERT_TRUE(waits);
  const auto before = tasks->counts()->version;
  (void) tasks->wait(*waits, 200ms);
  EXPECT_LE(tasks->counts()->version, before + 2) << "something went to and fro";
  let.release();
  ends.join();
  auto second = node();
  began.acquire();
  EXPECT_EQ(tasks->get(*waits)->deaths, 0U);
  tasks.reset();
}

TEST_F(published_order, of_two_publications_the_one_that_is_left_says_who_is_there) {
  auto second = std::make_unique<published>(owner, tasks->actor(), quick());
  EXPECT_TRUE(tasks->nodes());
  second.reset();
  const auto all = tasks->nodes();
  EXPECT_TRUE(all) << to_string(all.error());
  here.reset();
  EXPECT_EQ(tasks->nodes().code(), errc::not_published);
}

} // namespace
} // namespace stint::test
