// What is tested: the three kinds of bodies, how they end, and what they say while they run.
#include "actors.hpp"

#include <stdexcept>
#include <thread>

using namespace stint::test;
using stint::errc;
using stint::state;

namespace {

struct Bodies : actors_fixture {
  Bodies() : system(cfg) { opts.limits.value = opts.limits.detail = 10; }

  stint::list& tasks() {
    if (!list_)
      list_.emplace(system, opts);
    return *list_;
  }
  stint::task end_of(stint::body b) {
    auto id = tasks().submit(named("t"), std::move(b));
    auto t = tasks().wait(*id);
    return t ? *t : stint::task{};
  }
  void end_list() { list_.reset(); }

  caf::actor_system system;

private:
  std::optional<stint::list> list_;
};

using body = Bodies;

/// An actor of the application that doubles numbers.
class doubler final : public stint::caf_shim::actor_base {
public:
  using actor_base::actor_base;
  caf::behavior make_behavior() override {
    return {[](const app::question& q) -> caf::result<app::answer> { return app::answer{2 * q.n}; }};
  }
};

/// Asks the doubler for a body and keeps its promise.
class asker final : public stint::caf_shim::actor_base {
public:
  asker(caf::actor_config& cfg, caf::actor whom, stint::promise owed)
      : actor_base(cfg), whom_(std::move(whom)), owed_(std::move(owed)) {}
  caf::behavior make_behavior() override {
    stint::caf_shim::ask(*this, whom_, app::question{21})
      .then([this](const app::answer& a) { owed_.keep(stint::succeeded(a.n)); },
            [this](caf::error&) { owed_.keep(stint::failed("no answer")); });
    return {};
  }

private:
  caf::actor whom_;
  stint::promise owed_;
};

} // namespace

TEST_F(body, a_cooperative_one_runs_on_the_schedulers_thread) {
  std::thread::id one;
  std::thread::id two;
  EXPECT_EQ(end_of(stint::cooperative([&] { one = std::this_thread::get_id(); })).state, state::succeeded);
  EXPECT_EQ(end_of(stint::cooperative([&] {
                     two = std::this_thread::get_id();
                     return stint::succeeded(7);
                   })).code,
            7);
  EXPECT_EQ(one, two); // the only one there is
}

TEST_F(body, an_asynchronous_one_asks_another_actor) {
  auto other = system.spawn<doubler>();
  auto t = end_of(stint::asynchronous(
    [&](stint::context&, stint::promise owed) { system.spawn<asker>(other, std::move(owed)); }));
  EXPECT_EQ(t.state, state::succeeded);
  EXPECT_EQ(t.code, 42);
}

// It was lent the context: when it moved that away, who had lent it had none.
TEST_F(body, may_move_its_context_into_something_of_its_own) {
  struct helper {
    stint::context job;
  };
  for (const bool coop : {false, true}) {
    auto run = [](stint::context& job) { helper{std::move(job)}.job.print("done"); };
    const auto t = end_of(coop ? stint::cooperative(run) : stint::body{run});
    EXPECT_EQ(t.state, state::succeeded) << t.error;
    EXPECT_EQ(tasks().output(t.id)->text, "done");
  }
}

TEST_F(body, a_dropped_promise_is_a_failure) {
  auto t = end_of(stint::asynchronous([](stint::context&, stint::promise) {}));
  EXPECT_EQ(t.state, state::failed);
  EXPECT_EQ(t.error, "promise dropped");
}

TEST_F(body, of_a_promise_kept_twice_the_first_counts) {
  std::optional<stint::promise> kept;
  auto t = end_of(stint::asynchronous([&](stint::context&, stint::promise owed) {
    EXPECT_TRUE(owed.keep(stint::succeeded(1)));
    EXPECT_FALSE(owed.keep(stint::succeeded(2)));
    kept = owed;
  }));
  EXPECT_EQ(t.code, 1);
  EXPECT_FALSE(kept->keep(stint::failed("late")));
  EXPECT_EQ(tasks().counts()->stale, 0U);
}

TEST_F(body, a_throw_before_the_promise_is_kept_is_a_failure) {
  auto t = end_of(stint::asynchronous([](stint::context&, stint::promise) { throw std::runtime_error{"no"}; }));
  EXPECT_EQ(t.error, "no");
  auto kept = end_of(stint::asynchronous([](stint::context&, stint::promise owed) {
    owed.keep(stint::succeeded(3));
    throw std::runtime_error{"too late"};
  }));
  EXPECT_EQ(kept.state, state::succeeded);
  EXPECT_EQ(kept.code, 3);
}

