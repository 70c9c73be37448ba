#include "surroundings.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <caf/actor_system_config.hpp>

#include <stint/sqlite_store.hpp>
#include <stint/stint.hpp>

namespace stint::faults {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

struct world {
  explicit world(std::string f) : file(std::move(f)), system(prepared()) {
    fs::remove_all(fs::path(file).parent_path());
    fs::create_directories(fs::path(file).parent_path());
    with.workers = 2;
    with.stop_grace = 0ms;
    with.limits.finished = keep_all;
    with.log = [this](log_level, const std::string& text) { troubled = troubled || text.starts_with("nothing can be saved"); };
    with.kinds.add("work", body{[] {}});
  }

  caf::actor_system_config& prepared() {
    caf_shim::set_option(cfg, "scheduler.max-threads", std::size_t{2});
    configure(cfg);
    return cfg;
  }

  void begin() {
    with.store = file;
    tasks.emplace(system, with);
  }

  /// Submits one task; remembers it when it is accepted.
  errc submit(std::size_t args = 0) {
    spec s;
    s.name = "t";
    s.kind = "work";
    if (args != 0)
      s.args = "\"" + std::string(args, 'x') + "\"";
    const auto id = tasks->submit(std::move(s));
    if (!id)
      return id.code();
    last = *id;
    ++accepted;
    return errc::none;
  }

  /// Waits till the keeper has found that nothing can be saved, and asks then. Who asks before waits for the commit under way,
  /// and so for the end of the trouble.
  errc refusal() {
    for (int i = 0; i < 2'000 && !troubled; ++i)
      std::this_thread::sleep_for(5ms);
    auto code = errc::none;
    for (int i = 0; i < 100 && troubled && code == errc::none; ++i) {
      std::this_thread::sleep_for(50ms); // the list is about to be told
      code = tasks->submit(std::vector<submission>{}).code(); // asks without adding anything
    }
    return code;
  }

  /// Submits until one is accepted; how long that took, or nothing in 10 s.
  std::optional<std::chrono::milliseconds> resumes() {
    const auto from = steady::now();
    while (submit() != errc::none) {
      if (steady::now() - from > 10s)
        return std::nullopt;
      std::this_thread::sleep_for(5ms);
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - from);
  }

  /// Ends the list and counts in the file what was accepted and is not there.
  std::uint64_t lost() {
    tasks.reset();
    sqlite_store s{{file}};
    if (!s.open())
      return accepted;
    const auto there = s.counts()->tasks.total();
    return there >= accepted ? 0 : accepted - there;
  }

  std::string file;
  std::atomic<bool> troubled{false};
  caf::actor_system_config cfg;
  caf::actor_system system;
  options with;
  std::optional<list> tasks;
  task_id last = 0;
  std::uint64_t accepted = 0;
};

/// Opens a store as somebody who may only read it; returns the error.
errc open_read_only(const std::string& file) {
  const auto folder = fs::path(file).parent_path();
  fs::permissions(folder, fs::perms{0555});
  fs::permissions(file, fs::perms{0444});
  std::fflush(nullptr);
  const auto child = ::fork();
  if (child == 0) {
    constexpr uid_t nobody = 65534; // modes mean nothing to root
    if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0))
      ::_exit(255);
    sqlite_store s{{file}};
    const auto head = s.open();
    ::_exit(head ? 0 : static_cast<int>(head.code()));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  fs::permissions(folder, fs::perms{0755});
  fs::permissions(file, fs::perms{0644});
  return WIFEXITED(status) ? static_cast<errc>(WEXITSTATUS(status)) : errc::internal;
}

/// The file goes, `then` comes in its place, and in the end it comes back. What was accepted must be there.
template <class Then>
bool taken_away(const std::string& folder, const char* name, Then&& then) {
  world w(folder + "/away/tasks.db");
  w.begin();
  for (int i = 0; i < 20; ++i)
    static_cast<void>(w.submit());
  static_cast<void>(w.tasks->wait_all());
  fs::rename(w.file, w.file + ".away");
  then(w.file);
  // Whoever asks while nobody knows waits; the list refuses once its keeper has found out.
  std::jthread first{[&w] { // is answered when the file is back
    spec s;
    s.name = "waits";
    s.kind = "work";
    static_cast<void>(w.tasks->submit(std::move(s)));
  }};
  const auto refused = w.refusal();
  fs::remove(w.file);
  fs::rename(w.file + ".away", w.file);
  const auto back = w.resumes();
  first.join();
  const auto lost = w.lost();
  const bool good = refused == errc::io_failed && back && lost == 0;
  std::printf("file %-21s %6llu accepted  refused as %s  back after %lld ms  lost %llu%s\n", name,
              static_cast<unsigned long long>(w.accepted), std::string{to_string(refused)}.c_str(),
              back ? static_cast<long long>(back->count()) : -1LL, static_cast<unsigned long long>(lost),
              good ? "" : "   WRONG");
  return good;
}

/// The machine's world, with a wall clock that can be set.
class set_clock final : public environment {
public:
  [[nodiscard]] moment now() const override {
    auto m = real_->now();
    m.wall += nanos{offset.load()};
    return m;
  }
  [[nodiscard]] std::uint64_t seed() override { return real_->seed(); }
  [[nodiscard]] std::shared_ptr<runner> make_runner(std::shared_ptr<runner_port> p) override {
    return real_->make_runner(std::move(p));
  }
  void log(log_level, const std::string&) override {}
  void join(bool abandon) override { real_->join(abandon); }

