// Which finished tasks are kept by their bytes, and with bounds of their own for single states; also after a restart.
#include "lives.hpp"

namespace stint {
namespace {

using namespace test;

constexpr std::size_t one = finished_task_bytes + 1; // of a task with a name of one letter

ledger_options keeping(retention all, std::map<state, retention> of = {}) {
  ledger_options o;
  o.limits.finished = all;
  o.limits.finished_of = std::move(of);
  return o;
}

bool gone(const desk& d, task_id id) { return d.book.get(id).code() == errc::task_deleted; }

std::vector<task_id> there(const desk& d) {
  std::vector<task_id> ids;
  for (task_id id = 1; id <= d.book.last_id(); ++id)
    if (!gone(d, id))
      ids.push_back(id);
  return ids;
}

void succeed_printing(desk& d, task_id id, std::uint64_t printed, outcome o = succeeded()) {
  auto a = d.about(id, attempt_report::kind::finished);
  a.outcome = std::move(o);
  a.printed = printed;
  d.tell(d.has.at(id).worker, std::move(a));
}

TEST(ledger_keep_of, the_first_end_goes_when_all_together_take_too_many_bytes) {
  desk d{1, keeping({0, 0s, 3 * one})};
  for (int i = 0; i < 3; ++i)
    d.succeed(d.add("t"));
  EXPECT_EQ(there(d), (std::vector<task_id>{1, 2, 3}));
  d.succeed(d.add("t"));
  EXPECT_EQ(there(d), (std::vector<task_id>{2, 3, 4}));
  d.succeed(d.add("tt")); // one byte more than there is room for
  EXPECT_EQ(there(d), (std::vector<task_id>{4, 5}));
}

TEST(ledger_keep_of, every_text_of_a_task_counts) {
  auto bytes_with = [](auto&& change, outcome o = succeeded()) {
    desk d{0, keeping({0, 0s, 1'000'000})};
    d.join({}, {"ab", "c"});
    auto s = named("t");
    change(s);
    d.end(d.add(s), std::move(o));
    return d.book.kept_tasks().bytes(state::succeeded);
  };
  EXPECT_EQ(bytes_with([](spec&) {}), one);
  EXPECT_EQ(bytes_with([](spec& s) { s.args = "[1,2]"; }), one + 5);
  EXPECT_EQ(bytes_with([](spec& s) { s.tags = {"ab", "c"}; }), one + 3);
  EXPECT_EQ(bytes_with([](spec& s) { s.labels = {"ab", "c"}; }), one + 3);
  EXPECT_EQ(bytes_with([](spec& s) { s.claims = {exclusive("a/b"), shared("cd")}; }), one + 5);
  EXPECT_EQ(bytes_with([](spec& s) { s.idempotency_key = "key"; }), one + 3);
  EXPECT_EQ(bytes_with([](spec&) {}, succeeded(0, "12345")), one + 5);
  EXPECT_EQ(bytes_with([](spec&) {}, failed("no")), one + 4) << "the last error, and the same in the history";
}

TEST(ledger_keep_of, detail_and_progress_count) {
  desk d{1, keeping({0, 0s, 1'000'000})};
  const auto id = d.add("t");
  d.begin(id);
  d.book.note_detail(id, 1, R"({"a":1})");
  d.book.note_progress(id, 1, {1, 2, "half"});
  d.succeed(id);
  EXPECT_EQ(d.book.kept_tasks().bytes(state::succeeded), one + 7 + 4);
}

TEST(ledger_keep_of, output_counts_as_it_is_kept) {
  auto o = keeping({0, 0s, 1'000'000});
  o.limits.output = 100;
  desk d{1, o};
  auto s = named("t");
  s.retry.max_attempts = 3;
  s.retry.backoff = 1s;
  const auto id = d.add(s);
  succeed_printing(d, id, 30, failed("a"));
  d.pass(1min);
  succeed_printing(d, id, 30, failed("b"));
  d.pass(1min);
  succeed_printing(d, id, 30);
  EXPECT_EQ(d.book.kept_tasks().bytes(state::succeeded), one + 90 + 2) << "of all attempts, and two errors";
  succeed_printing(d, d.add("t"), UINT64_MAX);
  EXPECT_EQ(d.book.kept_tasks().bytes(state::succeeded), 2 * one + 90 + 2 + 100) << "no more than the bound on output";
}

TEST(ledger_keep_of, output_makes_room_for_itself) {
  desk d{1, keeping({0, 0s, 10 * one})};
  for (int i = 0; i < 5; ++i)
    d.succeed(d.add("t"));
  succeed_printing(d, d.add("t"), 7 * one);
  EXPECT_EQ(there(d), (std::vector<task_id>{4, 5, 6}));
}

TEST(ledger_keep_of, what_is_deleted_by_hand_gives_its_bytes_back) {
  desk d{1, keeping({0, 0s, 3 * one})};
  for (int i = 0; i < 3; ++i)
    d.succeed(d.add("t"));
  ASSERT_TRUE(d.book.remove(3, 0, d.now, d.fx));
  ASSERT_TRUE(d.book.remove(2, 0, d.now, d.fx));
  EXPECT_EQ(d.book.kept_tasks().bytes(state::succeeded), one);
  for (int i = 0; i < 2; ++i)
    d.succeed(d.add("t"));
  EXPECT_EQ(there(d), (std::vector<task_id>{1, 4, 5}));
  ASSERT_TRUE(d.book.clear({}, d.now, d.fx));
  EXPECT_EQ(d.book.kept_tasks().bytes(state::succeeded), 0U);
  EXPECT_EQ(d.book.kept_tasks().count(state::succeeded), 0U);
}

TEST(ledger_keep_of, a_task_beyond_all_room_goes_at_once_and_whoever_waits_hears_its_end) {
  desk d{1, keeping({0, 0s, one})};
  const auto id = d.add("a name");
  ASSERT_TRUE(d.book.wait(1, {{id}, wait_for::all, 0ns}, d.now, d.fx));
  d.succeed(id);
  EXPECT_TRUE(gone(d, id));
  ASSERT_TRUE(d.waited_for.contains(1));
  EXPECT_EQ(d.waited_for[1].settled.front().task.state, state::succeeded);
}

TEST(ledger_keep_of, a_state_with_bounds_of_its_own_neither_counts_in_the_others_nor_they_in_it) {
  desk d{1, keeping({2, 0s, 0}, {{state::failed, {3, 0s, 0}}})};
  for (int i = 0; i < 5; ++i) {
    d.fail(d.add("f"));    // 1 3 5 7 9
    d.succeed(d.add("s")); // 2 4 6 8 10
  }
  EXPECT_EQ(there(d), (std::vector<task_id>{5, 7, 8, 9, 10}));
}

TEST(ledger_keep_of, states_without_bounds_of_their_own_share_one_room) {
  desk d{1, keeping({2, 0s, 0}, {{state::failed, keep_all}})};
  d.succeed(d.add("a"));
  ASSERT_TRUE(d.book.pause("default", d.now, d.fx));
  ASSERT_TRUE(d.book.cancel(d.add("b"), 0, d.now, d.fx));
  ASSERT_TRUE(d.book.cancel(d.add("c"), 0, d.now, d.fx));
  d.go();
  EXPECT_EQ(there(d), (std::vector<task_id>{2, 3}));
}

TEST(ledger_keep_of, each_state_has_its_age) {
  desk d{1, keeping({0, 1h, 0}, {{state::failed, {0, 10h, 0}}, {state::cancelled, keep_all}})};
  d.succeed(d.add("s"));
  d.fail(d.add("f"));
  const auto c = d.add("c");
  d.end(c, cancelled());
  for (int i = 0; i < 2; ++i) { // nothing else happens: the list wakes by itself
    ASSERT_TRUE(d.book.next_tick(d.now));
    d.pass(*d.book.next_tick(d.now) - d.now.steady);
    EXPECT_EQ(there(d), (i == 0 ? std::vector<task_id>{2, 3} : std::vector<task_id>{3}));
  }
  EXPECT_FALSE(d.book.next_tick(d.now)) << "the rest stays for good";
}

TEST(ledger_keep_of, each_state_has_its_bytes) {
  desk d{1, keeping({0, 0s, 2 * one}, {{state::failed, {0, 0s, 2 * (one + 12)}}})};
  for (int i = 0; i < 3; ++i) {
    d.fail(d.add("f"), "broken"); // 6 bytes, twice
    d.succeed(d.add("s"));
  }
  EXPECT_EQ(there(d), (std::vector<task_id>{3, 4, 5, 6}));
}

TEST(ledger_keep_of, the_bound_that_is_reached_first_counts) {
  desk d{1, keeping({3, 1h, 3 * one + 10})};
  for (int i = 0; i < 4; ++i)
    d.succeed(d.add("t"));
  EXPECT_EQ(there(d), (std::vector<task_id>{2, 3, 4})) << "number";
  succeed_printing(d, d.add("t"), 20);
  EXPECT_EQ(there(d), (std::vector<task_id>{4, 5})) << "bytes";
  d.pass(30min);
  d.succeed(d.add("t"));
  d.pass(31min);
  EXPECT_EQ(there(d), (std::vector<task_id>{6})) << "age";
}

TEST(ledger_keep_of, bytes_are_freed_in_bounded_steps) {
  desk d{0, keeping({0, 0s, 100 * one}, {{state::cancelled, {0, 0s, 50 * one}}})};
  std::vector<spec> many(50'000, named("t"));
  ASSERT_TRUE(d.add_all(many));
  ASSERT_TRUE(d.book.cancel_matching({.states = {state::waiting}}, d.now, d.fx));
  d.fx.clear();
  d.book.dispatch(d.now, d.fx);
  EXPECT_LE(d.fx.removed.size(), 16'384U);
  for (int i = 0; i < 1'000 && d.book.next_tick(d.now); ++i) {
    const auto before = d.fx.removed.size();
    d.book.tick(d.now, d.fx);
    d.book.dispatch(d.now, d.fx);
    ASSERT_LE(d.fx.removed.size() - before, 16'384U);
  }
  EXPECT_EQ(d.book.counts().tasks[state::cancelled], 50U);
  EXPECT_LE(d.book.remembered_ends(), 2'000U);
}

// -- a restart ------------------------------------------------------------------------------------------------------------

TEST(ledger_keep_of, a_restart_goes_on_with_the_same_figures) {
  lives l;
  l.change = [](ledger_options& o) {
    o.limits.finished = {0, 0s, 4 * finished_task_bytes + 500};
    o.limits.finished_of = {{state::failed, {0, 0s, 2 * finished_task_bytes + 100}}};
  };
  l.die();
  l.join();
  auto& d = l.d();
  for (int i = 0; i < 3; ++i)
    succeed_printing(d, d.add(of_kind("s")), 100);
  d.fail(d.add(of_kind("f")), "broken");
  const auto before = std::pair{d.book.kept_tasks().bytes(state::succeeded), d.book.kept_tasks().bytes(state::failed)};
  EXPECT_EQ(before, (std::pair{3 * (one + 100), one + 12}));
  l.die();
  l.join();
  auto& e = l.d();
  EXPECT_EQ((std::pair{e.book.kept_tasks().bytes(state::succeeded), e.book.kept_tasks().bytes(state::failed)}), before);
  succeed_printing(e, e.add(of_kind("s")), 150); // 5
  e.fail(e.add(of_kind("f")), std::string(80, 'x')); // 6
  l.saved();
  EXPECT_EQ(there(e), (std::vector<task_id>{1, 2, 3, 5, 6})) << "the failed one made room";
  succeed_printing(e, e.add(of_kind("s")), 100); // 7
  l.saved();
  EXPECT_EQ(there(e), (std::vector<task_id>{2, 3, 5, 6, 7}));
}

TEST(ledger_keep_of, the_order_of_ends_outlives_a_restart_and_a_wall_clock_that_was_set_back) {
  lives l;
  l.change = [](ledger_options& o) { o.limits.finished = {3, 0s, 0}; };
  l.die();
  l.join();
  auto& d = l.d();
  d.succeed(d.add(of_kind("a")));
  d.now.wall -= 1h;
  d.succeed(d.add(of_kind("b")));
  d.succeed(d.add(of_kind("c")));
  l.die();
  l.join();
  l.d().succeed(l.d().add(of_kind("d")));
  l.saved();
  EXPECT_EQ(there(l.d()), (std::vector<task_id>{2, 3, 4}));
}

TEST(ledger_keep_of, a_successor_with_less_room_makes_it) {
  lives l;
  l.join();
  for (int i = 0; i < 5; ++i)
    l.d().succeed(l.d().add(of_kind("s")));
  l.change = [](ledger_options& o) { o.limits.finished = {0, 0s, 2 * one}; };
  l.die();
  l.d().go();
  l.saved();
  EXPECT_EQ(there(l.d()), (std::vector<task_id>{4, 5}));
}

} // namespace
} // namespace stint
