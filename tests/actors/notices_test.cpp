// What is tested: progress, detail and output of running tasks as those are told who asked for notices.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <stint/list_actor.hpp>
#include <stint/promise.hpp>
#include <stint/step_system.hpp>

namespace protocol = stint::protocol;
using stint::state;

namespace {

/// What one subscriber was told, in order.
struct heard {
  std::uint64_t number = 0;
  std::vector<stint::notice> notices;
  std::vector<std::string> order; ///< "running", "notice", "succeeded" ...
  std::size_t messages = 0;       ///< with notices
  std::size_t resets = 0;
  bool closed = false;
};

struct played {
  std::optional<stint::context> job;
  std::optional<stint::promise> debt;

  stint::context* operator->() { return &*job; }
};

struct notices : testing::Test {
  notices() {
    stint::options with;
    with.workers = 2;
    tasks = world.spawn_list(with);
  }
  ~notices() override {
    for (const auto& who : ears)
      caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    world.run();
  }

  /// Subscribes to notices; `works_off`: gives credit back at once.
  void listen(heard& ear, stint::filter which = {}, bool works_off = true, std::size_t credit = 256) {
    auto who = world.system().spawn([this, &ear, works_off](caf::event_based_actor* self) -> caf::behavior {
      auto done = [this, self, works_off](std::uint64_t number) {
        if (works_off)
          stint::caf_shim::tell(*self, tasks, protocol::credit{number, 1});
      };
      return {
        [done](const protocol::snapshot& m) { done(m.number); },
        [](const protocol::snapshot_end&) {},
        [&ear, done](const protocol::events& m) {
          for (const auto& e : m.batch->events)
            ear.order.emplace_back(to_string(e.to));
          done(m.number);
        },
        [&ear, done](const protocol::notices& m) {
          ++ear.messages;
          for (const auto& n : *m.batch) {
            ear.notices.push_back(n);
            ear.order.emplace_back("notice");
          }
          done(m.number);
        },
        [&ear](const protocol::reset&) { ++ear.resets; },
        [&ear](const protocol::closed&) { ear.closed = true; },
      };
    });
    ears.push_back(who);
    protocol::subscribe m;
    m.who = who;
    m.filter = std::move(which);
    m.notices = true;
    m.credit = credit;
    auto ok = *world.ask<protocol::subscribed>(tasks, std::move(m));
    ASSERT_TRUE(ok);
    ear.number = ok->number;
  }

  void submit(const std::string& name, stint::body run) {
    stint::spec s;
    s.name = name;
    s.tags = {name};
    std::vector<stint::submission> one;
    one.push_back({std::move(s), std::move(run)});
    ASSERT_TRUE(*world.ask<protocol::submitted>(tasks, protocol::submit{std::move(one)}));
  }

  /// Begins a body that the test plays by hand.
  played begin(const std::string& name) {
    played out;
    submit(name, stint::asynchronous([&out](stint::context& job, stint::promise debt) {
             out.job.emplace(job);
             out.debt.emplace(std::move(debt));
           }));
    return out;
  }
  void succeed(played& p) {
    p.debt->keep(stint::succeeded());
    world.run();
  }

  stint::test::step_system world;
  caf::actor tasks;
  std::vector<caf::actor> ears;
};

} // namespace

// With a notice on its way, credit without end was none.
TEST_F(notices, keep_no_event_from_a_slow_one_when_the_list_ends) {
  heard ear;
  listen(ear, {}, false, 2);
  auto mine = begin("t");
  mine->progress(1, 2, "half");
  world.run();
  for (int i = 0; i < 5; ++i)
    submit("more", [] {});
  succeed(mine);
  caf::anon_send_exit(tasks, caf::exit_reason::user_shutdown);
  world.run();
  EXPECT_TRUE(ear.closed);
  EXPECT_EQ(ear.messages, 1U);
  EXPECT_EQ(std::count(ear.order.begin(), ear.order.end(), "succeeded"), 6) << "each of them, and no reset in their place";
  EXPECT_EQ(ear.resets, 0U);
}

TEST_F(notices, come_between_begin_and_end_with_what_changed) {
  heard ear;
  listen(ear);
  submit("t", [](stint::context& job) { job.progress(1, 2, "half"); });
  EXPECT_EQ(ear.order, (std::vector<std::string>{"waiting", "running", "notice", "succeeded"}));
  ASSERT_EQ(ear.notices.size(), 1U);
  const auto& n = ear.notices[0];
  EXPECT_EQ(n.id, 1U);
  EXPECT_EQ(n.attempt, 1U);
  EXPECT_EQ(n.progress, (stint::progress{1, 2, "half"}));
  EXPECT_FALSE(n.detail);
  EXPECT_FALSE(n.output);
}

TEST_F(notices, tell_of_detail_and_of_the_bytes_printed) {
  heard ear;
  listen(ear);
  auto job = begin("t");
  job->print("four");
  ASSERT_TRUE(job->detail("{}"));
  world.run();
  job->print("five5");
  world.run();
  std::uint64_t output = 0;
  bool detail = false;
  for (const auto& n : ear.notices) {
    output = std::max(output, n.output.value_or(0));
    detail = detail || n.detail;
    EXPECT_FALSE(n.progress);
  }
  EXPECT_EQ(output, 9U);
  EXPECT_TRUE(detail);
  succeed(job);
}

