/// Starts a process in a session of its own, with its output in pipes and nothing else of ours.
///
/// Threads  safe: everything is prepared before, and posix_spawn does not copy the address space.
/// Errors   errno and what was tried.
#pragma once

#include <string>

#include <sys/types.h>

#include <stint/detail/fd.hpp>
#include <stint/detail/group_guard.hpp>
#include <stint/program.hpp>

namespace stint::detail {

/// A started process, or why there is none.
struct spawned {
  pid_t pid = -1; ///< also the number of its process group
  fd out;         ///< read end, non-blocking
  fd err;
  group_guard guard; ///< its group ends with us
  int error = 0;     ///< errno
  std::string text;
};

spawned spawn(const program& what);

/// Finds the file to execute as a shell would, in the PATH of the program's environment; a path is returned as it is.
/// Empty: there is none, and `error` is ENOENT or EACCES.
std::string find_program(const std::string& name, const std::string& path, int directory, int& error);

} // namespace stint::detail
