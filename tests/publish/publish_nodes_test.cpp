// The publisher through a list in another process, with its tasks run by two more; one of them is killed for real.
#include "publish_sample.hpp"

#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace {

using namespace publish_sample;

struct publish_nodes : with_folder {
  std::vector<pid_t> started;

  void SetUp() override {
    with_folder::SetUp();
    std::string large; // so that a kill hits a publish in its middle
    for (int i = 0; i < 10; ++i)
      large += sample();
    write_text(folder / "Packages", large);
    ASSERT_EQ(run(STINT_PROGRAM " certs " + (folder / "certs").string()).code, 0);
  }
  void TearDown() override {
    for (const auto pid : started) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    with_folder::TearDown();
  }

  /// Starts a program whose output goes to a file; it dies with the test.
  pid_t start(const std::string& command, const std::string& output) {
    const auto line = "exec " + command + " >" + (folder / output).string() + " 2>&1";
    const auto pid = ::fork();
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
      ::_exit(127);
    }
    started.push_back(pid);
    return pid;
  }

  /// Waits until a file says something; a minute at most.
  [[nodiscard]] std::string until_said(const std::string& file, const std::string& words) const {
    run("timeout 60 sh -c 'until grep -q \"" + words + "\" " + (folder / file).string() + "; do sleep 0.02; done'");
    return text_of(folder / file);
  }

  std::string serve() {
    start(STINT_PROGRAM " serve --listen 127.0.0.1:0 --beat 300ms --lease 900ms --tls " + (folder / "certs").string(),
          "serve.out");
    const auto said = until_said("serve.out", "listening on ");
    const auto colon = said.find(':', said.find("listening on "));
    return " --connect 127.0.0.1:" + said.substr(colon + 1, said.find('\n', colon) - colon - 1) + " --tls "
           + (folder / "certs").string() + " ";
  }
  pid_t work(const std::string& link, const std::string& output) {
    return start(STINT_PUBLISH " --work --workers 2" + link + (folder / "Packages").string(), output);
  }
  [[nodiscard]] std::string publish(const std::string& link) const {
    return STINT_PUBLISH " --plain --requests 40 --distributions 4 --out " + (folder / "out").string() + link
           + (folder / "Packages").string();
  }
};

bool has(const ran& r, const std::string& text) { return r.output.find(text) != std::string::npos; }

TEST_F(publish_nodes, two_workers_publish_what_a_third_process_asks_a_fourth_for) {
  const auto link = serve();
  work(link, "one.out");
  work(link, "two.out");
  const auto r = run("timeout 60 " + publish(link));
  EXPECT_EQ(r.code, 0) << r.output;
  EXPECT_TRUE(has(r, " 0 reads, 40 publishes, 3 clean-ups;")) << r.output;
  EXPECT_TRUE(has(r, "every file is whole")) << r.output;
}

TEST_F(publish_nodes, a_worker_that_is_killed_costs_time_and_no_file) {
  const auto link = serve();
  work(link, "one.out");
  const auto victim = work(link, "two.out");
  start(publish(link), "publish.out");
  for (const auto* step : {"publish stable: succeeded", "publish testing: succeeded"})
    static_cast<void>(until_said("publish.out", step));
  ::kill(victim, SIGKILL);
  const auto all = until_said("publish.out", "verified ");
  EXPECT_NE(all.find("every file is whole"), std::string::npos) << all;
  EXPECT_NE(all.find(" 0 did not"), std::string::npos) << all;
  EXPECT_NE(text_of(folder / "serve.out").find("lost its link"), std::string::npos) << "it was killed too late";
}

TEST_F(publish_nodes, mistakes_are_named) {
  const std::vector<std::pair<std::string, std::string>> mistakes{
    {"--tls certs", "--connect"}, {"--work", "--connect"},
    {"--connect nowhere --insecure", "invalid_option: 'nowhere' is no HOST:PORT"},
    {"--connect 127.0.0.1:1", "invalid_option: --tls DIR is missing"},
    {"--connect 127.0.0.1:1 --insecure", "link_lost: 127.0.0.1:1"}};
  for (const auto& [words, wanted] : mistakes) {
    const auto r = run(STINT_PUBLISH " --out " + (folder / "out").string() + " " + words + " " STINT_SAMPLE);
    EXPECT_NE(r.code, 0) << words;
    EXPECT_TRUE(has(r, wanted)) << words << ": " << r.output;
  }
}

} // namespace
