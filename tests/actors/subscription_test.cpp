// What is tested: that a subscriber gets a snapshot and every event after it, or is told to forget what it knows.
#include "actors.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace stint::test;
using stint::state;

namespace {

/// Hears for a test; every batch has to follow on the one before.
struct ear {
  std::mutex mutex;
  std::condition_variable more;
  std::vector<stint::task> known;
  stint::task_version told = 0; ///< covered by snapshot and events
  bool complete = false;        ///< a snapshot has ended
  std::vector<stint::event> events;
  std::vector<std::string> resets;
  bool gap = false;

  explicit ear(stint::task_version from = 0) : told(from) {}

  stint::listener listener() {
    stint::listener l;
    l.snapshot = [this](const std::vector<stint::task>& some) {
      std::lock_guard guard{mutex};
      known.insert(known.end(), some.begin(), some.end());
    };
    l.snapshot_end = [this](stint::task_version v) {
      std::lock_guard guard{mutex};
      complete = true;
      told = std::max(told, v);
      more.notify_all();
    };
    l.events = [this](const stint::event_batch& b) {
      std::lock_guard guard{mutex};
      gap = gap || (told != 0 && b.from > told) || b.to <= b.from;
      for (const auto& e : b.events)
        if (e.version > told) {
          gap = gap || e.version > b.to;
          events.push_back(e);
        }
      told = std::max(told, b.to);
      more.notify_all();
    };
    l.reset = [this](const std::string& why) {
      std::lock_guard guard{mutex};
      resets.push_back(why);
      known.clear();
      events.clear();
      complete = false;
      told = 0;
      more.notify_all();
    };
    return l;
  }
  template <class Done>
  void until(Done done) {
    std::unique_lock guard{mutex};
    more.wait(guard, done);
  }
};

using subscribing = actors_fixture;

} // namespace

TEST_F(subscribing, a_newcomer_gets_a_snapshot_and_every_event_after_it) {
  ear heard;
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  for (int i = 0; i < 350; ++i) // more than one chunk
    ASSERT_TRUE(tasks.submit(named("old"), [] {}));
  ASSERT_TRUE(tasks.wait_all());
  auto sub = tasks.subscribe(heard.listener());
  ASSERT_TRUE(sub);
  heard.until([&] { return heard.complete; });
  EXPECT_EQ(heard.known.size(), 350U);
  const auto from = heard.told;
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(tasks.submit(named("new"), [] {}));
  ASSERT_TRUE(tasks.wait_all());
  const auto version = tasks.counts()->version;
  heard.until([&] { return heard.told == version; });
  EXPECT_FALSE(heard.gap);
  ASSERT_EQ(heard.events.size(), version - from);
  for (std::size_t i = 0; i < heard.events.size(); ++i)
    EXPECT_EQ(heard.events[i].version, from + 1 + i);
  auto count = [&](auto which) { return std::count_if(heard.events.begin(), heard.events.end(), which); };
  EXPECT_EQ(count([](const auto& e) { return e.created; }), 100);
  EXPECT_EQ(count([](const auto& e) { return e.to == state::succeeded; }), 100);
  sub->end();
}

TEST_F(subscribing, who_comes_back_with_a_version_gets_what_is_after_it) {
  ear first;
  ear second{1};
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto stays = tasks.subscribe(first.listener());
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("t"), [] {})));
  const auto version = tasks.counts()->version;
  auto sub = tasks.subscribe(second.listener(), 1);
  ASSERT_TRUE(stays && sub);
  second.until([&] { return second.told == version; });
  EXPECT_TRUE(second.resets.empty());
  EXPECT_FALSE(second.gap);
  EXPECT_EQ(second.events.size(), version - 1);
  EXPECT_EQ(tasks.subscribe(second.listener(), version + 1).code(), stint::errc::version_mismatch);
  stays->end();
  sub->end();
}

