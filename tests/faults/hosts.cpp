#include "hosts.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stint::faults {

namespace {

bool done(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

void must(const std::string& command) {
  if (!done(command))
    throw std::runtime_error("failed: " + command);
}

/// Drops what comes in; an output hook would tell the sender of it at once.
const char* const table = "nft add table inet stint && nft add chain inet stint in '{ type filter hook input priority 0; }'";

} // namespace

bool hosts::enter() {
  return ::geteuid() == 0 && ::unshare(CLONE_NEWNET) == 0 && done("ip link set lo up") && done(table);
}

pid_t start_program(const std::string& folder, const std::string& output, const std::string& command, int network) {
  const int out = ::open((folder + "/" + output).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const auto line = "exec " + command;
  const auto pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if ((network >= 0 && ::setns(network, CLONE_NEWNET) != 0) || ::chdir(folder.c_str()) != 0 || ::dup2(out, 1) < 0
        || ::dup2(out, 2) < 0)
      ::_exit(127);
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(out);
  return pid;
}

host::host(std::size_t number) : number_(number) {
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  holder_ = ::fork();
  if (holder_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char is = ::unshare(CLONE_NEWNET) == 0 ? 'y' : 'n';
    if (::write(ready[1], &is, 1) != 1)
      ::_exit(1);
    for (;;)
      ::pause();
  }
  char is = 'n';
  const bool made = ::read(ready[0], &is, 1) == 1 && is == 'y';
  ::close(ready[0]);
  ::close(ready[1]);
  if (!made)
    throw std::runtime_error("no network namespace");
  must("ip link add " + cable() + " type veth peer name eth0 netns " + std::to_string(holder_));
  must("ip addr add " + owner_address() + "/24 dev " + cable() + " && ip link set " + cable() + " up");
  there("ip link set lo up");
  there("ip addr add " + net() + ".2/24 dev eth0");
  there("ip link set eth0 up");
  there("sh -c \"" + std::string{table} + "\"");
}

host::~host() {
  done("ip link del " + cable()); // the kernel takes its time with that of a namespace that has ended
  ::kill(holder_, SIGKILL);
  ::waitpid(holder_, nullptr, 0);
}

void host::there(const std::string& command) const { must("nsenter -t " + std::to_string(holder_) + " -n " + command); }

pid_t host::start(const std::string& folder, const std::string& output, const std::string& command) const {
  const int net = ::open(("/proc/" + std::to_string(holder_) + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC);
  const auto pid = start_program(folder, output, command, net);
  ::close(net);
  return pid;
}

void host::cut_cable(cut which) const {
  if (which != cut::from_host)
    there("nft add rule inet stint in iifname eth0 drop");
  if (which != cut::to_host)
    must("nft add rule inet stint in iifname " + cable() + " drop");
}

void host::heal() const {
  there("nft flush chain inet stint in");
  // Other hosts' cables may be cut as well: only the rule of this one goes.
  done("nft -a list chain inet stint in | sed -n 's/.*\"" + cable() + "\".*handle \\([0-9]*\\)$/\\1/p' |"
       " while read -r n; do nft delete rule inet stint in handle $n; done");
}

void host::slow_down(const std::string& rate) const {
  const auto shape = " root tbf rate " + rate + " burst 16kb latency 500ms";
  must("tc qdisc add dev " + cable() + shape);
  there("tc qdisc add dev eth0" + shape);
}

} // namespace stint::faults
