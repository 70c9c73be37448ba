// Hand-over in batches: how much a worker gets at once, and what comes back from behind a body that turns out long.
#include "desk.hpp"

namespace stint {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using namespace test;

/// A desk whose workers have just run short bodies, so that they are given many at once.
class quick_desk : public desk {
public:
  explicit quick_desk(std::uint32_t workers = 1) : desk(0) {
    for (std::uint32_t w = 0; w < workers; ++w) {
      join();
      quick(add("short"));
    }
    started.clear();
  }

  void quick(task_id id, nanos took = 1us) {
    auto a = about(id, attempt_report::kind::finished);
    a.took = took;
    tell(has.at(id).worker, a);
  }
  void add_many(std::size_t n) {
    std::vector<spec> many(n, named("long"));
    EXPECT_TRUE(add_all(many));
  }
  /// A worker obeys every order to give back.
  std::size_t obey() {
    const auto asked = std::exchange(fx.recall, {});
    for (const auto& r : asked)
      give_back(r.id);
    return asked.size();
  }
};

TEST(ledger_prefetch, short_bodies_travel_in_batches_and_the_first_one_alone) {
  desk d;
  const auto first = d.add("first");
  for (int i = 0; i < 10; ++i)
    d.add("next");
  EXPECT_THAT(d.started, SizeIs(1)) << "nothing is known of its bodies yet";
  auto a = d.about(first, attempt_report::kind::finished);
  a.took = 1us;
  d.tell(1, a);
  EXPECT_THAT(d.started, SizeIs(11));
}

TEST(ledger_prefetch, a_length_that_nobody_took_says_nothing) {
  desk d;
  const auto first = d.add("first");
  for (int i = 0; i < 10; ++i)
    d.add("next");
  auto a = d.about(first, attempt_report::kind::finished);
  a.took = 0ns; // a promise that was kept some time
  d.tell(1, a);
  EXPECT_THAT(d.started, SizeIs(2));
}

// Once, after a short body 100 long ones went to each worker at once, and an urgent task waited for all of them.
TEST(ledger_prefetch, an_urgent_task_waits_for_no_more_than_the_body_that_runs) {
  quick_desk d{2};
  d.add_many(201);
  EXPECT_THAT(d.started, SizeIs(201));
  const auto a = d.started.at(0);
  const auto b = d.started.at(1);
  d.begin(a);
  d.begin(b);
  d.pass(60s);
  auto s = named("urgent");
  s.priority = 2;
  const auto urgent = d.add(s);
  EXPECT_EQ(d.state(urgent), state::waiting) << "it is not put behind a long body";
  EXPECT_EQ(d.obey(), 199U);
  d.started.clear();
  d.succeed(a);
  EXPECT_EQ(d.started, (std::vector<task_id>{urgent})) << "and nothing with it: this worker's bodies are long now";
}

TEST(ledger_prefetch, what_comes_back_keeps_its_place_and_its_attempt) {
  quick_desk d;
  d.add_many(5);
  const auto first = d.started.at(0);
  const auto second = d.started.at(1);
  d.begin(first);
  d.pass(1ms);
  const auto late = d.add("late");
  EXPECT_EQ(d.obey(), 4U);
  EXPECT_EQ(d.book.get(second)->attempt, 0U);
  d.succeed(first);
  EXPECT_TRUE(d.runs(second));
  EXPECT_EQ(d.book.get(second)->attempt, 1U);
  EXPECT_EQ(d.state(late), state::waiting);
}

// Once, claims of tasks that had not begun were held behind a long body for as long as no worker was idle.
TEST(ledger_prefetch, claims_are_not_held_from_behind_a_long_body) {
  quick_desk d;
  const auto first = d.add("long");
  d.begin(first);
  const auto holder = d.add("holder", {exclusive("a")});
  EXPECT_TRUE(d.runs(holder)) << "it was handed over";
  auto s = named("urgent", {exclusive("a")});
  s.priority = 2;
  const auto urgent = d.add(s);
  EXPECT_EQ(d.reason(urgent), wait_reason::claims);
  ASSERT_TRUE(d.book.next_tick(d.now)) << "it is looked at without anybody asking";
  d.pass(1ms);
  EXPECT_EQ(d.obey(), 1U);
  d.succeed(first);
  EXPECT_TRUE(d.runs(urgent));
  EXPECT_EQ(d.state(holder), state::waiting);
}

/// How long after now something comes back when the list looks only as often as it is told to.
nanos comes_back_after(desk& d) {
  const auto from = d.now.steady;
  while (d.fx.recall.empty()) {
    const auto next = d.book.next_tick(d.now);
    if (!next)
      return nanos::max();
    d.pass(*next - d.now.steady);
  }
  return d.now.steady - from;
}

TEST(ledger_prefetch, who_is_idle_gets_what_waits_behind_a_long_body_as_soon_as_it_is_one) {
  quick_desk d{2};
  d.add_many(6);
  for (auto id : std::vector(d.started))
    if (d.has.at(id).worker == 2)
      d.quick(id);
  d.begin(d.started.at(0));
  EXPECT_EQ(comes_back_after(d), long_body);
}

TEST(ledger_prefetch, while_all_are_busy_what_waits_behind_a_long_body_comes_back_a_little_later) {
  quick_desk d;
  d.begin(d.add("long"));
  d.add("holder", {exclusive("a")});
  d.add("waits", {exclusive("a")});
  EXPECT_EQ(comes_back_after(d), long_body + later_while_busy);
}

// Once, the list was woken every half a millisecond to find that all bodies were short.
TEST(ledger_prefetch, while_all_are_busy_with_short_bodies_nobody_looks) {
  quick_desk d{2};
  for (auto id : {d.add("first"), d.add("second")})
    d.quick(id, 100us);
  d.started.clear();
  d.add_many(400);
  int looks = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    d.begin(d.started.at(i));
    if (i % 2 == 0)
      continue; // both run at once
    if (const auto next = d.book.next_tick(d.now); next && *next <= d.now.steady + 100us)
      ++looks;
    d.pass(100us);
    d.quick(d.started.at(i - 1), 100us);
    d.quick(d.started.at(i), 100us);
  }
  EXPECT_LE(looks, 1) << "in 10 ms";
}

