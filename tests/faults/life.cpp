#include "life.hpp"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stint::faults {

namespace {

using clock = std::chrono::steady_clock;

constexpr int child_pipe = 3;

std::string names_file(const child_orders& o) { return o.file + ".again"; }

pid_t begin(const child_orders& orders, int write_end) {
  auto words = words_of(orders);
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  const auto pid = ::fork();
  if (pid != 0)
    return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // else one that outlives its parent holds the log of who waits for that
  ::dup2(write_end, child_pipe);
  ::execv("/proc/self/exe", argv.data());
  ::_exit(127);
}

} // namespace

std::vector<std::string> words_of(const child_orders& o) {
  std::ofstream names{names_file(o)};
  for (const auto& n : o.again)
    names << n << "\n";
  return {"faults", "child", o.file, std::to_string(o.seed), std::to_string(o.first_name),
          o.die_at.empty() ? "-" : o.die_at, std::to_string(o.die_after),
          std::string{o.finish ? "f" : ""} + (o.relaxed ? "r" : "") + (o.early ? "e" : "") + (o.poison ? "p" : "") + (o.prunes ? "k" : "")
            + (o.prunes_hard ? "h" : "") + (o.windowed ? "w" : "") + (o.loses_disk ? "d" : "") + (o.mixes ? "x" : "") + (o.may_fail ? "m" : "") + "-",
          std::to_string(o.open_tasks)};
}

child_orders orders_of(const std::vector<std::string>& w) {
  child_orders o;
  const auto number = [&w](std::size_t i) { return std::strtoull(w.at(i).c_str(), nullptr, 10); };
  const auto flag = [&w](char c) { return w.at(7).find(c) != std::string::npos; };
  o.file = w.at(2);
  o.pipe = child_pipe;
  o.seed = number(3);
  o.first_name = number(4);
  o.die_at = w.at(5) == "-" ? "" : w.at(5);
  o.die_after = number(6);
  o.finish = flag('f');
  o.relaxed = flag('r');
  o.early = flag('e');
  o.poison = flag('p');
  o.prunes = flag('k');
  o.prunes_hard = flag('h');
  o.windowed = flag('w');
  o.loses_disk = flag('d');
  o.mixes = flag('x');
  o.may_fail = flag('m');
  o.open_tasks = number(8);
  std::ifstream names{names_file(o)};
  for (std::string n; std::getline(names, n);)
    o.again.push_back(n);
  return o;
}

life_end live(const child_orders& orders, const life_plan& plan, const hear_fn& hear) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  const auto pid = begin(orders, ends[1]);
  ::close(ends[1]);
  life_end out;
  const auto last = clock::now() + plan.longest;
  std::optional<clock::time_point> kill_at;
  bool killed = false;
  std::string bytes;
  for (;;) {
    const auto now = clock::now();
    if (!killed && ((kill_at && now >= *kill_at) || now >= last)) {
      if (plan.before_kill)
        plan.before_kill();
      ::kill(pid, SIGKILL);
      killed = true;
    }
    const auto until = killed ? now + std::chrono::seconds{10} : std::min(kill_at.value_or(last), last);
    const timespec wait{static_cast<time_t>((until - now) / std::chrono::seconds{1}),
                        static_cast<long>(((until - now) % std::chrono::seconds{1}).count())};
    pollfd p{ends[0], POLLIN, 0};
    if (::ppoll(&p, 1, &wait, nullptr) <= 0)
      continue;
    char room[64 * sizeof(record)];
    const auto n = ::read(ends[0], room, sizeof room);
    if (n <= 0)
      break;
    bytes.append(room, static_cast<std::size_t>(n));
    std::size_t at = 0;
    for (; bytes.size() - at >= sizeof(record); at += sizeof(record)) {
      record r;
      std::memcpy(&r, bytes.data() + at, sizeof r);
      if (r.what == told::ready) {
        out.ready_ns = r.a;
        if (plan.kill_after.count() >= 0)
          kill_at = clock::now() + plan.kill_after;
      } else if (r.what == told::done) {
        out.finished = true;
        out.quarantined = r.a;
        out.ended = r.b;
        if (plan.kill_when_done)
          kill_at = clock::now();
      }
      if (!killed || !plan.before_kill)
        hear(r);
      else if (plan.hear_late)
        plan.hear_late(r);
    }
    bytes.erase(0, at);
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  out.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; // one that aborts ends by itself
  out.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

} // namespace stint::faults
