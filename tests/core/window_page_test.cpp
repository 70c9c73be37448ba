// Pages over two places: memory and a store. How: a list with a window and one without live the same random story, and every
// page of the one is a page of the other, whatever its order, its size, its filter, and wherever either half stops early.
#include "windowed.hpp"

#include <random>
#include <set>

namespace stint {
namespace {

using namespace test;

struct twins {
  explicit twins(std::size_t window) : with{window, keep_all, 3}, without{all_in_memory, keep_all, 3} {}

  template <class F>
  void both(F&& f) {
    f(with);
    f(without);
  }

  static std::vector<task> all(windowed& d, page_request ask, std::size_t most) {
    std::vector<task> out;
    int pages = 0;
    do {
      const auto p = d.read(ask, most);
      EXPECT_LE(p.tasks.size(), ask.limit);
      for (const auto& t : p.tasks)
        out.push_back(t);
      EXPECT_TRUE(p.next == 0 || ask.cursor == 0 || p.next != ask.cursor) << "it stands still";
      ask.cursor = p.next;
    } while (ask.cursor != 0 && ++pages < 1'000);
    EXPECT_EQ(ask.cursor, 0U) << "it does not end";
    return out;
  }

  windowed with;
  windowed without;
};

void live(std::uint32_t seed, std::size_t window) {
  std::mt19937 dice{seed};
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(dice() % n); };
  twins d{window};
  std::set<task_id> running;
  for (int step = 0; step < 150; ++step) {
    switch (below(7)) {
      case 0:
      case 1:
      case 2: {
        auto s = of_kind(below(2) == 0 ? "odd" : "even");
        s.queue = below(3) == 0 ? "other" : "default";
        if (below(3) == 0)
          s.tags = {"x"};
        task_id id = 0;
        d.both([&](auto& one) { id = one.add(s); });
        running.insert(id);
        break;
      }
      case 3:
        for (auto id : running) {
          const auto* r = d.without.book.find(id);
          if (r == nullptr || r->state != state::running)
            continue;
          const bool fails = below(2) == 0;
          d.both([&](auto& one) { fails ? one.fail(id) : one.succeed(id); });
          running.erase(id);
          break;
        }
        break;
      case 4: d.both([](auto& one) { one.cut(); }), d.both([](auto& one) { one.committed(); }); break;
      case 5: {
        const auto id = 1 + below(d.with.book.last_id() + 1);
        d.with.take_in(id);
        result<task_version> done = errc::none;
        d.both([&](auto& one) { done = one.book.remove(id, 0, one.now, one.fx); });
        break;
      }
      default: {
        page_request ask;
        ask.order = below(2) == 0 ? page_order::oldest_first : page_order::newest_first;
        ask.limit = 1 + below(6);
        if (below(3) == 0)
          ask.filter.states = {below(2) == 0 ? state::succeeded : state::failed};
        if (below(4) == 0)
          ask.filter.states.push_back(state::running);
        if (below(4) == 0)
          ask.filter.queue = "other";
        if (below(4) == 0)
          ask.filter.tag = "x";
        if (below(4) == 0)
          ask.filter.name_contains = "dd";
        for (auto n = below(3) == 0 ? 5 : 0; n > 0; --n)
          ask.filter.ids.push_back(1 + below(d.with.book.last_id() + 1));
        const auto want = twins::all(d.without, ask, 1'000);
        const auto is = twins::all(d.with, ask, 1 + below(8));
        ASSERT_EQ(is.size(), want.size()) << "seed " << seed << ", step " << step;
        for (std::size_t i = 0; i < is.size(); ++i)
          ASSERT_EQ(is[i], want[i]) << "seed " << seed << ", step " << step << ", task " << want[i].id;
      }
    }
    ASSERT_EQ(d.with.book.counts().tasks, d.without.book.counts().tasks);
  }
}

TEST(window_page, a_window_changes_no_answer) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    live(seed, seed % 5);
    if (testing::Test::HasFatalFailure())
      return;
  }
}

TEST(window_page, a_task_in_both_halves_is_taken_once) {
  windowed d{1};
  d.ended("a");
  d.commit();
  ASSERT_FALSE(d.book.outside(1)) << "the store has it, too";
  task_id next = 0;
  const auto p = merge(*d.book.read({}), d.stored_page({}, next, 100), next, {});
  ASSERT_EQ(p.tasks.size(), 1U);
  EXPECT_EQ(p.tasks.front().name, "a");
}

TEST(window_page, the_store_is_asked_only_for_what_may_be_there) {
  windowed d{1};
  for (int i = 0; i < 3; ++i)
    d.ended("t");
  d.commit();
  const auto may = [&d](page_request ask) { return d.book.outside_part(ask, *d.book.read(ask)).cursor; };
  page_request ask;
  EXPECT_EQ(may(ask), 2U);
  ask.limit = 1;
  EXPECT_EQ(may(ask), 2U) << "the page ends behind it";
  ask.cursor = 3;
  EXPECT_EQ(may(ask), 2U);
  ask = {};
  ask.order = page_order::oldest_first;
  ask.cursor = 3;
  EXPECT_EQ(may(ask), 0U);
  ask = {};
  ask.filter.states = {state::failed, state::waiting};
  EXPECT_EQ(may(ask), 0U);
  ask = {};
  ask.filter.ids = {3, 7};
  EXPECT_EQ(may(ask), 0U);
  ask.filter.ids = {1, 3};
  EXPECT_EQ(may(ask), 1U);
}

} // namespace
} // namespace stint
