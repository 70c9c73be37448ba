// What is tested: that the owner answers everybody and outlives whatever an application gives it: checks and logs that
// throw, workers that die, questions in a row, a machine without threads. How: the facade, and the step-by-step system.
#include <actors/actors.hpp>

#include <stdexcept>
#include <system_error>

#include <stint/step_system.hpp>

using namespace stint;
using namespace stint::test;

namespace {

struct Owner : actors_fixture {};
using owner = Owner;

/// The machine, with no thread to spare.
class crowded final : public environment {
public:
  [[nodiscard]] moment now() const override { return real_->now(); }
  [[nodiscard]] std::uint64_t seed() override { return 1; }
  [[nodiscard]] std::shared_ptr<runner> make_runner(std::shared_ptr<runner_port>) override {
    throw std::system_error{std::make_error_code(std::errc::resource_unavailable_try_again)};
  }
  void log(log_level, const std::string&) override {}
  void join(bool) override {}

private:
  std::shared_ptr<environment> real_ = make_environment();
};

} // namespace

// Making the promise before the ledger had a chance to refuse counted as an answer: the asker waited for ever.
TEST_F(owner, answers_waits_that_it_refuses) {
  caf::actor_system system{cfg};
  list tasks{system, opts};
  auto id = tasks.submit(named("t"), [] {});
  ASSERT_TRUE(id);
  EXPECT_EQ(tasks.wait(std::vector<task_id>{}).code(), errc::invalid_filter);
  EXPECT_EQ(tasks.wait(*id, -1ns).code(), errc::invalid_timeout);
  EXPECT_EQ(tasks.wait(*id, nanos::max()).code(), errc::invalid_timeout);
  EXPECT_EQ(tasks.wait_all(-1ns).code(), errc::invalid_timeout);
  EXPECT_EQ(tasks.wait(std::vector<task_id>(opts.limits.ids + 1, *id)).code(), errc::too_many_ids);
}

TEST(limits, of_drains_stops_and_declared_keys_are_named_errors_and_those_within_go_on) {
  step_system world;
  options with;
  with.limits.waits = 2;
  with.limits.declared = 1;
  with.capacities = {{"cpu", 2}};
  const auto tasks = world.spawn_list(with);
  EXPECT_EQ(world.ask<protocol::changed>(tasks, protocol::declare{"disk", 1})->code(), errc::too_many_declared);
  EXPECT_TRUE(*world.ask<protocol::changed>(tasks, protocol::declare{"cpu", 3})) << "this one is there";

  ASSERT_TRUE(*world.ask<protocol::changed>(tasks, protocol::pause{}));
  std::vector<submission> one;
  one.push_back({named("t"), [] {}});
  ASSERT_TRUE(*world.ask<protocol::submitted>(tasks, protocol::submit{std::move(one)}));
  auto of_one = world.begin_ask<protocol::changed>(tasks, protocol::drain{"default"});
  auto of_all = world.begin_ask<protocol::changed>(tasks, protocol::drain{});
  world.run();
  EXPECT_EQ(world.ask<protocol::changed>(tasks, protocol::drain{})->code(), errc::too_many_waits);
  EXPECT_FALSE(of_one->has_value());
  ASSERT_TRUE(*world.ask<protocol::changed>(tasks, protocol::cancel{1}));
  EXPECT_TRUE(of_one->has_value() && of_all->has_value());
  EXPECT_TRUE(*world.ask<protocol::changed>(tasks, protocol::drain{})) << "there is room again";
}

