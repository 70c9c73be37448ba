// What is tested: the list from a plain thread and from inside an application's actors, its options and its end.
#include "actors.hpp"

#include <atomic>
#include <filesystem>
#include <thread>

#include <stint/crew_messages.hpp>

using namespace stint::test;
using stint::errc;
using stint::state;

namespace {

using facade = actors_fixture;

/// An actor of the application: submits a task, waits for it, and tells how it ended.
class customer final : public stint::caf_shim::actor_base {
public:
  customer(caf::actor_config& cfg, caf::actor list, std::function<void(stint::task)> done)
      : actor_base(cfg), list_(std::move(list)), done_(std::move(done)) {}

  caf::behavior make_behavior() override {
    std::vector<stint::submission> one;
    one.push_back({named("from an actor"), [] { return stint::succeeded(42); }});
    auto fail = [this](caf::error& e) {
      ADD_FAILURE() << stint::to_string(stint::from_caf(e));
      done_({});
    };
    stint::caf_shim::ask(*this, list_, stint::protocol::submit{std::move(one)})
      .then(
        [this, fail](stint::protocol::submitted& made) {
          stint::wait_request ask;
          ask.ids = made.ids;
          stint::caf_shim::ask(*this, list_, stint::protocol::wait{ask})
            .then([this](stint::wait_result& r) { done_(r.settled.at(0).task); }, fail);
        },
        fail);
    return {[](const app::question&) {}};
  }

private:
  caf::actor list_;
  std::function<void(stint::task)> done_;
};

/// A worker that does not say of which process it is.
class stranger final : public stint::caf_shim::actor_base {
public:
  stranger(caf::actor_config& cfg, caf::actor list, std::atomic<int>& handed, gate& in)
      : actor_base(cfg), list_(std::move(list)), handed_(handed), in_(in) {}

  caf::behavior make_behavior() override {
    stint::caf_shim::ask(*this, list_, stint::crew_messages::enlist{caf::actor_cast<caf::actor>(this), 0, {}, {"far"}})
      .then([this](const stint::crew_messages::enlisted&) { in_.open(); }, [this](const caf::error&) { in_.open(); });
    return {[this](const stint::crew_messages::hand_over& m) { handed_ += static_cast<int>(m.attempts.size()); }};
  }

private:
  caf::actor list_;
  std::atomic<int>& handed_;
  gate& in_;
};

std::size_t threads() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/task"})
    ++n;
  return n;
}

} // namespace

TEST_F(facade, an_actor_submits_and_waits_by_message) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  gate told;
  stint::task ended;
  auto who = system.spawn<customer>(tasks.actor(), [&](stint::task t) {
    ended = std::move(t);
    told.open();
  });
  told.pass();
  EXPECT_EQ(ended.state, state::succeeded);
  EXPECT_EQ(ended.code, 42);
}

TEST_F(facade, a_worker_that_names_no_process_is_of_another_one) {
  caf::actor_system system{cfg};
  opts.only_nodes = true;
  stint::list tasks{system, opts};
  std::atomic<int> handed{0};
  gate in;
  auto far = system.spawn<stranger>(tasks.actor(), handed, in);
  in.pass();
  auto id = tasks.submit(named("a callable"), [] {});
  ASSERT_TRUE(id);
  EXPECT_EQ(tasks.explain(*id)->reason, stint::wait_reason::no_worker);
  EXPECT_EQ(handed, 0);
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
}

TEST_F(facade, errors_come_back_as_codes_to_actors_as_well) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  EXPECT_EQ((stint::ask_and_wait<stint::task>(system, tasks.actor(), stint::protocol::get{5})).code(),
            errc::unknown_task);
  EXPECT_EQ(tasks.submit(named(""), [] {}).code(), errc::name_empty);
  EXPECT_EQ(tasks.submit(named("no body")).code(), errc::body_missing);
}

TEST_F(facade, the_workers_here_have_the_labels_of_the_options) {
  caf::actor_system system{cfg};
  opts.labels = {"gpu", "big"};
  stint::list tasks{system, opts};
  auto what = named("card");
  what.labels = {"gpu"};
  const auto card = tasks.submit(what, [] {}).value();
  what.labels = {"tape"};
  const auto tape = tasks.submit(what, [] {}).value();
  EXPECT_EQ(tasks.wait(card)->state, state::succeeded);
  EXPECT_EQ(tasks.get(card)->labels, std::vector<std::string>{"gpu"});
  EXPECT_EQ(tasks.explain(tape)->text, "no worker of this process with label 'tape'");
  EXPECT_TRUE(tasks.cancel(tape));
}

