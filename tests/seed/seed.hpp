/// What the tests of the original's defects share.
// What every test of tests/seed/ uses: a configured system, a list of four workers, and a gate for bodies.
#pragma once

#include <chrono>
#include <latch>
#include <memory>
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

/// A body that says that it runs and then waits at a gate; the gates live as long as it does, which may be longer than
/// the test's own variables.
class held_body {
  struct gates {
    gate begun;
    gate may_end;
  };
  std::shared_ptr<gates> gates_ = std::make_shared<gates>();

public:
  gate& begun = gates_->begun;
  gate& may_end = gates_->may_end;

  body run() {
    return [g = gates_] {
      g->begun.open();
      g->may_end.pass();
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
