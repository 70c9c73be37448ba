// The line against a std::map: random pushes in and out of order, removals, and walks; always the same order.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include <stint/line.hpp>

namespace stint {
namespace {

struct person {
  std::uint64_t number = 0;
  line_link<person> link;
  [[nodiscard]] std::uint64_t order() const { return number; }
};
using queue = line<person, &person::link>;

std::vector<std::uint64_t> walk(const queue& q) {
  std::vector<std::uint64_t> out;
  q.for_each([&](const person& p) {
    out.push_back(p.number);
    return true;
  });
  return out;
}

TEST(line, who_comes_in_order_stands_in_order) {
  std::vector<person> people(5);
  queue q;
  EXPECT_EQ(q.front(), nullptr);
  EXPECT_TRUE(q.empty());
  for (std::size_t i = 0; i < people.size(); ++i) {
    people[i].number = i;
    q.push(people[i]);
  }
  EXPECT_EQ(walk(q), (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
  q.remove(people[2]);
  q.remove(people[0]);
  q.remove(people[4]);
  EXPECT_EQ(walk(q), (std::vector<std::uint64_t>{1, 3}));
}

TEST(line, a_late_comer_stands_where_its_number_says) {
  std::vector<person> people(3);
  people[0].number = 5;
  people[1].number = 9;
  people[2].number = 7;
  queue q;
  for (auto& p : people)
    q.push(p);
  EXPECT_EQ(walk(q), (std::vector<std::uint64_t>{5, 7, 9}));
  q.remove(people[0]);
  EXPECT_EQ(q.front(), &people[2]);
}

TEST(line, removing_who_does_not_stand_there_is_nothing) {
  person p;
  queue q;
  q.remove(p);
  q.push(p);
  q.remove(p);
  q.remove(p);
  EXPECT_TRUE(q.empty());
}

TEST(line, a_walk_ends_when_it_is_told_to) {
  std::vector<person> people(4);
  queue q;
  for (std::size_t i = 0; i < people.size(); ++i) {
    people[i].number = i;
    q.push(people[i]);
  }
  int seen = 0;
  q.for_each([&](const person&) { return ++seen < 2; });
  EXPECT_EQ(seen, 2);
}

TEST(line, agrees_with_a_sorted_map_whatever_happens) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<person> people(64);
    std::map<std::uint64_t, person*> model;
    queue q;
    std::uint64_t newest = 1000;
    for (int step = 0; step < 400; ++step) {
      auto& p = people[random() % people.size()];
      if (p.link.linked) {
        q.remove(p);
        model.erase(p.number);
      } else {
        p.number = random() % 3 == 0 ? random() % newest : ++newest; // mostly in order
        if (model.contains(p.number))
          p.number = ++newest;
        q.push(p);
        model.emplace(p.number, &p);
      }
      ASSERT_EQ(q.empty(), model.empty());
      ASSERT_EQ(q.front(), model.empty() ? nullptr : model.begin()->second);
      if (step % 20 == 0) {
        std::vector<std::uint64_t> want;
        for (const auto& [n, who] : model)
          want.push_back(n);
        ASSERT_EQ(walk(q), want);
      }
    }
  }
}

} // namespace
} // namespace stint
