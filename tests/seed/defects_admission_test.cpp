// What is tested: the original's defects in admission (1.4: 1-3 and 15-18), each with the opposite outcome.
#include "seed.hpp"

#include <algorithm>
#include <thread>

using namespace stint::test;
using stint::state;
using stint::wait_reason;

namespace {
using seed = seed_fixture;
} // namespace

TEST_F(seed, defect_01_a_task_without_claims_runs_exactly_once) {
  constexpr std::size_t each = 2'000;
  std::vector<std::atomic<int>> runs(2 * each);
  {
    auto& list = tasks();
    std::vector<std::jthread> submitters;
    for (std::size_t s = 0; s < 2; ++s)
      submitters.emplace_back([&, s] {
        for (std::size_t i = 0; i < each; ++i)
          EXPECT_TRUE(list.submit(named("nothing"), [&runs, n = s * each + i] { ++runs[n]; }));
      });
  }
  ASSERT_TRUE(tasks().wait_all());
  EXPECT_TRUE(std::all_of(runs.begin(), runs.end(), [](const auto& n) { return n == 1; }));
  EXPECT_EQ(tasks().counts()->tasks[state::succeeded], 2 * each);
}

TEST_F(seed, defect_02_every_waiter_that_can_start_does_at_one_completion) {
  held_body wide;
  auto one = tasks().submit(
    named("wide", {stint::exclusive("a"), stint::exclusive("b"), stint::exclusive("c"), stint::exclusive("d")}),
    wide.run());
  wide.begun.pass();
  std::latch together{4}; // none of the four ends before all have begun
  std::vector<stint::task_id> waiters;
  for (const auto* key : {"a", "b", "c", "d"})
    waiters.push_back(*tasks().submit(named(key, {stint::exclusive(key)}), [&] { together.arrive_and_wait(); }));
  wide.may_end.open();
  ASSERT_TRUE(tasks().wait(*one));
  EXPECT_EQ(tasks().wait(waiters)->settled.size(), 4U);
}

TEST_F(seed, defect_03_a_wide_task_does_not_starve) {
  notebook order;
  held_body first;
  ASSERT_TRUE(tasks().submit(named("first", {stint::exclusive("k/0")}), first.run()));
  first.begun.pass();
  ASSERT_TRUE(tasks().submit(named("wide", {stint::exclusive("")}), [&] { order.write("wide"); }));
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(tasks().submit(named("later", {stint::exclusive("k/" + std::to_string(i))}),
                               [&] { order.write("later"); }));
  first.may_end.open();
  ASSERT_TRUE(tasks().wait_all());
  ASSERT_EQ(order.lines().size(), 101U);
  EXPECT_EQ(order.lines().front(), "wide");
}

TEST_F(seed, defect_15_a_family_of_keys_does_not_block_what_is_outside_it) {
  held_body repos;
  ASSERT_TRUE(tasks().submit(named("all repos", {stint::exclusive("repos")}), repos.run()));
  repos.begun.pass();
  auto mirror = tasks().submit(named("mirror", {stint::exclusive("mirrors/a")}), [] {});
  auto plain = tasks().submit(named("plain"), [] {});
  EXPECT_EQ(tasks().wait(*mirror)->state, state::succeeded);
  EXPECT_EQ(tasks().wait(*plain)->state, state::succeeded);
  repos.may_end.open();
  ASSERT_TRUE(tasks().wait_all());
  // And the other way round it is the same.
  held_body held;
  ASSERT_TRUE(tasks().submit(named("mirror", {stint::exclusive("mirrors/a")}), held.run()));
  held.begun.pass();
  auto again = tasks().submit(named("all repos", {stint::exclusive("repos")}), [] {});
  EXPECT_EQ(tasks().wait(*again)->state, state::succeeded);
  held.may_end.open();
}

TEST_F(seed, defect_16_everything_waits_for_plain_tasks_as_they_wait_for_it) {
  held_body plain;
  ASSERT_TRUE(tasks().submit(named("plain"), plain.run()));
  plain.begun.pass();
  held_body everything;
  auto all = tasks().submit(named("all", {stint::exclusive("")}), everything.run());
  EXPECT_EQ(tasks().get(*all)->reason, wait_reason::claims);
  plain.may_end.open();
  everything.begun.pass();
  auto later = tasks().submit(named("plain"), [] {});
  EXPECT_EQ(tasks().get(*later)->reason, wait_reason::claims);
  everything.may_end.open();
  EXPECT_EQ(tasks().wait({*all, *later})->settled.size(), 2U);
}

TEST_F(seed, defect_17_a_name_that_does_not_exist_yet_can_be_claimed) {
  bool exists = false; // guarded by the claim alone
  auto create = [&exists]() -> stint::outcome {
    if (exists)
      return stint::discarded("it exists already", 409);
    exists = true;
    return stint::succeeded(201);
  };
  auto one = tasks().submit(named("create X", {stint::exclusive("repos/X")}), create);
  auto two = tasks().submit(named("create X", {stint::exclusive("repos/X")}), create);
  EXPECT_EQ(tasks().wait(*one)->code, 201);
  EXPECT_EQ(tasks().wait(*two)->code, 409);
}

TEST_F(seed, defect_18_two_that_only_read_share_a_key) {
  std::latch together{2}; // neither ends before both have begun
  std::vector<stint::task_id> readers;
  for (const auto* dist : {"sid", "stable"})
    readers.push_back(*tasks().submit(
      named("publish", {stint::shared("snapshots/s"), stint::exclusive(std::string{"published/"} + dist)}),
      [&] { together.arrive_and_wait(); }));
  EXPECT_EQ(tasks().wait(readers)->settled.size(), 2U);
}
