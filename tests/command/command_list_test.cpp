// What is tested: commands as tasks of a real list: run, fail, time out, are cancelled, are tried again. How: real
// processes; the test waits for tasks and for output, never for time.
#include <stint/command_kind.hpp>

#include <charconv>
#include <condition_variable>
#include <mutex>

#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <stint/stint.hpp>

#include "processes.hpp"

using namespace stint::test;
using namespace std::chrono_literals;
using stint::errc;
using stint::state;

namespace {

struct Commands : testing::Test {
  Commands() {
    stint::configure(cfg);
    opts.workers = 2;
    stint::command_options with;
    with.heard = [this](const stint::context& job, std::string_view text) {
      std::lock_guard guard{mutex};
      heard[job.id()] += text;
      more.notify_all();
    };
    stint::add_command(opts.kinds, with);
  }
  ~Commands() override { EXPECT_EQ(children_left(), 0U); }

  static stint::spec sh(std::string script) { return stint::command_spec("task", {{"sh", "-c", std::move(script)}}); }

  /// Waits until a task has printed a word; returns all it has printed.
  std::string wait_for_word(stint::task_id id, std::string_view word) {
    std::unique_lock lock{mutex};
    more.wait(lock, [&] { return heard[id].find(word) != std::string::npos; });
    return heard[id];
  }

  caf::actor_system_config cfg;
  stint::options opts;
  std::mutex mutex;
  std::condition_variable more;
  std::map<stint::task_id, std::string> heard;
};

using command = Commands;

} // namespace

TEST_F(command, its_exit_code_and_output_are_the_tasks) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto good = tasks.submit(sh("echo hello; echo oh >&2; echo $STINT_TASK_ID $STINT_ATTEMPT"));
  auto bad = tasks.submit(sh("exit 3"));
  ASSERT_TRUE(good && bad);
  EXPECT_EQ(tasks.wait(*good)->state, state::succeeded);
  auto failed = tasks.wait(*bad);
  EXPECT_EQ(failed->state, state::failed);
  EXPECT_EQ(failed->code, 3);
  EXPECT_EQ(failed->error, "exit code 3");
  const auto text = tasks.output(*good)->text;
  EXPECT_NE(text.find("hello\n"), std::string::npos) << text;
  EXPECT_NE(text.find("! oh\n"), std::string::npos) << text;
  EXPECT_NE(text.find(std::to_string(*good) + " 1\n"), std::string::npos) << text;
}

TEST_F(command, bad_args_are_refused_at_submission) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  stint::spec s;
  s.name = "bad";
  s.kind = "command";
  s.args = R"({"command": []})";
  EXPECT_EQ(tasks.submit(s).code(), errc::malformed_args);
}

TEST_F(command, a_program_that_does_not_exist_is_not_tried_again) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto s = stint::command_spec("nothing", {{"no-such-program-here"}});
  s.retry.max_attempts = 5;
  auto t = tasks.wait(*tasks.submit(s));
  EXPECT_EQ(t->state, state::failed);
  EXPECT_EQ(t->code, 127);
  EXPECT_EQ(t->attempt, 1U);
  EXPECT_EQ(t->error, "cannot run 'no-such-program-here': No such file or directory");
}

TEST_F(command, a_failing_one_is_tried_again_and_knows_its_attempt) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto s = sh("[ $STINT_ATTEMPT = 3 ] || exit 9");
  s.retry.max_attempts = 3;
  s.retry.backoff = 1ms;
  auto t = tasks.wait(*tasks.submit(s));
  EXPECT_EQ(t->state, state::succeeded);
  EXPECT_EQ(t->attempt, 3U);
  ASSERT_EQ(t->errors.size(), 2U);
  EXPECT_EQ(t->errors[1].text, "exit code 9");
}

TEST_F(command, a_cancelled_one_is_stopped_with_its_children) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto id = tasks.submit(sh("sleep 1000 & echo $!; wait"));
  ASSERT_TRUE(id);
  const auto text = wait_for_word(*id, "\n");
  pid_t child = 0;
  std::from_chars(text.data(), text.data() + text.size(), child);
  ASSERT_TRUE(tasks.cancel(*id));
  auto t = tasks.wait(*id);
  EXPECT_EQ(t->state, state::cancelled);
  EXPECT_EQ(t->error, "killed by signal 15");
  EXPECT_FALSE(t->stuck);
  EXPECT_TRUE(gone(child));
}

TEST_F(command, one_that_ignores_sigterm_is_killed_before_it_counts_as_stuck) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto id = tasks.submit(sh("trap '' TERM; echo ready; while :; do sleep 1000; done"));
  ASSERT_TRUE(id);
  wait_for_word(*id, "ready");
  ASSERT_TRUE(tasks.cancel(*id));
  auto t = tasks.wait(*id); // takes the 2 s that a program has by default, less than the list's 5 s
  EXPECT_EQ(t->state, state::cancelled);
  EXPECT_EQ(t->error, "killed by signal 9");
  EXPECT_EQ(tasks.counts()->stuck, 0U);
}

TEST_F(command, a_cancel_before_its_begin_starts_nothing) {
  scratch_folder dir;
  opts.workers = 1;
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto first = tasks.submit(sh("echo ready; sleep 1000"));
  wait_for_word(*first, "ready");
  auto second = tasks.submit(sh("touch '" + (dir / "started") + "'"));
  ASSERT_TRUE(tasks.cancel(*second));
  ASSERT_TRUE(tasks.cancel(*first));
  EXPECT_EQ(tasks.wait(*second)->state, state::cancelled);
  EXPECT_EQ(tasks.wait(*first)->state, state::cancelled);
  EXPECT_NE(::access((dir / "started").c_str(), F_OK), 0);
}

TEST_F(command, a_timeout_ends_it) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto s = sh("echo $$; exec sleep 1000");
  s.timeout = 50ms;
  auto id = tasks.submit(s);
  auto t = tasks.wait(*id);
  EXPECT_EQ(t->state, state::failed);
  EXPECT_EQ(t->error, "timed out");
}

TEST_F(command, a_server_that_ends_well_on_sigterm_still_timed_out) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto s = sh("trap 'exit 0' TERM; while :; do sleep 0.01; done");
  s.timeout = 50ms;
  auto t = tasks.wait(*tasks.submit(s));
  EXPECT_EQ(t->state, state::failed);
  EXPECT_EQ(t->error, "timed out");
}

TEST_F(command, big_output_is_bounded_in_the_list_and_whole_for_the_listener) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto id = tasks.submit(sh("echo begin; seq 1 300000; echo the end"));
  ASSERT_EQ(tasks.wait(*id)->state, state::succeeded);
  auto head = tasks.output(*id);
  ASSERT_TRUE(head);
  EXPECT_LE(head->text.size(), opts.limits.output);
  // Of a program that prints faster than the list looks, the list keeps the newest.
  EXPECT_EQ(tasks.output(*id, head->total - 8)->text, "the end\n");
  EXPECT_EQ(heard[*id].size(), 1'988'895U + 14);
}

TEST_F(command, the_end_of_the_list_leaves_no_process) {
  caf::actor_system system{cfg};
  pid_t child = 0;
  {
    opts.stop_grace = 0s;
    stint::list tasks{system, opts};
    auto id = tasks.submit(sh("echo $$; exec sleep 1000"));
    const auto text = wait_for_word(*id, "\n");
    std::from_chars(text.data(), text.data() + text.size(), child);
  }
  EXPECT_TRUE(gone(child));
}
