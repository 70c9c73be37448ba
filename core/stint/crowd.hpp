/// How many subscribers are told: all at once while they are few, in turns when they are a crowd.
///
/// A message to each of a thousand for each thing that happens keeps two processors busy with nothing else. In turns, each is told
/// as seldom as every 20 ms, of all that has happened since; and no turn is so long that others wait for it.
///
/// Threads  plain functions.
/// Units    subscribers; nanoseconds.
#pragma once

#include <algorithm>
#include <cstddef>

#include <stint/time.hpp>

namespace stint::crowd {

/// So many are told at once: what somebody looks at is never late, and this costs some 10 us.
inline constexpr std::size_t few = 16;
/// Between two turns.
inline constexpr nanos pause = std::chrono::milliseconds{1};
/// Each subscriber's comes once in so many: an eye does not see what is 20 ms late.
inline constexpr std::size_t turns = 20;

/// Returns whether so many are told in turns.
[[nodiscard]] constexpr bool in_turns(std::size_t subscribers) noexcept { return subscribers > few; }

/// Returns how many are told in one turn.
[[nodiscard]] constexpr std::size_t at_once(std::size_t subscribers) noexcept {
  return std::max(few, (subscribers + turns - 1) / turns);
}

} // namespace stint::crowd
