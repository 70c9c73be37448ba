// What is tested: Ctrl-C and its relatives end a batch in order and leave no process. How: the tasks themselves signal
// stint, which is their parent, when they are where the test wants them; so nothing here waits for time.
#include <csignal>
#include <sstream>

#include <gtest/gtest.h>

#include "program_under_test.hpp"

using namespace stint::test;

namespace {

/// Every process whose number stands in a file has gone.
void all_gone(const std::string& numbers) {
  std::istringstream in{numbers};
  int count = 0;
  for (pid_t pid = 0; in >> pid; ++count)
    EXPECT_TRUE(gone(pid)) << pid;
  EXPECT_GT(count, 0);
}

} // namespace

TEST(batch_signal, ctrl_c_cancels_all_waits_and_ends_with_130) {
  workplace w;
  // The second task signals only when the first one is there. The third never runs.
  w.tasks({sh("trap 'echo cleaned > cleaned; exit 1' TERM; sleep 1000 & echo $$ $! >> pids; touch there; wait"),
           sh("echo $$ >> pids; until [ -e there ]; do sleep 0.01; done; kill -INT $PPID; exec sleep 1000"),
           sh("touch never")});
  auto r = w.run("batch tasks -j 2");
  EXPECT_EQ(r.code, 130);
  EXPECT_TRUE(r.complains("stopping")) << r.err;
  EXPECT_TRUE(r.says("3 cancelled\n")) << r.out;
  EXPECT_EQ(w.file("cleaned"), "cleaned\n"); // it was given its time
  EXPECT_FALSE(w.has("never"));
  all_gone(w.file("pids"));
}

TEST(batch_signal, the_second_one_kills_at_once) {
  workplace w;
  // It answers SIGTERM with a second Ctrl-C, and never ends by itself.
  w.tasks({sh("trap 'kill -INT $PPID' TERM; echo $$ > pids; kill -INT $PPID; while :; do sleep 0.01; done")});
  auto r = w.run("batch tasks");
  EXPECT_EQ(r.code, 130);
  EXPECT_TRUE(r.complains("killing what still runs")) << r.err;
  EXPECT_TRUE(r.says("killed by signal 9")) << r.out;
  all_gone(w.file("pids"));
}

TEST(batch_signal, one_that_ignores_sigterm_is_killed_after_its_grace) {
  workplace w;
  w.tasks({sh("trap '' TERM; echo $$ > pids; kill -INT $PPID; while :; do sleep 1; done")});
  auto r = w.run("batch tasks"); // takes the 2 s that a command has
  EXPECT_EQ(r.code, 130);
  EXPECT_TRUE(r.says("killed by signal 9")) << r.out;
  EXPECT_FALSE(r.complains("killing what still runs")) << r.err;
  all_gone(w.file("pids"));
}

TEST(batch_signal, sigterm_and_sighup_end_it_in_order_too) {
  for (auto [name, number] : {std::pair{"TERM", SIGTERM}, {"HUP", SIGHUP}}) {
    workplace w;
    w.tasks({sh(std::string{"echo $$ > pids; kill -"} + name + " $PPID; exec sleep 1000"), sh("touch never", R"("delay":"1h")")});
    auto r = w.run("batch tasks");
    EXPECT_EQ(r.code, 128 + number) << name;
    EXPECT_TRUE(r.says("2 cancelled")) << r.out;
    all_gone(w.file("pids"));
  }
}

TEST(batch_signal, sigquit_does_not_wait) {
  workplace w;
  w.tasks({sh("trap '' TERM; echo $$ > pids; kill -QUIT $PPID; while :; do sleep 1; done")});
  EXPECT_EQ(w.run("batch tasks").code, 128 + SIGQUIT);
  all_gone(w.file("pids"));
}

TEST(batch_signal, json_tells_the_cancelling_as_well) {
  workplace w;
  w.tasks({sh("kill -INT $PPID; exec sleep 1000")});
  auto r = w.run("batch --json tasks");
  EXPECT_EQ(r.code, 130);
  EXPECT_TRUE(r.says(R"("from":"running","to":"cancelling")")) << r.out;
  EXPECT_TRUE(r.says(R"("from":"cancelling","to":"cancelled")")) << r.out;
}

TEST(batch_signal, what_has_ended_before_keeps_its_end) {
  workplace w;
  w.tasks({sh("touch first"), sh("[ -e first ] && kill -INT $PPID; exec sleep 1000")});
  auto r = w.run("batch tasks -j 1");
  EXPECT_EQ(r.code, 130);
  EXPECT_TRUE(r.says("1 succeeded, 1 cancelled")) << r.out;
}