TEST_F(body, a_promise_kept_after_the_end_of_the_list_harms_nobody) {
  opts.cancel_grace = 1ms;
  opts.stop_grace = 0s;
  opts.abandon_stuck = true;
  std::optional<stint::promise> late;
  gate begun;
  ASSERT_TRUE(tasks().submit(named("t"), stint::asynchronous([&](stint::context&, stint::promise owed) {
                               late = std::move(owed);
                               begun.open();
                             })));
  begun.pass();
  end_list();
  late->keep(stint::succeeded());
  late.reset();
}

TEST_F(body, every_kind_of_throw_is_a_failure_with_a_text) {
  EXPECT_EQ(end_of([] { throw std::runtime_error{"runtime"}; }).error, "runtime");
  EXPECT_EQ(end_of([] { throw std::string{"text"}; }).error, "text");
  EXPECT_EQ(end_of([] { throw "literal"; }).error, "literal");
  EXPECT_EQ(end_of([] { throw 5; }).error, "exception of type i");
  EXPECT_EQ(end_of(stint::cooperative([] { throw 5; })).error, "exception of type i");
}

TEST_F(body, that_prints_faster_than_anybody_looks_loses_the_middle) {
  opts.limits.output = 1'000;
  auto id = tasks().submit(named("t"), stint::cooperative([](stint::context& job) {
    job.print("first\n");
    for (int i = 0; i < 10'000; ++i)
      job.print("line " + std::to_string(i) + "\n");
    job.print("last\n");
  }));
  ASSERT_TRUE(tasks().wait(*id));
  const auto begin = tasks().output(*id);
  EXPECT_EQ(begin->text.substr(0, 13), "first\nline 0\n");
  EXPECT_EQ(begin->next, 500U);
  const auto end = tasks().output(*id, begin->next);
  EXPECT_EQ(end->text.size(), 500U);
  EXPECT_EQ(end->text.substr(end->text.size() - 15), "line 9999\nlast\n");
}

TEST_F(body, output_is_there_while_it_runs_and_complete_when_wait_returns) {
  std::string all;
  for (int i = 0; i < 1'000; ++i)
    all += "line " + std::to_string(i) + "\n";
  auto print = [&](stint::context& job) {
    for (int i = 0; i < 1'000; ++i)
      job.print("line " + std::to_string(i) + "\n");
  };
  for (auto b : {stint::body{print}, stint::cooperative(print)}) {
    auto id = tasks().submit(named("t"), b);
    ASSERT_TRUE(tasks().wait(*id));
    auto whole = tasks().output(*id);
    EXPECT_EQ(whole->text, all);
    EXPECT_EQ(whole->total, all.size());
    auto tail = tasks().output(*id, all.size() - 9, 4);
    EXPECT_EQ(tail->text, all.substr(all.size() - 9, 4));
    EXPECT_EQ(tail->next, all.size() - 5);
    EXPECT_EQ(tasks().output(*id, all.size() + 100)->text, "");
  }
  gate go_on;
  auto id = tasks().submit(named("live"), [&](stint::context& job) {
    job.print("early");
    go_on.pass();
    job.print(" late");
  });
  while (tasks().output(*id)->text.empty()) // each turn is a round trip, no clock
    ;
  EXPECT_EQ(tasks().output(*id)->text, "early");
  go_on.open();
  ASSERT_TRUE(tasks().wait(*id));
  EXPECT_EQ(tasks().output(*id)->text, "early late");
}

TEST_F(body, progress_and_detail_are_there_when_wait_returns) {
  auto t = end_of([](stint::context& job) {
    job.progress(1, 3, "first");
    job.progress(3, 3, "last");
    EXPECT_TRUE(job.detail("[1]"));
    EXPECT_EQ(job.detail(std::string(11, 'x')).code(), errc::detail_too_large);
  });
  EXPECT_EQ(t.progress.done, 3U);
  EXPECT_EQ(t.progress.text, "last");
  EXPECT_EQ(*tasks().detail(t.id), "[1]");
}

TEST_F(body, a_value_that_is_too_large_is_a_failure_that_says_so) {
  EXPECT_EQ(end_of([] { return stint::succeeded(0, std::string(10, '1')); }).state, state::succeeded);
  auto t = end_of([] { return stint::succeeded(0, std::string(11, '1')); });
  EXPECT_EQ(t.state, state::failed);
  EXPECT_EQ(t.error.substr(0, 15), "value_too_large") << t.error;
}
