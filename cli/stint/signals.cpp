#include "signals.hpp"

#include <cerrno>
#include <csignal>
#include <system_error>

#include <sys/signalfd.h>
#include <unistd.h>

namespace stint::cli {

signals::signals() {
  sigset_t all;
  ::sigemptyset(&all);
  for (int s : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH})
    ::sigaddset(&all, s);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  ::signal(SIGPIPE, SIG_IGN); // a reader that goes away is an error of writing, not the end of all tasks
  descriptor_ = ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0)
    throw std::system_error{errno, std::generic_category(), "signalfd"};
}

signals::~signals() { ::close(descriptor_); }

int signals::next() {
  signalfd_siginfo info{};
  return ::read(descriptor_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

} // namespace stint::cli