TEST_F(subscribing, who_comes_back_after_nobody_listened_gets_the_events_or_a_reset) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  for (int round = 0; round < 20; ++round) {
    caf::scoped_actor self{system};
    auto me = caf::actor_cast<caf::actor>(self);
    auto before = stint::ask_and_wait<stint::protocol::subscribed>(system, tasks.actor(),
                                                                   stint::protocol::subscribe{me, 0, {}, 256});
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("heard"), [] {})));
    const auto known = tasks.counts()->version;
    ASSERT_TRUE(stint::ask_and_wait<stint::protocol::changed>(system, tasks.actor(),
                                                              stint::protocol::unsubscribe{before->number}));
    for (int i = 0; i < 10; ++i)
      ASSERT_TRUE(tasks.wait(*tasks.submit(named("missed"), [] {})));
    ear back{known};
    auto sub = tasks.subscribe(back.listener(), known);
    ASSERT_TRUE(sub);
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("heard again"), [] {})));
    const auto version = tasks.counts()->version;
    back.until([&] { return back.told >= version && (back.resets.empty() || back.complete); });
    EXPECT_FALSE(back.gap);
    if (back.resets.empty())
      EXPECT_EQ(back.events.size(), version - known);
    else
      EXPECT_GE(back.known.size(), 12U * static_cast<std::size_t>(round) + 11U);
    sub->end();
  }
}

TEST_F(subscribing, a_version_that_is_forgotten_gives_a_reset_and_a_snapshot) {
  opts.limits.event_history = 10;
  ear first;
  ear second{1};
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto stays = tasks.subscribe(first.listener());
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("t"), [] {})));
  auto sub = tasks.subscribe(second.listener(), 1);
  ASSERT_TRUE(stays && sub);
  second.until([&] { return second.complete; });
  ASSERT_EQ(second.resets.size(), 1U);
  EXPECT_EQ(second.resets[0], "version 1 is not remembered any more");
  EXPECT_EQ(second.known.size(), 20U);
  stays->end();
  sub->end();
}

TEST_F(subscribing, a_slow_one_is_reset_when_what_it_missed_is_forgotten) {
  opts.limits.event_history = 5;
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  caf::scoped_actor self{system};
  auto me = caf::actor_cast<caf::actor>(self);
  auto sub = stint::ask_and_wait<stint::protocol::subscribed>(system, tasks.actor(),
                                                              stint::protocol::subscribe{me, 0, {}, 2});
  ASSERT_TRUE(sub);
  bool complete = false;
  auto snapshot_end = [&](const stint::protocol::snapshot_end&) { complete = true; };
  self->receive(snapshot_end);
  ASSERT_TRUE(complete);
  for (int i = 0; i < 10; ++i) // far more batches than it can take
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("t"), [] {})));
  stint::task_version told = sub->version;
  for (int i = 0; i < 2; ++i)
    self->receive([&](const stint::protocol::events& m) {
      EXPECT_EQ(m.batch->from, told);
      told = m.batch->to;
    });
  EXPECT_LT(told, tasks.counts()->version);
  stint::caf_shim::tell(*self, tasks.actor(), stint::protocol::credit{sub->number, 2});
  std::string why;
  self->receive([&](const stint::protocol::reset& m) { why = m.why; });
  EXPECT_EQ(why, "too slow: events were missed");
  std::size_t known = 0;
  self->receive([&](const stint::protocol::snapshot& m) { known = m.tasks.size(); });
  EXPECT_EQ(known, 10U);
  complete = false;
  self->receive(snapshot_end);
  EXPECT_TRUE(complete);
}

TEST_F(subscribing, a_filter_leaves_events_out_but_no_version) {
  ear heard;
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  stint::filter failed;
  failed.states = {state::failed};
  auto sub = tasks.subscribe(heard.listener(), 0, failed);
  ASSERT_TRUE(sub);
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("t"), [i] { return i == 9 ? stint::failed("no") : stint::succeeded(); })));
  heard.until([&] { return !heard.events.empty(); });
  EXPECT_FALSE(heard.gap);
  ASSERT_EQ(heard.events.size(), 1U);
  EXPECT_EQ(heard.events[0].id, 10U);
  EXPECT_EQ(heard.told, tasks.counts()->version);
  sub->end();
}