TEST(configure, has_idle_threads_sleep_unless_the_application_says_otherwise) {
  const auto polls = [](const caf::actor_system_config& cfg) {
    return stint::caf_shim::option(cfg, "work-stealing.moderate-poll-attempts", std::size_t{77});
  };
  caf::actor_system_config fresh;
  EXPECT_EQ(polls(fresh), 77U);
  stint::configure(fresh);
  EXPECT_EQ(polls(fresh), 0U);
  EXPECT_EQ(stint::caf_shim::option(fresh, "work-stealing.aggressive-poll-attempts", std::size_t{77}),
            stint::caf_shim::looks_without_sleep);
  EXPECT_EQ(stint::caf_shim::option(fresh, "work-stealing.relaxed-sleep-duration", caf::timespan{0}), std::chrono::milliseconds{1});
  caf::actor_system_config set;
  stint::caf_shim::set_option(set, "work-stealing.moderate-poll-attempts", std::size_t{5});
  stint::caf_shim::set_option(set, "work-stealing.aggressive-poll-attempts", std::size_t{6});
  stint::configure(set);
  EXPECT_EQ(polls(set), 5U);
  EXPECT_EQ(stint::caf_shim::option(set, "work-stealing.aggressive-poll-attempts", std::size_t{77}), 6U);
}

TEST_F(facade, a_system_that_was_not_configured_is_told_at_once) {
  caf::actor_system_config plain;
  caf::actor_system system{plain};
  try {
    stint::list tasks{system, opts};
    FAIL() << "no error";
  } catch (const stint::start_error& e) {
    EXPECT_EQ(e.code(), errc::not_configured);
  }
}

TEST_F(facade, options_out_of_range_are_told_at_once) {
  caf::actor_system system{cfg};
  auto code = [&](const std::function<void(stint::options&)>& change) {
    auto with = opts;
    change(with);
    try {
      stint::list tasks{system, with};
    } catch (const stint::start_error& e) {
      return e.code();
    }
    return errc::none;
  };
  EXPECT_EQ(code([](auto&) {}), errc::none);
  EXPECT_EQ(code([](auto& o) { o.workers = o.limits.workers + 1; }), errc::invalid_option);
  EXPECT_EQ(code([](auto& o) { o.cancel_grace = 0s; }), errc::invalid_option);
  EXPECT_EQ(code([](auto& o) { o.stop_grace = -1s; }), errc::invalid_option);
  EXPECT_EQ(code([](auto& o) { o.labels = {"gpu", ""}; }), errc::invalid_label);
  EXPECT_EQ(code([](auto& o) { o.capacities = {{"a//b", 1}}; }), errc::invalid_key);
  EXPECT_EQ(code([](auto& o) { o.queue_limits = {{"", 1}}; }), errc::invalid_queue);
  EXPECT_EQ(code([](auto& o) { o.kinds.add("", [] {}); }), errc::invalid_option) << "nobody could submit it";
  EXPECT_EQ(code([](auto& o) { o.kinds.add(std::string(300, 'x'), [] {}); }), errc::invalid_option);
}

// The first task of such a kind ended the process; an empty function failed its task as bad_function_call.
TEST_F(facade, a_body_that_is_none_is_told_at_once) {
  stint::registry kinds;
  for (auto run : {stint::body{}, stint::body{std::function<void()>{}}, stint::body{static_cast<void (*)()>(nullptr)}})
    try {
      kinds.add("k", run);
      FAIL() << "no error";
    } catch (const stint::start_error& e) {
      EXPECT_EQ(e.code(), errc::body_missing);
    }
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  EXPECT_EQ(tasks.submit(named("t"), std::function<void(stint::context&)>{}).code(), errc::body_missing);
}

TEST_F(facade, a_kind_registered_twice_is_told_at_once) {
  stint::registry kinds;
  kinds.add("k", [] {});
  try {
    kinds.add("k", [] {});
    FAIL() << "no error";
  } catch (const stint::start_error& e) {
    EXPECT_EQ(e.code(), errc::kind_registered_twice);
  }
}

TEST_F(facade, a_kind_may_refuse_its_args) {
  stint::kind k;
  k.run = [](stint::context& job) { return stint::succeeded(static_cast<int>(job.args().size())); };
  k.check = [](const std::string& args) -> stint::result<stint::unit_t> {
    if (args.empty())
      return {errc::malformed_args, "args are wanted"};
    return stint::unit;
  };
  opts.kinds.add("size", k);
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto s = named("t");
  s.kind = "size";
  auto refused = tasks.submit(s);
  EXPECT_EQ(refused.code(), errc::malformed_args);
  EXPECT_EQ(refused.error().text, "task 0: args are wanted");
  s.args = "[1]";
  EXPECT_EQ(tasks.wait(*tasks.submit(s))->code, 3);
  EXPECT_EQ(tasks.submit(s, [] {}).code(), errc::body_and_kind);
  s.kind = "none";
  EXPECT_EQ(tasks.submit(s).code(), errc::unknown_kind);
}

