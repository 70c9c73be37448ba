// A list over a store: what it goes on with after its end, in order or not. How: the facade with a file, and the
// step-by-step system.
#include <actors/durable_steps.hpp>


using namespace stint;
using namespace stint::test;

namespace {

using durable = durable_fixture;

} // namespace

TEST_F(durable, the_next_list_knows_what_the_last_one_did) {
  task before;
  {
    caf::actor_system system{cfg};
    list tasks{system, opts};
    const auto id = tasks.submit(of_kind("first", "work", "[7]"));
    ASSERT_TRUE(id);
    before = *tasks.wait(*id);
    EXPECT_EQ(before.state, state::succeeded);
  }
  caf::actor_system system{cfg};
  list tasks{system, opts};
  EXPECT_EQ(*tasks.get(before.id), before);
  EXPECT_EQ(*tasks.value(before.id), "[7]");
  EXPECT_EQ(*tasks.args(before.id), "[7]");
  EXPECT_EQ(tasks.output(before.id)->text, "working\n");
  EXPECT_EQ(tasks.counts()->tasks[state::succeeded], 1U);
  EXPECT_GE(tasks.counts()->version, before.version);
  const auto next = tasks.submit(of_kind("second"));
  EXPECT_EQ(*next, before.id + 1);
  EXPECT_GT(tasks.wait(*next)->version, before.version);
}

TEST_F(durable, a_second_list_on_the_file_is_refused_by_name_until_the_first_has_ended) {
  caf::actor_system system{cfg};
  {
    list first{system, opts};
    try {
      list second{system, opts};
      ADD_FAILURE() << "two owners of one file";
    } catch (const start_error& e) {
      EXPECT_EQ(e.code(), errc::store_in_use);
      EXPECT_NE(std::string{e.what()}.find("tasks.db"), std::string::npos) << e.what();
    }
    opts.store = folder.file();
    EXPECT_THROW((list{system, opts}), start_error);
    EXPECT_TRUE(first.submit(of_kind("t")));
  }
  list next{system, opts};
  EXPECT_EQ(next.counts()->submitted, 1U);
}

TEST_F(durable, an_empty_file_name_is_no_choice_of_memory) {
  caf::actor_system system{cfg};
  opts.store = "";
  try {
    list tasks{system, opts};
    ADD_FAILURE() << "a durable list that keeps nothing";
  } catch (const start_error& e) {
    EXPECT_EQ(e.code(), errc::invalid_option);
    EXPECT_NE(std::string{e.what()}.find("file is empty"), std::string::npos) << e.what();
  }
  opts.store = {};
  list in_memory{system, opts};
  EXPECT_TRUE(in_memory.submit(of_kind("t")));
}

TEST_F(durable, a_stop_keeps_what_waits_and_charges_nobody) {
  gate begun;
  opts.workers = 1;
  opts.stop_grace = 0ms;
  opts.kinds.add("long", body{[&](context& job) {
                   begun.open();
                   while (!job.stop_requested())
                     std::this_thread::yield();
                   return failed("told to stop");
                 }});
  {
    caf::actor_system system{cfg};
    list tasks{system, opts};
    ASSERT_TRUE(tasks.submit(of_kind("interrupted", "long")));
    begun.pass();
    ASSERT_TRUE(tasks.submit(of_kind("behind")));
    auto later = of_kind("later");
    later.delay = 1h;
    ASSERT_TRUE(tasks.submit(later));
    ASSERT_TRUE(tasks.submit(named("callable"), [] {}));
    const auto left = tasks.stop(0ms);
    ASSERT_TRUE(left);
    EXPECT_EQ(left->interrupted, 1U);
    EXPECT_EQ(left->unstarted, 3U);
    EXPECT_EQ(tasks.get(4)->state, state::cancelled) << "nobody can go on with it";
  }
  opts.kinds = {};
  opts.kinds.add("work", body{[] {}}).add("long", body{[] {}});
  caf::actor_system system{cfg};
  list tasks{system, opts};
  const auto again = tasks.wait(1);
  EXPECT_EQ(again->state, state::succeeded);
  EXPECT_EQ(again->attempt, 2U);
  EXPECT_EQ(again->charged, 1U);
  EXPECT_EQ(again->deaths, 0U);
  EXPECT_EQ(tasks.wait(2)->attempt, 1U);
  EXPECT_EQ(tasks.get(3)->state, state::scheduled);
}

