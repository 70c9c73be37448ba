// A list whose older finished tasks are in its store only: what it answers about them, and how the keeper reads. How: lists
// with a window beside such without one, over a file and in steps; and a keeper alone.
#include <actors/durable_steps.hpp>

#include <functional>
#include <set>

#include <stint/keeper.hpp>
#include <stint/list_actor.hpp>

using namespace stint;
using namespace stint::test;

namespace {

struct durable_window : durable_fixture {
  durable_window() {
    opts.workers = 1;
    opts.kinds.add("fails", body{[](context& job) {
                     job.print("trying\n");
                     return failed("no");
                   }});
    opts.limits.finished_in_memory = 0;
  }

  /// Ten tasks, one after the other, of which each third fails.
  static void fill(list& tasks) {
    for (int i = 1; i <= 10; ++i) {
      auto s = of_kind("t" + std::to_string(i), i % 3 == 0 ? "fails" : "work", "[" + std::to_string(i) + "]");
      s.idempotency_key = "key" + std::to_string(i);
      s.tags = {i % 2 == 0 ? "even" : "odd"};
      const auto id = tasks.submit(s);
      ASSERT_TRUE(id) << to_string(id.error());
      ASSERT_TRUE(tasks.wait(*id));
    }
  }

  /// Everything that can be asked about ten tasks, but for the times of day.
  static std::string story(list& tasks) {
    std::string out;
    const auto add = [&out](const task& t) {
      out += std::to_string(t.id) + " " + t.name + " " + std::string{to_string(t.state)} + " " + t.kind + " " + t.queue + " "
             + std::to_string(t.version) + " " + t.error + " " + t.tags.at(0) + " " + std::to_string(t.attempt) + "\n";
    };
    for (task_id id = 1; id <= 12; ++id) {
      const auto t = tasks.get(id);
      if (!t) {
        out += std::string{to_string(t.code())} + "\n";
        continue;
      }
      add(*t);
      out += *tasks.args(id) + *tasks.value(id) + *tasks.detail(id) + tasks.output(id)->text + tasks.explain(id)->text + "\n";
      add(*tasks.wait(id));
    }
    for (const auto order : {page_order::newest_first, page_order::oldest_first})
      for (const auto& tag : {"", "even"}) {
        page_request ask;
        ask.filter.tag = tag;
        ask.order = order;
        ask.limit = 3;
        do {
          const auto p = tasks.page(ask);
          for (const auto& t : p->tasks)
            add(t);
          ask.cursor = p->next;
        } while (ask.cursor != 0);
      }
    const auto n = *tasks.counts();
    for (auto c : n.tasks.by_state)
      out += std::to_string(c) + " ";
    return out + std::to_string(n.deleted) + " " + std::to_string(n.version);
  }
};

} // namespace

TEST_F(durable_window, the_answers_are_those_of_a_list_without_one) {
  std::vector<std::string> stories;
  for (const auto window : {all_in_memory, std::size_t{0}, std::size_t{4}}) {
    opts.store = folder.file(std::to_string(stories.size()) + ".db");
    opts.limits.finished_in_memory = window;
    std::string before;
    for (int life = 0; life < 2; ++life) {
      caf::actor_system system{cfg};
      list tasks{system, opts};
      if (life == 0)
        fill(tasks);
      auto again = of_kind("t3", "fails", "[3]");
      again.idempotency_key = "key3";
      again.tags = {"odd"};
      EXPECT_EQ(*tasks.submit(again), 3U) << "its key is known";
      again.name = "other";
      EXPECT_EQ(tasks.submit(again).code(), errc::idempotency_conflict);
      before += story(tasks);
    }
    stories.push_back(before);
  }
  EXPECT_EQ(stories[1], stories[0]);
  EXPECT_EQ(stories[2], stories[0]);
  EXPECT_NE(stories[0].find("10 t10 succeeded work default"), std::string::npos) << stories[0];
}

TEST_F(durable_window, a_run_may_find_a_task_outside) {
  caf::actor_system system{cfg};
  list tasks{system, opts};
  fill(tasks);
  auto again = of_kind("t3", "fails", "[3]");
  again.idempotency_key = "key3";
  again.tags = {"odd"};
  const auto both = tasks.run({{of_kind("new"), {}}, {again, {}}});
  ASSERT_TRUE(both) << to_string(both.error());
  ASSERT_EQ(both->settled.size(), 2U);
  for (const auto& w : both->settled)
    EXPECT_EQ(w.task.state, w.id == 3 ? state::failed : state::succeeded) << w.id;
}

