/// Kills a process group when this process ends, however that is: also by SIGKILL, which leaves no time to do anything.
///
/// Owner    who runs the group; the guard's own end kills what is left of the group, too.
/// Threads  one at a time.
/// Errors   where the kernel refuses, the group is not guarded: it runs on, as it would without.
/// Cost     two descriptors and some system calls: no process, no thread.
/// Source   fcntl(2), F_SETOWN and F_SETSIG: a pipe of which one end closes sends the signal that its other end was given
///          to the group that its other end was given. Both ends are ours alone, so both close when we end, and the first
///          one tells the second one's owner. The kernel means the group, not its number: another group that gets the
///          number later is safe.
///
/// Rejected: PR_SET_PDEATHSIG ends with the thread that started the program and reaches no grandchild; a process that waits
/// for our end doubles the number of processes, and is itself a child that an embedder does not expect.
/// Two things it cannot do: a process that is killed while it starts a program leaves that one alone, since there is no
/// group to name before; and copies of the descriptors in a fork of the embedder's that executes nothing keep it quiet.
#pragma once

#include <sys/types.h>

#include <stint/detail/fd.hpp>

namespace stint::detail {

class group_guard {
public:
  /// Makes the pipe, before there is a group.
  [[nodiscard]] bool open();

  /// Guards a group from now on.
  void watch(pid_t group) const;

private:
  fd read_, write_;
};

} // namespace stint::detail