  std::atomic<std::int64_t> offset{0};

private:
  std::shared_ptr<environment> real_ = make_environment();
};

} // namespace

bool files_are_taken_away(const std::string& folder) {
  bool good = true;
  {
    world w(folder + "/away/tasks.db");
    w.begin();
    static_cast<void>(w.submit());
    const auto lost = w.lost();
    const auto why = open_read_only(w.file);
    const bool named = why == errc::io_failed;
    std::printf("file read-only             %6d opened   refused as %s, lost %llu%s\n", 1, std::string{to_string(why)}.c_str(),
                static_cast<unsigned long long>(lost), named && lost == 0 ? "" : "   WRONG");
    good = named && lost == 0;
  }
  good = taken_away(folder, "removed", [](const std::string&) {}) && good;
  good = taken_away(folder, "replaced, by an empty one", [](const std::string& f) { std::fclose(std::fopen(f.c_str(), "w")); }) && good;
  good = taken_away(folder, "replaced, by its copy", [](const std::string& f) { fs::copy_file(f + ".away", f); }) && good;
  return good;
}

bool disk_fills_up(const std::string& folder) {
  world w(fs::absolute(folder).string() + "/tmpfs/tasks.db");
  const auto path = fs::path(w.file).parent_path().string();
  const auto run = [](const std::string& command) { return std::system((command + " 2>/dev/null").c_str()) == 0; };
  if (::geteuid() != 0 || !run("mount -t tmpfs -o size=512k none " + path)) {
    std::printf("a full disk                SKIPPED: it needs root and tmpfs\n");
    return true;
  }
  w.begin();
  std::atomic<bool> refused{false};
  std::jthread fill{[&] { // its last one waits for room
    while (!refused && w.submit(4'000) == errc::none)
      ;
  }};
  refused = w.refusal() == errc::io_failed;
  const auto from = steady::now();
  const bool grown = run("mount -o remount,size=16m " + path);
  fill.join();
  const bool back = w.resumes().has_value();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - from);
  const auto lost = w.lost();
  const bool good = refused && grown && back && lost == 0;
  std::printf("a full disk                %6llu accepted  refused as %s  back %lld ms after there was room  lost %llu%s\n",
              static_cast<unsigned long long>(w.accepted), refused ? "io_failed" : "nothing",
              static_cast<long long>(took.count()), static_cast<unsigned long long>(lost), good ? "" : "   WRONG");
  run("umount " + path);
  return good;
}

bool clock_is_set(const std::string& folder, std::uint64_t seed, const char* name) {
  constexpr int delayed = 100;
  world w(folder + "/clock/tasks.db");
  const auto env = std::make_shared<set_clock>();
  w.with.environment = env;
  std::mutex mutex;
  std::vector<int> began;
  w.with.kinds.add("delayed", body{[&](context& job) {
                     const std::lock_guard lock{mutex};
                     began.push_back(std::atoi(job.name().c_str()));
                   }});
  std::atomic<int> wrong_times{0};
  w.with.kinds.add("times-out", body{[&](context& job) {
                     const auto from = steady::now();
                     while (!job.stop_requested())
                       std::this_thread::sleep_for(1ms);
                     const auto took = steady::now() - from;
                     wrong_times += took < 100ms || took > 1s ? 1 : 0;
                     return failed("told to stop");
                   }});
  w.begin();
  std::uint64_t steps = 0;
  std::jthread setter{[&](const std::stop_token& stop) {
    std::mt19937_64 random(seed);
    while (!stop.stop_requested()) {
      constexpr std::int64_t second = 1'000'000'000;
      const auto day = 86'400 * second;
      const std::int64_t to[] = {0, day, -day, second, -second, random() % 2 == 0 ? second : -second};
      env->offset = to[random() % 6];
      ++steps;
      std::this_thread::sleep_for(2ms);
    }
  }};
  std::vector<submission> all;
  for (int i = 0; i < delayed; ++i) {
    spec s;
    s.name = std::to_string(i);
    s.kind = "delayed";
    s.delay = 50ms + i * 10ms;
    s.timeout = 5s;
    s.claims = {exclusive("one at a time")};
    all.push_back({std::move(s), {}});
  }
  for (int i = 0; i < 5; ++i) {
    spec s;
    s.name = "times out";
    s.kind = "times-out";
    s.timeout = 100ms;
    all.push_back({std::move(s), {}});
  }
  const auto from = steady::now();
  const bool taken = w.tasks->submit(std::move(all)).has_value();
  const bool ended = taken && w.tasks->wait_all(30s).has_value();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - from);
  setter.request_stop();
  setter.join();
  const auto c = w.tasks->counts()->tasks;
  std::uint64_t inversions = 0;
  for (std::size_t i = 1; i < began.size(); ++i)
    inversions += began[i] < began[i - 1] ? 1 : 0;
  const bool good = ended && began.size() == delayed && inversions == 0 && wrong_times == 0 && c[state::succeeded] == delayed
                    && c[state::failed] == 5 && steps > 100 && took < 10s;
  std::printf("%-26s %6llu times, in its environment  %zu delayed tasks began within %lld ms, %llu out of order  %llu succeeded  "
              "%llu timed out, %d of them early or late\n",
              name, static_cast<unsigned long long>(steps), began.size(), static_cast<long long>(took.count()),
              static_cast<unsigned long long>(inversions), static_cast<unsigned long long>(c[state::succeeded]),
              static_cast<unsigned long long>(c[state::failed]), wrong_times.load());
  return good;
}

} // namespace stint::faults
