// Leases of nodes from both ends, under made-up moments: the node has always stopped before the owner gives its work away.
#include <gtest/gtest.h>

#include <random>

#include <stint/lease.hpp>

namespace stint {
namespace {

using namespace std::chrono_literals;

constexpr steady_time zero{};

std::vector<std::uint64_t> silent(leases& all, steady_time now) {
  std::vector<std::uint64_t> out;
  for (const auto& v : all.due(now))
    if (v.silent)
      out.push_back(v.who);
  return out;
}

/// Looks every half beat, as the gateway does.
void look_until(leases& all, steady_time from, steady_time to, std::vector<std::uint64_t>& dead) {
  for (auto t = from; t <= to; t += 500ms)
    for (auto who : silent(all, t))
      dead.push_back(who);
}

TEST(leases, a_node_that_beats_lives_and_a_silent_one_dies_once) {
  leases all{{1s, 3s}};
  all.join(1, zero);
  all.join(2, zero);
  std::vector<std::uint64_t> dead;
  for (auto t = zero; t <= zero + 10s; t += 500ms) {
    EXPECT_TRUE(all.beat(1, t));
    for (auto who : silent(all, t))
      dead.push_back(who);
  }
  EXPECT_EQ(dead, std::vector<std::uint64_t>{2});
  EXPECT_FALSE(all.beat(2, zero + 10s)) << "it has to join anew";
}

TEST(leases, what_a_cut_off_node_held_is_over_only_when_its_lease_is) {
  leases all{{1s, 3s}};
  all.join(1, zero);
  all.unlink(1);
  EXPECT_FALSE(all.beat(1, zero + 1s)) << "a beat on an old link prolongs nothing";
  static_cast<void>(all.due(zero));
  for (auto t = zero; t < zero + 3s; t += 500ms)
    EXPECT_TRUE(all.due(t).empty());
  const auto over = all.due(zero + 3s);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_FALSE(over.front().silent);
  EXPECT_EQ(all.next(zero + 3s), std::nullopt);
}

// The time without any node was added to the first one's lease.
TEST(leases, a_time_without_nodes_is_no_sleep) {
  leases all{{1s, 3s}};
  all.join(1, zero);
  EXPECT_EQ(silent(all, zero + 500ms), std::vector<std::uint64_t>{});
  EXPECT_EQ(silent(all, zero + 1s), std::vector<std::uint64_t>{});
  all.unlink(1);
  std::vector<std::uint64_t> dead;
  look_until(all, zero + 1500ms, zero + 4s, dead);
  const auto later = zero + 1h;
  all.join(2, later);
  look_until(all, later, later + 3s, dead);
  EXPECT_EQ(dead, std::vector<std::uint64_t>{2});
}

TEST(leases, an_owner_that_slept_calls_nobody_dead) {
  leases all{{1s, 3s}};
  all.join(1, zero);
  std::vector<std::uint64_t> dead;
  look_until(all, zero, zero + 1s, dead);
  look_until(all, zero + 60s, zero + 61s, dead); // 59 s of which it saw nothing
  EXPECT_TRUE(dead.empty());
  look_until(all, zero + 61s, zero + 64s, dead);
  EXPECT_EQ(dead.size(), 1U);
}

TEST(held_lease, counts_from_when_the_heard_beat_was_sent) {
  held_lease mine{{1s, 3s}, zero};
  EXPECT_EQ(mine.ends(), zero + 2500ms);
  const auto first = mine.beat(zero + 1s);
  const auto second = mine.beat(zero + 2s);
  mine.heard(second);
  EXPECT_EQ(mine.ends(), zero + 4500ms);
  mine.heard(first); // late: says nothing new
  EXPECT_EQ(mine.ends(), zero + 4500ms);
  mine.heard(77); // never sent
  EXPECT_EQ(mine.ends(), zero + 4500ms);
  EXPECT_FALSE(mine.over(zero + 4499ms));
  EXPECT_TRUE(mine.over(zero + 4500ms));
}

/// Plays one node and one owner with delays, losses and sleeps of both; returns by how much the node outlived its lease at
/// the owner, which must be no time at all. `check` false is the negative control: a node that never looks at its lease.
nanos overlap(std::uint64_t seed, bool check) {
  std::mt19937_64 dice{seed};
  auto up_to = [&dice](int ms) { return std::chrono::milliseconds{dice() % static_cast<unsigned>(ms)}; };
  const lease_times times{1s, 3s};
  leases owner{times};
  held_lease node{times, zero};
  const auto joined = zero + up_to(500);
  owner.join(1, joined);
  std::multimap<steady_time, std::uint64_t> to_owner;
  std::multimap<steady_time, std::uint64_t> to_node;
  auto next_beat = zero;
  auto owner_awake = joined;
  std::optional<steady_time> stopped;
  for (auto t = zero; t < zero + 60s; t += 50ms) {
    for (auto i = to_node.begin(); i != to_node.end() && i->first <= t; i = to_node.erase(i))
      node.heard(i->second);
    if (check && node.over(t) && !stopped)
      stopped = t;
    if (t >= next_beat && !stopped) {
      const auto number = node.beat(t);
      if (dice() % 2 != 0)
        to_owner.emplace(t + up_to(2000), number);
      next_beat = t + 1s;
    }
    if (t < owner_awake)
      continue;
    for (auto i = to_owner.begin(); i != to_owner.end() && i->first <= t; i = to_owner.erase(i))
      if (owner.beat(1, t) && dice() % 4 != 0)
        to_node.emplace(t + up_to(2000), i->second);
    if (!silent(owner, t).empty())
      return stopped && *stopped <= t ? nanos{0} : nanos{60s};
    owner_awake = dice() % 40 == 0 ? t + up_to(8000) : t + 50ms;
  }
  return nanos{0};
}

TEST(held_lease, has_ended_before_the_owner_gives_work_away_whatever_is_lost) {
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed)
    ASSERT_EQ(overlap(seed, true), nanos{0}) << "seed " << seed;
}

TEST(held_lease, a_node_that_ignores_it_is_caught) {
  std::size_t caught = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    caught += overlap(seed, false) != nanos{0};
  EXPECT_GT(caught, 100U);
}

} // namespace
} // namespace stint
