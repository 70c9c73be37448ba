// An owner that is killed and begins again on its file while workers run its tasks: what runs goes on, what ended meanwhile is
// heard of, and what nobody comes back with in time runs anew. Each body writes a line when it begins and when it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include <stint/command_kind.hpp>

#include "node_processes.hpp"
#include "relay.hpp"

namespace stint::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

struct owner_restart : testing::Test {
  /// Of `ms`, each with a key of its own; what it prints after its sleep it prints without an owner, or to the next one.
  submission body_of(int ms, int key) {
    const auto line = [&](const char* what) {
      return std::string{"echo "} + what + " $STINT_TASK_ID $STINT_ATTEMPT $STINT_FENCING_TOKEN >> " + p.path("log") + "; ";
    };
    auto s = command_spec("job", {{"sh", "-c", line("began") + "echo early; sleep " + std::to_string(ms / 1000) + "."
                                                 + std::to_string(1000 + ms % 1000).substr(1) + "; echo late; " + line("ended")},
                                  {}, {}});
    s.claims = {exclusive("key/" + std::to_string(key))};
    return {std::move(s), {}};
  }
  std::vector<task_id> begin(std::size_t n, int ms) {
    for (std::size_t i = 0; i < n; ++i)
      p.worker(1);
    EXPECT_TRUE(p.until_workers(n));
    std::vector<submission> all;
    for (std::size_t i = 0; i < n; ++i)
      all.push_back(body_of(ms, static_cast<int>(i)));
    const auto made = p.tasks().submit(std::move(all));
    EXPECT_TRUE(made) << to_string(made.error());
    EXPECT_TRUE(until("began", n));
    return made ? made->ids : std::vector<task_id>{};
  }
  /// What bodies wrote: `began` or `ended`, by task and attempt.
  [[nodiscard]] std::multiset<std::pair<task_id, int>> wrote(const std::string& what) const {
    std::multiset<std::pair<task_id, int>> out;
    std::istringstream in{p.file("log")};
    std::string word;
    task_id id = 0;
    int attempt = 0;
    for (std::uint64_t token = 0; in >> word >> id >> attempt >> token;)
      if (word == what)
        out.emplace(id, attempt);
    return out;
  }
  [[nodiscard]] bool until(const char* what, std::size_t n) {
    return p.until([&] { return wrote(what).size() >= n; }, what);
  }
  void ran_once(const std::vector<task_id>& ids) {
    auto done = p.tasks().wait(ids, wait_for::all, 60s);
    ASSERT_TRUE(done) << to_string(done.error());
    std::multiset<std::pair<task_id, int>> once;
    for (const auto& w : done->settled) {
      EXPECT_EQ(w.task.state, state::succeeded) << w.task.error;
      EXPECT_EQ(w.task.attempt, 1U) << w.id;
      EXPECT_EQ(w.task.deaths, 0U) << w.id;
      EXPECT_EQ(w.task.charged, 1U) << w.id;
      EXPECT_THAT(p.tasks().output(w.id)->text, HasSubstr("late")) << w.id; // the early one may not have been committed
      once.emplace(w.id, 1);
    }
    EXPECT_EQ(wrote("began"), once) << p.file("log");
    EXPECT_EQ(wrote("ended"), once) << p.file("log");
  }
  node_processes p;
};

