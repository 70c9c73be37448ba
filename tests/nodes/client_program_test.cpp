// `stint run`, `nodes` and `certs` as a user has them when things go otherwise: Ctrl-C, an owner that does not answer, an
// address that is another machine's, a tool that fails half-way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <sstream>

#include <stint/command_kind.hpp>

#include "node_processes.hpp"

namespace stint::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// Starts `stint run` beside, waits until its command has begun, does `then`, and tells how the run ended. All of it is
/// killed when it takes a minute.
node_run interrupted(const node_processes& p, const std::string& command, const std::string& then) {
  return p.shell("timeout -s KILL 60 sh -c '" STINT_PROGRAM " run " + p.link() + " -- sh -c \"" + command
                 + "\" & run=$!; until [ -s began ]; do sleep 0.01; done; " + then + "; wait $run; echo code $?'");
}

const std::string begins = "echo one; echo x > began; exec sleep 40";

TEST(client_program, ctrl_c_cancels_the_task) {
  node_processes p;
  p.serve();
  p.worker(1);
  const auto r = interrupted(p, begins, "kill -INT $run");
  EXPECT_THAT(r.out, HasSubstr("code 130\n")) << r.err;
  EXPECT_THAT(r.out, HasSubstr("one\n"));
  EXPECT_THAT(r.err, HasSubstr("task 1: cancelled"));
  EXPECT_EQ(p.tasks().get(1)->state, state::cancelled);
}

TEST(client_program, ctrl_c_ends_it_when_the_owner_does_not_answer) {
  node_processes p;
  p.serve();
  p.worker(1);
  const auto r = interrupted(p, begins, "kill -STOP " + std::to_string(p.server()) + "; kill -INT $run");
  EXPECT_THAT(r.out, HasSubstr("code 130\n")) << r.err;
  EXPECT_THAT(r.err, HasSubstr("task 1 may go on"));
  // Nor does one that only begins hang.
  const auto early = p.shell("timeout -s KILL 60 sh -c '" STINT_PROGRAM " run " + p.link()
                             + " -- true & run=$!; sleep 0.3; kill -TERM $run; wait $run; echo code $?'");
  EXPECT_THAT(early.out, HasSubstr("code 130\n")) << early.err;
  p.send(p.server(), SIGCONT);
  EXPECT_TRUE(p.tasks().get(1));
}

TEST(client_program, run_follows_over_a_restart_of_the_owner) {
  node_processes p;
  p.serve("--store tasks.db");
  p.worker(1);
  auto run = std::async(std::launch::async, [&] {
    return p.shell("exec timeout -s KILL 60 " STINT_PROGRAM " run " + p.link()
                   + " -- sh -c 'echo x >> began; sleep 2; echo done'");
  });
  while (p.file("began").empty() && run.wait_for(std::chrono::milliseconds{10}) != std::future_status::ready)
    continue;
  p.kill_server();
  p.serve("--store tasks.db"); // at the same port
  const auto r = run.get();
  EXPECT_EQ(r.out, "done\n");
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(p.file("began"), "x\n") << "it went on";
}

TEST(client_program, an_owner_that_never_answers_is_given_up) {
  node_processes p;
  p.serve();
  p.send(p.server(), SIGSTOP);
  const auto r = p.shell("(timeout -s KILL 60 " STINT_PROGRAM " nodes " + p.link() + "; echo nodes $?) & timeout -s KILL 60 "
                         STINT_PROGRAM " run " + p.link() + " -- true; echo run $?; wait");
  EXPECT_THAT(r.out, HasSubstr("run 2\n")) << r.err;
  EXPECT_THAT(r.out, HasSubstr("nodes 2\n")) << r.err;
}

TEST(client_program, run_does_not_take_a_strangers_task_for_its_own) {
  node_processes p;
  p.serve();
  auto run = std::async(std::launch::async, [&] {
    return p.shell("exec timeout -s KILL 60 " STINT_PROGRAM " run " + p.link() + " -- echo mine");
  });
  p.until([&] { return p.tasks().get(1).has_value(); }, "its task is there");
  p.kill_server();
  p.serve(); // it keeps nothing, and begins with 1 again
  p.until([&] { return p.tasks().submit(command_spec("other", {{"echo", "theirs"}, {}, {}})).has_value(); }, "another is there");
  p.worker(1);
  const auto r = run.get();
  EXPECT_EQ(r.code, 1);
  EXPECT_EQ(r.out, "");
  EXPECT_THAT(r.err, HasSubstr("unknown_task"));
}

TEST(client_program, run_says_what_its_task_waits_for) {
  node_processes p;
  p.serve();
  auto run = std::async(std::launch::async, [&] {
    return p.shell("exec timeout -s KILL 60 " STINT_PROGRAM " run " + p.link() + " -- echo mine 2> said");
  });
  p.until([&] { return !p.file("said").empty(); }, "it has said why");
  EXPECT_THAT(p.file("said"), HasSubstr("task 1 waits: no worker"));
  p.worker(1);
  EXPECT_EQ(run.get().out, "mine\n");
}

