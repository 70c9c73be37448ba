// What is tested: programs are started as asked, heard, and how they end is told. How: real processes, mostly sh.
#include <stint/program.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "processes.hpp"

using namespace stint::test;
using stint::program;
using how = stint::program_end::how;

namespace {

struct ran {
  stint::program_end end;
  std::string text;
};

ran run(program p, const stint::program_policy& policy = {}) {
  ran r;
  r.end = stint::run_program(p, policy, {}, [&r](std::string_view t) { r.text += t; });
  return r;
}

program sh(std::string script) { return {{"sh", "-c", std::move(script)}, {}, {}}; }

} // namespace

TEST(program, its_output_is_heard_and_marked_and_its_code_told) {
  auto r = run(sh("echo out; echo err >&2; printf rest; exit 7"));
  EXPECT_EQ(r.end.what, how::exited);
  EXPECT_EQ(r.end.number, 7);
  EXPECT_FALSE(r.end.stopped);
  // Between the streams the order of reading decides.
  EXPECT_NE(r.text.find("out\n"), std::string::npos);
  EXPECT_NE(r.text.find("! err\n"), std::string::npos);
  EXPECT_NE(r.text.find("rest\n"), std::string::npos);
}

TEST(program, output_is_heard_while_it_runs) {
  scratch_folder dir;
  ASSERT_EQ(::mkfifo((dir / "go").c_str(), 0600), 0);
  // The script goes on only when its first line was heard.
  std::string text;
  auto p = sh("echo first; read line < '" + (dir / "go") + "'; echo \"$line\"");
  auto end = stint::run_program(p, {}, {}, [&](std::string_view t) {
    if (text.empty())
      write_file(dir / "go", "second\n");
    text += t;
  });
  EXPECT_EQ(end.number, 0);
  EXPECT_EQ(text, "first\nsecond\n");
}

TEST(program, arguments_arrive_as_they_are) {
  auto r = run({{"printf", "%s|", "two words", "", "$HOME", "\xff\x1b", "'"}, {}, {}});
  EXPECT_EQ(r.text, "two words||$HOME|\xff\x1b|'|\n");
}

TEST(program, a_signal_is_told) {
  auto r = run(sh("kill -USR1 $$"));
  EXPECT_EQ(r.end.what, how::killed);
  EXPECT_EQ(r.end.number, SIGUSR1);
}

TEST(program, what_cannot_be_run_says_why) {
  scratch_folder dir;
  write_file(dir / "plain", "text");
  write_file(dir / "odd", "no format that a kernel knows", true);
  const auto why = [](program p, int error) {
    auto r = run(std::move(p));
    EXPECT_EQ(r.end.what, how::not_started);
    EXPECT_EQ(r.end.number, error) << r.end.text;
    return r.end.text;
  };
  EXPECT_EQ(why({{"no-such-program-here"}, {}, {}}, ENOENT),
            "cannot run 'no-such-program-here': No such file or directory");
  EXPECT_EQ(why({{dir / "plain"}, {}, {}}, EACCES), "cannot run '" + (dir / "plain") + "': Permission denied");
  EXPECT_EQ(why({{"plain"}, {{"PATH", dir.path()}}, {}}, EACCES), "cannot run 'plain': Permission denied");
  EXPECT_EQ(why({{dir / "odd"}, {}, {}}, ENOEXEC), "cannot run '" + (dir / "odd") + "': Exec format error");
  EXPECT_EQ(why({{"true"}, {}, dir / "nowhere"}, ENOENT), "cannot enter '" + (dir / "nowhere") + "': No such file or directory");
  EXPECT_EQ(why({{"true"}, {}, dir / "plain"}, ENOTDIR), "cannot enter '" + (dir / "plain") + "': Not a directory");
  why({{""}, {}, {}}, ENOENT);
  why({{}, {}, {}}, ENOENT);
}

TEST(program, runs_in_its_folder_and_finds_programs_there) {
  scratch_folder dir;
  write_file(dir / "here", "#!/bin/sh\npwd\n", true);
  EXPECT_EQ(run({{"./here"}, {}, dir.path()}).text, dir.path() + "\n");
  EXPECT_EQ(run({{"here"}, {{"PATH", "/nowhere:."}}, dir.path()}).text, dir.path() + "\n");
  EXPECT_EQ(run({{"here"}, {{"PATH", "/nowhere:" + dir.path()}}, {}}).end.number, 0);
}

TEST(program, its_environment_is_ours_with_its_own_on_top) {
  ::setenv("STINT_TEST_KEPT", "kept", 1);
  ::setenv("STINT_TEST_CHANGED", "before", 1);
  auto p = sh("echo $STINT_TEST_KEPT $STINT_TEST_CHANGED $STINT_TEST_NEW; env | grep -c '^STINT_TEST_CHANGED='");
  p.env = {{"STINT_TEST_CHANGED", "after"}, {"STINT_TEST_NEW", "a=b"}};
  EXPECT_EQ(run(p).text, "kept after a=b\n1\n");
}

