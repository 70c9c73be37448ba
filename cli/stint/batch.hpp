/// `stint batch FILE`: runs the commands of a file as tasks of a list, and shows how they go.
///
/// Owner    the program's main thread, for as long as the batch takes.
/// Threads  the signals must be blocked before: see signals.hpp.
/// Errors   exit codes: 0 all succeeded, 1 some did not, 2 bad input and nothing ran, 128 + n ended by signal n.
/// Order    first signal: every task is cancelled, SIGTERM to what runs, and the end is waited for; second: SIGKILL.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "signals.hpp"

namespace stint::cli {

struct batch_options {
  std::string file;                    ///< - is standard input
  std::size_t workers = 0;             ///< commands that run at once; 0: one for each core
  std::vector<std::string> capacities; ///< as written: cpu=8
  std::string output_dir;              ///< empty: a new folder for temporary files, named at the end
  bool no_output = false;              ///< keep none; only failing tasks' last lines are shown
  bool json = false;
};

/// Returns the program's exit code.
int run_batch(const batch_options& options, signals& heard);

} // namespace stint::cli
