/// Durations as people write them: a whole number and a unit, such as 200ms, 30s, 5m, 1h or 2d.
///
/// Threads  pure functions.
/// Errors   nothing for any other text, and for what does not fit into 64 bits of nanoseconds (292 years).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <stint/time.hpp>

namespace stint::cli {

/// Reads a duration; zero is one, a sign, a fraction or a missing unit is not.
std::optional<nanos> duration_of(std::string_view text);

/// Writes a duration for people: 0.042 s, 12.3 s, 4 min 7 s, 2 h 5 min.
std::string shown(nanos duration);

} // namespace stint::cli
