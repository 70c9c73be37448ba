/// What the publisher's program consists of: publishing through a list, ours or one in another process, and working for one.
///
/// Threads  the main thread.
/// Errors   exit codes, see `publish --help`; what keeps it from starting throws.
#pragma once

#include <atomic>

#include "requests.hpp"
#include "settings.hpp"

namespace publisher {

/// Set by the signal handler and read by every submitting thread: an atomic without a lock may be both.
extern std::atomic<bool> interrupted;
static_assert(std::atomic<bool>::is_always_lock_free);

/// Submits every request, shows how they go, sums up what has been done since `began`, and verifies.
int publish_all(stint::list& tasks, desk& desk, const settings& with, stint::wall_time began);

/// The same through the list at `settings::connect`.
int publish_elsewhere(const settings& with);

/// Runs tasks of that list until it is interrupted.
int work_elsewhere(const settings& with);

} // namespace publisher