TEST(program, nothing_of_ours_reaches_it) {
  // What an embedder may have: a descriptor open across exec, blocked and ignored signals.
  const int leak = ::open("/dev/zero", O_RDONLY); // NOLINT: without O_CLOEXEC on purpose
  ASSERT_GT(leak, 2);
  sigset_t some, before;
  ::sigemptyset(&some);
  ::sigaddset(&some, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &some, &before);
  auto* old = ::signal(SIGPIPE, SIG_IGN);
  auto r = run(sh("readlink /proc/$$/fd/*; ps -o tty= -p $$"));
  auto signals = run({{"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"}, {}, {}});
  ::signal(SIGPIPE, old);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(leak);
  EXPECT_EQ(r.text.find("/dev/zero"), std::string::npos) << r.text;
  EXPECT_EQ(r.text.rfind("/dev/null\npipe:", 0), 0U) << r.text;
  EXPECT_EQ(r.text.substr(r.text.rfind("\n?")), "\n?\n") << r.text; // no terminal
  const auto mask = [&](const std::string& name) {
    return std::stoull(signals.text.substr(signals.text.find(name) + name.size() + 1), nullptr, 16);
  };
  EXPECT_EQ(mask("SigBlk:"), 0U) << signals.text;
  // glibc has the child ignore two signals that only it uses: 32 and 33.
  EXPECT_EQ(mask("SigIgn:") & ~0x180000000ULL, 0U) << signals.text;
}

TEST(program, leads_a_group_of_its_own) {
  auto r = run(sh("ps -o pid=,pgid=,sid= -p $$ | awk '{print ($1 == $2 && $2 == $3)}'"));
  EXPECT_EQ(r.text, "1\n");
}

TEST(program, big_output_and_long_lines_arrive_whole) {
  std::size_t bytes = 0, longest = 0;
  auto count = [&](std::string_view t) {
    bytes += t.size();
    longest = std::max(longest, t.size());
  };
  auto end = stint::run_program(sh("head -c 20000000 /dev/zero | tr '\\0' x"), {}, {}, count);
  EXPECT_EQ(end.number, 0);
  const auto lines = (20'000'000 + 16 * 1024 - 1) / (16 * 1024);
  EXPECT_EQ(bytes, 20'000'000U + lines);
  EXPECT_LT(longest, 100'000U); // no more is held at once
}

TEST(program, waits_for_whoever_takes_its_output) {
  stint::program_policy policy;
  policy.patience = std::chrono::hours{1};
  std::size_t bytes = 0, asked = 0;
  bool crowded = false, heard_then = false;
  // So often it is full, whatever comes; what comes next is heard again.
  policy.crowded = [&] { return crowded = bytes >= 100'000 && ++asked <= 30; };
  auto end = stint::run_program(sh("seq 1 100000"), policy, {}, [&](std::string_view t) {
    bytes += t.size();
    heard_then = heard_then || crowded;
  });
  EXPECT_EQ(end.number, 0);
  EXPECT_EQ(bytes, 588'895U);
  EXPECT_GT(asked, 30U);
  EXPECT_FALSE(heard_then);
}

TEST(program, waits_no_longer_than_its_patience_for_somebody_to_take_its_output) {
  stint::program_policy policy;
  policy.patience = std::chrono::milliseconds{20};
  policy.crowded = [] { return true; };
  std::size_t bytes = 0;
  auto end = stint::run_program(sh("seq 1 100000"), policy, {}, [&](std::string_view t) { bytes += t.size(); });
  EXPECT_EQ(end.number, 0);
  EXPECT_EQ(bytes, 588'895U);
}

TEST(program, many_at_once_leave_neither_zombies_nor_descriptors) {
  run(sh("true"));
  const auto before = descriptors_open();
  std::vector<std::jthread> threads;
  std::vector<int> failures(8, 0);
  for (auto& f : failures)
    threads.emplace_back([&f] {
      for (int i = 0; i < 12; ++i)
        f += run(sh("echo x; exit 3")).end.number != 3;
    });
  threads.clear();
  EXPECT_EQ(failures, std::vector<int>(8, 0));
  EXPECT_EQ(children_left(), 0U);
  EXPECT_EQ(descriptors_open(), before);
}

TEST(program, a_process_that_ignores_its_children_learns_that_the_status_is_lost) {
  auto* old = ::signal(SIGCHLD, SIG_IGN);
  auto r = run(sh("echo x"));
  ::signal(SIGCHLD, old);
  EXPECT_EQ(r.end.what, how::lost);
  EXPECT_EQ(r.text, "x\n");
}

TEST(program, children_of_others_are_left_alone) {
  const pid_t other = ::fork();
  if (other == 0)
    ::_exit(5);
  ASSERT_TRUE(gone(other));
  run(sh("true"));
  int status = 0;
  EXPECT_EQ(::waitpid(other, &status, WNOHANG), other); // its status is still there to be read
  EXPECT_EQ(WEXITSTATUS(status), 5);
}
