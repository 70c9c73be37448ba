// What is tested: a plain thread works an idle list's mailbox off itself, and never runs what is not for it.
#include "actors.hpp"

#include <atomic>
#include <optional>
#include <thread>

#include <stint/keeper.hpp>
#include <stint/lent_thread.hpp>
#include <stint/memory_store.hpp>

using namespace stint::test;

namespace {

struct lent_thread : actors_fixture {
  caf::actor_system system{cfg};
};

/// An actor that counts what it did where its first message ran, if that was on the caller's thread, and answers.
class walker final : public stint::lendable_actor {
public:
  walker(caf::actor_config& cfg, std::atomic<int>& here, std::thread::id caller, int leaves_at)
    : lendable_actor(cfg), here_(here), caller_(caller), leaves_at_(leaves_at) {}

  caf::behavior make_behavior() override {
    return {[this](const app::question& q) {
      const auto here = std::this_thread::get_id() == caller_;
      if (q.n == 1)
        counts_ = here; // else it still ran elsewhere, and only got what came later
      here_ += counts_ && here ? 1 : 0;
      if (q.n == leaves_at_)
        leave_lent_thread();
      return app::answer{q.n};
    }};
  }

private:
  std::atomic<int>& here_;
  std::thread::id caller_;
  int leaves_at_;
  bool counts_ = false;
};

/// How many of 100 messages a walker worked off on the thread that sent them.
int worked_off_here(caf::actor_system& system, int leaves_at) {
  std::atomic<int> here = 0;
  auto who = system.spawn<walker>(std::ref(here), std::this_thread::get_id(), leaves_at);
  for (int round = 0; round < 10'000; ++round) {
    here = 0;
    {
      stint::lent_thread lent;
      for (int n = 1; n <= 100; ++n)
        stint::caf_shim::tell_from(&lent, who, app::question{n});
    }
    const auto seen = here.load();
    EXPECT_TRUE(stint::ask_and_wait<app::answer>(system, who, app::question{0})); // after all of them
    if (seen != 0)
      return seen;
  }
  return 0;
}

/// A store that tells which thread reads it, and holds it up.
struct held_store final : stint::memory_store {
  stint::result<stint::stored_task> get(stint::task_id id) const override {
    reader = std::this_thread::get_id();
    may_read->pass();
    return memory_store::get(id);
  }

  mutable std::atomic<std::thread::id> reader;
  std::unique_ptr<gate> may_read = std::make_unique<gate>();
};

/// Told to, it asks a keeper; answers where it heard of it to who asks later.
class file_reader final : public stint::lendable_actor {
public:
  file_reader(caf::actor_config& cfg, caf::actor keeper, std::atomic<std::thread::id>& heard, gate& told)
    : lendable_actor(cfg), keeper_(std::move(keeper)), heard_(heard), told_(told) {}

  caf::behavior make_behavior() override {
    return {[this](const app::question& q) {
      if (q.n == 1)
        stint::caf_shim::ask(*this, keeper_, stint::crew_messages::fetch{{1}})
          .then([this](const stint::crew_messages::fetched&) { hear(); }, [this](caf::error&) { hear(); });
      return app::answer{q.n};
    }};
  }

  void on_exit() override {
    keeper_ = nullptr;
    actor_base::on_exit();
  }

private:
  void hear() {
    heard_ = std::this_thread::get_id();
    told_.open();
  }

  caf::actor keeper_;
  std::atomic<std::thread::id>& heard_;
  gate& told_;
};

} // namespace

TEST_F(lent_thread, of_a_keeper_runs_who_waits_for_what_it_reads) {
  std::thread::id reader;
  std::atomic<std::thread::id> heard;
  for (int i = 0; i < 1'000 && (i == 0 || heard.load() != reader); ++i) { // not when it had yet to come to rest
    auto kept = std::make_shared<held_store>();
    const auto head = kept->open().value();
    auto keeper = stint::spawn_keeper(system, kept, head, stint::make_environment());
    gate told;
    auto who = system.spawn<file_reader>(keeper, std::ref(heard), std::ref(told));
    EXPECT_TRUE(stint::ask_and_wait<app::answer>(system, who, app::question{1}));
    EXPECT_TRUE(stint::ask_and_wait<app::answer>(system, who, app::question{2}));
    kept->may_read->open();
    told.pass();
    reader = kept->reader;
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  }
  EXPECT_EQ(heard.load(), reader);
}

