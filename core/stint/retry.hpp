/// How long a failed attempt waits before the next one: exponential, bounded, with jitter from a seeded source.
///
/// Owner    none; a pure function.
/// Units    nanoseconds.
/// Source   "Exponential Backoff And Jitter", Brooker 2015; jitter here only adds, so the policy's figure is the minimum.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <stint/spec.hpp>

namespace stint {

/// A small random source whose whole state is one number: the same seed gives the same run.
class dice {
public:
  explicit dice(std::uint64_t seed) : state_(seed) {}

  /// Returns the next 64 random bits (SplitMix64, Steele et al. 2014).
  std::uint64_t roll() {
    auto z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  /// Returns a number in [0, 1).
  double part() { return static_cast<double>(roll() >> 11) * 0x1.0p-53; }

private:
  std::uint64_t state_;
};

/// Returns the time between the end of charged attempt number `charged` (from 1) and the start of the next.
inline nanos backoff(const retry_policy& p, std::uint32_t charged, dice& random) {
  if (p.backoff <= nanos{0})
    return nanos{0}; // zero times a growth that reached infinity would be no number
  const double grown = static_cast<double>(p.backoff.count()) * std::pow(p.factor, charged > 0 ? charged - 1 : 0);
  const double bounded = std::min(grown, static_cast<double>(p.max_backoff.count()));
  constexpr double most = 9.2e18; // what the number of nanoseconds can hold
  return nanos{static_cast<nanos::rep>(std::min(bounded * (1.0 + p.jitter * random.part()), most))};
}

} // namespace stint
