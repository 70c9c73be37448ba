/// A file of an older schema whose power is cut while it is brought forward: then it is whole, old or new.
///
/// Owner    a trial.
/// Errors   prints its figures and tells whether its bar is met; what it cannot try it prints as SKIPPED.
#pragma once

#include <cstdint>
#include <string>

namespace stint::faults {

bool migration_power_cuts(const std::string& folder, std::uint64_t seed, std::uint64_t cuts);

} // namespace stint::faults
