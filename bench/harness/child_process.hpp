/// This program once more, as another process of the same measurement.
///
/// Owner    a contestant; the child ends with it, or when this process dies.
/// Threads  one at a time.
/// Errors   `wrong` when it cannot be started or says nothing.
#pragma once

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/bench_program.hpp>

namespace stint::bench {

class child_process {
public:
  /// Starts it with these words; returns when it has written its first line to descriptor 1.
  explicit child_process(std::vector<std::string> words) {
    int down[2];
    int up[2];
    need(::pipe2(down, O_CLOEXEC) == 0 && ::pipe2(up, O_CLOEXEC) == 0, "no pipe");
    words.insert(words.begin(), "bench");
    std::vector<char*> argv;
    for (auto& w : words)
      argv.push_back(w.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(down[0], STDIN_FILENO);
      ::dup2(up[1], STDOUT_FILENO);
      ::execv("/proc/self/exe", argv.data());
      ::_exit(127);
    }
    ::close(down[0]);
    ::close(up[1]);
    until_ = down[1];
    for (char c = 0; ::read(up[0], &c, 1) == 1 && c != '\n';)
      said_ += c;
    ::close(up[0]);
    need(pid_ > 0 && !said_.empty(), "the other process did not start");
  }
  ~child_process() {
    ::close(until_);
    ::waitpid(pid_, nullptr, 0);
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  [[nodiscard]] const std::string& said() const noexcept { return said_; }

  /// In the child: says one line, then waits until its parent wants it to end.
  static void serve(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    for (char c = 0; ::read(STDIN_FILENO, &c, 1) > 0;)
      continue;
  }

private:
  pid_t pid_ = 0;
  int until_ = -1;
  std::string said_;
};

} // namespace stint::bench
