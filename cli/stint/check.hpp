/// The verb `check`: whether a file of tasks is whole, and what is in it.
///
/// Owner    the stint program.
/// Threads  the caller's.
/// Errors   exit codes: 0 whole, 1 not, 2 it cannot be opened.
#pragma once

#include <string>

namespace stint::cli {

/// Prints what it finds.
int check_file(const std::string& file);

} // namespace stint::cli
