/// Two clocks that stand still until a test moves them.
///
/// Owner    the test's environment.
/// Threads  the test's only one.
#pragma once

#include <stint/time.hpp>

namespace stint::test {

class virtual_clock {
public:
  [[nodiscard]] moment now() const noexcept { return now_; }

  /// Lets time pass on both clocks.
  void advance(nanos d) { now_ = now_ + d; }

  /// Sets the wall clock forward or back, as an administrator would; the steady one goes on.
  void step_wall(nanos d) { now_.wall += d; }

private:
  moment now_{steady_time{std::chrono::hours{1}}, wall_time{std::chrono::hours{24 * 365 * 56}}};
};

} // namespace stint::test
