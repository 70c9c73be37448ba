// Nodes and owners that are killed, or stopped past their lease: no task is lost, none has two results accepted. Each task
// writes a line when it begins, and the owner says how many ended; a task may begin twice, and must end once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <random>
#include <sstream>

#include <stint/command_kind.hpp>

#include "node_processes.hpp"

namespace stint::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

submission logged(const node_processes& p, const std::string& sleep) {
  return {command_spec("job", {{"sh", "-c", "echo $STINT_TASK_ID >> " + p.path("began") + "; sleep " + sleep}, {}, {}}), {}};
}

/// Waits until so many lines are in a file that tasks write.
[[nodiscard]] bool until_written(node_processes& p, const std::string& file, std::size_t lines) {
  return p.until([&] { return lines_of(p.file(file)) >= lines; }, "lines of tasks that began");
}

TEST(lost_node, killed_ones_lose_no_task_and_have_none_accepted_twice) {
  node_processes p;
  p.serve();
  std::vector<pid_t> workers{p.worker(2), p.worker(2)};
  auto& tasks = p.tasks();
  std::vector<submission> all;
  for (int i = 0; i < 300; ++i)
    all.push_back(logged(p, "0.01"));
  auto made = tasks.submit(std::move(all));
  ASSERT_TRUE(made) << to_string(made.error());
  std::mt19937 dice{7};
  std::size_t seen = 0;
  for (int kills = 0; kills < 8; ++kills) {
    ASSERT_TRUE(until_written(p, "began", seen + 8 + dice() % 10));
    seen = lines_of(p.file("began"));
    auto& victim = workers[dice() % workers.size()];
    p.kill(victim);
    victim = p.worker(2);
  }
  auto done = tasks.wait(made->ids, wait_for::all, 120s);
  ASSERT_TRUE(done) << to_string(done.error());
  std::size_t deaths = 0;
  for (const auto& w : done->settled) {
    EXPECT_EQ(w.task.state, state::succeeded) << w.id << " " << w.task.error;
    EXPECT_EQ(w.task.charged, 1U) << w.id;
    deaths += w.task.deaths;
  }
  EXPECT_EQ(done->settled.size(), 300U);
  EXPECT_GT(deaths, 0U) << "no kill hit a running task: this test has shown nothing";
  const auto began = lines_of(p.file("began"));
  EXPECT_GE(began, 300U);
  // A kill takes what the victim's two slots run, begun or on its way.
  EXPECT_LE(began, 300U + deaths + 8 * 2) << "something ran again without need";
  EXPECT_EQ(tasks.counts()->tasks[state::succeeded], 300U);
}

TEST(lost_node, a_task_of_a_killed_one_runs_elsewhere_within_a_second) {
  node_processes p;
  p.serve();
  const auto first = p.worker(1);
  auto& tasks = p.tasks();
  auto id = tasks.submit(logged(p, "0.2").what);
  ASSERT_TRUE(id);
  ASSERT_TRUE(until_written(p, "began", 1));
  p.worker(1);
  ASSERT_TRUE(p.until_workers(2));
  ASSERT_FALSE(tasks.wait(*id, 1ms)) << "it ended before the kill";
  p.kill(first);
  const auto killed_at = std::stoll(p.shell("date +%s%N").out);
  auto done = tasks.wait(*id, 20s);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->attempt, 2U);
  EXPECT_EQ(done->charged, 1U);
  EXPECT_LT(done->started->time_since_epoch().count() - killed_at, 1'000'000'000) << "ns after the kill";
}

TEST(lost_node, the_commands_of_a_killed_one_end_with_it) {
  node_processes p;
  p.serve();
  const auto victim = p.worker(2);
  auto& tasks = p.tasks();
  const auto script = "sleep 1000 & echo $$ $! >> " + p.path("began") + "; wait";
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(tasks.submit(command_spec("job", {{"sh", "-c", script}, {}, {}})));
  ASSERT_TRUE(until_written(p, "began", 2));
  std::istringstream numbers{p.file("began")};
  p.kill(victim);
  int looked_at = 0;
  for (pid_t one = 0; numbers >> one; ++looked_at)
    EXPECT_TRUE(gone(one, 1s)) << one;
  EXPECT_EQ(looked_at, 4);
}

TEST(lost_node, one_that_slept_past_its_lease_has_nothing_accepted_any_more) {
  node_processes p;
  p.serve("--beat 300ms --lease 900ms");
  const auto sleeper = p.worker(1);
  auto& tasks = p.tasks();
  for (int round = 1; round <= 5; ++round) {
    auto id = tasks.submit(logged(p, "0.4").what);
    ASSERT_TRUE(id);
    ASSERT_TRUE(until_written(p, "began", static_cast<std::size_t>(2 * round - 1)));
    p.send(sleeper, SIGSTOP); // its command runs to its end meanwhile
    const auto other = p.worker(1);
    ASSERT_TRUE(until_written(p, "began", static_cast<std::size_t>(2 * round)));
    p.send(sleeper, SIGCONT); // and now it would say so
    auto done = tasks.wait(*id, 20s);
    ASSERT_TRUE(done) << to_string(done.error());
    EXPECT_EQ(done->state, state::succeeded);
    EXPECT_GE(done->attempt, 2U) << "round " << round;
    EXPECT_EQ(done->charged, 1U);
    p.kill(other);
    ASSERT_TRUE(p.until_workers(1)) << "the sleeper is back, and nobody else";
  }
  EXPECT_THAT(p.file("serve.err"), HasSubstr("is silent"));
}

TEST(lost_node, an_owner_that_is_killed_goes_on_from_its_file_and_is_found_again) {
  node_processes p;
  p.serve("--store tasks.db");
  p.worker(2);
  auto& tasks = p.tasks();
  std::vector<submission> all;
  for (int i = 0; i < 60; ++i)
    all.push_back(logged(p, "0.02"));
  auto made = tasks.submit(std::move(all));
  ASSERT_TRUE(made) << to_string(made.error());
  ASSERT_TRUE(until_written(p, "began", 10));
  p.kill_server();
  p.serve("--store tasks.db"); // at the same port
  auto done = tasks.wait(made->ids, wait_for::all, 60s);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->settled.size(), 60U);
  for (const auto& w : done->settled)
    EXPECT_EQ(w.task.state, state::succeeded) << w.id << " " << w.task.error;
}

} // namespace
} // namespace stint::test
