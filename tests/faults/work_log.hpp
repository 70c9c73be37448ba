/// What the bodies of ./dev faults nodes wrote down, and what it says against what the list accepted.
///
/// Threads  plain values.
/// Units    nanoseconds of CLOCK_MONOTONIC.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <stint/task.hpp>

namespace stint::faults {

/// One run of a body, as the body saw it.
struct work_run {
  task_id task = 0;
  std::uint32_t attempt = 0;
  std::uint64_t token = 0;
  std::string key; ///< "-": it claimed none
  std::size_t host = 0;
  std::int64_t began = 0;
  std::int64_t seen = 0; ///< the last moment at which it surely lived
  bool ended = false;
};

class work_log {
public:
  /// Reads the file of one host; a line that was cut off at its end does not count.
  void read(const std::string& file, std::size_t host);
  void add(const work_run& r) { runs_[{r.task, r.attempt, r.token}] = r; }

  [[nodiscard]] std::vector<work_run> runs() const;

  /// What had begun on a host since one moment, and had not ended at another.
  [[nodiscard]] std::vector<work_run> on(std::size_t host, std::int64_t since, std::int64_t moment) const;

  /// When a task began again after a moment, on whatever host.
  [[nodiscard]] std::optional<std::int64_t> began_after(task_id task, std::int64_t moment) const;

  /// Pairs of runs with the same key that lived at the same time.
  [[nodiscard]] std::uint64_t overlaps() const;

private:
  struct name {
    task_id task;
    std::uint32_t attempt;
    std::uint64_t token;
    auto operator<=>(const name&) const = default;
  };
  std::map<name, work_run> runs_;
};

/// What is wrong with what a list accepted; every figure but `tasks` should be zero.
struct work_verdict {
  std::uint64_t tasks = 0;
  std::uint64_t lost = 0;      ///< not ended, or not there
  std::uint64_t misjudged = 0; ///< its code is not of the attempt that the list accepted, or that attempt never began
  std::uint64_t charged = 0;   ///< charged for deaths that were none of its own
  std::uint64_t overlaps = 0;
  std::uint64_t late = 0; ///< results of attempts that had been taken away, accepted all the same

  [[nodiscard]] bool clean() const { return lost + misjudged + charged + overlaps + late == 0; }
};

/// Compares what was submitted with what the list has of it and with what the bodies wrote.
work_verdict judge(const std::vector<task_id>& submitted, const std::vector<task>& accepted, const work_log& log);

} // namespace stint::faults
