/// The verb `import`: makes a file of tasks of what `export` wrote.
///
/// Owner    the stint program.
/// Threads  the caller's.
/// Errors   exit codes: 0 the file is there, 2 it is not, and nothing is left behind. A bad line is told with its number.
/// Cost     memory for some tasks at a time.
#pragma once

#include <string>

namespace stint::cli {

/// `from` is a file, or - for standard input.
int import_file(const std::string& file, const std::string& from);

} // namespace stint::cli
