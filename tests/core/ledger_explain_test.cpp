// Explain: the reason as data and as a sentence, whom a task waits for, and who waits for it; pages, counts and events.
#include "desk.hpp"

namespace stint {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace test;

TEST(explain, names_who_holds_the_key_and_since_when) {
  desk d{2};
  const auto a = d.add("index main", {exclusive("repo/main")});
  d.pass(2s);
  const auto b = d.add("clean up", {exclusive("repo")});
  d.pass(1s);
  const auto e = *d.book.explain(b, d.now);
  EXPECT_EQ(e.reason, wait_reason::claims);
  EXPECT_EQ(e.waiting_for, 1s);
  ASSERT_THAT(e.waits_for, SizeIs(1));
  EXPECT_EQ(e.waits_for[0].id, a);
  EXPECT_EQ(e.waits_for[0].name, "index main");
  EXPECT_EQ(e.waits_for[0].key, "repo");
  EXPECT_TRUE(e.waits_for[0].holds);
  EXPECT_EQ(e.waits_for[0].since, 3s);
  EXPECT_EQ(e.text, "'repo' is held (something below) by 1 (index main) since 3000 ms");
  const auto reverse = *d.book.explain(a, d.now);
  ASSERT_THAT(reverse.holds_back, SizeIs(1));
  EXPECT_EQ(reverse.holds_back[0].id, b);
}

TEST(explain, names_who_is_ahead_though_nobody_holds_it) {
  desk d{2};
  d.add("a", {exclusive("a")});
  d.add("both", {exclusive("a"), exclusive("b")});
  const auto c = d.add("c", {exclusive("b")});
  const auto e = *d.book.explain(c, d.now);
  ASSERT_THAT(e.waits_for, SizeIs(1));
  EXPECT_EQ(e.waits_for[0].id, 2U);
  EXPECT_FALSE(e.waits_for[0].holds);
  EXPECT_THAT(e.text, HasSubstr("'b' is wanted before (exclusive) by 2 (both)"));
  EXPECT_THAT(d.book.explain(2, d.now)->holds_back, SizeIs(1));
}

TEST(explain, the_root_is_everything) {
  desk d{2};
  d.add("any");
  const auto all = d.add("clean up", {exclusive("")});
  EXPECT_THAT(d.why(all), HasSubstr("everything is held"));
}

// "and 19 more" was said of any number past the bound.
TEST(explain, counts_who_stands_in_the_way_up_to_a_bound_and_says_so) {
  for (const int readers : {20, 21, 50}) {
    desk d{60};
    for (int i = 0; i < readers; ++i)
      d.add("reader", {shared("a")});
    const auto id = d.add("writer", {exclusive("a")});
    EXPECT_THAT(d.why(id), HasSubstr(readers == 20 ? "and 19 more stand in the way" : "and at least 20 more stand in the way"));
    EXPECT_THAT(d.book.explain(id, d.now)->waits_for, SizeIs(20));
  }
}

TEST(explain, a_holder_among_many_that_do_not_matter_is_found) {
  desk d{500};
  for (int i = 0; i < 150; ++i)
    d.add("reader", {shared("a/" + std::to_string(i))});
  const auto holder = d.add("writer", {exclusive("a/x")});
  for (int i = 0; i < 150; ++i)
    d.add("reader", {shared("a/" + std::to_string(200 + i))});
  const auto e = *d.book.explain(d.add("shares all", {shared("a")}), d.now);
  ASSERT_THAT(e.waits_for, SizeIs(1));
  EXPECT_EQ(e.waits_for[0].id, holder);
}

TEST(explain, a_request_that_a_lowered_capacity_cannot_serve_says_so) {
  desk d{2};
  ASSERT_TRUE(d.book.declare("cpu", 4, d.now, d.fx));
  const auto a = d.add("a", {units("cpu", 4)});
  const auto b = d.add("b", {units("cpu", 4)});
  ASSERT_TRUE(d.book.declare("cpu", 2, d.now, d.fx));
  d.succeed(a);
  EXPECT_EQ(d.reason(b), wait_reason::claims);
  EXPECT_THAT(d.why(b), HasSubstr("4 units of 'cpu'"));
  EXPECT_THAT(d.why(b), HasSubstr("has 2"));
}

// Once, everybody who held units of a key was named, also when there were enough left.
TEST(explain, names_holders_of_units_only_when_too_few_are_left) {
  desk d{9};
  ASSERT_TRUE(d.book.declare("cpu", 4, d.now, d.fx));
  const auto holder = d.add("holder", {exclusive("a")});
  const auto one = d.add("one", {units("cpu", 1)});
  const auto parked = d.add("parked", {exclusive("a"), units("cpu", 2)});
  ASSERT_THAT(d.book.explain(parked, d.now)->waits_for, SizeIs(1));
  EXPECT_EQ(d.book.explain(parked, d.now)->waits_for[0].id, holder);
  EXPECT_THAT(d.book.explain(one, d.now)->holds_back, IsEmpty());
  const auto two = d.add("two", {units("cpu", 2)});
  EXPECT_EQ(d.reason(two), wait_reason::claims) << "one is held, two are wanted before";
  EXPECT_THAT(d.book.explain(two, d.now)->waits_for, SizeIs(2));
  EXPECT_THAT(d.book.explain(one, d.now)->holds_back, SizeIs(1));
  EXPECT_THAT(d.book.explain(parked, d.now)->holds_back, SizeIs(1));
}

// Once, only the task's own queue was counted, so that a task behind a thousand others was told that it was next.
TEST(explain, counts_who_goes_first_over_all_queues_that_compete) {
  desk d{1};
  d.book.know_kind("k", false);
  d.add("runs");
  for (const auto* queue : {"a", "a", "b", "narrow", "narrow", "default"}) {
    auto s = named("t");
    s.queue = queue;
    d.add(s);
  }
  EXPECT_EQ(d.book.explain(7, d.now)->ahead, 5U);
  d.join({"k"});
  EXPECT_EQ(d.book.explain(7, d.now)->ahead, 4U) << "one went to the new worker";
  ASSERT_TRUE(d.book.limit_queue("a", 1, d.now, d.fx));
  EXPECT_EQ(d.book.explain(7, d.now)->ahead, 3U) << "a full queue stands in nobody's way";
  EXPECT_EQ(d.reason(3), wait_reason::limit);
  EXPECT_EQ(d.book.explain(3, d.now)->ahead, 0U) << "of its own queue, whose limit it waits for";
}

TEST(explain, every_other_reason_has_its_sentence) {
  desk d{1};
  d.book.know_kind("k", false);
  auto s = named("t");
  s.kind = "k";
  EXPECT_EQ(d.why(d.add(s)), "no worker for kind 'k'");
  const auto runs = d.add("runs");
  EXPECT_THAT(d.why(runs), HasSubstr("has not begun yet"));
  d.begin(runs);
  EXPECT_EQ(d.why(runs), "running");
  d.add("next");
  EXPECT_EQ(d.why(d.add("after")), "all workers are busy; 1 go first");
  ASSERT_TRUE(d.book.limit_queue("narrow", 1, d.now, d.fx));
  s = named("t");
  s.queue = "narrow";
  const auto in_queue = d.add(s);
  EXPECT_EQ(d.reason(in_queue), wait_reason::capacity);
  ASSERT_TRUE(d.book.pause("narrow", d.now, d.fx));
  EXPECT_EQ(d.why(in_queue), "queue 'narrow' is paused");
  ASSERT_TRUE(d.book.pause("", d.now, d.fx));
  EXPECT_EQ(d.why(in_queue), "the list is paused");
  s = named("later");
  s.delay = 1s;
  EXPECT_THAT(d.why(d.add(s)), HasSubstr("not due yet"));
  ASSERT_TRUE(d.book.cancel(runs, 0, d.now, d.fx));
  EXPECT_THAT(d.why(runs), HasSubstr("asked to stop"));
  d.end(runs, cancelled());
  EXPECT_EQ(d.why(runs), "cancelled");
  EXPECT_EQ(d.book.explain(99, d.now).code(), errc::unknown_task);
}

TEST(explain, without_any_worker_it_says_so) {
  desk d{0};
  EXPECT_EQ(d.why(d.add("t")), "no worker is connected");
}

TEST(answers, counts_and_pages_tell_the_same) {
  desk d{2};
  for (int i = 0; i < 6; ++i) {
    auto s = named("t");
    s.queue = i % 2 == 0 ? "even" : "odd";
    d.add(s);
  }
  d.succeed(1);
  const auto c = d.book.counts();
  EXPECT_EQ(c.tasks.total(), 6U);
  EXPECT_EQ(c.tasks[state::succeeded], 1U);
  EXPECT_EQ(c.tasks[state::running], 2U);
  EXPECT_EQ(c.submitted, 6U);
  EXPECT_EQ(c.workers, 2U);
  ASSERT_THAT(c.queues, SizeIs(3));
  EXPECT_EQ(c.queues[1].name, "even");
  EXPECT_EQ(c.queues[1].tasks.total(), 3U);
  const auto p = *d.book.read({.filter = {.states = {state::running}}});
  EXPECT_THAT(p.tasks, SizeIs(2));
  EXPECT_EQ(p.version, d.book.version());
}

TEST(events, have_every_version_once_and_in_order) {
  ledger_options o;
  o.observed = true;
  o.limits.finished.tasks = 2;
  desk d{2, o};
  auto s = named("t");
  s.retry = {2, 1s, 1.0, 1s, 0.0};
  for (int i = 0; i < 5; ++i)
    d.add(s);
  d.fail(1);
  d.pass(1s);
  ASSERT_TRUE(d.book.cancel(5, 0, d.now, d.fx));
  for (task_id id = 2; id <= 4; ++id)
    d.succeed(id);
  task_version v = 0;
  for (const auto& e : d.fx.events) {
    EXPECT_EQ(e.version, ++v);
    if (!e.created && !e.deleted) {
      EXPECT_TRUE(legal(e.from, e.to));
    }
  }
  EXPECT_EQ(v, d.book.version());
}

TEST(events, that_nobody_wants_are_not_made) {
  desk d;
  d.succeed(d.add("t"));
  EXPECT_THAT(d.fx.events, IsEmpty());
}

} // namespace
} // namespace stint
