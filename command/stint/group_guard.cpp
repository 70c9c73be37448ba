#include <stint/detail/group_guard.hpp>

#include <csignal>

#include <fcntl.h>

namespace stint::detail {

namespace {

/// The owner last of the two: without a signal of ours an event would send SIGIO.
void arm(int end, pid_t group) {
  if (::fcntl(end, F_SETSIG, SIGKILL) == 0 && ::fcntl(end, F_SETOWN, -group) == 0)
    ::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_ASYNC);
}

} // namespace

bool group_guard::open() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return false;
  read_ = above_standard(ends[0]);
  write_ = above_standard(ends[1]);
  return read_ && write_;
}

void group_guard::watch(pid_t group) const {
  // Which end the kernel closes first is its own affair.
  arm(read_.get(), group);
  arm(write_.get(), group);
}

} // namespace stint::detail
