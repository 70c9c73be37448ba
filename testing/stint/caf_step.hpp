/// The shim over CAF's own test schedulers: 0.17's test coordinator, 1.x's deterministic fixture.
///
/// Owner    step_system.
/// Threads  one.
/// Order    0.17 delivers one message of any actor that has some; 1.x in order of arrival only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>

#include <stint/caf.hpp>
#include <stint/configure.hpp>

#if STINT_CAF_17
#  include <caf/scheduler/test_coordinator.hpp>
#else
#  include <caf/test/fixture/deterministic.hpp>
#  include <caf/test/reporter.hpp>
#endif

namespace stint::test {

#if STINT_CAF_17

class caf_step {
public:
  caf_step() : system_(config_.prepared()) {}
  ~caf_step() {
    while (deliver()) {
    }
  }

  [[nodiscard]] caf::actor_system& system() { return system_; }
  bool deliver() { return scheduler().try_run_once(); }
  bool deliver(std::uint64_t pick) {
    auto& jobs = scheduler().jobs;
    if (jobs.empty())
      return false;
    const auto at = static_cast<std::ptrdiff_t>(pick % jobs.size());
    std::rotate(jobs.begin(), jobs.begin() + at, jobs.begin() + at + 1);
    return deliver();
  }
  void advance(caf::timespan d) { scheduler().advance_time(d); }

private:
  struct config : caf::actor_system_config {
    config& prepared() {
      configure(*this);
      set("scheduler.policy", caf::atom("testing"));
      return *this;
    }
  };

  caf::scheduler::test_coordinator& scheduler() {
    return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  config config_;
  caf::actor_system system_;
};

#else

class caf_step {
public:
  [[nodiscard]] caf::actor_system& system() { return fixture_.fix.sys; }
  bool deliver() { return fixture_.fix.dispatch_message(); }
  bool deliver(std::uint64_t) { return deliver(); }
  void advance(caf::timespan d) {
    if (d > caf::timespan{0}) // no time at all is an error to the fixture
      fixture_.fix.advance_time(d);
  }

private:
  /// The types must be registered, and a reporter there, before the fixture makes its system.
  struct prepared {
    prepared() {
      caf::actor_system_config cfg;
      configure(cfg);
      try {
        caf::test::reporter::instance();
      } catch (const std::exception&) { // not under CAF's own test runner: a silent one for the whole process
        static auto* const silent = caf::test::reporter::make_default().release();
        silent->verbosity(0);
        caf::test::reporter::instance(silent);
      }
    }
    prepared(const prepared&) = delete;
  };
  struct fixture : prepared {
    caf::test::fixture::deterministic fix;
    fixture() { caf_shim::mark(fix.cfg, "stint.configured"); }
  };

  fixture fixture_;
};

#endif

} // namespace stint::test
