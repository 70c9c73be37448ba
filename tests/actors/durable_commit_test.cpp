// A list over a store: that nothing leaves it before its commit, whatever the disk does. How: the step-by-step system with
// a store in memory whose commits can be held up or made to fail, and the facade with a file.
#include <actors/durable_steps.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

using namespace stint;
using namespace stint::test;

namespace {

using durable_commit = durable_fixture;

} // namespace

TEST_F(durable_commit, nothing_leaves_before_its_commit) {
  bool ran = false;
  options with;
  with.kinds.add("work", body{[&ran] { ran = true; }});
  steps s{with};
  s.kept->failures = 1;
  protocol::submit m;
  m.tasks.push_back({of_kind("t"), {}});
  auto box = s.world->begin_ask<protocol::submitted>(s.tasks, std::move(m));
  s.world->run();
  EXPECT_FALSE(*box) << "an answer left before its commit";
  EXPECT_FALSE(ran) << "a start left before its commit";
  EXPECT_EQ(s.ask<task>(protocol::get{1}).code(), errc::unknown_task);
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks.total(), 0U);
  EXPECT_TRUE(s.ask<page>(protocol::read_page{})->tasks.empty());
  m.tasks.push_back({of_kind("refused"), {}});
  const auto refused = s.ask<protocol::submitted>(std::move(m));
  EXPECT_EQ(refused.code(), errc::io_failed);
  EXPECT_NE(refused.error().text.find("no space left"), std::string::npos);
  s.world->advance(1s);
  ASSERT_TRUE(*box);
  EXPECT_TRUE(**box) << "the disk works again";
  EXPECT_TRUE(ran);
  EXPECT_EQ(s.get(1).state, state::succeeded);
  EXPECT_EQ(s.submit(of_kind("next")), 2U);
}

TEST_F(durable_commit, tasks_that_travel_together_are_told_of_after_one_commit) {
  options with;
  with.kinds.add("work", body{[] {}});
  steps s{with};
  const auto before = s.kept->commits;
  s.kept->failures = 1;
  protocol::submit_each m;
  for (int i = 0; i < 500; ++i) {
    m.tasks.push_back({of_kind(i == 100 ? "" : "t"), {}});
    m.tasks.back().what.delay = 1h; // nothing else is saved
  }
  auto box = s.world->begin_ask<protocol::submitted_each>(s.tasks, std::move(m));
  s.world->run();
  EXPECT_FALSE(*box) << "also of the one that is refused: the others come first";
  EXPECT_EQ(s.ask<protocol::submitted_each>(protocol::submit_each{{{of_kind("in trouble"), {}}}}).code(), errc::io_failed);
  s.world->advance(1s);
  ASSERT_TRUE(*box && **box);
  const auto& made = ***box;
  ASSERT_EQ(made.ids.size(), 500U);
  EXPECT_EQ(made.ids[99], 100U);
  EXPECT_EQ(made.ids[100], 0U);
  EXPECT_EQ(made.ids[499], 499U);
  ASSERT_EQ(made.refusals.size(), 1U);
  EXPECT_EQ(made.refusals[0].why.code, errc::name_empty);
  EXPECT_EQ(s.kept->commits - before, 1);
}

TEST_F(durable_commit, a_disk_that_fails_now_and_then_is_logged_once) {
  options with;
  with.kinds.add("work", body{[] {}});
  steps s{with};
  const auto said = [&](const std::string& what) {
    return std::count_if(s.world->env().lines.begin(), s.world->env().lines.end(),
                         [&](const std::string& line) { return line.find(what) != std::string::npos; });
  };
  for (int i = 0; i < 20; ++i) {
    s.kept->failures = 1;
    protocol::submit m;
    m.tasks.push_back({of_kind("t"), {}});
    auto box = s.world->begin_ask<protocol::submitted>(s.tasks, m);
    s.world->run();
    EXPECT_EQ(s.ask<protocol::submitted>(std::move(m)).code(), errc::io_failed) << "the list knows each time";
    s.world->advance(200ms);
    EXPECT_TRUE(*box && **box);
  }
  EXPECT_EQ(said("nothing can be saved"), 1);
  EXPECT_EQ(said("saved again"), 0) << "it has not lasted";
  s.world->advance(10s);
  EXPECT_EQ(said("saved again"), 1);
  s.kept->failures = 1;
  protocol::submit m;
  m.tasks.push_back({of_kind("t"), {}});
  auto box = s.world->begin_ask<protocol::submitted>(s.tasks, std::move(m));
  s.world->run();
  s.world->advance(200ms);
  s.world->advance(10s);
  EXPECT_EQ(said("nothing can be saved"), 2) << "a new trouble";
  EXPECT_EQ(said("saved again"), 2);
}

