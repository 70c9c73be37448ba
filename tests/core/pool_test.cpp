// Rooms for short-lived objects: every one is its own and begins anew, whatever the order in which they end; and the
// number of them at once, not the number there ever were, decides what is kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include <stint/pool.hpp>

namespace stint {
namespace {

struct thing {
  thing() { ++alive; }
  ~thing() { --alive; }
  thing(const thing&) = delete;
  thing& operator=(const thing&) = delete;

  std::uint64_t mark = 0;
  std::uint64_t rest[20] = {};
  static inline int alive = 0;
};

TEST(pool, objects_begin_anew_and_keep_apart) {
  {
    pool<thing> room;
    std::vector<pool<thing>::pointer> kept;
    std::mt19937_64 random(7);
    std::uint64_t last = 0;
    for (int step = 0; step < 20'000; ++step) {
      if (kept.empty() || random() % 100 < (step % 4'000 < 2'000 ? 70U : 30U)) {
        auto one = room.make();
        ASSERT_EQ(one->mark, 0U);
        ASSERT_EQ(one->rest[19], 0U);
        one->mark = one->rest[19] = ++last;
        kept.push_back(std::move(one));
      } else {
        std::swap(kept[random() % kept.size()], kept.back());
        ASSERT_EQ(kept.back()->mark, kept.back()->rest[19]) << "another object wrote here";
        kept.pop_back();
      }
      ASSERT_EQ(thing::alive, static_cast<int>(kept.size()));
    }
    std::set<std::uint64_t> marks;
    for (const auto& k : kept)
      marks.insert(k->mark);
    EXPECT_EQ(marks.size(), kept.size());
  }
  EXPECT_EQ(thing::alive, 0);
}

#ifndef STINT_SANITIZED

TEST(pool, a_room_is_used_again_at_once) {
  pool<thing> room;
  auto* first = room.make().get();
  for (int i = 0; i < 1'000; ++i)
    EXPECT_EQ(room.make().get(), first);
}

// A megabyte at most waits for the next crowd, and what waits is what is used first.
TEST(pool, keeps_some_empty_pages_and_no_more) {
  pool<thing> room;
  std::vector<pool<thing>::pointer> kept;
  const auto crowd = [&](std::size_t n) {
    while (kept.size() < n)
      kept.push_back(room.make());
  };
  crowd(10'000);
  EXPECT_EQ(room.empty_pages(), 0U);
  std::set<const thing*> places;
  for (const auto& k : kept)
    places.insert(k.get());
  kept.clear();
  EXPECT_EQ(room.empty_pages(), room.most_empty);
  crowd(5'000);
  EXPECT_TRUE(std::all_of(kept.begin(), kept.end(), [&](const auto& k) { return places.contains(k.get()); }));
  EXPECT_LT(room.empty_pages(), room.most_empty);
  kept.clear();
  EXPECT_EQ(room.empty_pages(), room.most_empty);
}

// What is left of a crowd takes the places of those who went, not new ones.
TEST(pool, survivors_do_not_keep_others_from_their_pages) {
  pool<thing> room;
  std::vector<pool<thing>::pointer> kept;
  for (int i = 0; i < 10'000; ++i)
    kept.push_back(room.make());
  std::set<const thing*> places;
  for (const auto& k : kept)
    places.insert(k.get());
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (i % 50 != 0 && i + 1 != kept.size()) // the last page keeps one, too: it may not be empty
      kept[i].reset();
  const auto left = std::count_if(kept.begin(), kept.end(), [](const auto& k) { return k != nullptr; });
  std::vector<pool<thing>::pointer> more;
  for (auto i = left; i < 10'000; ++i)
    more.push_back(room.make());
  EXPECT_TRUE(std::all_of(more.begin(), more.end(), [&](const auto& m) { return places.contains(m.get()); }));
}

#endif

} // namespace
} // namespace stint