TEST(client_program, run_says_that_its_task_begins_again_and_who_runs_it_is_shown) {
  node_processes p;
  p.serve();
  const auto first = p.worker(1);
  auto run = std::async(std::launch::async, [&] {
    return p.shell("exec timeout -s KILL 60 " STINT_PROGRAM " run " + p.link()
                   + " -- sh -c '[ -e again ] || { echo x > again; exec sleep 50; }; echo done' > out 2> said");
  });
  p.until([&] { return !p.file("again").empty(); }, "it has begun");
  EXPECT_THAT(p.file("worker1.err"), HasSubstr("joined " + p.address() + " with 1 slot\n"));
  EXPECT_THAT(p.stint("show " + p.link() + " 1").out, ContainsRegex("node        .*:" + std::to_string(first) + "\n"));
  EXPECT_THAT(p.stint("show --json " + p.link() + " 1").out, ContainsRegex(R"("node":"[^"]*:)" + std::to_string(first) + "\""));
  p.kill(first);
  p.worker(1);
  EXPECT_EQ(run.get().code, 0);
  EXPECT_EQ(p.file("out"), "done\n");
  EXPECT_THAT(p.file("said"), HasSubstr("task 1 begins again: its node was lost\n"));
  EXPECT_THAT(p.stint("show --json " + p.link() + " 1").out, HasSubstr(R"("node":null)"));
}

TEST(client_program, run_tells_each_new_beginning_and_a_quarantine_once) {
  node_processes p;
  p.serve();
  auto run = std::async(std::launch::async, [&] {
    return p.shell("exec timeout -s KILL 60 " STINT_PROGRAM " run " + p.link()
                   + " -- sh -c 'echo x >> began; exec sleep 50' 2> said");
  });
  for (std::size_t deaths = 1; deaths <= 3; ++deaths) {
    const auto worker = p.worker(1);
    ASSERT_TRUE(p.until([&] { return p.file("began").size() == 2 * deaths && p.tasks().get(1)->begun; }, "it has begun"));
    p.kill(worker);
  }
  EXPECT_EQ(run.get().code, 1);
  const auto again = std::string{"stint: task 1 begins again: its node was lost\n"};
  EXPECT_THAT(p.file("said"), testing::StartsWith(again + again + "stint: task 1: quarantined: 3 "));
}

TEST(client_program, a_second_signal_leaves_serve_no_more_time) {
  node_processes p;
  p.serve("--stop-grace 1h");
  p.worker(1);
  ASSERT_TRUE(p.tasks().submit(command_spec("long", {{"sh", "-c", "echo x > began; exec sleep 600"}, {}, {}})));
  p.until([&] { return !p.file("began").empty(); }, "it runs");
  p.send(p.server(), SIGTERM);
  p.send(p.server(), SIGINT);
  EXPECT_EQ(p.server_code(), 0);
  EXPECT_THAT(p.file("serve.err"), HasSubstr("what runs is stopped now"));
}

TEST(client_program, a_list_keeps_as_much_of_what_is_printed_as_it_is_told) {
  node_processes p;
  p.serve("--output 2MB");
  p.worker(1);
  const auto r = p.stint("run " + p.link() + " -- seq 100000");
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(r.out.size(), 588'895U);
  EXPECT_EQ(p.stint("serve --listen 127.0.0.1:0 --insecure --output 10").code, 2);
}

TEST(client_program, run_says_that_output_is_missing_and_glues_no_lines) {
  node_processes p;
  p.serve("--output 1030"); // each half ends within a line
  p.worker(1);
  const auto r = p.stint("run " + p.link() + " -- seq 100000 199999");
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_LT(r.out.size(), 700'000U);
  std::istringstream lines{r.out};
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(line.size(), 6U) << line << ", of two";
  EXPECT_THAT(r.err, HasSubstr("bytes of its output are missing"));
}

TEST(client_program, nodes_says_who_is_there_and_what_runs_where) {
  node_processes p;
  p.serve();
  const auto worker = p.worker(2);
  auto& tasks = p.tasks();
  auto id = tasks.submit(command_spec("long", {{"sh", "-c", "echo x > began; exec sleep 40"}, {}, {}}));
  ASSERT_TRUE(id);
  EXPECT_EQ(p.shell("until [ -s began ]; do sleep 0.01; done").code, 0);
  const auto lines = p.stint("nodes --json " + p.link());
  EXPECT_EQ(lines.code, 0) << lines.err;
  EXPECT_THAT(lines.out, HasSubstr(":" + std::to_string(worker) + R"(","role":"node","linked":true,"slots":2)"));
  EXPECT_THAT(lines.out, HasSubstr(R"("kinds":["command"],"labels":[],"running":[{"id":1,"attempt":1}])"));
  EXPECT_THAT(lines.out, HasSubstr(":" + std::to_string(::getpid()) + R"(","role":"client")"));
  const auto table = p.stint("nodes " + p.link());
  EXPECT_THAT(table.out, HasSubstr("runs tasks\n"));
  EXPECT_THAT(table.out, ContainsRegex(":" + std::to_string(worker) + " +node +2")) << "however long the others' names are";
  EXPECT_EQ(p.stint("nodes --connect 127.0.0.1:1 --tls certs").code, 2) << "nobody listens";
  EXPECT_TRUE(tasks.cancel(*id));
  EXPECT_TRUE(tasks.wait(*id));
  EXPECT_THAT(p.stint("nodes " + p.link()).out, Not(HasSubstr("refused"))) << "a client that has ended is nobody who was refused";
}

TEST(client_program, one_that_goes_breaks_nobody_elses_link) {
  node_processes p;
  p.serve();
  p.worker(1);
  auto run = std::async(std::launch::async, [&] {
    return p.shell("exec timeout -s KILL 60 " STINT_PROGRAM " run " + p.link()
                   + " -- sh -c 'echo x > began; until [ -e enough ]; do echo x; sleep 0.02; done'");
  });
  while (p.file("began").empty() && run.wait_for(std::chrono::milliseconds{10}) != std::future_status::ready)
    continue;
  ASSERT_EQ(p.stint("certs foreign").code, 0);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(p.stint("nodes " + p.link()).code, 0);
    EXPECT_EQ(p.stint("nodes " + p.link("foreign")).code, 2) << "nor one that may not come in";
  }
  EXPECT_EQ(p.shell("touch enough").code, 0);
  EXPECT_EQ(run.get().code, 0);
  EXPECT_EQ(p.tasks().get(1)->attempt, 1U);
  EXPECT_THAT(p.file("serve.err"), Not(HasSubstr("lost its link")));
}

TEST(client_program, without_tls_nothing_leaves_this_machine) {
  node_processes p;
  for (const char* verb : {"run --connect 192.0.2.1:7 --insecure -- true", "worker --connect 192.0.2.1:7 --insecure",
                           "nodes --connect 192.0.2.1:7 --insecure",
                           "serve --listen 192.0.2.1:0 --insecure --store left.db"}) {
    const auto r = p.stint(verb);
    EXPECT_EQ(r.code, 2) << verb;
    EXPECT_THAT(r.err, HasSubstr("without TLS only loopback addresses may be used, and 192.0.2.1")) << verb;
  }
}

TEST(client_program, serve_looks_at_everything_before_it_opens_a_file) {
  node_processes p;
  for (const char* wrong : {"--listen 127.0.0.1:0 --tls certs --beat 3s --lease 4s", "--listen 127.0.0.1:0 --tls certs --beat 3",
                            "--listen 127.0.0.1:0 --tls nothing", "--listen 0.0.0.0:0 --insecure", "--listen here --tls certs"})
    EXPECT_EQ(p.stint(std::string{"serve --store left.db "} + wrong).code, 2) << wrong;
  EXPECT_EQ(p.shell("ls left.db*").out, "");
}

TEST(client_program, certs_makes_all_or_nothing) {
  node_processes p;
  const auto fail = [&](const std::string& dir) {
    return p.shell("rm -f once; mkdir -p bin; printf '#!/bin/sh\\n[ -e once ] && exit 1\\ntouch once\\nexec /usr/bin/openssl"
                   " \"$@\"\\n' > bin/openssl; chmod +x bin/openssl; PATH=$PWD/bin:$PATH; exec " STINT_PROGRAM " certs " + dir);
  };
  EXPECT_EQ(fail("half").code, 2);
  EXPECT_EQ(p.shell("ls -d once half").out, "once\n") << "the first certificate was made, and nothing is left of it";
  EXPECT_EQ(p.shell("mkdir mine; touch mine/other").code, 0);
  EXPECT_EQ(fail("mine").code, 2);
  EXPECT_EQ(p.shell("ls -A mine").out, "other\n");
  EXPECT_EQ(p.stint("certs mine").code, 0);
  EXPECT_EQ(p.shell("ls -A mine").out, "ca.key\nca.pem\ncert.pem\nkey.pem\nother\n");
  const auto before = p.file("mine/key.pem");
  EXPECT_THAT(p.stint("certs mine").err, HasSubstr("is there already"));
  EXPECT_EQ(p.file("mine/key.pem"), before);
  EXPECT_EQ(p.shell("find mine -name '*.key' -perm /077; find mine -name key.pem -perm /077").out, "") << "keys are private";
}

} // namespace
} // namespace stint::test
