// What is tested: stopping programs, and what they leave running. How: real processes that say when they are ready; the
// stop token is set when that is heard, so nothing here sleeps. Time limits are short where they are meant to run out.
#include <stint/program.hpp>

#include <charconv>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "processes.hpp"

using namespace stint::test;
using namespace std::chrono_literals;
using how = stint::program_end::how;

namespace {

struct told {
  stint::program_end end;
  std::string text;

  /// The number behind `name=` in the output.
  [[nodiscard]] pid_t number(const std::string& name) const {
    pid_t n = -1;
    const auto at = text.find(name + "=");
    if (at != std::string::npos)
      std::from_chars(text.data() + at + name.size() + 1, text.data() + text.size(), n);
    return n;
  }
};

/// Runs a script; when it prints "ready", asks it to stop, or, with `now`, kills it.
told run(std::string script, stint::program_policy policy = {}, bool now = false) {
  told r;
  std::stop_source stop, kill;
  policy.kill_now = kill.get_token();
  r.end = stint::run_program({{"sh", "-c", std::move(script)}, {}, {}}, policy, stop.get_token(), [&](std::string_view t) {
    r.text += t;
    if (r.text.find("ready") != std::string::npos)
      (now ? kill : stop).request_stop();
  });
  EXPECT_EQ(children_left(), 0U);
  return r;
}

stint::program_policy patient() {
  stint::program_policy p;
  p.kill_after = 1h; // a test that waited for it would time out
  return p;
}

stint::program_policy hasty() {
  stint::program_policy p;
  p.kill_after = 30ms;
  p.drain = 30ms;
  return p;
}

} // namespace

TEST(program_stop, sigterm_reaches_the_whole_group) {
  auto r = run("sleep 1000 & echo child=$!; echo ready; wait", patient());
  EXPECT_EQ(r.end.what, how::killed);
  EXPECT_EQ(r.end.number, SIGTERM);
  EXPECT_TRUE(r.end.stopped);
  EXPECT_TRUE(gone(r.number("child")));
}

TEST(program_stop, a_program_may_end_in_its_own_way) {
  auto r = run("trap 'echo cleaning; exit 9' TERM; echo ready; while :; do sleep 0.01; done", patient());
  EXPECT_EQ(r.end.what, how::exited);
  EXPECT_EQ(r.end.number, 9);
  EXPECT_TRUE(r.end.stopped);
  EXPECT_NE(r.text.find("cleaning\n"), std::string::npos) << r.text; // a shell may add what it thinks of its child
}

TEST(program_stop, one_that_ignores_sigterm_is_killed_after_the_grace) {
  auto r = run("trap '' TERM; echo me=$$; echo ready; while :; do sleep 1000; done", hasty());
  EXPECT_EQ(r.end.what, how::killed);
  EXPECT_EQ(r.end.number, SIGKILL);
  EXPECT_TRUE(r.end.stopped);
  EXPECT_TRUE(gone(r.number("me")));
}

TEST(program_stop, kill_now_has_no_patience) {
  auto r = run("trap '' TERM; echo ready; while :; do sleep 1000; done", patient(), true);
  EXPECT_EQ(r.end.number, SIGKILL);
  EXPECT_TRUE(r.end.stopped);
}

TEST(program_stop, a_stopped_process_hears_sigterm_too) {
  // It stops itself (as job control would) the moment it has said so.
  auto r = run("trap 'exit 4' TERM; echo ready; kill -STOP $$; while :; do sleep 0.01; done", patient());
  EXPECT_EQ(r.end.number, 4);
}

TEST(program_stop, what_ended_by_itself_was_not_stopped) {
  // The token is set only after the program's last word; it has ended when its output has.
  std::stop_source stop;
  auto end = stint::run_program({{"sh", "-c", "exit 6"}, {}, {}}, patient(), stop.get_token(), {});
  stop.request_stop();
  EXPECT_EQ(end.number, 6);
  EXPECT_FALSE(end.stopped);
}

TEST(program_stop, a_token_that_is_set_already_starts_nothing) {
  scratch_folder dir;
  std::stop_source stop;
  stop.request_stop();
  auto end = stint::run_program({{"touch", dir / "started"}, {}, {}}, {}, stop.get_token(), {});
  EXPECT_EQ(end.what, how::not_started);
  EXPECT_TRUE(end.stopped);
  EXPECT_NE(::access((dir / "started").c_str(), F_OK), 0);
}

TEST(program_stop, a_grandchild_that_holds_the_output_open_does_not_hang_it) {
  auto r = run("sleep 1000 & echo child=$!; exit 3", hasty());
  EXPECT_EQ(r.end.number, 3);
  EXPECT_FALSE(r.end.stopped);
  EXPECT_TRUE(gone(r.number("child")));
}

TEST(program_stop, a_grandchild_without_output_goes_too) {
  auto r = run("sleep 1000 >/dev/null 2>&1 & echo child=$!", patient());
  EXPECT_EQ(r.end.number, 0);
  EXPECT_TRUE(gone(r.number("child")));
}

TEST(program_stop, what_a_grandchild_still_has_to_say_is_heard) {
  auto r = run("(trap '' HUP; i=0; while [ $i -lt 200 ]; do i=$((i+1)); done; echo last words) & exit 0");
  EXPECT_EQ(r.text, "last words\n");
}

TEST(program_stop, a_grandchild_that_writes_for_ever_is_cut_off) {
  auto r = run("yes & echo child=$!; exit 0", hasty());
  EXPECT_EQ(r.end.number, 0);
  EXPECT_TRUE(gone(r.number("child")));
}

TEST(program_stop, one_that_left_the_group_and_holds_the_output_is_left_behind_not_waited_for) {
  // The daemon says its number itself: only then has it left.
  auto r = run("setsid sh -c 'echo daemon=$$; exec sleep 1000' & "
               "while ! pgrep -s $! >/dev/null 2>&1; do :; done; sleep 0.02",
               hasty());
  EXPECT_EQ(r.end.number, 0);
  const auto daemon = r.number("daemon");
  ASSERT_GT(daemon, 0);
  EXPECT_EQ(::kill(daemon, SIGKILL), 0); // it was alive
}

TEST(program_stop, after_sigterm_the_rest_of_the_group_keeps_its_grace) {
  // The shell ends at once; its child needs longer than `drain`, and is not cut off.
  auto policy = patient();
  policy.drain = 1ms;
  auto r = run("(trap 'sleep 0.1; echo saved; exit' TERM; echo ready; while :; do sleep 0.01; done) & wait", policy);
  EXPECT_TRUE(r.end.stopped);
  EXPECT_NE(r.text.find("saved\n"), std::string::npos) << r.text; // a shell may add what it thinks of it
}

TEST(program_stop, a_process_that_is_killed_takes_the_whole_group_of_its_program_along) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t runner = ::fork();
  if (runner == 0) {
    stint::run_program({{"sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo me=$$ child=$!; wait"}, {}, {}}, {}, {},
                       [&](std::string_view t) { [[maybe_unused]] auto n = ::write(ends[1], t.data(), t.size()); });
    ::_exit(1);
  }
  ::close(ends[1]);
  told r;
  for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';)
    r.text += c;
  ::close(ends[0]);
  ASSERT_GT(r.number("child"), 0) << r.text;
  ::kill(runner, SIGKILL);
  EXPECT_EQ(::waitpid(runner, nullptr, 0), runner);
  // Both were killed with it, before it could be reaped.
  EXPECT_TRUE(gone(r.number("me"), 1s));
  EXPECT_TRUE(gone(r.number("child"), 1s));
}
