// What readers are shown while changes are not committed: every task in its committed form, in get, page and counts. How:
// commits are cut and finished by hand; a long random story is compared with copies made at each commit.
#include "desk.hpp"

#include <algorithm>
#include <iterator>
#include <random>

namespace stint {
namespace {

using namespace test;

struct reader : desk {
  reader() : desk(0, options()) {
    book.know_kind("k", false);
    commit();
  }

  static ledger_options options() {
    ledger_options o;
    o.stored = true;
    o.limits.finished = keep_all;
    return o;
  }

  void commit() {
    book.cut();
    book.committed();
  }

  static spec kind(std::string name) {
    auto s = named(std::move(name));
    s.kind = "k";
    return s;
  }

  /// What is computed when it is asked, and changes without a transition, is left out.
  static task plain(task t) {
    t.reason = wait_reason::none;
    t.stopping = stop_reason::none;
    t.begun = false;
    return t;
  }

  /// Everything as the ledger has it, committed or not.
  [[nodiscard]] std::vector<task> live(tally& counted) const {
    std::vector<task> out;
    counted = {};
    for (task_id id = 1; id <= book.last_id(); ++id)
      if (const auto* r = book.find(id)) {
        out.push_back(plain(book.describe(*r)));
        ++counted.by_state[static_cast<std::size_t>(r->state)];
      }
    return out;
  }

  [[nodiscard]] std::vector<task> all(page_order order = page_order::oldest_first, filter f = {}) const {
    std::vector<task> out;
    page_request ask{std::move(f), order, 3, 0};
    do {
      const auto p = *book.read(ask);
      for (const auto& t : p.tasks)
        out.push_back(plain(t));
      ask.cursor = p.next;
    } while (ask.cursor != 0);
    return out;
  }
};

// A pause was counted with the next commit, which on an idle list was never.
TEST(ledger_unsaved, what_is_set_by_hand_is_counted_at_once) {
  reader d;
  d.add(d.kind("t"));
  d.commit();
  ASSERT_TRUE(d.book.pause("default", d.now, d.fx));
  ASSERT_TRUE(d.book.limit_queue("default", 3, d.now, d.fx));
  ASSERT_TRUE(d.book.limit_queue("other", 2, d.now, d.fx));
  const auto t = d.book.counts();
  ASSERT_EQ(t.queues.size(), 2U);
  EXPECT_TRUE(t.queues[0].paused);
  EXPECT_EQ(t.queues[0].limit, 3U);
  EXPECT_EQ(t.queues[0].tasks.total(), 1U);
  EXPECT_EQ(t.queues[1].name, "other");
  EXPECT_EQ(t.queues[1].limit, 2U);
  EXPECT_EQ(t.queues[1].tasks.total(), 0U);
}

TEST(ledger_unsaved, a_new_task_is_unknown_until_it_is_committed) {
  reader d;
  const auto id = d.add(d.kind("t"));
  EXPECT_EQ(d.book.get(id).code(), errc::unknown_task);
  EXPECT_EQ(d.book.args(id).code(), errc::unknown_task);
  EXPECT_TRUE(d.all().empty());
  EXPECT_EQ(d.book.counts().tasks.total(), 0U);
  d.book.cut();
  EXPECT_EQ(d.book.get(id).code(), errc::unknown_task) << "it is only on its way";
  d.book.committed();
  EXPECT_EQ(d.book.get(id)->state, state::waiting);
  EXPECT_EQ(d.all().size(), 1U);
  EXPECT_EQ(d.book.counts().tasks[state::waiting], 1U);
}

TEST(ledger_unsaved, two_commits_show_two_forms) {
  reader d;
  const auto id = d.add(d.kind("t"));
  d.commit();
  d.join({"k"}); // runs
  d.book.cut();
  d.succeed(id);
  EXPECT_EQ(d.book.get(id)->state, state::waiting);
  EXPECT_EQ(d.book.value(id).code(), errc::wrong_state);
  d.book.committed();
  EXPECT_EQ(d.book.get(id)->state, state::running);
  d.commit();
  EXPECT_EQ(d.book.get(id)->state, state::succeeded);
}

TEST(ledger_unsaved, a_deleted_task_is_there_until_that_is_committed) {
  reader d;
  d.join({"k"});
  auto s = d.kind("t");
  s.args = "[1]";
  const auto id = d.add(s);
  d.end(id, succeeded(0, "[2]"));
  d.commit();
  ASSERT_TRUE(d.book.remove(id, 0, d.now, d.fx));
  EXPECT_EQ(d.book.get(id)->state, state::succeeded);
  EXPECT_EQ(*d.book.value(id), "[2]");
  EXPECT_EQ(*d.book.args(id), "[1]");
  EXPECT_EQ(d.all().size(), 1U);
  d.commit();
  EXPECT_EQ(d.book.get(id).code(), errc::task_deleted);
  EXPECT_TRUE(d.all().empty());
}

/// Answers come from a copy of everything, made when the last commit was cut.
TEST(ledger_unsaved, at_any_moment_readers_see_the_last_commit) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto roll = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
    reader d;
    d.join({"k"});
    d.join({"k"});
    std::vector<task> committed, cut;
    tally counted, counted_at_cut;
    bool on_its_way = false;
    for (int i = 0; i < 300; ++i) {
      const auto id = d.book.last_id() == 0 ? 0 : 1 + roll(static_cast<unsigned>(d.book.last_id()));
      const auto* r = d.book.find(id);
      switch (roll(8)) {
        case 0: case 1: case 2: d.add(d.kind("t" + std::to_string(roll(3)))); break;
        case 3: case 4:
          if (r != nullptr && r->state == state::running && d.has.contains(id))
            d.succeed(id);
          break;
        case 5: static_cast<void>(d.book.cancel(id, 0, d.now, d.fx)); break;
        case 6: static_cast<void>(d.book.remove(id, 0, d.now, d.fx)); break;
        default:
          if (!on_its_way) {
            cut = d.live(counted_at_cut);
            d.book.cut();
          } else {
            d.book.committed();
            committed = cut;
            counted = counted_at_cut;
          }
          on_its_way = !on_its_way;
      }
      d.go();
      ASSERT_EQ(d.all(), committed) << "seed " << seed << ", step " << i;
      for (const auto& t : committed)
        ASSERT_EQ(d.plain(*d.book.get(t.id)), t) << "seed " << seed << ", step " << i;
      auto back = d.all(page_order::newest_first);
      std::reverse(back.begin(), back.end());
      ASSERT_EQ(back, committed) << "seed " << seed << ", step " << i;
      filter f;
      f.states = {state::waiting, state::succeeded};
      std::vector<task> some;
      std::copy_if(committed.begin(), committed.end(), std::back_inserter(some),
                   [](const task& t) { return t.state == state::waiting || t.state == state::succeeded; });
      ASSERT_EQ(d.all(page_order::oldest_first, f), some) << "seed " << seed << ", step " << i;
      ASSERT_EQ(d.book.counts().tasks, counted);
    }
  }
}

} // namespace
} // namespace stint