// Once, a look that an earlier one had taken the place of went on for ever, and each worker that was idle for a moment added one.
TEST(ledger_prefetch, there_is_one_look_however_often_a_worker_is_idle) {
  quick_desk d{2};
  for (auto id : {d.add("first"), d.add("second")})
    d.quick(id, 100us);
  std::vector<spec> many(4'000, named("one by one", {exclusive("a")})); // some travel together, the others wait
  ASSERT_TRUE(d.add_all(many));
  const auto first = d.started.back() - d.started.size() + 3;
  int looks = 0;
  task_id brief = 0;
  for (task_id i = 0; i < 4'000; ++i) {
    if (i % 10 == 0)
      d.begin(brief = d.add("brief"));
    if (i % 10 == 5)
      d.quick(brief, 500us);
    d.begin(first + i);
    const auto next = d.book.next_tick(d.now);
    looks += next && *next <= d.now.steady + 100us ? 1 : 0;
    d.pass(100us);
    d.quick(first + i, 100us);
  }
  EXPECT_LE(looks, 1'300) << "in 400 ms: one for each 500 us, and those that another came before";
}

TEST(ledger_prefetch, nothing_comes_back_while_nobody_would_gain) {
  quick_desk d;
  d.add_many(5);
  d.begin(d.started.at(0));
  d.pass(1min);
  EXPECT_THAT(d.fx.recall, IsEmpty());
  d.join();
  EXPECT_EQ(d.obey(), 4U) << "now an idle worker does";
}

TEST(ledger_prefetch, what_came_back_is_not_sent_to_the_same_worker_again_until_its_bodies_are_short) {
  quick_desk d;
  d.add_many(50);
  const auto first = d.started.at(0);
  d.begin(first);
  d.pass(1ms);
  d.add("one more");
  EXPECT_EQ(d.obey(), 49U);
  d.started.clear();
  d.pass(10s);
  EXPECT_THAT(d.started, IsEmpty());
  EXPECT_THAT(d.fx.recall, IsEmpty());
  d.quick(first, 10s);
  EXPECT_THAT(d.started, SizeIs(1));
  std::size_t rounds = 0;
  for (; d.started.size() == 1 && rounds < 500; ++rounds)
    d.quick(std::exchange(d.started, {}).at(0)), d.add("short");
  EXPECT_LT(rounds, 200U) << "it is trusted with more at once again";
}

// The mean of many short ones and one long one still looks short.
TEST(ledger_prefetch, after_a_long_body_one_goes_alone_until_a_short_one_has_ended) {
  quick_desk d;
  d.quick(d.add("long"), 1ms);
  const auto before = d.started.size();
  d.add_many(4);
  ASSERT_THAT(d.started, SizeIs(before + 1));
  d.quick(d.started.back(), 1us);
  EXPECT_THAT(d.started, SizeIs(before + 4));
}

/// A desk with two workers of another process, which have run bodies of this length.
class far_desk : public quick_desk {
public:
  explicit far_desk(nanos usual) : quick_desk(0) {
    book.know_kind("k", false);
    for (int w = 0; w < 2; ++w)
      book.worker_joined(++last_worker, {"k"}, now, fx, 7);
    go();
    for (int i = 0; i < 4; ++i) {
      const auto two = add_all({far("usual"), far("usual")});
      pass(usual);
      for (auto id : two->ids)
        quick(id, usual);
    }
    started.clear();
  }

  static spec far(const char* name) {
    auto s = named(name);
    s.kind = "k";
    return s;
  }
};

// Once, each body of 10 ms was followed by the round trip of the next: a tenth of a far worker's time.
TEST(ledger_prefetch, a_worker_elsewhere_has_its_next_task_when_a_body_ends) {
  far_desk d{10ms};
  EXPECT_TRUE(d.add_all(std::vector<spec>(6, far_desk::far("n"))));
  EXPECT_THAT(d.started, SizeIs(4)) << "one runs and one waits at each";
  EXPECT_NE(d.has.at(d.started.at(0)).worker, d.has.at(d.started.at(1)).worker) << "who is idle comes first";
  d.begin(d.started.at(0));
  d.begin(d.started.at(1));
  d.pass(15ms);
  EXPECT_THAT(d.fx.recall, IsEmpty());
  d.pass(6ms);
  EXPECT_EQ(d.obey(), 2U) << "twice as long as usual";
  d.started.clear();
  d.quick(d.has.at(9).id, 25ms);
  EXPECT_THAT(d.started, SizeIs(1)) << "one goes alone after that";
}

TEST(ledger_prefetch, what_must_not_begin_twice_waits_behind_nothing_elsewhere) {
  far_desk d{10ms};
  d.book.know_kind("k", true);
  EXPECT_TRUE(d.add_all({far_desk::far("n"), far_desk::far("n"), far_desk::far("n")}));
  EXPECT_THAT(d.started, SizeIs(2));
  const auto waits = d.last_worker;
  d.book.worker_lost(waits, d.now, d.fx);
  d.go();
  EXPECT_EQ(d.book.counts().tasks[state::failed], 1U) << "only the one that may have begun";
}

TEST(ledger_prefetch, what_must_not_begin_twice_gets_its_turn_elsewhere) {
  far_desk d{10ms};
  d.book.know_kind("once", true);
  d.book.worker_lost(1, d.now, d.fx);
  d.book.worker_lost(2, d.now, d.fx);
  d.book.worker_joined(++d.last_worker, {"k", "once"}, d.now, d.fx, 8);
  d.quick(d.add(far_desk::far("usual")), 10ms);
  d.quick(d.add(far_desk::far("usual")), 10ms);
  EXPECT_TRUE(d.add_all(std::vector<spec>(20, far_desk::far("n"))));
  auto s = named("once");
  s.kind = "once";
  s.priority = 1;
  const auto once = d.add(s);
  EXPECT_EQ(d.state(once), state::waiting);
  for (int i = 0; i < 2; ++i) {
    const auto running = d.started.at(d.started.size() - 2 + static_cast<std::size_t>(i));
    d.pass(10ms);
    d.quick(running, 10ms);
  }
  EXPECT_TRUE(d.runs(once)) << "nothing is put behind what runs until it has";
}

TEST(ledger_prefetch, to_a_worker_elsewhere_a_long_body_goes_alone) {
  far_desk d{26ms};
  EXPECT_TRUE(d.add_all(std::vector<spec>(6, far_desk::far("n"))));
  EXPECT_THAT(d.started, SizeIs(2));
}

TEST(ledger_prefetch, among_short_ones_elsewhere_a_long_one_is_known_as_soon_as_here) {
  far_desk d{10us};
  EXPECT_TRUE(d.add_all(std::vector<spec>(2'000, far_desk::far("n"))));
  EXPECT_THAT(d.started, SizeIs(1'024));
  d.begin(d.started.at(0));
  d.pass(600us);
  EXPECT_EQ(d.obey(), 511U) << "of the one that has begun";
}

TEST(ledger_prefetch, a_single_task_goes_to_an_idle_worker_and_not_behind_another) {
  quick_desk d{2};
  const auto a = d.add("a");
  const auto b = d.add("b");
  EXPECT_TRUE(d.runs(a));
  EXPECT_TRUE(d.runs(b));
  EXPECT_NE(d.has.at(a).worker, d.has.at(b).worker);
}

} // namespace
} // namespace stint
