/// A served list, workers on hosts of their own and a client in this process, with work that never ends until it is told to.
///
/// Owner    one part of ./dev faults nodes; every process dies with it.
/// Threads  one at a time.
/// Errors   throws when something of the machine fails, or when the list does not answer in a minute.
/// Units    nanoseconds of CLOCK_MONOTONIC.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <stint/list.hpp>

#include "hosts.hpp"
#include "nodes/tls_client.hpp"
#include "work_log.hpp"

namespace stint::faults {

std::int64_t monotonic_now();

/// Lets the processes go on for so long: what is done to them comes at a time, not at a sign of theirs.
void pass_time(nanos how_long);

struct cluster_plan {
  std::string folder;
  std::size_t workers = 4;
  std::uint32_t slots = 2;
  std::string serve{}; ///< further options of `stint serve`
  std::uint64_t seed = 1;
};

class cluster {
public:
  explicit cluster(cluster_plan plan);
  ~cluster();

  [[nodiscard]] list& tasks();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t owner() const { return owner_; }
  [[nodiscard]] std::size_t workers() const { return all_.size(); }
  [[nodiscard]] const host& at(std::size_t worker) const { return *all_.at(worker).where; }
  [[nodiscard]] std::string folder() const { return plan_.folder; }
  [[nodiscard]] std::string owner_log() const;

  void start_worker(std::size_t worker);
  void kill_worker(std::size_t worker);
  void signal_worker(std::size_t worker, int signal);
  void restart_owner();
  /// Waits until so many workers (slots) are enlisted.
  void until_enlisted(std::size_t slots);

  /// What a body does: so many milliseconds, with this key claimed ("-": none); `more`: see work_body.cpp.
  [[nodiscard]] spec work(int ms, const std::string& key, bool claims = true,
                          const std::vector<std::string>& more = {}) const;
  /// Submits; the ids are judged at the end.
  void submit(std::vector<spec> what);
  /// Sees to it that `open` tasks wait or run, made by `one`.
  void keep_busy(std::size_t open, const std::function<spec()>& one);
  /// Looks at what is open; what has ended is kept here.
  void look();
  /// Waits for everything, at most so long; says of the first few that have not ended why.
  void finish(nanos longest);

  [[nodiscard]] work_log logs() const;
  [[nodiscard]] const std::vector<task>& ended() const { return ended_; }
  [[nodiscard]] const std::vector<task_id>& submitted() const { return ids_; }
  [[nodiscard]] std::uint64_t released() const { return released_.size(); }
  [[nodiscard]] bool was_released(task_id id) const { return released_.contains(id); }
  /// When the worker that runs on a host now was started.
  [[nodiscard]] std::int64_t started(std::size_t worker) const { return all_.at(worker).since; }

private:
  struct member {
    std::unique_ptr<host> where;
    std::string folder;
    pid_t pid = 0;
    std::int64_t since = 0;
  };

  void start_owner();

  cluster_plan plan_;
  std::string program_;
  std::string body_;
  std::vector<member> all_;
  pid_t owner_ = 0;
  std::uint16_t port_ = 0;
  std::unique_ptr<test::tls_client> client_;
  std::vector<task_id> ids_;
  std::vector<task_id> open_;
  std::vector<task> ended_;
  std::multiset<task_id> released_; ///< from quarantine: they saw too many deaths
};

} // namespace stint::faults
