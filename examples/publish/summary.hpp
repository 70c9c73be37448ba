/// What the publisher says at its end: how many tasks, how fast, how long they waited, and whether the files are right.
///
/// Threads  one, when no task runs any more.
#pragma once

#include <ostream>

#include <stint/stint.hpp>

#include "settings.hpp"

namespace publisher {

struct run_figures {
  stint::nanos elapsed{0};
  std::size_t seen_waiting = 0;
  stint::wall_time began{}; ///< what ended before was an earlier run's work
};

/// Prints the summary, and what the first tasks that failed have printed; true when all succeeded.
bool summarize(const stint::list& tasks, const run_figures& run, const settings& with, std::ostream& out);

/// Verifies what is in settings::out and prints each fault; true when there is none. `run`: with the distributions that
/// the requests have to have published.
bool verify(const settings& with, bool run, std::ostream& out);

} // namespace publisher