TEST_F(notices, of_one_task_are_one_while_the_last_message_is_not_worked_off) {
  heard ear;
  listen(ear, {}, false);
  auto job = begin("t");
  for (std::uint64_t i = 1; i <= 10; ++i) {
    job->progress(i, 10);
    world.run();
  }
  ASSERT_EQ(ear.messages, 1U);
  EXPECT_EQ(ear.notices[0].progress->done, 1U);
  stint::caf_shim::anon_tell(tasks, protocol::credit{ear.number, 100});
  world.run();
  ASSERT_EQ(ear.messages, 2U);
  EXPECT_EQ(ear.notices[1].progress->done, 10U);
  succeed(job);
}

TEST_F(notices, never_make_a_subscriber_slow) {
  heard ear;
  listen(ear, {}, false, 2);
  auto job = begin("t"); // takes one of two
  ASSERT_EQ(ear.order, (std::vector<std::string>{"waiting", "running"}));
  for (std::uint64_t i = 1; i <= 10; ++i) {
    job->progress(i);
    world.run();
  }
  EXPECT_EQ(ear.messages, 1U) << "there was credit for one more";
  succeed(job);
  EXPECT_EQ(ear.order.back(), "succeeded") << "a notice took the place of an event";
  stint::caf_shim::anon_tell(tasks, protocol::credit{ear.number, 100});
  world.run();
  EXPECT_EQ(ear.resets, 0U);
}

TEST_F(notices, without_credit_are_kept_back) {
  heard ear;
  listen(ear, {}, false, 2);
  auto job = begin("t");
  auto other = begin("other");
  ASSERT_EQ(ear.order.size(), 4U) << "two batches, all credit";
  job->progress(1);
  world.run();
  EXPECT_EQ(ear.messages, 0U);
  stint::caf_shim::anon_tell(tasks, protocol::credit{ear.number, 1});
  world.run();
  EXPECT_EQ(ear.messages, 1U);
  succeed(job);
  succeed(other);
}

TEST_F(notices, keep_to_the_filter) {
  heard tagged, numbered, running, failed;
  stint::filter f;
  f.tag = "b";
  listen(tagged, f);
  f = {};
  f.ids = {7, 2};
  listen(numbered, f);
  f = {};
  f.states = {state::running};
  listen(running, f);
  f.states = {state::failed};
  listen(failed, f);
  for (auto name : {"a", "b", "c"})
    submit(name, [](stint::context& job) { job.progress(job.id()); });
  auto ids = [](const heard& h) {
    std::vector<stint::task_id> out;
    for (const auto& n : h.notices)
      out.push_back(n.id);
    return out;
  };
  using list = std::vector<stint::task_id>;
  EXPECT_EQ(ids(tagged), (list{2}));
  EXPECT_EQ(ids(numbered), (list{2}));
  EXPECT_EQ(ids(running), (list{1, 2, 3}));
  EXPECT_EQ(ids(failed), list{});
}

TEST_F(notices, reach_who_subscribes_while_the_task_runs) {
  auto job = begin("b");
  auto other = begin("other");
  heard ear;
  stint::filter f;
  f.tag = "b";
  listen(ear, f);
  other->progress(1);
  job->progress(2);
  world.run();
  ASSERT_EQ(ear.notices.size(), 1U);
  EXPECT_EQ(ear.notices[0].id, 1U);
  succeed(job);
  succeed(other);
}

TEST_F(notices, of_an_old_attempt_or_after_the_end_are_dropped) {
  heard ear;
  listen(ear);
  auto job = begin("t");
  const auto list = tasks;
  auto noted = [&](std::uint32_t attempt) {
    stint::crew_messages::noted m;
    m.id = 1;
    m.attempt = attempt;
    m.how_far = stint::progress{5, 0, {}};
    stint::caf_shim::anon_tell(list, std::move(m));
    world.run();
  };
  noted(2);
  EXPECT_TRUE(ear.notices.empty());
  noted(1);
  EXPECT_EQ(ear.notices.size(), 1U);
  succeed(job);
  noted(1);
  EXPECT_EQ(ear.notices.size(), 1U);
}

TEST_F(notices, are_not_told_to_who_did_not_ask) {
  heard ear;
  listen(ear);
  std::size_t unasked = 0;
  auto who = world.system().spawn([&unasked](caf::event_based_actor*) -> caf::behavior {
    return {
      [](const protocol::snapshot_end&) {},
      [](const protocol::events&) {},
      [&unasked](const protocol::notices&) { ++unasked; },
    };
  });
  ears.push_back(who);
  ASSERT_TRUE(*world.ask<protocol::subscribed>(tasks, protocol::subscribe{who, 0, {}, 256}));
  submit("t", [](stint::context& job) { job.progress(1); });
  EXPECT_EQ(ear.notices.size(), 1U);
  EXPECT_EQ(unasked, 0U);
}
