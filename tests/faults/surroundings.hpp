/// What a list's surroundings can do to it: its file goes, its disk fills up, its clock is set.
///
/// Owner    a trial; lists run in this process.
/// Errors   each prints its figures and tells whether its bar is met; what it cannot try it prints as SKIPPED.
#pragma once

#include <cstdint>
#include <string>

namespace stint::faults {

bool files_are_taken_away(const std::string& folder);
bool disk_fills_up(const std::string& folder);
/// The wall clock that the list's environment gives it; `name` begins the line that is printed.
bool clock_is_set(const std::string& folder, std::uint64_t seed, const char* name);

} // namespace stint::faults
