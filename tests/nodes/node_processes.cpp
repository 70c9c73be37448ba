#include "node_processes.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <stint/program.hpp>

namespace stint::test {

node_processes::node_processes() {
  const auto made = stint("certs certs");
  EXPECT_EQ(made.code, 0) << made.err;
}

node_processes::~node_processes() {
  client_.reset();
  while (!started_.empty())
    kill(started_.back());
}

pid_t node_processes::start(const std::string& arguments, const std::string& err, int out) {
  // Nothing of this process's own: who waits for its output would wait for a child that outlived it as well.
  const auto script = "exec " STINT_PROGRAM " " + arguments + " </dev/null 2>>" + err + (out < 0 ? " >>" + err : "");
  const auto parent = ::getpid();
  const auto pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed leaves nobody behind
    if (::getppid() != parent)
      ::_exit(127);
    if (::chdir(dir_.path().c_str()) != 0 || (out >= 0 && ::dup2(out, STDOUT_FILENO) < 0))
      ::_exit(127);
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    ::_exit(127);
  }
  started_.push_back(pid);
  return pid;
}

void node_processes::serve(const std::string& more) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  server_ = start("serve --listen " + address() + " --tls certs " + more, "serve.err", ends[1]);
  ::close(ends[1]);
  std::string line;
  for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';)
    line += c;
  ::close(ends[0]);
  ASSERT_EQ(line.rfind("listening on ", 0), 0U) << line << file("serve.err");
  port_ = line.substr(line.rfind(':') + 1);
}

pid_t node_processes::worker(int slots, const std::string& dir, const std::string& more) {
  return start("worker " + link(dir) + " --slots " + std::to_string(slots) + " " + more,
               "worker" + std::to_string(++number_) + ".err", -1);
}

pid_t node_processes::worker_through(std::uint16_t port) {
  return start("worker --connect 127.0.0.1:" + std::to_string(port) + " --tls certs --slots 1",
               "worker" + std::to_string(++number_) + ".err", -1);
}

node_run node_processes::stint(const std::string& arguments) const { return shell("exec timeout -s KILL 30 " STINT_PROGRAM " " + arguments); }

node_run node_processes::shell(const std::string& script) const {
  program p;
  p.command = {"sh", "-c", "exec >.out 2>.err; " + script};
  p.cwd = dir_.path();
  const auto end = run_program(p, {}, {}, {});
  return {end.what == program_end::how::exited ? end.number : -end.number, read_file(dir_ / ".out"), read_file(dir_ / ".err")};
}

void node_processes::send(pid_t whom, int signal) { EXPECT_EQ(::kill(whom, signal), 0); }

void node_processes::kill(pid_t whom) {
  ::kill(whom, SIGKILL);
  ::waitpid(whom, nullptr, 0);
  std::erase(started_, whom);
}

int node_processes::server_code() {
  int status = 0;
  if (!until([&] { return ::waitpid(server_, &status, WNOHANG) == server_; }, "the server ends"))
    return -1;
  std::erase(started_, server_);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool node_processes::until(const std::function<bool()>& holds, const char* what) {
  for (int tries = 0; tries < 6'000; ++tries) {
    if (holds())
      return true;
    ::poll(nullptr, 0, 10);
  }
  ADD_FAILURE() << "after a minute still not: " << what << "\nserve: " << file("serve.err");
  return false;
}

bool node_processes::until_workers(std::size_t n) {
  const auto what = std::to_string(n) + " workers";
  return until(
    [&] {
      const auto c = tasks().counts();
      return c && c->workers == n;
    },
    what.c_str());
}

list& node_processes::tasks() {
  if (!client_)
    client_ = std::make_unique<tls_client>(dir_ / "certs", port());
  return client_->tasks;
}

} // namespace stint::test