// Once only the end of the list answered them, and the threads had to end before that.
TEST_F(durable, threads_that_wait_at_a_stop_can_be_joined_before_the_list_ends) {
  caf::actor_system system{cfg};
  list tasks{system, opts};
  ASSERT_TRUE(tasks.pause());
  const auto id = tasks.submit(of_kind("t"));
  ASSERT_TRUE(id);
  open_question<wait_result, protocol::wait> wait{system, tasks.actor(), {{{*id}, wait_for::all, nanos{0}}}};
  open_question<fence_result, protocol::fence> fence{system, tasks.actor(), {{true, nanos{0}}}};
  open_question<protocol::changed, protocol::drain> drain{system, tasks.actor(), {"default"}};
  EXPECT_TRUE(tasks.stop(0ms));
  EXPECT_EQ(wait.refusal(), errc::list_stopping);
  EXPECT_EQ(fence.refusal(), errc::list_stopping);
  EXPECT_EQ(drain.refusal(), errc::list_stopping);
  EXPECT_EQ(tasks.wait(*id).code(), errc::list_stopping);
  EXPECT_EQ(tasks.get(*id)->state, state::waiting);
}

TEST_F(durable, a_crash_counts_as_a_death_and_the_task_runs_again) {
  promises kept;
  options with;
  with.workers = 4;
  with.kinds.add("hangs", kept.never_ends()).add("once", {kept.never_ends(), true, {}});
  steps s{with};
  const auto again = s.submit(of_kind("again", "hangs"));
  const auto once = s.submit(of_kind("once", "once"));
  const auto lost = s.submit(named("callable"), kept.never_ends());
  ASSERT_EQ(s.get(again).state, state::running);
  s.die();
  s.begin();
  EXPECT_EQ(s.get(again).state, state::running);
  EXPECT_EQ(s.get(again).attempt, 2U);
  EXPECT_EQ(s.get(again).deaths, 1U);
  EXPECT_EQ(s.get(again).charged, 0U);
  EXPECT_EQ(s.get(once).state, state::failed);
  EXPECT_EQ(s.get(once).error, "interrupted");
  EXPECT_EQ(s.get(lost).state, state::failed);
  EXPECT_EQ(s.get(lost).error, "body lost with its process");
  s.die();
  s.begin();
  s.die();
  s.begin();
  EXPECT_EQ(s.get(again).state, state::quarantined);
  EXPECT_TRUE(s.ask<protocol::changed>(protocol::release{again, 0}));
  EXPECT_EQ(s.get(again).state, state::running) << "released by hand";
}

// The limits were set once the list had started, which was after the first hand-over: four ran at once.
TEST_F(durable, the_limits_of_queues_are_in_force_when_restored_tasks_start) {
  promises kept;
  options with;
  with.workers = 4;
  with.kinds.add("hangs", kept.never_ends());
  with.queue_limits = {{"default", 1}};
  steps s{with};
  for (int i = 0; i < 4; ++i)
    s.submit(of_kind("t", "hangs"));
  s.die();
  s.begin();
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks[state::running], 1U);
}

TEST_F(durable, what_was_said_of_queues_and_keys_is_in_force_when_restored_tasks_start) {
  promises kept;
  options with;
  with.workers = 8;
  with.kinds.add("hangs", kept.never_ends());
  steps s{with};
  ASSERT_TRUE(s.ask<protocol::changed>(protocol::declare{"cpu", 5}));
  ASSERT_TRUE(s.ask<protocol::changed>(protocol::limit_queue{"narrow", 1}));
  ASSERT_TRUE(s.ask<protocol::changed>(protocol::limit_queue{"held", 2}));
  ASSERT_TRUE(s.ask<protocol::changed>(protocol::pause{"held"}));
  for (const auto* queue : {"narrow", "narrow", "held", "counted", "counted"}) {
    auto what = of_kind(queue, "hangs");
    what.queue = queue;
    if (what.queue == "counted")
      what.claims = {units("cpu", 2)};
    s.submit(what);
  }
  s.die();
  s.begin();
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks[state::running], 3U) << "one of the narrow queue, both counted ones";
  EXPECT_EQ(s.get(3).reason, wait_reason::paused);
  ASSERT_TRUE(s.ask<protocol::changed>(protocol::pause{""}));
  s.die();
  s.begin();
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks[state::running], 0U) << "a list that was paused is paused";
}

TEST_F(durable, what_is_said_of_a_queue_is_answered_when_it_is_saved) {
  options with;
  steps s{with};
  s.kept->failures = 1'000;
  EXPECT_FALSE(s.ask<protocol::changed>(protocol::limit_queue{"q", 1}));
  s.die();
  s.begin();
  const auto restarted = s.ask<totals>(protocol::counts{});
  ASSERT_TRUE(restarted);
  for (const auto& q : restarted->queues)
    EXPECT_EQ(q.limit, 0U) << q.name << ": nobody was told that it is limited";
  const auto commits = s.kept->commits;
  EXPECT_TRUE(s.ask<protocol::changed>(protocol::limit_queue{"q", 1}));
  EXPECT_EQ(s.kept->commits, commits + 1);
  EXPECT_TRUE(s.ask<protocol::changed>(protocol::limit_queue{"q", 1}));
  EXPECT_EQ(s.kept->commits, commits + 1) << "it was said before";
}
