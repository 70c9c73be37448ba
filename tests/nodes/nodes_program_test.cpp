// `stint serve`, `worker` and `run` as a user has them, over TLS on this machine: what works, and who is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stint/command_kind.hpp>

#include "node_processes.hpp"

namespace stint::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(nodes_program, a_command_runs_on_a_worker_and_its_output_and_code_come_back) {
  node_processes p;
  p.serve();
  p.worker(2);
  p.worker(1);
  const auto good = p.stint("run " + p.link() + " -- sh -c 'echo out; echo err >&2'");
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(good.out, "out\n! err\n");
  const auto bad = p.stint("run " + p.link() + " -- sh -c 'exit 7'");
  EXPECT_EQ(bad.code, 7);
  EXPECT_THAT(bad.err, HasSubstr("exit code 7"));
}

TEST(nodes_program, a_client_asks_what_it_asks_a_list_of_its_own) {
  node_processes p;
  p.serve();
  auto& tasks = p.tasks();
  auto id = tasks.submit(command_spec("greet", {{"echo", "hello"}, {}, {}}));
  ASSERT_TRUE(id) << to_string(id.error());
  EXPECT_THAT(tasks.explain(*id)->text, HasSubstr("no worker"));
  EXPECT_EQ(tasks.wait(*id, 10ms).code(), errc::timed_out);
  p.worker(1);
  auto done = tasks.wait(*id);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->state, state::succeeded);
  EXPECT_EQ(tasks.output(*id)->text, "hello\n");
  EXPECT_EQ(tasks.page()->tasks.size(), 1U);
  EXPECT_EQ(tasks.get(77).code(), errc::unknown_task);
  EXPECT_EQ(tasks.cancel(*id).code(), errc::wrong_state);
  EXPECT_EQ(tasks.submit(spec{}, [] {}).code(), errc::body_cannot_travel);
  EXPECT_TRUE(tasks.subscribe({}));
  EXPECT_EQ(tasks.stop().code(), errc::peer_refused);
  EXPECT_EQ(tasks.counts()->workers, 1U);
}

TEST(nodes_program, a_task_with_a_label_runs_on_the_worker_that_has_it_and_waits_for_one) {
  node_processes p;
  p.serve("--store tasks.db");
  const auto plain = std::to_string(p.worker(2)) + "\n";
  auto& tasks = p.tasks();
  const auto where = [](const char* name, std::vector<std::string> labels) {
    auto s = command_spec(name, {{"sh", "-c", "echo $PPID"}, {}, {}}); // its worker
    s.labels = std::move(labels);
    return submission{std::move(s), {}};
  };
  const auto made = tasks.submit({where("card", {"gpu"}), where("both", {"gpu", "big"}), where("plain", {})});
  ASSERT_TRUE(made) << to_string(made.error());
  ASSERT_TRUE(tasks.wait(3));
  EXPECT_EQ(tasks.output(3)->text, plain) << "nobody waits behind the others";
  EXPECT_EQ(tasks.explain(1)->text, "no worker for kind 'command' with label 'gpu'");
  EXPECT_EQ(tasks.explain(2)->text, "no worker for kind 'command' with labels 'big' and 'gpu'");
  p.worker(1, "certs", "--label gpu");
  ASSERT_TRUE(tasks.wait(1));
  EXPECT_EQ(tasks.get(2)->reason, wait_reason::no_worker);
  const auto pid = p.worker(1, "certs", "--label gpu --label big");
  ASSERT_TRUE(tasks.wait(2));
  EXPECT_EQ(tasks.output(2)->text, std::to_string(pid) + "\n");
  EXPECT_NE(tasks.output(1)->text, plain);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(p.stint("run " + p.link() + " --label big -- sh -c 'echo $PPID'").out, std::to_string(pid) + "\n");
  EXPECT_THAT(p.stint("nodes --json " + p.link()).out, HasSubstr(R"("kinds":["command"],"labels":["big","gpu"],"running")"));
  EXPECT_THAT(p.stint("nodes " + p.link()).out, HasSubstr("  big gpu  "));
  p.kill_server();
  EXPECT_THAT(p.stint("export " + p.path("tasks.db")).out, HasSubstr(R"("labels":["big","gpu"])"));
}

TEST(nodes_program, what_a_command_prints_elsewhere_is_counted_for_retention) {
  node_processes p;
  p.serve("--store tasks.db");
  p.worker(1);
  auto& tasks = p.tasks();
  auto id = tasks.submit(command_spec("greet", {{"echo", "hello"}, {}, {}}));
  ASSERT_TRUE(id) << to_string(id.error());
  ASSERT_TRUE(tasks.wait(*id));
  p.kill_server();
  const auto file = p.stint("export " + p.path("tasks.db"));
  EXPECT_EQ(file.code, 0) << file.err;
  EXPECT_THAT(file.out, HasSubstr(R"("output_bytes":6)"));
}

TEST(nodes_program, a_running_command_is_cancelled_from_afar) {
  node_processes p;
  p.serve();
  p.worker(1);
  auto& tasks = p.tasks();
  auto id = tasks.submit(command_spec("long", {{"sh", "-c", "echo began; exec sleep 100"}, {}, {}}));
  ASSERT_TRUE(id);
  ASSERT_TRUE(p.until(
    [&] {
      const auto said = tasks.output(*id);
      return said && !said->text.empty();
    },
    "the command has begun"));
  ASSERT_TRUE(tasks.cancel(*id));
  EXPECT_EQ(tasks.wait(*id)->state, state::cancelled);
}

