/// The two clocks as different types: steady for every duration and deadline, wall only for `run_at` and for people.
///
/// Threads  plain values.
/// Units    nanoseconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace stint {

using nanos = std::chrono::nanoseconds;
using steady_time = std::chrono::time_point<std::chrono::steady_clock, nanos>;
using wall_time = std::chrono::time_point<std::chrono::system_clock, nanos>;

/// One reading of both clocks; every decision is given one, none takes its own.
struct moment {
  steady_time steady;
  wall_time wall;

  /// Returns this moment moved by `d` on both clocks.
  [[nodiscard]] moment operator+(nanos d) const { return {steady + d, wall + d}; }
};

} // namespace stint