TEST_F(facade, a_thousand_tasks_are_cancelled_by_a_filter) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  ASSERT_TRUE(tasks.pause());
  std::vector<stint::submission> batch;
  for (int i = 0; i < 1'010; ++i) {
    batch.push_back({named("t"), [] {}});
    batch.back().what.tags = {i < 1'000 ? "x" : "y"};
  }
  ASSERT_TRUE(tasks.submit(std::move(batch)));
  stint::filter which;
  which.tag = "x";
  EXPECT_EQ(tasks.cancel_matching(which)->count, 1'000U);
  ASSERT_TRUE(tasks.resume());
  ASSERT_TRUE(tasks.wait_all());
  auto c = tasks.counts();
  EXPECT_EQ(c->tasks[state::cancelled], 1'000U);
  EXPECT_EQ(c->tasks[state::succeeded], 10U);
}

TEST_F(facade, drain_answers_when_the_queue_is_empty_and_resume_reopens_it) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  gate begun;
  gate may_end;
  auto id = tasks.submit(named("t"), [&] {
    begun.open();
    may_end.pass();
  });
  begun.pass();
  open_question<stint::protocol::changed, stint::protocol::drain> drained{system, tasks.actor(), {"default"}};
  EXPECT_EQ(tasks.submit(named("late"), [] {}).code(), errc::queue_draining);
  may_end.open();
  (void) drained.answer();
  EXPECT_EQ(tasks.get(*id)->state, state::succeeded);
  EXPECT_EQ(tasks.drain("nobody's").code(), errc::unknown_queue);
  ASSERT_TRUE(tasks.resume("default"));
  EXPECT_EQ(tasks.wait(*tasks.submit(named("again"), [] {}))->state, state::succeeded);
}

TEST_F(facade, a_stop_reports_what_ended_how) {
  opts.workers = 2;
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  std::latch both{2};
  auto gives_up = tasks.submit(named("gives up"), [&](stint::context& job) {
    both.count_down();
    until_told(job);
    return stint::cancelled();
  });
  auto finishes = tasks.submit(named("finishes"), [&](stint::context& job) {
    both.count_down();
    until_told(job);
    return stint::succeeded();
  });
  both.wait();
  std::vector<stint::task_id> waiting;
  for (int i = 0; i < 3; ++i)
    waiting.push_back(*tasks.submit(named("waiting"), [] {}));
  auto left = tasks.stop(0s);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->finished, 1U);
  EXPECT_EQ(left->interrupted, 1U);
  EXPECT_EQ(left->unstarted, 3U);
  EXPECT_TRUE(left->stuck.empty());
  EXPECT_EQ(tasks.get(*finishes)->state, state::succeeded);
  EXPECT_EQ(tasks.get(*gives_up)->error, "list stopped");
  EXPECT_EQ(tasks.get(waiting[0])->state, state::cancelled);
}

TEST_F(facade, its_end_answers_who_still_waits) {
  caf::actor_system system{cfg};
  std::optional<stint::list> tasks;
  tasks.emplace(system, opts);
  ASSERT_TRUE(tasks->pause());
  auto id = tasks->submit(named("t"), [] {});
  open_question<stint::wait_result, stint::protocol::wait> waiting{
    system, tasks->actor(), {{{*id}, stint::wait_for::all, 0s}}};
  tasks.reset();
  auto r = waiting.answer();
  ASSERT_EQ(r.settled.size(), 1U);
  EXPECT_EQ(r.settled[0].task.state, state::cancelled);
}

TEST_F(facade, its_end_leaves_no_thread_behind) {
  caf::actor_system system{cfg};
  { stint::list warm_up{system, opts}; }
  const auto before = threads();
  {
    opts.workers = 8;
    stint::list tasks{system, opts};
    std::latch begun{8};
    gate may_end;
    for (int i = 0; i < 8; ++i)
      ASSERT_TRUE(tasks.submit(named("t"), [&] {
        begun.count_down();
        may_end.pass();
      }));
    begun.wait();
    EXPECT_GE(threads(), before + 8);
    may_end.open();
    ASSERT_TRUE(tasks.wait_all());
  }
  // A joined thread may be listed for a moment longer; another join gives the kernel that moment.
  for (int i = 0; i < 1'000 && threads() != before; ++i)
    std::thread{[] {}}.join();
  EXPECT_EQ(threads(), before);
}