TEST_F(durable_commit, a_list_that_cannot_save_can_still_end) {
  options with;
  with.kinds.add("work", body{[] {}});
  for (const bool stop_first : {true, false}) {
    steps s{with};
    s.submit(of_kind("saved"));
    s.kept->failures = 1'000;
    protocol::submit m;
    m.tasks.push_back({of_kind("not saved"), {}});
    auto box = s.world->begin_ask<protocol::submitted>(s.tasks, std::move(m));
    if (!stop_first)
      s.world->run();
    const auto stopped = s.ask<protocol::stopped>(protocol::stop{0s, true});
    EXPECT_EQ(stopped.code(), errc::io_failed);
    s.die();
    s.begin();
    EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks.total(), 1U) << "nobody was told of the other";
    s.die();
  }
}

// The wish to stop waited for the disk with everything else, so the body never heard it, and the list never ended.
TEST_F(durable_commit, a_list_whose_file_was_moved_away_ends_and_names_what_it_did_not_save) {
  gate begun;
  opts.workers = 1;
  opts.stop_grace = 0ms;
  opts.kinds.add("long", body{[&](context& job) {
                   begun.open();
                   until_told(job);
                 }});
  for (const bool runs : {false, true}) {
    gate trouble;
    on_warning = [&] { trouble.open(); };
    caf::actor_system system{cfg};
    std::optional<list> tasks{std::in_place, system, opts};
    if (runs) {
      ASSERT_TRUE(tasks->submit(of_kind("runs", "long")));
      begun.pass();
    }
    const auto file = folder.file();
    std::filesystem::rename(file, file + ".away");
    protocol::submit m;
    m.tasks.push_back({of_kind("lost"), {}});
    open_question<protocol::submitted, protocol::submit> pending{system, tasks->actor(), std::move(m)};
    open_question<fence_result, protocol::fence> fence{system, tasks->actor(), {{true, nanos{0}}}};
    trouble.pass();
    tasks.reset();
    EXPECT_EQ(pending.refusal(), errc::io_failed);
    EXPECT_EQ(fence.refusal(), errc::io_failed);
    EXPECT_TRUE(warned("ends without what cannot be saved")) << warnings;
    EXPECT_TRUE(warned("(lost)")) << warnings;
    on_warning = {};
    std::filesystem::rename(file + ".away", file);
  }
}

namespace {

/// As on a file server that is gone: what is to be saved is taken, and nothing is ever heard of it.
class hanging_keeper final : public caf_shim::actor_base {
public:
  using actor_base::actor_base;
  caf::behavior make_behavior() override { return {[](const crew_messages::save&) {}}; }
};

} // namespace

TEST_F(durable_commit, a_stop_does_not_wait_without_end_for_a_commit_that_hangs) {
  const auto env = std::make_shared<test_environment>();
  step_system world{env};
  options with;
  with.kinds.add("work", body{[] {}});
  with.store = std::make_shared<memory_store>();
  auto setup = set_up_list(world.system(), with, env);
  caf::anon_send_exit(setup.keeper, caf::exit_reason::user_shutdown);
  setup.keeper = world.system().spawn<hanging_keeper>();
  const auto tasks = world.system().spawn<list_actor>(std::move(setup));
  protocol::submit m;
  m.tasks.push_back({of_kind("lost"), {}});
  auto waits = world.begin_ask<protocol::submitted>(tasks, std::move(m));
  world.run();
  auto stopped = world.begin_ask<protocol::stopped>(tasks, protocol::stop{1s, true});
  world.run();
  world.advance(9s);
  EXPECT_FALSE(*stopped) << "it may only be slow";
  world.advance(2s);
  ASSERT_TRUE(*stopped);
  EXPECT_EQ((*stopped)->code(), errc::io_failed);
  ASSERT_TRUE(*waits);
  EXPECT_EQ((*waits)->code(), errc::io_failed);
  EXPECT_NE((*waits)->error().text.find("has not answered for 10 s"), std::string::npos) << (*waits)->error().text;
  ASSERT_FALSE(env->lines.empty());
  EXPECT_NE(env->lines.back().find("(lost)"), std::string::npos) << env->lines.back();
  caf::anon_send_exit(tasks, caf::exit_reason::user_shutdown);
  world.run(); // nobody hears the keeper any more
}

TEST_F(durable_commit, a_commit_of_which_nobody_knows_is_looked_up) {
  for (const bool reaches : {false, true}) {
    options with;
    with.kinds.add("work", body{[](context& job) { job.print("line\n"); }});
    steps s{with};
    s.kept->closes = true;
    s.kept->reaches = reaches;
    protocol::submit m;
    m.tasks.push_back({of_kind("t"), {}});
    auto box = s.world->begin_ask<protocol::submitted>(s.tasks, std::move(m));
    s.world->run();
    EXPECT_FALSE(*box);
    s.world->advance(1s);
    ASSERT_TRUE(*box && **box) << "reaches: " << reaches;
    EXPECT_EQ(s.get(1).state, state::succeeded);
    EXPECT_EQ(s.ask<output_piece>(protocol::read_output{1})->text, "line\n");
    s.die();
    s.begin();
    EXPECT_EQ(s.get(1).state, state::succeeded);
    EXPECT_EQ(s.ask<output_piece>(protocol::read_output{1})->text, "line\n");
    EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks.total(), 1U);
  }
}

