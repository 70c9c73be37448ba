/// Looks through a whole file for anything that is not as it was written.
///
/// Owner    sqlite_store::check.
/// Threads  one at a time.
/// Errors   sqlite_failure, when the file cannot be read on; what is wrong in it is in the report.
/// Cost     the file.
#pragma once

#include <stint/detail/sqlite_file.hpp>

namespace stint::detail {

file_report check(sqlite_file& f);

} // namespace stint::detail