TEST_F(owner_restart, what_four_workers_run_goes_on_under_its_number) {
  p.serve("--store tasks.db");
  const auto ids = begin(4, 3'000);
  p.kill_server();
  p.serve("--store tasks.db"); // at the same port
  EXPECT_TRUE(wrote("ended").empty()) << "this test has shown nothing";
  ran_once(ids);
}

TEST_F(owner_restart, what_ended_while_there_was_no_owner_is_heard_of) {
  p.serve("--store tasks.db");
  const auto ids = begin(4, 500);
  p.kill_server();
  ASSERT_TRUE(until("ended", 4));
  p.serve("--store tasks.db");
  ran_once(ids);
}

TEST_F(owner_restart, one_that_restarts_twice_still_has_it) {
  p.serve("--store tasks.db");
  const auto ids = begin(2, 3'000);
  for (int i = 0; i < 2; ++i) {
    p.kill_server();
    p.serve("--store tasks.db");
    ASSERT_TRUE(i == 1 || p.until_workers(2));
  }
  EXPECT_TRUE(wrote("ended").empty()) << "this test has shown nothing";
  ran_once(ids);
}

TEST_F(owner_restart, what_is_cancelled_before_its_worker_is_back_is_stopped_there) {
  p.serve("--store tasks.db");
  const auto w = p.worker(1);
  ASSERT_TRUE(p.until_workers(1));
  const auto id = p.tasks().submit(body_of(20'000, 0).what);
  ASSERT_TRUE(id);
  ASSERT_TRUE(until("began", 1));
  p.send(w, SIGSTOP);
  p.kill_server();
  p.serve("--store tasks.db");
  ASSERT_TRUE(p.until([&] { return static_cast<bool>(p.tasks().cancel(*id)); }, "a client that is linked again"));
  EXPECT_EQ(p.tasks().get(*id)->state, state::cancelling);
  EXPECT_THAT(p.tasks().explain(*id)->text, HasSubstr("may come back"));
  p.send(w, SIGCONT);
  auto done = p.tasks().wait(*id, 30s);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->state, state::cancelled);
  EXPECT_EQ(done->attempt, 1U);
  EXPECT_TRUE(wrote("ended").empty());
}

TEST_F(owner_restart, what_it_printed_a_second_before_is_kept) {
  p.serve("--store tasks.db");
  const auto ids = begin(1, 4'000);
  ASSERT_EQ(p.shell("sleep 2").code, 0);
  p.kill_server();
  p.serve("--store tasks.db");
  ran_once(ids);
  EXPECT_EQ(p.tasks().output(ids.front())->text, "early\nlate\n");
}

// The one that is cut off before its owner is killed runs on, and comes back to nobody.
TEST_F(owner_restart, what_a_worker_that_was_cut_off_runs_keeps_its_claims) {
  p.serve("--store tasks.db --beat 500ms --lease 2s");
  relay between{p.port()};
  p.worker_through(between.port());
  ASSERT_TRUE(p.until_workers(1));
  const auto now = [this](const char* what) { // whole at any moment: it may be killed
    const auto file = p.path(what) + ".$STINT_ATTEMPT";
    return "date +%s%N > " + file + ".new; mv " + file + ".new " + file + "; ";
  };
  auto one = command_spec("job", {{"sh", "-c", now("first") + "while [ $STINT_ATTEMPT = 1 ]; do " + now("last") + "sleep 0.02; done"},
                                  {}, {}});
  one.claims = {exclusive("key")};
  const auto id = p.tasks().submit(std::move(one));
  ASSERT_TRUE(id) << to_string(id.error());
  const auto stamp = [this](const char* of) { return std::atoll(p.file(of).c_str()); };
  ASSERT_TRUE(p.until([&] { return stamp("last.1") != 0; }, "a body that runs"));
  between.turn_to(1); // where nobody listens
  between.cut();
  ASSERT_TRUE(p.until([&] { return p.tasks().get(*id)->state == state::waiting; }, "a task that was taken back"));
  p.worker(1);
  ASSERT_TRUE(p.until_workers(1));
  p.kill_server();
  const auto killed_at = stamp("last.1");
  p.serve("--store tasks.db --beat 500ms --lease 2s");
  const auto done = p.tasks().wait(*id, 30s);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->state, state::succeeded);
  EXPECT_EQ(done->attempt, 2U);
  EXPECT_GT(stamp("last.1"), killed_at + 500'000'000) << "it ended with its owner: this test has shown nothing";
  EXPECT_GT(stamp("first.2"), stamp("last.1"));
}

// The new list's first task has the number and the attempt of the one that still runs, and does not end when it is told to.
TEST_F(owner_restart, with_another_file_nothing_is_taken_for_its_own) {
  p.serve("--store tasks.db");
  p.worker(2);
  ASSERT_TRUE(p.until_workers(2));
  const auto deaf = command_spec("job", {{"sh", "-c", "trap '' TERM; echo began 1 1 0 >> " + p.path("log")
                                                       + "; while :; do sleep 0.1; done"}, {}, {}});
  ASSERT_TRUE(p.tasks().submit(deaf));
  ASSERT_TRUE(until("began", 1));
  p.kill_server();
  p.serve("--store another.db");
  ASSERT_TRUE(p.until_workers(2));
  std::filesystem::remove(p.path("log"));
  const auto made = p.tasks().submit(body_of(1'500, 0).what); // longer than the other is given to end
  ASSERT_TRUE(made) << to_string(made.error());
  ASSERT_EQ(*made, 1U) << "this test has shown nothing";
  ran_once(std::vector{*made});
}

// The negative control of this file: here the workers have stopped what they ran, and all of it runs again.
TEST_F(owner_restart, after_a_lease_without_an_owner_it_runs_anew) {
  const std::string short_lease = "--store tasks.db --beat 200ms --lease 600ms";
  p.serve(short_lease);
  const auto ids = begin(2, 3'000);
  p.kill_server();
  ASSERT_EQ(p.shell("sleep 1.5").code, 0); // longer than a lease: they have stopped
  p.serve(short_lease);
  auto done = p.tasks().wait(ids, wait_for::all, 60s);
  ASSERT_TRUE(done) << to_string(done.error());
  for (const auto& w : done->settled) {
    EXPECT_EQ(w.task.state, state::succeeded) << w.task.error;
    EXPECT_EQ(w.task.attempt, 2U) << w.id;
  }
  EXPECT_EQ(wrote("began").size(), 4U) << p.file("log");
  EXPECT_EQ(wrote("ended").size(), 2U) << p.file("log");
}

} // namespace
} // namespace stint::test
