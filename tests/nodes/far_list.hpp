/// An owner and a client of it in one process, on two actor systems with a relay between them, without TLS; and an ear.
///
/// Owner    one test.
/// Threads  the test's; the ear's callbacks run on CAF's.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <stint/blocking.hpp>
#include <stint/published.hpp>
#include <stint/remote_list.hpp>

#include "plain_config.hpp"
#include "relay.hpp"

namespace stint::test {

/// Nothing here may take longer; a machine that is slow gets no failure of it.
inline constexpr auto deadline = std::chrono::seconds{60};

inline void quiet(log_level, const std::string&) {}

/// A published list.
struct owner_side {
  explicit owner_side(lease_times times = {}, std::size_t workers = 2, limits bounds = {})
      : system(cfg), tasks(system, with(workers, bounds)), here(system, tasks.actor(), {0, "127.0.0.1", times, quiet}) {}

  static options with(std::size_t workers, const limits& bounds = {}) {
    options o;
    o.workers = workers;
    o.limits = bounds;
    o.log = quiet;
    o.kinds.add("seven", body{[] { return succeeded(7); }});
    return o;
  }

  plain_config cfg;
  caf::actor_system system;
  list tasks;
  published here;
};

struct client_side {
  explicit client_side(std::uint16_t port) : system(cfg), tasks(system, connect(system, {"127.0.0.1", port}, quiet)) {}

  plain_config cfg;
  caf::actor_system system;
  list tasks;
};

inline std::vector<submission> some_tasks(std::size_t n, std::size_t name_bytes = 8) {
  std::vector<submission> all;
  for (std::size_t i = 0; i < n; ++i) {
    spec s;
    s.name = std::string(name_bytes, 'n');
    all.push_back({std::move(s), [] {}});
  }
  return all;
}

/// What a subscriber has heard; a batch that does not follow on the one before is a gap.
struct far_ear {
  std::mutex mutex;
  std::condition_variable more;
  std::vector<event> events;
  std::vector<task> known;
  std::vector<std::string> resets;
  std::size_t in_first = 0; ///< events of the first batch
  std::size_t snapshots = 0;
  task_version to = 0; ///< 0: the next batch may begin anywhere
  std::string gap;

  stint::listener listener() {
    stint::listener l;
    l.snapshot = [this](const std::vector<task>& some) {
      std::lock_guard guard{mutex};
      known.insert(known.end(), some.begin(), some.end());
    };
    l.snapshot_end = [this](task_version) {
      std::lock_guard guard{mutex};
      ++snapshots;
      more.notify_all();
    };
    l.reset = [this](const std::string& why) {
      std::lock_guard guard{mutex};
      resets.push_back(why);
      known.clear();
      to = 0;
      more.notify_all();
    };
    l.events = [this](const event_batch& b) {
      std::lock_guard guard{mutex};
      if (events.empty())
        in_first = b.events.size();
      if ((to != 0 && b.from != to) || b.to <= b.from)
        gap += " (" + std::to_string(b.from) + ", " + std::to_string(b.to) + "] after " + std::to_string(to);
      auto last = b.from;
      for (const auto& e : b.events) {
        if (e.version <= last || e.version > b.to)
          gap += " version " + std::to_string(e.version) + " after " + std::to_string(last);
        last = e.version;
      }
      events.insert(events.end(), b.events.begin(), b.events.end());
      to = b.to;
      more.notify_all();
    };
    return l;
  }

  template <class Done>
  [[nodiscard]] bool until(Done done) {
    std::unique_lock guard{mutex};
    return more.wait_for(guard, deadline, done);
  }
  [[nodiscard]] std::size_t ended() const { // call it within until()
    std::size_t n = 0;
    for (const auto& e : events)
      n += terminal(e.to) && !e.deleted ? 1 : 0;
    return n;
  }
};

} // namespace stint::test
