/// Whether a thread that waits looks for what it waits for before it sleeps: if it came that soon the last time.
///
/// A thread that sleeps is woken across processors in some 15 us, as is the one that wakes it. Whoever looks for the time of two
/// such wake-ups at most wastes no more than a sleep would have cost, and only the first time that an answer takes longer.
///
/// Owner    a thread.
/// Threads  none.
/// Source   Karlin, Li, Manasse, Owicki: Empirical Studies of Competitive Spinning for a Shared-Memory Multiprocessor, 1991.
#pragma once

#include <chrono>

#include <stint/time.hpp>

namespace stint {

class spin_then_park {
public:
  /// Two wake-ups, and what the shortest of tasks does in between.
  static constexpr nanos most = std::chrono::microseconds{50};

  /// Tells whether to look any longer after so much of the wait.
  [[nodiscard]] bool looks(nanos waited) const noexcept { return soon_ && waited < most; }

  /// It came after so long, whether the thread looked or slept.
  void came(nanos after) noexcept { soon_ = after < most; }

private:
  bool soon_ = true;
};

} // namespace stint