TEST_F(subscribing, a_callback_that_throws_is_logged_and_the_next_one_is_called) {
  ear heard;
  auto l = heard.listener();
  std::atomic<int> calls{0};
  l.events = [&, events = l.events](const stint::event_batch& b) {
    events(b);
    if (++calls == 1)
      throw std::runtime_error("bad ear");
    throw 7;
  };
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto sub = tasks.subscribe(l);
  ASSERT_TRUE(sub);
  heard.until([&] { return heard.complete; }); // else the snapshot may tell what events would
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("t"), [] {})));
  const auto version = tasks.counts()->version;
  heard.until([&] { return heard.told == version; });
  sub->end();
  EXPECT_FALSE(heard.gap);
  EXPECT_EQ(heard.events.size(), version);
  EXPECT_TRUE(warned("a listener threw: bad ear"));
  EXPECT_TRUE(warned("a listener threw: something that is no std::exception"));
}

TEST_F(subscribing, ending_waits_for_the_callback_that_runs) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  std::latch inside{1};
  gate go_on;
  std::atomic<bool> ended{false};
  bool ended_before = false;
  std::atomic<bool> left{false};
  auto shared = std::make_shared<int>(0);
  std::weak_ptr<int> kept = shared;
  stint::listener l;
  l.snapshot_end = [&, shared](stint::task_version) {
    inside.count_down();
    go_on.pass();
    ended_before = ended;
    left = true;
  };
  shared.reset();
  auto sub = tasks.subscribe(std::move(l));
  ASSERT_TRUE(sub);
  inside.wait();
  std::thread ender{[&] {
    sub->end();
    EXPECT_TRUE(left) << "end() came back while a callback ran";
    ended = true;
  }};
  for (int i = 0; i < 10'000 && !ended; ++i) // room for an end() that does not wait
    std::this_thread::yield();
  go_on.open();
  ender.join();
  EXPECT_FALSE(ended_before);
  EXPECT_TRUE(kept.expired()) << "what a callback holds is kept after the end";
}

TEST_F(subscribing, no_callback_begins_after_the_end) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  for (int round = 0; round < 50; ++round) {
    std::atomic<bool> ended{false};
    std::atomic<int> late{0};
    stint::listener l;
    l.events = [&](const stint::event_batch&) { late += ended ? 1 : 0; };
    auto sub = tasks.subscribe(std::move(l));
    ASSERT_TRUE(sub);
    std::vector<stint::submission> some;
    for (int i = 0; i < 20; ++i)
      some.push_back({named("t"), [] {}});
    ASSERT_TRUE(tasks.submit(std::move(some)));
    sub->end();
    ended = true;
    ASSERT_TRUE(tasks.wait_all());
    EXPECT_EQ(late, 0);
  }
}

TEST_F(subscribing, a_callback_may_end_its_own_subscription) {
  gate kept;
  std::latch once{1};
  std::atomic<int> calls{0};
  stint::subscription sub;
  stint::listener l;
  l.events = [&](const stint::event_batch&) {
    kept.pass();
    sub.end();
    ++calls;
    once.count_down();
  };
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto made = tasks.subscribe(std::move(l));
  ASSERT_TRUE(made);
  sub = std::move(*made);
  kept.open();
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("t"), [] {})));
  once.wait();
  EXPECT_EQ(calls, 1);
}

// It held up the end of the system, which waits for its actors.
TEST_F(subscribing, one_that_outlives_its_list_hears_all_of_it_and_holds_nothing_up) {
  ear heard;
  stint::subscription sub;
  {
    caf::actor_system system{cfg};
    stint::list tasks{system, opts};
    auto made = tasks.subscribe(heard.listener());
    ASSERT_TRUE(made);
    sub = std::move(*made);
    auto later = named("later");
    later.delay = std::chrono::hours{1};
    ASSERT_TRUE(tasks.submit(later, [] {}));
    ASSERT_TRUE(tasks.wait(*tasks.submit(named("t"), [] {})));
  }
  ASSERT_FALSE(heard.events.empty());
  EXPECT_EQ(heard.events.back().id, 1U);
  EXPECT_EQ(heard.events.back().to, state::cancelled);
  EXPECT_FALSE(heard.gap);
}
