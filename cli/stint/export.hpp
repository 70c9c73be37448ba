/// The verb `export`: everything in a file of tasks, as JSON lines on standard output.
///
/// Owner    the stint program.
/// Threads  the caller's.
/// Errors   exit codes: 0 all is written, 1 the file is damaged, 2 it cannot be opened or the lines not be written.
/// Cost     memory for some tasks at a time.
#pragma once

#include <string>

namespace stint::cli {

/// Changes no byte of the file.
int export_file(const std::string& file);

} // namespace stint::cli
