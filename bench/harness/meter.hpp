/// What a stretch of work took: tasks a second, and processor time of the whole process per task.
///
/// Owner    a contestant; it measures from its making until it is read.
/// Threads  the caller's; the processor time is that of all threads.
/// Units    tasks/s and ns/task. On a machine that is busy otherwise the rate tells who got the cores; the processor time
///          still tells what the work costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <harness/contest.hpp>
#include <harness/samples.hpp>

namespace stint::bench {

class meter {
public:
  explicit meter(std::size_t tasks) : tasks_(static_cast<double>(tasks)) {}

  /// The figures that read() has values for.
  static std::vector<figure> figures() { return {{"rate", "tasks/s"}, {"cpu", "ns/task", false}}; }

  [[nodiscard]] std::vector<double> read() const {
    const auto ns = time_.ns();
    const auto cpu = static_cast<double>(cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_);
    return {tasks_ * 1e9 / ns, cpu / tasks_};
  }

private:
  double tasks_;
  std::int64_t cpu_ = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
  stopwatch time_;
};

} // namespace stint::bench
