// What is tested: the original's defects in the life of tasks and list (1.4: 4-10 and 14), with the opposite outcome.
#include "seed.hpp"

#include <condition_variable>
#include <stdexcept>

#include <stint/blocking.hpp>

using namespace stint::test;
using namespace std::chrono_literals;
using stint::errc;
using stint::state;

namespace {

using seed = seed_fixture;

/// Waits until the body is asked to stop.
void until_told(stint::context& job) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock guard{mutex};
  never.wait(guard, job.stop_token(), [] { return false; });
}

/// A wait that the list has certainly got before anything that this thread asks later.
template <class Answer, class Question>
class open_question {
public:
  open_question(caf::actor_system& system, const caf::actor& list, Question q)
      : self_(system), pending_(stint::caf_shim::ask(*self_, list, std::move(q))) {}

  Answer answer() {
    std::optional<Answer> got;
    std::move(pending_).receive([&got](Answer& a) { got.emplace(std::move(a)); },
                     [](caf::error& e) { ADD_FAILURE() << stint::to_string(stint::from_caf(e)); });
    return got ? std::move(*got) : Answer{};
  }

private:
  caf::scoped_actor self_;
  decltype(stint::caf_shim::ask(*std::declval<caf::scoped_actor&>(), std::declval<const caf::actor&>(),
                                std::declval<Question>())) pending_;
};

using open_wait = open_question<stint::wait_result, stint::protocol::wait>;
using open_fence = open_question<stint::fence_result, stint::protocol::fence>;

} // namespace

TEST_F(seed, defect_04_stop_waits_for_running_bodies_and_refuses_new_tasks) {
  gate begun;
  bool ended = false; // read after stop: it must have seen the body's end
  auto id = tasks().submit(named("t"), [&](stint::context& job) {
    begun.open();
    until_told(job);
    ended = true;
  });
  begun.pass();
  auto report = tasks().stop(0s);
  ASSERT_TRUE(report);
  EXPECT_TRUE(ended);
  EXPECT_TRUE(stint::terminal(tasks().get(*id)->state));
  EXPECT_EQ(tasks().submit(named("late"), [] {}).code(), errc::list_stopping);
  EXPECT_TRUE(tasks().stop(0s)); // a second one is no mistake
}

TEST_F(seed, defect_05_nothing_is_left_of_a_deleted_task) {
  std::vector<std::weak_ptr<int>> captured;
  std::vector<stint::submission> batch;
  for (int i = 0; i < 1'000; ++i) {
    auto thing = std::make_shared<int>(i);
    captured.push_back(thing);
    batch.push_back({named("t"), stint::cooperative([thing] {})});
  }
  ASSERT_TRUE(tasks().submit(std::move(batch)));
  ASSERT_TRUE(tasks().wait_all());
  EXPECT_EQ(tasks().clear()->count, 1'000U);
  auto c = tasks().counts();
  EXPECT_EQ(c->tasks.total(), 0U);
  EXPECT_EQ(c->deleted, 1'000U);
  end_list(); // workers let go of their last batch by now at the latest
  for (const auto& thing : captured)
    EXPECT_TRUE(thing.expired());
}

TEST_F(seed, defect_06_finished_tasks_are_bounded) {
  opts.limits.finished.tasks = 10;
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(tasks().wait(*tasks().submit(named("t"), [] {})));
  auto c = tasks().counts();
  EXPECT_LE(c->tasks.total(), 11U); // the newest may just be on its way
  EXPECT_EQ(c->submitted, 100U);
  EXPECT_EQ(tasks().get(1).code(), errc::task_deleted);
}

TEST_F(seed, defect_07_a_throwing_body_fails_its_task_and_nothing_else) {
  auto a = tasks().submit(named("a"), [] { throw std::runtime_error{"broken"}; });
  auto b = tasks().submit(named("b"), [] { throw 42; });
  auto c = tasks().submit(named("c"), [](stint::context& job) {
    EXPECT_TRUE(job.detail(R"({"n":1})"));
    EXPECT_TRUE(job.detail(R"(["of another type"])"));
  });
  EXPECT_EQ(tasks().wait(*a)->error, "broken");
  EXPECT_EQ(tasks().wait(*b)->state, state::failed);
  EXPECT_EQ(tasks().wait(*c)->state, state::succeeded);
  EXPECT_EQ(*tasks().detail(*c), R"(["of another type"])");
}

TEST_F(seed, defect_08_a_failure_is_told_to_its_waiter_although_it_was_cleared) {
  gate go;
  auto id = tasks().submit(named("t"), [&] {
    go.pass();
    return stint::failed("the real error", 5);
  });
  open_wait waiting{system(), tasks().actor(), {{{*id}, stint::wait_for::all, 0s}}};
  go.open();
  ASSERT_TRUE(tasks().wait(*id));
  ASSERT_EQ(tasks().clear()->count, 1U);
  auto w = waiting.answer();
  ASSERT_EQ(w.settled.size(), 1U);
  EXPECT_EQ(w.settled[0].code, errc::none);
  EXPECT_EQ(w.settled[0].task.state, state::failed);
  EXPECT_EQ(w.settled[0].task.error, "the real error");
}

TEST_F(seed, defect_09_an_error_without_a_value_keeps_its_text) {
  auto id = tasks().submit(named("t"), [] { return stint::failed("cannot open the database"); });
  auto t = tasks().wait(*id);
  EXPECT_EQ(t->state, state::failed);
  EXPECT_EQ(t->error, "cannot open the database");
  EXPECT_EQ(*tasks().value(*id), "");
}

TEST_F(seed, defect_10_a_wait_answers_the_end_also_of_a_task_that_was_deleted_since) {
  gate go;
  auto id = tasks().submit(named("t"), [&] { go.pass(); });
  open_wait waiting{system(), tasks().actor(), {{{*id}, stint::wait_for::all, 0s}}};
  go.open();
  ASSERT_TRUE(tasks().wait(*id));
  ASSERT_TRUE(tasks().remove(*id));
  auto w = waiting.answer();
  ASSERT_EQ(w.settled.size(), 1U);
  EXPECT_EQ(w.settled[0].task.state, state::succeeded);
  EXPECT_EQ(tasks().wait(*id).code(), errc::task_deleted); // who comes too late is told so, not "unknown"
}

TEST_F(seed, defect_14_a_wait_for_all_is_not_put_off_by_later_tasks) {
  gate before;
  held_body after;
  auto first = tasks().submit(named("before"), [&] { before.pass(); });
  open_fence fence{system(), tasks().actor(), {{true, 0s}}};
  ASSERT_TRUE(tasks().submit(named("after"), after.run()));
  after.begun.pass();
  before.open();
  auto f = fence.answer(); // although the later one runs on
  EXPECT_EQ(f.last, *first);
  EXPECT_FALSE(f.timed_out);
  after.may_end.open();
}

TEST_F(seed, defect_14_a_list_that_drains_accepts_nothing_new) {
  held_body body;
  ASSERT_TRUE(tasks().submit(named("t"), body.run()));
  body.begun.pass();
  open_question<stint::protocol::changed, stint::protocol::drain> drained{system(), tasks().actor(), {"default"}};
  EXPECT_EQ(tasks().submit(named("late"), [] {}).code(), errc::queue_draining);
  body.may_end.open();
  EXPECT_EQ(drained.answer().count, 1U);
  EXPECT_EQ(tasks().counts()->tasks[state::succeeded], 1U);
}
