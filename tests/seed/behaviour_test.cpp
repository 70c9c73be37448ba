// What is tested: what the original's package `task` does (1.1), kept or changed on purpose; the table is in README.md.
#include "seed.hpp"

using namespace stint::test;
using namespace std::chrono_literals;
using stint::errc;
using stint::state;

namespace {
using seed = seed_fixture;
} // namespace

// Kept: ids are 1, 2, 3... and say the order of submission.
TEST_F(seed, behaviour_ids_count_from_one) {
  for (stint::task_id id = 1; id <= 3; ++id)
    EXPECT_EQ(*tasks().submit(named("t"), [] {}), id);
}

// Changed: the original answers a copy with state IDLE; we answer the id, because a copy is old when it arrives.
TEST_F(seed, behaviour_a_waiting_task_has_the_originals_number_for_idle) {
  ASSERT_TRUE(tasks().pause());
  auto id = tasks().submit(named("t"), [] {});
  auto t = tasks().get(*id);
  EXPECT_EQ(t->state, state::waiting);
  EXPECT_EQ(stint::seed_number(t->state), 0);
}

// Kept: IDLE, RUNNING, SUCCEEDED or FAILED, as the original numbers them.
TEST_F(seed, behaviour_states_map_to_the_originals_numbers) {
  held_body body;
  auto good = tasks().submit(named("good"), body.run());
  auto bad = tasks().submit(named("bad"), [] { return stint::failed("no"); });
  body.begun.pass();
  EXPECT_EQ(stint::seed_number(tasks().get(*good)->state), 1);
  body.may_end.open();
  EXPECT_EQ(stint::seed_number(tasks().wait(*good)->state), 2);
  EXPECT_EQ(stint::seed_number(tasks().wait(*bad)->state), 3);
}

// Kept: a list in submission order, empty when there is nothing. Changed: it comes in pages.
TEST_F(seed, behaviour_the_list_is_in_submission_order) {
  EXPECT_TRUE(tasks().page()->tasks.empty());
  for (const auto* name : {"a", "b", "c"})
    ASSERT_TRUE(tasks().submit(named(name), [] {}));
  stint::page_request ask;
  ask.order = stint::page_order::oldest_first;
  auto page = tasks().page(ask);
  ASSERT_EQ(page->tasks.size(), 3U);
  EXPECT_EQ(page->tasks[0].name, "a");
  EXPECT_EQ(page->tasks[2].name, "c");
}

// Kept: an unknown id is an error for every question. Changed: a deleted one has its own.
TEST_F(seed, behaviour_an_unknown_id_is_an_error) {
  EXPECT_EQ(tasks().get(7).code(), errc::unknown_task);
  EXPECT_EQ(tasks().output(7).code(), errc::unknown_task);
  EXPECT_EQ(tasks().detail(7).code(), errc::unknown_task);
  EXPECT_EQ(tasks().value(7).code(), errc::unknown_task);
  EXPECT_EQ(tasks().wait(7).code(), errc::unknown_task);
  EXPECT_EQ(tasks().remove(7).code(), errc::unknown_task);
  auto id = tasks().submit(named("t"), [] {});
  ASSERT_TRUE(tasks().wait(*id));
  ASSERT_TRUE(tasks().remove(*id));
  EXPECT_EQ(tasks().get(*id).code(), errc::task_deleted);
}

// Kept: only a finished task is deleted, the error names its state. Changed: the state has a name, not a number.
TEST_F(seed, behaviour_only_a_finished_task_is_deleted) {
  held_body body;
  auto id = tasks().submit(named("t"), body.run());
  body.begun.pass();
  auto refused = tasks().remove(*id);
  EXPECT_EQ(refused.code(), errc::wrong_state);
  EXPECT_NE(refused.error().text.find("running"), std::string::npos) << refused.error().text;
  body.may_end.open();
  ASSERT_TRUE(tasks().wait(*id));
  EXPECT_TRUE(tasks().remove(*id));
}

// Kept: clear removes the finished ones and leaves the others.
TEST_F(seed, behaviour_clear_removes_finished_tasks_only) {
  held_body body;
  auto held = tasks().submit(named("held"), body.run());
  auto good = tasks().submit(named("good"), [] {});
  auto bad = tasks().submit(named("bad"), [] { return stint::failed("no"); });
  body.begun.pass();
  ASSERT_TRUE(tasks().wait({*good, *bad}));
  EXPECT_EQ(tasks().clear()->count, 2U);
  EXPECT_TRUE(tasks().get(*held));
  body.may_end.open();
}

// Kept: code and value come with the end. Changed: asking before the end is an error, not nil.
TEST_F(seed, behaviour_a_return_value_comes_with_the_end) {
  held_body body;
  auto id = tasks().submit(named("t"), [&] {
    body.begun.open();
    body.may_end.pass();
    return stint::succeeded(201, R"({"Name":"x"})");
  });
  body.begun.pass();
  EXPECT_EQ(tasks().value(*id).code(), errc::wrong_state);
  body.may_end.open();
  EXPECT_EQ(tasks().wait(*id)->code, 201);
  EXPECT_EQ(*tasks().value(*id), R"({"Name":"x"})");
}

// Changed: the original adds a line about the end to the output; ours is the body's own, state and error tell the rest.
TEST_F(seed, behaviour_output_is_the_bodys_own_text) {
  auto good = tasks().submit(named("good"), [](stint::context& job) { job.print("no newline"); });
  auto bad = tasks().submit(named("bad"), [](stint::context& job) {
    job.print("one\n");
    return stint::failed("two");
  });
  ASSERT_TRUE(tasks().wait({*good, *bad}));
  EXPECT_EQ(tasks().output(*good)->text, "no newline");
  EXPECT_EQ(tasks().output(*bad)->text, "one\n");
  EXPECT_EQ(tasks().get(*bad)->error, "two");
}

// Kept: a detail is any JSON that the body stores. Changed: none is an empty text, which the gateway renders as {}.
TEST_F(seed, behaviour_detail_is_what_the_body_stored_last) {
  auto none = tasks().submit(named("none"), [] {});
  auto some = tasks().submit(named("some"), [](stint::context& job) {
    EXPECT_TRUE(job.detail(R"({"n":1})"));
    EXPECT_TRUE(job.detail(R"({"n":2})"));
  });
  ASSERT_TRUE(tasks().wait({*none, *some}));
  EXPECT_EQ(*tasks().detail(*none), "");
  EXPECT_EQ(*tasks().detail(*some), R"({"n":2})");
}

// Changed: the original starts a goroutine for each admitted task, without a bound; we have as many workers as asked for.
TEST_F(seed, behaviour_no_more_bodies_run_than_there_are_workers) {
  opts.workers = 2;
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  std::vector<stint::submission> batch;
  for (int i = 0; i < 100; ++i)
    batch.push_back({named("t"), [&] {
                       const int n = ++now;
                       for (int seen = most; seen < n && !most.compare_exchange_weak(seen, n);)
                         ;
                       --now;
                     }});
  ASSERT_TRUE(tasks().submit(std::move(batch)));
  ASSERT_TRUE(tasks().wait_all());
  EXPECT_LE(most, 2);
  EXPECT_EQ(tasks().counts()->tasks[state::succeeded], 100U);
}
