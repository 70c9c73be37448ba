/// What workers and nodes say of attempts.
///
/// Threads  plain values.
/// Units    nanoseconds; `began` by the wall clock of whoever ran it.
#pragma once

#include <cstdint>

#include <stint/outcome.hpp>
#include <stint/task.hpp>

namespace stint {

/// What a worker says of one attempt.
struct attempt_report {
  enum class kind : std::uint8_t { begun, finished, returned, freed };
  kind what = kind::finished;
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
  stint::outcome outcome; ///< of a finished one
  wall_time began{};
  nanos took{0};
  std::uint64_t printed = 0; ///< bytes that the body of a finished one printed
};

/// A body that a dead worker left behind.
struct running_body {
  task_id id = 0;
  std::uint32_t attempt = 0;
};

/// What a node still has of an owner before this one: it runs there, or its outcome was not heard.
struct kept_attempt {
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
  std::uint64_t fence = 0; ///< the fencing token that it was given
  bool begun = false;
  wall_time began{};
  nanos ran{0}; ///< since it began
};

} // namespace stint
