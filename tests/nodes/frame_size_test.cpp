// What is too much for one frame goes in several, and what fits in none ends its task by name: neither costs a link.
#include <gtest/gtest.h>

#include <stint/frames.hpp>
#include <stint/list.hpp>
#include <stint/published.hpp>
#include <stint/worker_node.hpp>

#include "plain_config.hpp"

namespace stint::test {
namespace {

using namespace std::chrono_literals;

struct frame_size : testing::Test {
  static options only_nodes() {
    options o;
    o.only_nodes = true;
    for (const char* kind : {"length", "huge", "large"})
      o.kinds.add(kind, body{[](context&) { return succeeded(); }});
    return o;
  }
  static registry kinds() {
    registry k;
    k.add("length", body{[](context& job) { return succeeded(0, std::to_string(job.args().size())); }});
    k.add("large", body{[](context&) { return succeeded(0, std::string(60'000, '\x01')); }});
    k.add("huge", body{[](context&) { return succeeded(0, std::string(40'000'000, 'x')); }});
    return k;
  }
  /// Runs so many of one kind; each has its first attempt accepted.
  std::vector<task_id> run(const char* kind, std::size_t n, const std::string& args) {
    std::vector<submission> all(n);
    for (auto& s : all) {
      s.what.name = kind;
      s.what.kind = kind;
      s.what.args = args;
    }
    auto made = tasks.submit(std::move(all));
    EXPECT_TRUE(made) << to_string(made.error());
    auto done = tasks.wait(made->ids, wait_for::all, 60s);
    EXPECT_TRUE(done) << to_string(done.error());
    for (const auto& w : done->settled) {
      EXPECT_EQ(w.task.attempt, 1U) << w.id;
      EXPECT_EQ(w.task.deaths, 0U) << w.id;
    }
    EXPECT_EQ(done->settled.size(), n);
    return made->ids;
  }

  [[nodiscard]] std::string value_of(task_id id) const {
    const auto v = tasks.value(id);
    return v ? *v : to_string(v.error());
  }

  plain_config owner_config, node_config;
  caf::actor_system owner{owner_config}, there{node_config};
  list tasks{owner, only_nodes()};
  published here{owner, tasks.actor(), {}};
  worker_node node{there, at{"127.0.0.1", here.port()}, kinds(), 1U};
};

/// A control character takes six bytes in JSON: ninety of these are past what a frame may have.
const std::string large_args(60'000, '\x01');
static_assert(90 * 6 * 60'000 > wire::frame_limit * 9 / 10);

TEST_F(frame_size, many_large_args_travel_in_several_frames) {
  run("length", 300, "1"); // short bodies: from now on many go at once
  const auto ids = run("length", 500, large_args);
  EXPECT_EQ(value_of(ids.back()), "60000");
}

TEST_F(frame_size, many_large_values_travel_in_several_frames) {
  run("length", 300, "1");
  const auto ids = run("large", 500, "1");
  EXPECT_EQ(value_of(ids.back()).size(), 60'000U);
}

TEST_F(frame_size, a_value_that_no_frame_could_carry_fails_its_task_alone) {
  const auto ids = run("huge", 1, "1");
  const auto t = tasks.get(ids.front());
  ASSERT_TRUE(t);
  EXPECT_EQ(t->state, state::failed);
  EXPECT_EQ(t->error.rfind("value_too_large: 40000000 bytes", 0), 0U) << t->error;
  run("length", 1, "1");
}

} // namespace
} // namespace stint::test
