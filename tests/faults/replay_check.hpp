/// Whether a list could be rebuilt from its file at any moment: what the file holds against what the list shows.
///
/// Owner    a trial; the list runs in this process.
/// Errors   differences are printed, the first few of them.
#pragma once

#include <cstdint>
#include <string>

namespace stint::faults {

struct replay_report {
  std::uint64_t moments = 0;
  std::uint64_t tasks = 0;   ///< compared, all moments together
  std::uint64_t running = 0; ///< of these
  std::uint64_t differ = 0;  ///< moments at which something did
};

/// Holds commits up at random moments under load, copies the file, rebuilds a ledger from the copy and compares it with what
/// the list answers, as text. `forget`: planted: the file is not told of some ends, which must be seen.
replay_report compare_at_moments(const std::string& file, std::uint64_t moments, std::uint64_t seed, bool forget);

} // namespace stint::faults
