/// Whether a store may be opened at a path, asked before anything there is made, changed or removed.
///
/// Owner    sqlite_file.
/// Threads  any.
/// Errors   sqlite_failure: invalid_option, not_a_store, store_damaged, io_failed.
#pragma once

#include <string>

#include <stint/detail/sqlite.hpp>

namespace stint::detail {

/// Finds a file system of SQLite's; empty: the machine's.
sqlite3_vfs* find_vfs(const std::string& name);

/// The absolute path that a name leads to, past links: a plain file's, also for names that SQLite takes for something
/// else, such as ":memory:".
std::string full_path(const std::string& name, sqlite3_vfs* fs);

/// Tells whether there is a file. One that is missing while its log or its seal is there is an error: SQLite would
/// remove the log, and with it commits that were acknowledged.
bool there_and_whole(const std::string& path, sqlite3_vfs* fs, bool on_the_machine);

/// Ends with an error when a file that is open, and not read yet, is not one of ours: SQLite's recovery of it, or the
/// end of the connection, would write to it.
void must_be_ours(const connection& db, const std::string& path, sqlite3_vfs* fs);

/// Makes a new file the owner's alone. An old one is left as it is: closing it here would drop the locks that this
/// process holds on it.
void make_private(const std::string& path);

/// Removes what was made at a path, the file last, and no more once something stays.
void unmake(const std::string& path, sqlite3_vfs* fs);

} // namespace stint::detail
