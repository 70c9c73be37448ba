// What is tested: a body that ignores its stop token: who is told, who goes on, and how the list ends with it.
#include "actors.hpp"

using namespace stint::test;
using stint::state;

namespace {

struct Stuck : actors_fixture {
  Stuck() : system(cfg) {
    opts.workers = 1;
    opts.cancel_grace = 1ms;
    opts.stop_grace = 0s;
  }

  /// Submits a body that holds `k` and hears nobody, and cancels it.
  stint::task_id make_stuck(stint::list& tasks) {
    auto id = tasks.submit(named("deaf", {stint::exclusive("k")}), [this] {
      begun.open();
      may_end.pass();
      returned = true;
    });
    begun.pass();
    EXPECT_TRUE(tasks.cancel(*id));
    auto t = tasks.wait(*id);
    EXPECT_EQ(t->state, state::cancelled);
    EXPECT_EQ(t->error, "body ignored its stop token");
    return *id;
  }

  caf::actor_system system;
  gate begun;
  gate may_end;
  std::atomic<bool> returned{false};
};

using stuck = Stuck;

} // namespace

TEST_F(stuck, it_is_named_and_others_go_on) {
  stint::list tasks{system, opts};
  const auto deaf = make_stuck(tasks);
  EXPECT_TRUE(tasks.get(deaf)->stuck);
  EXPECT_TRUE(warned("task " + std::to_string(deaf) + " (deaf), attempt 1")); // said in the turn before that answer
  EXPECT_EQ(tasks.counts()->stuck, 1U);
  // The only worker has got another runner.
  EXPECT_EQ(tasks.wait(*tasks.submit(named("other"), [] {}))->state, state::succeeded);
  auto behind = tasks.submit(named("behind", {stint::exclusive("k")}), [] {});
  auto e = tasks.explain(*behind);
  EXPECT_NE(e->text.find("the stuck body of " + std::to_string(deaf)), std::string::npos) << e->text;
  ASSERT_EQ(e->waits_for.size(), 1U);
  EXPECT_TRUE(e->waits_for[0].stuck);
  EXPECT_EQ(tasks.explain(deaf)->holds_back.size(), 1U);
  may_end.open();
  EXPECT_EQ(tasks.wait(*behind)->state, state::succeeded);
  EXPECT_EQ(tasks.counts()->stuck, 0U);
  EXPECT_FALSE(tasks.get(deaf)->stuck);
}

TEST_F(stuck, its_claims_can_be_freed_by_hand) {
  stint::list tasks{system, opts};
  const auto deaf = make_stuck(tasks);
  auto behind = tasks.submit(named("behind", {stint::exclusive("k")}), [] {});
  ASSERT_TRUE(tasks.release_stuck(deaf));
  EXPECT_EQ(tasks.wait(*behind)->state, state::succeeded);
  EXPECT_EQ(tasks.counts()->overlaps, 1U);
  EXPECT_EQ(tasks.release_stuck(*behind).code(), stint::errc::not_stuck);
  may_end.open();
}

TEST_F(stuck, the_list_waits_for_it_at_the_end) {
  {
    stint::list tasks{system, opts};
    ASSERT_TRUE(tasks.submit(named("deaf"), [this] {
      begun.open();
      may_end.pass();
      returned = true;
    }));
    begun.pass();
    std::lock_guard guard{mutex};
    on_warning = [this] { may_end.open(); }; // the list, at its end, says that it is stuck
  }
  EXPECT_TRUE(returned);
  EXPECT_TRUE(warned("deaf"));
}

TEST_F(stuck, the_list_leaves_it_behind_when_told_to) {
  opts.abandon_stuck = true;
  // What an abandoned body uses must outlive it.
  struct things {
    gate begun, may_end, gone;
  };
  auto own = std::make_shared<things>();
  {
    stint::list tasks{system, opts};
    auto id = tasks.submit(named("deaf"), [own] {
      own->begun.open();
      own->may_end.pass();
      own->gone.open();
    });
    own->begun.pass();
    auto left = tasks.stop(0s);
    ASSERT_TRUE(left);
    EXPECT_EQ(left->stuck, std::vector<stint::task_id>{*id});
    EXPECT_EQ(left->interrupted, 1U);
    EXPECT_EQ(tasks.get(*id)->error, "list stopped: body ignored its stop token");
  }
  own->may_end.open();
  own->gone.pass();
}
