// id_set and id_query against std::set: random members, random starts, both directions; and a long life stays small.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include <stint/id_set.hpp>

namespace stint {
namespace {

std::vector<task_id> walk(const id_query& q, task_id from, bool upwards, std::size_t limit = ~std::size_t{0}) {
  std::vector<task_id> out;
  q.walk(from, upwards, [&](task_id id) {
    out.push_back(id);
    return out.size() < limit;
  });
  return out;
}

TEST(id_set, is_empty_at_first) {
  id_set s;
  EXPECT_TRUE(s.empty());
  EXPECT_EQ(s.first(), 0U);
  EXPECT_FALSE(s.contains(1));
  s.erase(1);
  EXPECT_EQ(s.size(), 0U);
}

TEST(id_set, entering_twice_counts_once) {
  id_set s;
  s.insert(70);
  s.insert(70);
  EXPECT_EQ(s.size(), 1U);
  s.erase(70);
  s.erase(70);
  EXPECT_TRUE(s.empty());
}

TEST(id_set, an_id_before_all_others_is_found) {
  id_set s;
  s.insert(1'000'000);
  s.insert(3);
  EXPECT_EQ(s.first(), 3U);
  EXPECT_TRUE(s.contains(3));
  EXPECT_TRUE(s.contains(1'000'000));
}

TEST(id_set, agrees_with_a_set_whatever_happens) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20; ++round) {
    id_set s;
    std::set<task_id> model;
    const task_id range = round % 2 == 0 ? 300 : 60'000;
    for (int step = 0; step < 3000; ++step) {
      const task_id id = 1 + random() % range;
      if (random() % 2 == 0) {
        s.insert(id);
        model.insert(id);
      } else {
        s.erase(id);
        model.erase(id);
      }
      ASSERT_EQ(s.size(), model.size());
      ASSERT_EQ(s.first(), model.empty() ? 0 : *model.begin());
      const task_id ask = 1 + random() % range;
      ASSERT_EQ(s.contains(ask), model.contains(ask));
    }
  }
}

TEST(id_query, an_intersection_of_unions_walks_in_order_both_ways) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 60; ++round) {
    const task_id range = round % 3 == 0 ? 200 : 30'000;
    std::vector<id_set> sets(4);
    std::vector<std::set<task_id>> models(4);
    for (std::size_t i = 0; i < sets.size(); ++i)
      for (int n = 0; n < 300; ++n) {
        const task_id id = 1 + random() % range;
        sets[i].insert(id);
        models[i].insert(id);
      }
    id_query q;
    q.require_any({&sets[0], &sets[1]});
    q.require_any({&sets[2], &sets[3]});
    std::vector<task_id> want;
    for (task_id id = 1; id <= range; ++id)
      if ((models[0].contains(id) || models[1].contains(id)) && (models[2].contains(id) || models[3].contains(id)))
        want.push_back(id);
    for (int t = 0; t < 20; ++t) {
      const task_id from = 1 + random() % (range + 5000);
      std::vector<task_id> up;
      std::vector<task_id> down;
      for (auto id : want)
        (void)(id >= from && (up.push_back(id), true));
      for (auto i = want.rbegin(); i != want.rend(); ++i)
        (void)(*i <= from && (down.push_back(*i), true));
      ASSERT_EQ(walk(q, from, true), up) << from;
      ASSERT_EQ(walk(q, from, false), down) << from;
    }
    const auto some = std::min<std::size_t>(want.size(), 3);
    if (some != 0) {
      ASSERT_EQ(walk(q, 1, true, some), std::vector<task_id>(want.begin(), want.begin() + static_cast<long>(some)));
    }
  }
}

TEST(id_query, the_edges_of_words_and_pages_are_ids_like_others) {
  id_set s;
  const std::vector<task_id> edges{1, 63, 64, 127, 128, 4095, 4096, 4097, 8191, 8192, 12'288};
  for (auto id : edges)
    s.insert(id);
  id_query q;
  q.require_any({&s});
  for (std::size_t i = 0; i < edges.size(); ++i) {
    EXPECT_EQ(walk(q, edges[i], true).front(), edges[i]);
    EXPECT_EQ(walk(q, edges[i], false).front(), edges[i]);
    EXPECT_EQ(walk(q, edges[i], true).size(), edges.size() - i);
    EXPECT_EQ(walk(q, edges[i], false).size(), i + 1);
  }
}

TEST(id_query, without_a_member_walks_nowhere) {
  id_set empty;
  id_query q;
  EXPECT_TRUE(walk(q, 1, true).empty());
  q.require_any({&empty});
  EXPECT_TRUE(walk(q, 1, true).empty());
  EXPECT_TRUE(walk(q, ~task_id{0}, false).empty());
}

// Once, a page that was emptied while an older one still had members stayed in the way for ever.
TEST(id_set, pages_that_are_left_behind_are_given_back) {
  id_set running;
  const task_id most = 400 * id_set::page_ids;
  running.insert(1);
  for (task_id id = 2; id <= most; ++id) {
    running.insert(id);
    running.erase(id - 1);
  }
  EXPECT_EQ(running.first(), most);
  EXPECT_LE(running.span(), 65U) << "the pages looked at do not grow with the history";
}

} // namespace
} // namespace stint
