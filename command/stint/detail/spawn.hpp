/// Starts a process in a session of its own, with its output in pipes and nothing else of ours.
///
/// Threads  safe: everything is prepared before, and posix_spawn does not copy the address space.
/// Errors   errno and what was tried.
#pragma once

#include <string>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

#include <stint/program.hpp>

namespace stint::detail {

/// A file descriptor that closes itself.
class fd {
public:
  fd() = default;
  explicit fd(int number) : number_(number) {}
  fd(fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  fd& operator=(fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~fd() { reset(); }

  void reset() {
    if (number_ >= 0)
      ::close(number_);
    number_ = -1;
  }
  [[nodiscard]] int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

private:
  int number_ = -1;
};

/// A started process, or why there is none.
struct spawned {
  pid_t pid = -1; ///< also the number of its process group
  fd out;         ///< read end, non-blocking
  fd err;
  int error = 0; ///< errno
  std::string text;
};

spawned spawn(const program& what);

/// Finds the file to execute as a shell would, in the PATH of the program's environment; a path is returned as it is.
/// Empty: there is none, and `error` is ENOENT or EACCES.
std::string find_program(const std::string& name, const std::string& path, int directory, int& error);

} // namespace stint::detail
