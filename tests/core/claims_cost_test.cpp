// What a decision costs, counted in looks at tickets instead of in time: a release looks at those it wakes and at one
// more for each mode, whatever the number that waits elsewhere. And random claims against a naive table.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "claims_table.hpp"

namespace stint {
namespace {

using test::claims_table;

constexpr task_id crowd = 10'000;

/// Looks at tickets that `what` costs.
template <class F>
std::uint64_t cost(claims_table& t, F&& what) {
  const auto before = t.table.looks();
  what();
  return t.table.looks() - before;
}

TEST(claims_cost, a_release_does_not_look_at_waiters_of_other_keys) {
  claims_table t;
  claim_holder mine;
  claim_holder next;
  t.table.plan(mine, std::vector{exclusive("repo/mine")});
  t.table.draw(mine, 1);
  t.table.grant(mine);
  claim_holder other;
  t.table.plan(other, std::vector{exclusive("repo/other")});
  t.table.draw(other, 2);
  t.table.grant(other);
  std::vector<claim_holder> waiting(crowd);
  for (task_id i = 0; i < crowd; ++i) {
    t.table.plan(waiting[i], std::vector{exclusive("repo/other")});
    t.table.draw(waiting[i], 10 + i);
  }
  t.table.plan(next, std::vector{exclusive("repo/mine")});
  t.table.draw(next, 5);
  // What waits for the slot at `mine` is looked at: its three tickets, twice at most.
  EXPECT_LE(cost(t, [&] { t.table.release(mine, t.woken); }), 6U);
  EXPECT_EQ(t.woken.size(), 1U);
}

TEST(claims_cost, a_release_looks_at_those_it_wakes_and_one_more_for_each_mode) {
  claims_table t;
  claim_holder first;
  t.table.plan(first, std::vector{exclusive("a")});
  t.table.draw(first, 1);
  t.table.grant(first);
  std::vector<claim_holder> waiting(crowd);
  const task_id readers = 100;
  for (task_id i = 0; i < crowd; ++i) {
    t.table.plan(waiting[i], std::vector{i < readers ? shared("a") : exclusive("a")});
    t.table.draw(waiting[i], 10 + i);
  }
  const auto looks = cost(t, [&] { t.table.release(first, t.woken); });
  EXPECT_EQ(t.woken.size(), readers);
  EXPECT_LE(looks, 3 * readers + 2 * lock_mode_count) << "each woken one at its place and at its two tickets";
}

TEST(claims_cost, drawing_behind_a_crowd_does_not_look_at_the_crowd) {
  claims_table t;
  std::vector<claim_holder> waiting(crowd);
  for (task_id i = 0; i < crowd; ++i) {
    t.table.plan(waiting[i], std::vector{exclusive("a/b")});
    t.table.draw(waiting[i], 10 + i);
  }
  EXPECT_LE(cost(t, [&] { t.take(crowd * 2, {exclusive("a/b")}); }), 50U);
}

TEST(claims_cost, units_look_at_no_more_waiters_than_there_are_free_units) {
  claims_table t;
  ASSERT_TRUE(t.table.declare("cpu", 8, t.woken));
  claim_holder big;
  t.table.plan(big, std::vector{units("cpu", 8)});
  t.table.draw(big, 1);
  t.table.grant(big);
  std::vector<claim_holder> waiting(crowd);
  for (task_id i = 0; i < crowd; ++i) {
    t.table.plan(waiting[i], std::vector{units("cpu", 1)});
    t.table.draw(waiting[i], 10 + i);
  }
  const auto looks = cost(t, [&] { t.table.release(big, t.woken); });
  EXPECT_EQ(t.woken.size(), 8U);
  EXPECT_LE(looks, 9U * (3 + 2 * 9)) << "quadratic in the free units at most";
}

// -- against a naive table: everything is compared with everything ------------------------------------------------------

struct naive_task {
  std::vector<claim> wants;
  bool holds = false;
};

bool above(const std::string& a, const std::string& b) {
  return a.empty() || a == b || (b.size() > a.size() && b.compare(0, a.size(), a) == 0 && b[a.size()] == '/');
}

bool clash(const naive_task& x, const naive_task& y) {
  for (const auto& a : x.wants)
    for (const auto& b : y.wants)
      if ((above(a.key, b.key) || above(b.key, a.key))
          && (a.mode == claim_mode::exclusive || b.mode == claim_mode::exclusive))
        return true;
  // A task without claims still stands on the root.
  for (const auto* t : {&x, &y})
    for (const auto& c : t->wants)
      if (c.key.empty() && c.mode == claim_mode::exclusive)
        return true;
  return false;
}

TEST(claims, agree_with_a_naive_table_whatever_happens) {
  const std::vector<std::string> keys{"", "a", "a/b", "a/b/c", "a/d", "e", "e/f", "ab"};
  std::mt19937_64 random(21);
  for (int round = 0; round < 200; ++round) {
    claims_table t;
    std::map<task_id, naive_task> model;
    auto admissible = [&](task_id id) {
      return std::none_of(model.begin(), model.end(), [&](const auto& other) {
        return other.first != id && (other.second.holds || other.first < id) && clash(other.second, model[id]);
      });
    };
    // Who may hold by the naive rule, in order; the rule is monotone, so one pass is enough.
    auto settle = [&] {
      for (auto& [id, m] : model)
        if (!m.holds && admissible(id))
          m.holds = true;
    };
    for (int step = 0; step < 60; ++step) {
      const task_id id = 1 + random() % 500;
      if (model.size() < 12 && !model.contains(id)) {
        std::vector<claim> wants;
        std::set<std::string> used;
        for (std::uint64_t n = random() % 4; n > 0; --n)
          if (const auto& k = keys[random() % keys.size()]; used.insert(k).second)
            wants.push_back(random() % 2 == 0 ? exclusive(k) : shared(k));
        model[id] = {wants, false};
        t.take(id, wants);
      } else if (!model.empty()) {
        auto i = model.begin();
        std::advance(i, random() % model.size());
        const auto gone = *i;
        model.erase(i);
        if (gone.second.holds)
          t.leave(gone.first);
        else
          t.give_up(gone.first);
      }
      settle();
      for (const auto& [who, m] : model)
        ASSERT_EQ(t.of(who).at == claim_holder::stage::granted, m.holds) << who << " in round " << round;
    }
  }
}

} // namespace
} // namespace stint
