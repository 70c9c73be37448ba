/// One transition as a line of JSON, for programs that read `stint batch --json`.
///
/// Threads  pure functions.
/// Wire     {"version":7,"id":2,"name":"index","from":"running","to":"failed","attempt":1,"code":3,"error":"exit code 3",
///          "time":"2026-01-31T12:00:00.123Z"}; `from` is null for a new task. Fields are only ever added. "missed":true
///          is added when transitions in between were not seen.
#pragma once

#include <string>

#include <stint/event.hpp>

namespace stint::cli {

/// Writes an event without a newline.
std::string transition_line(const event& e, bool missed = false);

/// Writes a wall-clock time as UTC with milliseconds.
std::string utc(wall_time when);

} // namespace stint::cli