// The lowest id went first, also when it was the one that still printed, and its offsets began again at zero.
TEST(limits, of_all_output_take_the_text_that_has_been_silent_for_longest) {
  step_system world;
  options with;
  with.limits.output = 2000;
  with.limits.output_total = 1000;
  const auto tasks = world.spawn_list(with);
  auto print = [&](const std::string& text) {
    std::vector<submission> one;
    one.push_back({named("t"), [text](context& job) { job.print(text); }});
    ASSERT_TRUE(*world.ask<protocol::submitted>(tasks, protocol::submit{std::move(one)}));
  };
  auto read = [&](task_id id) { return **world.ask<output_piece>(tasks, protocol::read_output{id}); };
  auto again = named("again");
  again.retry.max_attempts = 2;
  again.retry.backoff = 1s;
  again.retry.jitter = 0;
  std::vector<submission> twice;
  twice.push_back({again, [](context& job) {
                     job.print(std::string(300, 'a'));
                     return job.attempt() == 1 ? failed("once") : succeeded();
                   }});
  ASSERT_TRUE(*world.ask<protocol::submitted>(tasks, protocol::submit{std::move(twice)}));
  print(std::string(300, 'b'));
  world.advance(1s);
  EXPECT_EQ(read(1).text.size(), 600U);
  EXPECT_EQ(read(2).text.size(), 300U);
  print(std::string(300, 'c'));
  EXPECT_EQ(read(2).text, "");
  EXPECT_EQ(read(2).dropped, 300U);
  EXPECT_EQ(read(2).next, 300U);
  EXPECT_EQ(read(1).text.size() + read(3).text.size(), 900U);
}

TEST_F(owner, outlives_a_check_of_args_that_throws) {
  kind picky;
  picky.run = [] {};
  picky.check = [](const std::string& args) -> result<unit_t> {
    if (args.empty())
      throw 7;
    throw std::runtime_error{"no such thing"};
  };
  opts.kinds.add("picky", picky);
  caf::actor_system system{cfg};
  list tasks{system, opts};
  auto s = named("t");
  s.kind = "picky";
  EXPECT_EQ(tasks.submit(s).code(), errc::malformed_args);
  s.args = "{}";
  auto refused = tasks.submit(s);
  EXPECT_EQ(refused.code(), errc::malformed_args);
  EXPECT_NE(refused.error().text.find("no such thing"), std::string::npos) << refused.error().text;
  EXPECT_TRUE(tasks.submit(named("after"), [] {}));
}

TEST_F(owner, outlives_a_log_that_throws) {
  opts.cancel_grace = 1ms;
  opts.log = [](log_level, const std::string&) { throw std::runtime_error{"disk full"}; };
  gate begun;
  gate end;
  caf::actor_system system{cfg};
  list tasks{system, opts};
  auto id = tasks.submit(named("stubborn"), [&] {
    begun.open();
    end.pass();
  });
  begun.pass();
  ASSERT_TRUE(tasks.cancel(*id));
  EXPECT_EQ(tasks.wait(*id)->state, state::cancelled) << "its being stuck was a warning";
  end.open();
  EXPECT_TRUE(tasks.submit(named("after"), [] {}));
}

// The bodies of ended tasks were only put aside at the end of the turn.
TEST_F(owner, outlives_an_actor_that_is_linked_to_it_and_ends_in_order) {
  step_system world;
  const auto tasks = world.spawn_list();
  const auto friendly = world.system().spawn([tasks](caf::event_based_actor* self) -> caf::behavior {
    self->link_to(tasks);
    return {[self](int) { self->quit(); }};
  });
  world.run();
  caf_shim::anon_tell(friendly, 1);
  world.run();
  EXPECT_TRUE(*world.ask<totals>(tasks, protocol::counts{}));
}

// Once nobody told them, and the end of the list waited for them.
TEST_F(owner, tells_bodies_to_stop_when_it_is_killed) {
  caf::actor_system system{cfg};
  opts.workers = 2;
  gate blocking;
  std::promise<void> owed;
  list tasks{system, opts};
  ASSERT_TRUE(tasks.submit(named("blocking"), [&](context& job) {
    blocking.open();
    until_told(job);
  }));
  ASSERT_TRUE(tasks.submit(named("asynchronous"), asynchronous([&](context& job, promise debt) {
    std::thread{[job, debt = std::move(debt), &owed]() mutable {
      until_told(job);
      owed.set_value();
    }}.detach();
  })));
  blocking.pass();
  caf::anon_send_exit(tasks.actor(), caf::exit_reason::kill);
  EXPECT_EQ(owed.get_future().wait_for(60s), std::future_status::ready);
}

