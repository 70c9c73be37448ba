#include "cluster.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <sys/wait.h>

#include <stint/command_kind.hpp>

namespace stint::faults {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t patience = 60'000'000'000;

std::string text_of(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Asks until the answer is yes.
void until(const char* what, const std::function<bool()>& yes) {
  const auto last = monotonic_now() + patience;
  while (!yes()) {
    if (monotonic_now() > last)
      throw std::runtime_error(std::string{"not in a minute: "} + what);
    pass_time(5ms);
  }
}

void end(pid_t& pid) {
  if (pid == 0)
    return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pid = 0;
}

} // namespace

std::int64_t monotonic_now() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

void pass_time(nanos how_long) { std::this_thread::sleep_for(how_long); }

cluster::cluster(cluster_plan plan) : plan_(std::move(plan)) {
  const auto here = fs::read_symlink("/proc/self/exe").parent_path();
  program_ = STINT_PROGRAM;
  body_ = here / "work_body";
  plan_.folder = fs::absolute(plan_.folder);
  fs::remove_all(plan_.folder);
  fs::create_directories(plan_.folder + "/owner");
  if (std::system((program_ + " certs " + plan_.folder + "/certs >" + plan_.folder + "/certs.out 2>&1").c_str()) != 0)
    throw std::runtime_error("no certificates: " + text_of(plan_.folder + "/certs.out"));
  start_owner();
  all_.resize(plan_.workers);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    all_[i].where = std::make_unique<host>(i + 1);
    all_[i].folder = plan_.folder + "/host" + std::to_string(i + 1);
    fs::create_directories(all_[i].folder);
    start_worker(i);
  }
  until_enlisted(plan_.workers * plan_.slots);
}

cluster::~cluster() {
  client_.reset();
  for (auto& m : all_)
    end(m.pid);
  end(owner_);
}

void cluster::start_owner() {
  const auto out = plan_.folder + "/owner/out";
  fs::remove(out);
  owner_ = start_program(plan_.folder + "/owner", "out",
                         program_ + " serve --listen 0.0.0.0:" + std::to_string(port_) + " --tls ../certs " + plan_.serve);
  static const std::string words = "listening on 0.0.0.0:";
  std::string said;
  until("the owner listens", [&] {
    said = text_of(out);
    const auto at = said.find(words);
    return at != std::string::npos && said.find('\n', at) != std::string::npos;
  });
  port_ = static_cast<std::uint16_t>(std::stoi(said.substr(said.find(words) + words.size())));
}

void cluster::restart_owner() {
  end(owner_);
  start_owner();
}

std::string cluster::owner_log() const { return text_of(plan_.folder + "/owner/out"); }

list& cluster::tasks() {
  if (!client_)
    client_ = std::make_unique<test::tls_client>(plan_.folder + "/certs", port_);
  return client_->tasks;
}

void cluster::start_worker(std::size_t worker) {
  auto& m = all_.at(worker);
  m.since = monotonic_now();
  m.pid = m.where->start(m.folder, "out",
                         program_ + " worker --connect " + m.where->owner_address() + ":" + std::to_string(port_)
                           + " --tls ../certs --slots " + std::to_string(plan_.slots));
}

void cluster::kill_worker(std::size_t worker) { end(all_.at(worker).pid); }

void cluster::signal_worker(std::size_t worker, int signal) {
  const auto pid = all_.at(worker).pid;
  ::kill(pid, signal);
  if (signal == SIGSTOP) // it has stopped when this returns
    ::waitpid(pid, nullptr, WUNTRACED);
}

void cluster::until_enlisted(std::size_t slots) {
  until("the workers are enlisted", [&] {
    const auto c = tasks().counts();
    return c && c->workers >= slots;
  });
}

spec cluster::work(int ms, const std::string& key, bool claims, const std::vector<std::string>& more) const {
  std::vector<std::string> words{body_, "log", std::to_string(ms), key};
  words.insert(words.end(), more.begin(), more.end());
  auto s = command_spec("work", {std::move(words), {}, {}});
  if (claims && key != "-")
    s.claims = {exclusive(key)};
  return s;
}

void cluster::submit(std::vector<spec> what) {
  std::vector<submission> all;
  all.reserve(what.size());
  for (auto& s : what)
    all.push_back({std::move(s), {}});
  auto done = tasks().submit(std::move(all));
  if (!done)
    throw std::runtime_error("not submitted: " + to_string(done.error()));
  ids_.insert(ids_.end(), done->ids.begin(), done->ids.end());
  open_.insert(open_.end(), done->ids.begin(), done->ids.end());
}

void cluster::keep_busy(std::size_t open, const std::function<spec()>& one) {
  look();
  std::vector<spec> more;
  for (auto n = open_.size(); n < open; ++n)
    more.push_back(one());
  if (!more.empty())
    submit(std::move(more));
}

void cluster::look() {
  if (open_.empty())
    return;
  auto found = tasks().get(open_);
  if (!found)
    return; // the link is down: later
  open_.clear();
  for (auto& t : found->tasks) {
    if (t.code != errc::none)
      continue; // it is gone: judged as lost
    if (terminal(t.task.state)) {
      ended_.push_back(std::move(t.task));
      continue;
    }
    if (t.task.state == state::quarantined && tasks().release(t.id))
      released_.insert(t.id);
    open_.push_back(t.id);
  }
}

void cluster::finish(nanos longest) {
  const auto last = monotonic_now() + longest.count();
  for (look(); !open_.empty() && monotonic_now() < last; look())
    pass_time(20ms);
  for (std::size_t i = 0; i < std::min<std::size_t>(5, open_.size()); ++i) {
    const auto why = tasks().explain(open_[i]);
    std::printf("  task %llu has not ended: %s\n", static_cast<unsigned long long>(open_[i]),
                why ? why->text.c_str() : to_string(why.error()).c_str());
  }
}

work_log cluster::logs() const {
  work_log out;
  for (std::size_t i = 0; i < all_.size(); ++i)
    out.read(all_[i].folder + "/log", i);
  return out;
}

} // namespace stint::faults
