/// What the tests of the original's defects share.
// What every test of tests/seed/ uses: a configured system, a list of four workers, and a gate for bodies.
#pragma once

#include <chrono>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <stint/stint.hpp>

namespace stint::test {

/// Bodies pass it once it is open.
class gate {
public:
  void open() { latch_.count_down(); }
  void pass() { latch_.wait(); }

private:
  std::latch latch_{1};
};

/// A body that says that it runs and then waits at a gate.
struct held_body {
  gate begun;
  gate may_end;

  body run() {
    return [this] {
      begun.open();
      may_end.pass();
    };
  }
};

/// Remembers the order in which bodies ran.
class notebook {
public:
  void write(std::string what) {
    std::lock_guard guard{mutex_};
    lines_.push_back(std::move(what));
  }
  [[nodiscard]] std::vector<std::string> lines() {
    std::lock_guard guard{mutex_};
    return lines_;
  }

private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

inline spec named(std::string name, std::vector<claim> claims = {}) {
  spec s;
  s.name = std::move(name);
  s.claims = std::move(claims);
  return s;
}

struct seed_fixture : testing::Test {
  seed_fixture() {
    configure(cfg);
    opts.workers = 4;
    opts.log = [](log_level, const std::string&) {};
  }

  /// The list of most tests; those that need other options make their own.
  list& tasks() {
    if (!system_)
      system_.emplace(cfg);
    if (!list_)
      list_.emplace(*system_, opts);
    return *list_;
  }
  caf::actor_system& system() { return tasks(), *system_; }
  void end_list() { list_.reset(); }

  caf::actor_system_config cfg;
  options opts;

private:
  std::optional<caf::actor_system> system_;
  std::optional<list> list_;
};

} // namespace stint::test
