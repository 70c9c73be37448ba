/// One program: started in its own process group, its output told while it runs, and nothing of it left behind.
///
/// Owner    the caller's thread, which is busy until the program has ended and has been reaped.
/// Threads  run_program may be called by many threads at once; `heard` is called by the calling thread.
/// Errors   what could not be started, and how a program ended, are values: see program_end.
/// Order    stop token set: SIGTERM to the group (and SIGCONT, for the stopped ones); `kill_after` later, or as soon as
///          `kill_now` is set: SIGKILL. The program is over when its first process is: what that left running in its
///          group, or holding its output open, gets `drain` to end and is killed then. When our process ends before, however
///          it does, the group is killed with it (detail/group_guard.hpp says what that cannot do).
/// Units    std::chrono.
///
/// What a library in a foreign process must not do: it installs no signal handler, waits for exactly the processes it
/// started, leaves no descriptor open across an exec and hands none of the embedder's to the program.
/// It needs Linux 5.9 (pidfd) and glibc 2.34; where pidfd_open is forbidden it asks every 20 ms instead.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <stint/time.hpp>

namespace stint {

/// What to run.
struct program {
  std::vector<std::string> command;       ///< the program, then its arguments; without a slash it is looked up in PATH
  std::map<std::string, std::string> env; ///< added to our own environment, or in its place
  std::string cwd;                        ///< empty: our own
};

/// How long things may take.
struct program_policy {
  nanos kill_after = std::chrono::seconds{2};    ///< between SIGTERM and SIGKILL
  nanos drain = std::chrono::milliseconds{200};  ///< for what outlives the program's first process
  std::size_t longest_line = std::size_t{16} * 1024; ///< bytes; longer lines of output are broken
  std::stop_token kill_now;                      ///< set: no patience left
  /// Asked before output is read; while it says yes, output stays in its pipe, and a program that fills it has to wait.
  std::function<bool()> crowded{};
  nanos patience = std::chrono::seconds{2}; ///< how long at a time: then output is read, whoever takes it
};

/// How it ended.
struct program_end {
  enum class how : unsigned char {
    exited,      ///< number: the exit code
    killed,      ///< number: the signal
    not_started, ///< number: errno; `text` says what failed
    lost,        ///< somebody else in this process reaped it (or SIGCHLD is ignored): nobody knows
  };
  how what = how::exited;
  int number = 0;
  bool stopped = false; ///< we had sent SIGTERM or SIGKILL before it ended
  std::string text;
};

/// Takes a piece of output: whole lines, marked as line_marker does.
using program_listener = std::function<void(std::string_view)>;

/// Runs a program to its end.
program_end run_program(const program& what, const program_policy& policy, const std::stop_token& stop,
                        const program_listener& heard);

} // namespace stint
