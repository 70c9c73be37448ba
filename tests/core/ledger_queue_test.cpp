// Queues and order: priorities, pause, resume, drain, limits, kinds that no worker or only some workers serve.
#include "desk.hpp"

namespace stint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace test;

spec in(std::string queue, std::vector<claim> claims = {}) {
  auto s = named("t", std::move(claims));
  s.queue = std::move(queue);
  return s;
}

spec queued_kind(std::string kind) {
  auto s = named("t");
  s.kind = std::move(kind);
  return s;
}

TEST(ledger_order, first_come_first_served_among_equal_priorities) {
  desk d;
  for (int i = 0; i < 4; ++i)
    d.add("t");
  for (task_id id = 1; id <= 4; ++id)
    d.succeed(id);
  EXPECT_THAT(d.started, ElementsAre(1, 2, 3, 4));
}

TEST(ledger_order, a_higher_priority_goes_first_in_every_queue) {
  desk d;
  d.add("running");
  for (int p : {-2, 0, 2, 1, -1}) {
    auto s = in(p % 2 == 0 ? "even" : "odd");
    s.priority = p;
    d.add(s);
  }
  for (task_id id : {1, 4, 5, 3, 6, 2})
    d.succeed(id);
  EXPECT_THAT(d.started, ElementsAre(1, 4, 5, 3, 6, 2));
}

TEST(ledger_order, tasks_that_do_not_conflict_never_wait_for_each_other) {
  desk d{3};
  d.add("a", {exclusive("a")});
  d.add("a", {exclusive("a")});
  d.add("b", {exclusive("b")});
  EXPECT_THAT(d.started, ElementsAre(1, 3));
}

TEST(ledger_queue, a_paused_queue_starts_nothing_and_blocks_nobody) {
  desk d{2};
  d.add(in("p"));
  ASSERT_TRUE(d.book.pause("p", d.now, d.fx));
  const auto paused = d.add(in("p", {exclusive("a")}));
  EXPECT_EQ(d.reason(paused), wait_reason::paused);
  const auto other = d.add(in("q", {exclusive("a")}));
  EXPECT_TRUE(d.runs(other)) << "a paused task holds no place at its claims";
  ASSERT_TRUE(d.book.resume("p", d.now, d.fx));
  d.go();
  EXPECT_EQ(d.reason(paused), wait_reason::claims);
  d.succeed(other);
  EXPECT_TRUE(d.runs(paused));
}

TEST(ledger_queue, pausing_gives_up_tickets_that_were_drawn) {
  desk d{2};
  d.add(in("q", {exclusive("a")}));
  const auto waits = d.add(in("p", {exclusive("a"), exclusive("b")}));
  const auto behind = d.add(in("q", {exclusive("b")}));
  EXPECT_EQ(d.state(behind), state::waiting);
  ASSERT_TRUE(d.book.pause("p", d.now, d.fx));
  d.go();
  EXPECT_TRUE(d.runs(behind));
  EXPECT_EQ(d.reason(waits), wait_reason::paused);
}

TEST(ledger_queue, a_resumed_task_has_kept_its_place) {
  desk d;
  const auto runs = d.add("runs");
  const auto paused = d.add(in("p"));
  ASSERT_TRUE(d.book.pause("p", d.now, d.fx));
  const auto later = d.add("later");
  ASSERT_TRUE(d.book.resume("p", d.now, d.fx));
  d.succeed(runs);
  EXPECT_TRUE(d.runs(paused));
  EXPECT_EQ(d.state(later), state::waiting);
}

TEST(ledger_queue, pausing_takes_back_what_has_not_begun_and_leaves_what_has) {
  desk d{2};
  const auto begun = d.add("begun");
  d.begin(begun);
  const auto handed_over = d.add("handed over");
  ASSERT_TRUE(d.book.pause("", d.now, d.fx));
  d.go();
  ASSERT_THAT(d.fx.recall, SizeIs(1));
  EXPECT_EQ(d.fx.recall[0].id, handed_over);
  d.give_back(handed_over);
  EXPECT_EQ(d.reason(handed_over), wait_reason::paused);
  EXPECT_TRUE(d.runs(begun));
}

