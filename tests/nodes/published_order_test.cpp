// A list and its publication end in either order, also beside a node that runs something, and while claims of a lost node
// are pending. Real systems in one process, over loopback.
#include <gtest/gtest.h>

#include <semaphore>

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

} // namespace
} // namespace stint::test
