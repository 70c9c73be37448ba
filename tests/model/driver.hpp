/// Plays a list of steps against the ledger and against the naive model at once, and says where they part.
///
/// Owner    one case. A step is four small numbers, so that any list of numbers is a story and a shorter one is simpler.
/// Errors   the first difference is thrown as a `difference`.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <stint/ledger.hpp>

#include "naive_nodes.hpp"

namespace stint::naive {

struct step {
  std::uint8_t what = 0;
  std::uint8_t a = 0;
  std::uint8_t b = 0;
  std::uint8_t c = 0;
};

std::string to_string(const step& s);

struct difference : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class driver {
public:
  driver();

  /// Does one step with both, hands over what may start, and compares everything.
  void play(const step& s);

  /// Lets everything come to an end: all that was submitted must have ended, and nothing may be left behind.
  void finish();

private:
  struct open_wait {
    std::vector<task_id> ids; ///< empty: a fence behind `last`
    wait_for mode = wait_for::all;
    task_id last = 0;
    bool scheduled_too = true;
    std::set<task_id> settled; ///< at any time since: a release from quarantine takes nothing back
  };

  void submit(const step& s);
  void add(const spec& t);
  void begin(const step& s);
  void end(const step& s);
  void stale(const step& s);
  void change(const step& s);
  void queues(const step& s);
  void workers(const step& s);
  void time(const step& s);
  void stuck(const step& s);
  void wait(const step& s);
  void report(worker_id from, task_id id, std::uint32_t attempt, attempt_report::kind what, outcome o = {},
              std::uint64_t epoch = 1, nanos took = nanos{0});
  void settle();
  void join(model::hand h);
  [[nodiscard]] std::vector<task_id> on(worker_id w) const;
  [[nodiscard]] bool behind_a_long_one(worker_id w) const;
  [[nodiscard]] nanos long_at(worker_id w) const;
  [[nodiscard]] bool may_follow(const job& j, worker_id w) const;
  bool comes_back(task_id id);
  void no_overlap(task_id id) const;
  void compare_starts();
  void compare_recalls();
  void compare_events();
  void compare_waits();
  void compare_tasks();
  void compare_progress();
  [[nodiscard]] bool met(const open_wait& w) const;
  [[nodiscard]] std::vector<task_id> those(bool (*which)(const job&)) const;
  [[nodiscard]] std::optional<task_id> one_of(const std::vector<task_id>& ids, std::uint8_t n) const;
  void need(bool good, const std::string& what, std::uint64_t a = 0, std::uint64_t b = 0) const;

  std::optional<bool> busy_story_; ///< of short bodies, half of them after one key; the first step says so
  ledger book_;
  model_with_nodes model_;
  effects fx_;
  moment now_;
  task_id last_ = 0;
  worker_id last_worker_ = 0;
  wait_id last_wait_ = 0;
  std::uint64_t stale_ = 0;
  task_version seen_ = 0; ///< version of the last event
  std::set<worker_id> far_; ///< workers that were lost with their processes
  std::set<task_id> deleted_;
  std::map<task_id, state> told_; ///< by events
  std::map<wait_id, open_wait> waits_;
  std::uint64_t last_handed_ = 0;
  std::map<task_id, std::uint64_t> handed_;  ///< order of hand-over
  std::map<task_id, steady_time> begun_at_;  ///< of the last attempt that began
  std::map<worker_id, steady_time> quiet_;   ///< since the last report or first hand-over
  std::set<worker_id> quick_;                ///< may be given more than one
  std::map<worker_id, double> usual_;        ///< smoothed length of its bodies, in ns
  std::set<task_id> recalled_;               ///< asked back, while it is handed over
};

} // namespace stint::naive