TEST(ledger_queue, a_paused_list_starts_nothing_until_it_is_resumed) {
  desk d{4};
  ASSERT_TRUE(d.book.pause("", d.now, d.fx));
  d.add("a");
  d.add(in("new queue"));
  EXPECT_THAT(d.started, IsEmpty());
  EXPECT_TRUE(d.book.counts().queues.at(0).paused);
  ASSERT_TRUE(d.book.resume("", d.now, d.fx));
  d.go();
  EXPECT_THAT(d.started, ElementsAre(1, 2));
}

TEST(ledger_queue, resuming_the_list_leaves_a_paused_queue_paused) {
  desk d{4};
  d.add(in("p"));
  ASSERT_TRUE(d.book.pause("p", d.now, d.fx));
  ASSERT_TRUE(d.book.pause("", d.now, d.fx));
  const auto id = d.add(in("p"));
  ASSERT_TRUE(d.book.resume("", d.now, d.fx));
  d.go();
  EXPECT_EQ(d.reason(id), wait_reason::paused);
}

TEST(ledger_queue, a_draining_queue_takes_nothing_new_and_ends_what_it_has) {
  desk d{2};
  const auto a = d.add(in("q"));
  ASSERT_TRUE(d.book.drain("q", d.now, d.fx));
  EXPECT_EQ(d.try_add(in("q")).code(), errc::queue_draining);
  EXPECT_TRUE(d.try_add(in("other")));
  EXPECT_FALSE(*d.book.drained("q"));
  d.succeed(a);
  EXPECT_TRUE(*d.book.drained("q"));
  ASSERT_TRUE(d.book.resume("q", d.now, d.fx));
  EXPECT_TRUE(d.try_add(in("q")));
}

// Once, resuming the list left every queue draining, and a queue made meanwhile took tasks.
TEST(ledger_queue, draining_the_list_covers_queues_to_come_and_ends_with_its_resumption) {
  desk d{2};
  const auto a = d.add("a");
  ASSERT_TRUE(d.book.drain("", d.now, d.fx));
  EXPECT_EQ(d.try_add(named("b")).code(), errc::queue_draining);
  EXPECT_EQ(d.try_add(in("never seen")).code(), errc::queue_draining);
  EXPECT_TRUE(d.book.counts().queues.at(0).draining);
  d.succeed(a);
  EXPECT_TRUE(*d.book.drained(""));
  ASSERT_TRUE(d.book.resume("", d.now, d.fx));
  EXPECT_TRUE(d.try_add(named("b")));
  EXPECT_TRUE(d.try_add(in("never seen")));
}

TEST(ledger_queue, unknown_queues_are_named) {
  desk d;
  EXPECT_EQ(d.book.pause("x", d.now, d.fx).code(), errc::unknown_queue);
  EXPECT_EQ(d.book.resume("x", d.now, d.fx).code(), errc::unknown_queue);
  EXPECT_EQ(d.book.drain("x", d.now, d.fx).code(), errc::unknown_queue);
  EXPECT_EQ(d.book.drained("x").code(), errc::unknown_queue);
  EXPECT_EQ(d.book.limit_queue("", 1, d.now, d.fx).code(), errc::invalid_queue);
}