TEST_F(durable_commit, what_gathers_before_a_turn_is_one_commit) {
  options with;
  with.kinds.add("work", body{[] {}});
  steps s{with};
  const auto before = s.kept->commits;
  std::vector<std::shared_ptr<std::optional<result<protocol::submitted>>>> boxes;
  for (int i = 0; i < 64; ++i) {
    protocol::submit m;
    m.tasks.push_back({of_kind("t"), {}});
    m.tasks.back().what.delay = 1h;
    boxes.push_back(s.world->begin_ask<protocol::submitted>(s.tasks, std::move(m)));
  }
  s.world->run();
  for (auto& b : boxes)
    ASSERT_TRUE(*b && **b);
  EXPECT_EQ(s.kept->commits - before, 1);
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks[state::scheduled], 64U);
}

TEST_F(durable_commit, a_subscriber_hears_only_what_is_committed_and_misses_nothing) {
  options with;
  with.kinds.add("work", body{[] {}});
  steps s{with};
  s.kept->failures = 1;
  protocol::submit m;
  m.tasks.push_back({of_kind("t"), {}});
  auto box = s.world->begin_ask<protocol::submitted>(s.tasks, std::move(m));
  s.world->run();
  std::vector<task_version> heard;
  std::vector<task> snapshot;
  protocol::subscribe ask;
  ask.who = s.world->system().spawn([&](caf::event_based_actor*) {
    return caf::behavior{[&](const protocol::events& e) {
                           for (const auto& one : e.batch->events)
                             heard.push_back(one.version);
                         },
                         [&](const protocol::snapshot& all) {
                           snapshot.insert(snapshot.end(), all.tasks.begin(), all.tasks.end());
                         },
                         [](const protocol::snapshot_end&) {}, [](const protocol::closed&) {}};
  });
  auto subscribed = s.world->begin_ask<protocol::subscribed>(s.tasks, std::move(ask));
  s.world->run();
  EXPECT_TRUE(heard.empty() && snapshot.empty());
  s.world->advance(1s);
  ASSERT_TRUE(*subscribed && **subscribed);
  const auto now = s.ask<totals>(protocol::counts{})->version;
  ASSERT_EQ(snapshot.size(), 1U);
  std::set<task_version> told{heard.begin(), heard.end()};
  EXPECT_EQ(told.size(), heard.size()) << "nothing twice";
  for (auto v = (**subscribed)->version + 1; v <= now; ++v)
    EXPECT_TRUE(told.contains(v)) << v;
  EXPECT_EQ(s.get(1).state, state::succeeded);
}

TEST_F(durable_commit, a_run_is_answered_when_its_end_is_saved) {
  steps* all = nullptr;
  options with;
  with.kinds.add("work", body{[&all] { all->kept->failures = 1; }}); // the commit of its end fails
  steps s{with};
  all = &s;
  protocol::run m;
  m.tasks.push_back({of_kind("t"), {}});
  auto box = s.world->begin_ask<wait_result>(s.tasks, m);
  s.world->run();
  EXPECT_FALSE(*box) << "an answer left before its commit";
  EXPECT_EQ(s.ask<wait_result>(m).code(), errc::io_failed);
  s.world->advance(1s);
  ASSERT_TRUE(*box && **box);
  EXPECT_EQ((**box)->settled.at(0).task.state, state::succeeded);
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->submitted, 1U);
}

TEST_F(durable_commit, an_end_that_nobody_reports_is_saved_with_its_text) {
  promises held;
  std::optional<context> deaf;
  options with;
  with.workers = 1;
  with.cancel_grace = 1s;
  with.kinds.add("deaf", asynchronous([&](context& job, promise p) {
                   deaf.emplace(job);
                   held.all.push_back(std::move(p));
                 }));
  steps s{with};
  const auto id = s.submit(of_kind("t", "deaf"));
  ASSERT_TRUE(s.ask<protocol::changed>(protocol::cancel{id}));
  deaf->print("the last word"); // its worker hears of it just before the grace is over
  s.world->advance(1s);
  EXPECT_EQ(s.get(id).state, state::cancelled);
  s.die();
  s.begin();
  EXPECT_EQ(s.ask<output_piece>(protocol::read_output{id})->text, "the last word");
}

TEST_F(durable_commit, what_a_body_prints_is_saved_within_a_second_though_nothing_else_happens) {
  promises held;
  std::optional<context> quiet;
  options with;
  with.kinds.add("quiet", asynchronous([&](context& job, promise p) {
                   quiet.emplace(job);
                   held.all.push_back(std::move(p));
                 }));
  steps s{with};
  const auto id = s.submit(of_kind("t", "quiet"));
  quiet->print("one\n");
  s.world->advance(500ms);
  EXPECT_EQ(s.kept->output(id, 0, 100)->text, "") << "it waits for a commit that has more";
  s.world->advance(1s);
  EXPECT_EQ(s.kept->output(id, 0, 100)->text, "one\n");
  quiet->print("two\n");
  s.world->advance(500ms);
  s.world->advance(1s);
  s.die();
  s.begin();
  EXPECT_EQ(s.ask<output_piece>(protocol::read_output{id})->text, "one\ntwo\n");
}