TEST_F(owner, retries_right_behind_a_cancel) {
  caf::actor_system system{cfg};
  list tasks{system, opts};
  ASSERT_TRUE(tasks.pause());
  for (task_id n = 0; n < 20; ++n) {
    auto id = tasks.submit(named("t"), [] {});
    ASSERT_TRUE(id);
    open_question<protocol::changed, protocol::cancel> first{system, tasks.actor(), {*id, 0}};
    open_question<protocol::submitted, protocol::retry> second{system, tasks.actor(), {*id, 0}};
    EXPECT_EQ(second.answer().ids.size(), 1U);
    EXPECT_EQ(first.answer().count, 1U);
  }
  ASSERT_TRUE(tasks.resume());
  ASSERT_TRUE(tasks.wait_all());
  EXPECT_EQ(tasks.counts()->tasks[state::succeeded], 20U);
}

// Its worker knew of it, its runner did not: the claims were freed while it ran.
TEST_F(owner, leaves_the_claims_to_an_asynchronous_body_whose_worker_died) {
  step_system world;
  options with;
  with.workers = 1;
  auto tasks = world.spawn_list(with);
  std::vector<promise> owed;
  auto body = asynchronous([&owed](context&, promise p) { owed.push_back(std::move(p)); });
  protocol::submit two;
  for (int i = 0; i < 2; ++i)
    two.tasks.push_back({named("async", {exclusive("k")}), body});
  auto ids = world.ask<protocol::submitted>(tasks, std::move(two));
  ASSERT_TRUE(ids && *ids);
  ASSERT_EQ(owed.size(), 1U);
  const auto& shell = *static_cast<const list_actor*>(caf::actor_cast<caf::abstract_actor*>(tasks));
  caf::anon_send_exit(shell.any_worker(), caf::exit_reason::kill);
  world.run();
  EXPECT_EQ(owed.size(), 1U) << "another one runs beside it under the same key";
  owed[0].keep(succeeded());
  world.run();
  EXPECT_EQ(owed.size(), 2U) << "its end was not heard";
  owed.clear();
  world.run();
}

TEST_F(owner, says_at_once_when_there_is_no_thread_for_a_worker) {
  opts.environment = std::make_shared<crowded>();
  caf::actor_system system{cfg};
  try {
    list tasks{system, opts};
    FAIL() << "a list without workers";
  } catch (const start_error& e) {
    EXPECT_EQ(e.code(), errc::no_thread);
  }
}

TEST_F(owner, a_body_may_throw_while_it_is_cancelled) {
  gate begun;
  caf::actor_system system{cfg};
  list tasks{system, opts};
  auto id = tasks.submit(named("thrower"), [&](context& job) -> outcome {
    begun.open();
    until_told(job);
    throw std::runtime_error{"cleaning up failed"};
  });
  begun.pass();
  ASSERT_TRUE(tasks.cancel(*id));
  auto t = tasks.wait(*id);
  EXPECT_EQ(t->state, state::failed);
  EXPECT_EQ(t->error, "cleaning up failed");
}

TEST_F(owner, a_run_submits_and_waits_in_one_question) {
  opts.limits.waits = 1;
  caf::actor_system system{cfg};
  list tasks{system, opts};
  const auto done = tasks.run(named("t"), [] { return succeeded(7); });
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->state, state::succeeded);
  EXPECT_EQ(done->code, 7);
  std::vector<submission> many;
  for (auto* name : {"a", "b", "c"})
    many.push_back({named(name), [] {}});
  const auto all = tasks.run(std::move(many));
  ASSERT_TRUE(all) << to_string(all.error());
  EXPECT_EQ(all->settled.size(), 3U);
  EXPECT_FALSE(all->timed_out);
  EXPECT_EQ(tasks.run(std::vector<submission>{}).code(), errc::invalid_filter);
  // What cannot be waited for is not submitted.
  auto later = named("later");
  later.delay = std::chrono::hours{1};
  const auto id = tasks.submit(later, [] {});
  open_question<wait_result, protocol::wait> waits{system, tasks.actor(), {{{*id}}}};
  EXPECT_EQ(tasks.run(named("refused"), [] {}).code(), errc::too_many_waits);
  EXPECT_EQ(tasks.counts()->submitted, 5U);
  ASSERT_TRUE(tasks.cancel(*id));
  EXPECT_EQ(waits.answer().settled.size(), 1U);
}