TEST(ledger_queue, a_limit_bounds_what_runs_at_once) {
  desk d{4};
  ASSERT_TRUE(d.book.limit_queue("q", 2, d.now, d.fx));
  for (int i = 0; i < 4; ++i)
    d.add(in("q"));
  const auto other = d.add("other");
  EXPECT_THAT(d.started, ElementsAre(1, 2, other));
  EXPECT_EQ(d.reason(3), wait_reason::limit);
  d.succeed(1);
  EXPECT_TRUE(d.runs(3));
  ASSERT_TRUE(d.book.limit_queue("q", 1, d.now, d.fx));
  d.succeed(2);
  EXPECT_EQ(d.state(4), state::waiting) << "3 runs";
  ASSERT_TRUE(d.book.limit_queue("q", 0, d.now, d.fx));
  d.go();
  EXPECT_TRUE(d.runs(4));
}

// docs/design/0006: room in a queue is a part of the slot, so who waits for it keeps its place.
TEST(ledger_queue, who_waits_for_room_keeps_its_place_at_its_keys) {
  desk d{3};
  ASSERT_TRUE(d.book.limit_queue("narrow", 1, d.now, d.fx));
  auto s = named("first");
  s.queue = "narrow";
  const auto first = d.add(s);
  s.claims = {exclusive("k")};
  const auto a = d.add(s);
  const auto b = d.add("b", {exclusive("k")});
  EXPECT_EQ(d.reason(a), wait_reason::limit);
  EXPECT_EQ(d.reason(b), wait_reason::claims);
  EXPECT_EQ(d.book.explain(b, d.now)->waits_for.at(0).id, a);
  EXPECT_TRUE(d.runs(d.add("c", {exclusive("other")}))) << "nobody else is held back";
  d.succeed(first);
  EXPECT_TRUE(d.runs(a));
  d.succeed(a);
  EXPECT_TRUE(d.runs(b));
}

TEST(ledger_kinds, a_task_that_nobody_can_run_waits_and_blocks_nobody) {
  desk d{1};
  d.book.know_kind("publish", false);
  auto s = queued_kind("publish");
  s.claims = {exclusive("a")};
  const auto id = d.add(s);
  EXPECT_EQ(d.reason(id), wait_reason::no_worker);
  EXPECT_TRUE(d.runs(d.add("b", {exclusive("a")})));
  const auto w = d.join({"publish"});
  EXPECT_EQ(d.reason(id), wait_reason::claims);
  d.die(w);
  EXPECT_EQ(d.reason(id), wait_reason::no_worker) << "nobody serves it any more";
}

// Once, the first in line held back everybody behind it while the workers of its kind were busy.
TEST(ledger_kinds, busy_workers_of_one_kind_do_not_hold_back_another_kind) {
  desk d{0};
  d.book.know_kind("a", false);
  d.book.know_kind("b", false);
  d.join({"a"});
  d.join({"b"});
  const auto runs = d.add(queued_kind("a"));
  const auto waits = d.add(queued_kind("a"));
  const auto other = d.add(queued_kind("b"));
  EXPECT_TRUE(d.runs(runs));
  EXPECT_EQ(d.state(waits), state::waiting);
  EXPECT_TRUE(d.runs(other)) << "its worker has nothing to do";
  d.succeed(runs);
  EXPECT_TRUE(d.runs(waits));
}

// Once, what only its own worker could run was asked back every 500 us while another kind's worker was idle.
TEST(ledger_kinds, nothing_is_asked_back_for_a_worker_that_cannot_run_it) {
  desk d{0};
  d.book.know_kind("a", false);
  d.book.know_kind("b", false);
  const auto w = d.join({"a"});
  d.join({"b"});
  const auto first = d.add(queued_kind("a"));
  auto quick = d.about(first, attempt_report::kind::finished);
  quick.took = 1us; // so that the next ones travel together
  d.tell(w, quick);
  for (int i = 0; i < 5; ++i)
    d.add(queued_kind("a"));
  EXPECT_THAT(d.started, SizeIs(6));
  d.pass(1s);
  EXPECT_THAT(d.fx.recall, IsEmpty());
  d.join({"a"});
  d.pass(1s);
  EXPECT_THAT(d.fx.recall, SizeIs(4)) << "now somebody could";
}

} // namespace
} // namespace stint