TEST_F(durable_window, changes_of_tasks_outside) {
  caf::actor_system system{cfg};
  list tasks{system, opts};
  fill(tasks);
  EXPECT_EQ(tasks.cancel(2).code(), errc::wrong_state);
  EXPECT_EQ(tasks.remove(2, 1).code(), errc::version_mismatch);
  const auto again = tasks.retry(2);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(tasks.wait(*again)->retry_of, 2U);
  EXPECT_TRUE(tasks.remove(2, tasks.get(2)->version));
  EXPECT_EQ(tasks.get(2).code(), errc::task_deleted);
  EXPECT_EQ(tasks.value(2).code(), errc::task_deleted);
  EXPECT_EQ(tasks.wait(2).code(), errc::task_deleted);
  filter odd;
  odd.tag = "odd";
  EXPECT_EQ(tasks.clear(odd)->count, 5U);
  EXPECT_EQ(tasks.counts()->tasks.total(), 5U);
  filter some;
  some.ids = {1, 4, 6};
  EXPECT_EQ(tasks.clear(some)->count, 2U);
  EXPECT_EQ(tasks.counts()->deleted, 8U);
  EXPECT_EQ(tasks.clear({})->count, 3U);
  EXPECT_TRUE(tasks.page({})->tasks.empty());
}

// In steps, over a store in memory.

namespace {

struct window_steps : steps {
  explicit window_steps(std::size_t window, retention keep = keep_all) : steps(with_window(window, keep)) {}

  static options with_window(std::size_t window, retention keep) {
    options o;
    o.kinds.add("work", body{[] { return succeeded(0, "1"); }});
    o.limits.finished_in_memory = window;
    o.limits.finished = keep;
    return o;
  }

  const ledger& rules() {
    return static_cast<const list_actor*>(caf::actor_cast<caf::abstract_actor*>(tasks))->rules();
  }
};

} // namespace

TEST_F(durable_window, only_the_newest_are_in_memory_after_a_restart_as_well) {
  window_steps s{2};
  for (int i = 0; i < 6; ++i)
    s.submit(of_kind("t"));
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(s.rules().outside(), 4U);
    EXPECT_NE(s.rules().find(5), nullptr);
    EXPECT_NE(s.rules().find(6), nullptr);
    EXPECT_EQ(s.ask<protocol::many>(protocol::get_many{{1, 6, 3, 7}})->tasks.at(2).task.name, "t");
    EXPECT_EQ(s.ask<protocol::many>(protocol::get_many{{1, 6, 3, 7}})->tasks.at(3).code, errc::unknown_task);
    s.die();
    s.begin();
  }
}

TEST_F(durable_window, tasks_outside_go_by_their_bounds) {
  window_steps s{1, {3, 0s, 0}};
  for (int i = 0; i < 10; ++i)
    s.submit(of_kind("t"));
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks.total(), 3U);
  EXPECT_EQ(s.ask<task>(protocol::get{7}).code(), errc::task_deleted);
  EXPECT_EQ(s.get(8).state, state::succeeded);
  EXPECT_EQ(s.kept->get(7).code(), errc::task_deleted);
  s.with.limits.finished = {1, 0s, 0};
  s.die();
  s.begin();
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks.total(), 1U);
  EXPECT_EQ(s.kept->get(9).code(), errc::task_deleted);
}

TEST_F(durable_window, a_store_that_cannot_be_read_is_named_and_read_again_later) {
  window_steps s{0};
  s.submit(of_kind("t"));
  s.kept->closes = true;
  protocol::submit m;
  m.tasks.push_back({of_kind("next"), {}});
  auto box = s.world->begin_ask<protocol::submitted>(s.tasks, std::move(m));
  s.world->run();
  EXPECT_EQ(s.ask<task>(protocol::get{1}).code(), errc::io_failed);
  EXPECT_EQ(s.ask<page>(protocol::read_page{}).code(), errc::io_failed);
  EXPECT_EQ(s.ask<explanation>(protocol::explain{1}).code(), errc::internal) << "it waits for the commit, as ever";
  s.world->advance(1s);
  EXPECT_EQ(s.get(1).name, "t");
}

TEST_F(durable_window, a_subscriber_is_told_of_tasks_outside) {
  window_steps s{0};
  for (int i = 0; i < 3; ++i)
    s.submit(of_kind("t"));
  s.kept->unreadable = 2;
  std::set<task_id> told;
  bool complete = false;
  auto ear = s.world->system().spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {
      [&](const protocol::snapshot& m) {
        for (const auto& t : m.tasks)
          told.insert(t.id);
      },
      [&](const protocol::snapshot_end&) { complete = true; },
      [](const protocol::events&) {},
    };
  });
  protocol::subscribe all;
  all.who = ear;
  ASSERT_TRUE(s.ask<protocol::subscribed>(std::move(all)));
  s.world->run();
  EXPECT_FALSE(complete) << "the store cannot be read";
  s.world->advance(1s);
  s.world->advance(1s);
  EXPECT_TRUE(complete);
  EXPECT_EQ(told.size(), 3U);
  caf::anon_send_exit(ear, caf::exit_reason::user_shutdown);
}

