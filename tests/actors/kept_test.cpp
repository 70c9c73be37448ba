// Which finished tasks a list keeps, as its callers see it: what bodies print counts towards the bytes, whatever their style,
// and a restart goes on with the same figures. How: bounds that one byte more or less decides.
#include <actors/durable_steps.hpp>

using namespace stint;
using namespace stint::test;

namespace {

using kept_tasks = durable_fixture;

std::vector<task_id> there(list& tasks) {
  std::vector<task_id> ids;
  for (task_id id = 1; id <= tasks.counts()->submitted; ++id)
    if (tasks.get(id))
      ids.push_back(id);
  return ids;
}

/// What a task takes that is called "t", has the kind "work" and the args `{}`: that is its value, too, and it prints a line.
constexpr std::size_t working = finished_task_bytes + 1 + 2 + 2 + 8;

} // namespace

TEST_F(kept_tasks, output_counts_for_bodies_of_every_style) {
  caf::actor_system system{cfg};
  const std::string text(1'000, '.');
  const std::size_t three = 3 * (finished_task_bytes + 1 + text.size());
  for (const auto room : {three, three - 1}) {
    options o;
    o.workers = 1;
    o.limits.finished = {0, 0s, room};
    list tasks{system, o};
    const std::vector<body> bodies{body{[&](context& job) { job.print(text); }}, cooperative([&](context& job) { job.print(text); }),
                                   asynchronous([&](context& job, promise p) {
                                     job.print(text);
                                     p.keep(succeeded());
                                   })};
    for (const auto& b : bodies) {
      const auto id = tasks.submit(named("t"), b);
      ASSERT_TRUE(id);
      ASSERT_TRUE(tasks.wait(*id));
    }
    EXPECT_EQ(there(tasks), (room == three ? std::vector<task_id>{1, 2, 3} : std::vector<task_id>{2, 3}));
  }
}

TEST_F(kept_tasks, a_restart_goes_on_with_the_bytes_of_texts_and_output) {
  opts.workers = 1;
  for (const auto& [room, left] : {std::pair{4 * working, 4U}, std::pair{4 * working - 1, 3U}}) {
    opts.store = folder.file(left == 4 ? "enough.db" : "less.db");
    for (int life = 0; life < 2; ++life) {
      opts.limits.finished = life == 0 ? keep_all : retention{0, 0s, room};
      caf::actor_system system{cfg};
      list tasks{system, opts};
      for (int i = 0; i < 2; ++i) {
        const auto id = tasks.submit(of_kind("t", "work", "{}"));
        ASSERT_TRUE(id);
        ASSERT_TRUE(tasks.wait(*id));
      }
      if (life == 1) {
        EXPECT_EQ(tasks.counts()->tasks[state::succeeded], left);
        EXPECT_EQ(tasks.get(1).code(), left == 4 ? errc::none : errc::task_deleted);
        EXPECT_EQ(tasks.output(1).code(), left == 4 ? errc::none : errc::task_deleted);
      }
    }
  }
}

TEST_F(kept_tasks, what_an_attempt_printed_before_its_process_died_counts_as_far_as_it_is_there) {
  promises held;
  options o;
  o.workers = 1;
  o.kinds.add("work", asynchronous([&](context& job, promise p) {
                job.print("0123456789");
                job.attempt() == 1 ? held.all.push_back(std::move(p)) : void(p.keep(succeeded()));
              }));
  steps s{o};
  const auto id = s.submit(of_kind("t"));
  s.world->run();
  s.submit(of_kind("behind")); // its commit has the output with it
  s.world->run();
  EXPECT_EQ(s.kept->get(id)->printed, 0U) << "it has not told";
  s.die();
  held.all.clear();
  s.begin();
  s.world->run();
  ASSERT_EQ(s.get(id).state, state::succeeded);
  EXPECT_EQ(s.get(id).attempt, 2U);
  EXPECT_EQ(s.kept->get(id)->printed, 20U);
}

TEST_F(kept_tasks, bounds_for_what_is_no_end_are_refused) {
  caf::actor_system system{cfg};
  const auto refused = [&](auto change) {
    options o;
    change(o.limits);
    try {
      list tasks{system, o};
    } catch (const start_error& e) {
      return std::string{e.what()};
    }
    return std::string{"taken"};
  };
  EXPECT_EQ(refused([](auto& l) { l.finished_of[state::failed] = {1, 1h, 1}; }), "taken");
  EXPECT_EQ(refused([](auto& l) { l.finished_of[state::running] = {1, 1h, 1}; }),
            "invalid_option: finished_of names running, which is no end of a task");
  EXPECT_EQ(refused([](auto& l) { l.finished_of[state::quarantined] = {}; }),
            "invalid_option: finished_of names quarantined, which is no end of a task");
  for (auto negative : {0, 1})
    EXPECT_EQ(refused([&](auto& l) { (negative == 0 ? l.finished : l.finished_of[state::failed]).age = -1ns; }),
              "invalid_option: the age up to which finished tasks are kept is not negative");
}