TEST(nodes_program, members_alone_get_in) {
  node_processes p;
  p.serve();
  ASSERT_EQ(p.stint("certs foreign").code, 0);
  // Valid for no day: it has expired when it is made.
  const auto old = p.shell("mkdir old && cp certs/ca.pem old && openssl req -newkey rsa:2048 -nodes -subj /CN=old -keyout"
                           " old/key.pem -out old/csr && openssl x509 -req -days 0 -in old/csr -CA certs/ca.pem -CAkey"
                           " certs/ca.key -CAcreateserial -out old/cert.pem && openssl x509 -checkend 0 -in old/cert.pem");
  ASSERT_THAT(old.out, HasSubstr("will expire")) << old.err;
  const auto run = [&](const std::string& dir) { return p.stint("run " + p.link(dir) + " -- true"); };
  for (const char* dir : {"foreign", "old"}) {
    const auto r = run(dir);
    EXPECT_EQ(r.code, 2) << dir;
    EXPECT_THAT(r.err, HasSubstr("link_lost")) << dir;
    EXPECT_THAT(r.err, HasSubstr(dir == std::string{"old"} ? "TLS: it refuses ours: certificate expired"
                                                           : "TLS: its certificate is refused: self-signed certificate"));
  }
  EXPECT_EQ(p.stint("run --connect " + p.address() + " --insecure -- true").code, 2) << "plain bytes";
  const auto naked = p.shell("openssl s_client -connect " + p.address() + " -CAfile certs/ca.pem </dev/null; true");
  EXPECT_THAT(naked.out + naked.err, Not(HasSubstr("BASP")));
  ASSERT_EQ(p.shell("head -c 100000 /dev/urandom | timeout 5 openssl s_client -connect " + p.address() + "; true").code, 0);
  for (int i = 0; i < 2; ++i)
    static_cast<void>(p.shell("openssl s_client -connect " + p.address() + " -cert foreign/cert.pem -key foreign/key.pem </dev/null"));
  // Each cause is counted, and logged once.
  const auto all = p.tasks().nodes();
  ASSERT_TRUE(all) << to_string(all.error());
  std::map<std::string, std::uint64_t> refused;
  for (const auto& r : all->refused)
    refused[r.cause] = r.times;
  using counted = std::pair<const std::string, std::uint64_t>;
  EXPECT_THAT(refused, testing::IsSupersetOf({counted{"it refuses ours: unknown CA", 1},
                                              counted{"its certificate is refused: certificate has expired", 1},
                                              counted{"its certificate is refused: unable to get local issuer certificate", 2},
                                              counted{"it shows no certificate", 2}, counted{"wrong version number", 1}}));
  const auto log = p.file("serve.err");
  for (const auto& [cause, times] : refused) {
    const auto first = log.find("refused a TLS handshake: " + cause + ";");
    EXPECT_NE(first, std::string::npos) << cause;
    EXPECT_EQ(log.find("refused a TLS handshake: " + cause + ";", first + 1), std::string::npos) << cause;
  }
  EXPECT_THAT(p.stint("nodes " + p.link()).out, HasSubstr("refused 2 times: it shows no certificate\n"));
  EXPECT_THAT(p.stint("nodes --json " + p.link()).out, HasSubstr(R"({"refused":"it shows no certificate","times":2})"));
  // And those who belong are still served.
  p.worker(1);
  EXPECT_EQ(run("certs").code, 0);
}

TEST(nodes_program, what_is_wrong_with_the_command_line_or_the_files_is_said) {
  node_processes p;
  EXPECT_EQ(p.stint("serve --listen 127.0.0.1:0").code, 2) << "neither TLS nor --insecure";
  EXPECT_EQ(p.stint("serve --listen 0.0.0.0:0 --insecure").code, 2) << "plain, and not on loopback";
  EXPECT_EQ(p.stint("serve --listen nowhere --tls certs").code, 2);
  EXPECT_EQ(p.stint("serve --listen 127.0.0.1:0 --tls certs --store ''").code, 2) << "a list that keeps nothing";
  EXPECT_EQ(p.stint("serve --listen 127.0.0.1:0 --tls certs --beat 3s --lease 4s").code, 2);
  EXPECT_EQ(p.stint("worker --connect 127.0.0.1:1 --tls certs --slots 0").code, 2);
  const auto label = p.stint("worker --connect 127.0.0.1:1 --tls certs --label \"$(printf 'a\\tb')\"");
  EXPECT_EQ(label.code, 2);
  EXPECT_THAT(label.err, HasSubstr("invalid_label"));
  const auto missing = p.stint("run --connect 127.0.0.1:1 --tls nothing -- true");
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("nothing/ca.pem"));
  EXPECT_EQ(p.stint("run --connect 127.0.0.1:1 --tls certs -- true").code, 2) << "nobody listens";
  EXPECT_EQ(p.stint("certs certs").code, 2) << "they are there already";
}

} // namespace
} // namespace stint::test