TEST_F(durable_window, output_leaves_with_its_task) {
  for (const auto window : {std::size_t{1}, all_in_memory}) {
    window_steps s{window};
    s.die();
    s.with.kinds.add("prints", body{[](context& job) { job.print("some text"); }});
    s.begin();
    const auto first = s.submit(of_kind("t", "prints"));
    s.submit(of_kind("t", "prints"));
    s.kept->outputs = 0;
    const auto read = s.ask<output_piece>(protocol::read_output{first, 5});
    EXPECT_EQ(read->text, "text");
    EXPECT_EQ(read->total, 9U);
    EXPECT_EQ(s.kept->outputs, window == 1 ? 1 : 0) << "from the store, or from memory";
    s.die();
  }
}

// A wait holds what it was told of a task outside, whatever becomes of that.
TEST_F(durable_window, a_wait_on_a_task_outside_keeps_its_answer) {
  window_steps s{0};
  promises kept;
  s.die();
  s.with.kinds.add("never", kept.never_ends());
  s.begin();
  s.submit(of_kind("t"));
  const auto open = s.submit(of_kind("open", "never"));
  auto all = s.world->begin_ask<wait_result>(s.tasks, protocol::wait{{{1, open}, wait_for::all, 0ns}});
  s.world->run();
  EXPECT_FALSE(*all);
  EXPECT_EQ(s.ask<wait_result>(protocol::wait{{{1, open}, wait_for::any, 0ns}})->settled.at(0).task.name, "t");
  ASSERT_TRUE(s.ask<protocol::changed>(protocol::remove{1}));
  kept.all.front().keep(succeeded());
  s.world->run();
  ASSERT_TRUE(*all);
  EXPECT_EQ((**all)->settled.at(0).task.name, "t");
  s.die();
}

// A keeper alone.

namespace {

/// Notes what it is asked for, in order.
class noting_store final : public memory_store {
public:
  result<unit_t> commit(const batch& b) override {
    log += 'c';
    return memory_store::commit(b);
  }
  [[nodiscard]] result<stored_task> get(task_id id) const override {
    log += 'r';
    return memory_store::get(id);
  }
  mutable std::string log;
};

struct lone_keeper {
  lone_keeper() : head(*kept->open()) {
    auto env = std::make_shared<test_environment>();
    world = std::make_unique<step_system>(env);
    who = spawn_keeper(world->system(), kept, head, env);
  }
  ~lone_keeper() { caf::anon_send_exit(who, caf::exit_reason::user_shutdown); }

  void commit() {
    auto b = std::make_shared<store::batch>();
    b->version = ++version;
    auto list = world->system().spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](const crew_messages::saved&) {}};
    });
    caf_shim::anon_tell(who, crew_messages::save{std::move(b), list});
    caf::anon_send_exit(list, caf::exit_reason::user_shutdown);
  }

  std::shared_ptr<noting_store> kept = std::make_shared<noting_store>();
  store::opened head;
  std::unique_ptr<step_system> world;
  caf::actor who;
  task_version version = 0;
};

} // namespace

TEST_F(durable_window, the_keeper_reads_a_few_between_two_commits) {
  lone_keeper k;
  auto many = k.world->begin_ask<crew_messages::fetched>(k.who, crew_messages::fetch{std::vector<task_id>(250, 1)});
  while (k.kept->log.empty() && k.world->step())
    ;
  EXPECT_EQ(k.kept->log.size(), reads_at_once);
  k.commit();
  k.world->run();
  // One step of reading was on its way before it.
  EXPECT_EQ(k.kept->log, std::string(2 * reads_at_once, 'r') + "c" + std::string(50, 'r'));
  EXPECT_TRUE(*many && **many);
}

TEST_F(durable_window, too_many_reads_are_refused_by_name) {
  lone_keeper k;
  std::vector<std::shared_ptr<std::optional<result<crew_messages::fetched>>>> asked;
  for (std::size_t i = 0; i <= most_reads; ++i)
    asked.push_back(k.world->begin_ask<crew_messages::fetched>(k.who, crew_messages::fetch{{1}}));
  k.world->run();
  std::size_t refused = 0;
  for (const auto& a : asked) {
    ASSERT_TRUE(*a);
    refused += (*a)->code() == errc::too_many_reads ? 1 : 0;
  }
  EXPECT_EQ(refused, 1U);
}