TEST_F(lent_thread, runs_who_it_wakes_till_that_one_leaves) { EXPECT_EQ(worked_off_here(system, 2), 2); }

TEST_F(lent_thread, leaves_the_rest_of_a_long_mailbox_to_others) { EXPECT_EQ(worked_off_here(system, -1), 32); }

TEST_F(lent_thread, of_a_question_works_off_an_idle_list) {
  std::atomic<int> here = 0;
  opts.kinds.add("k", {[] {}, false,
                       [&here, me = std::this_thread::get_id()](const std::string&) {
                         here += std::this_thread::get_id() == me ? 1 : 0;
                         return stint::result<stint::unit_t>{stint::unit};
                       }});
  stint::list tasks{system, std::move(opts)};
  for (int i = 0; i < 1'000 && here == 0; ++i) { // not when the list runs elsewhere just then
    auto what = named("n");
    what.kind = "k";
    auto id = tasks.submit(std::move(what));
    ASSERT_TRUE(id);
    ASSERT_TRUE(tasks.wait(*id));
  }
  EXPECT_NE(here, 0);
}

TEST_F(lent_thread, never_runs_a_cooperative_body) {
  std::atomic<int> here = 0;
  std::atomic<int> elsewhere = 0;
  stint::list tasks{system, opts};
  for (int i = 0; i < 200; ++i) {
    auto id = tasks.submit(named("c"), stint::cooperative([&, me = std::this_thread::get_id()] {
                             ++(std::this_thread::get_id() == me ? here : elsewhere);
                           }));
    ASSERT_TRUE(id);
    if (i % 2 == 0) {
      ASSERT_TRUE(tasks.wait(*id));
    }
  }
  ASSERT_TRUE(tasks.wait_all());
  EXPECT_EQ(here, 0);
  EXPECT_EQ(elsewhere, 200);
}

TEST_F(lent_thread, never_runs_a_stop_callback) {
  std::atomic<int> told_here = 0; // it may want a lock that its caller holds
  stint::list tasks{system, opts};
  for (int i = 0; i < 200; ++i) {
    gate begun;
    gate told;
    std::vector<stint::promise> owed;
    std::optional<std::stop_callback<std::function<void()>>> callback;
    auto body = [&, me = std::this_thread::get_id()](stint::context& job, stint::promise p) {
      owed.push_back(std::move(p));
      callback.emplace(job.stop_token(), [&, me] {
        told_here += std::this_thread::get_id() == me ? 1 : 0;
        told.open();
      });
      begun.open();
    };
    auto id = tasks.submit(named("a"), stint::asynchronous(body));
    ASSERT_TRUE(id);
    begun.pass();
    ASSERT_TRUE(tasks.cancel(*id));
    told.pass();
    callback.reset();
    owed.front().keep(stint::succeeded());
    ASSERT_TRUE(tasks.wait(*id));
  }
  EXPECT_EQ(told_here, 0);
}

TEST_F(lent_thread, many_threads_ask_at_once_and_nothing_is_lost) {
  constexpr int threads = 8;
  constexpr int each = 200;
  std::atomic<int> ran = 0;
  stint::list tasks{system, opts};
  std::vector<std::thread> askers;
  for (int n = 0; n < threads; ++n)
    askers.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        auto id = tasks.submit(named("t"), [&ran] { ++ran; });
        ASSERT_TRUE(id);
        ASSERT_TRUE(tasks.wait(*id));
      }
    });
  for (auto& t : askers)
    t.join();
  EXPECT_EQ(ran, threads * each);
  auto c = tasks.counts();
  ASSERT_TRUE(c);
  EXPECT_EQ(c->submitted, std::uint64_t{threads * each});
}
