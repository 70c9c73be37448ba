/// A file system of SQLite's over another one, which gives each page of the database a sum and checks it when it is read.
///
/// Sums of rows find what is wrong in a row. A flipped bit in the key of an index or between the pages makes rows
/// disappear instead, and that only a sum of the page finds. It stands in the page's last bytes, which SQLite is told to
/// leave alone. The log needs none: its frames have sums of their own.
///
/// Owner    sqlite_file: one for its connection, which ends first.
/// Threads  as the connection.
/// Errors   SQLITE_IOERR_DATA for a page that does not fit its sum.
/// Cost     half a microsecond for a page.
/// Source   SQLite's extension cksumvfs does the same; Debian's library has not got it.
#pragma once

#include <sqlite3.h>

#include <string>

namespace stint::detail {

inline constexpr int page_bytes = 4096;
inline constexpr int sum_bytes = 8;

class page_sums {
public:
  explicit page_sums(sqlite3_vfs* below);
  ~page_sums();
  page_sums(const page_sums&) = delete;
  page_sums& operator=(const page_sums&) = delete;

  [[nodiscard]] const char* name() const noexcept { return name_.c_str(); }

  /// Call for a connection that is open and has not read yet.
  static void reserve(sqlite3* db);

private:
  std::string name_;
  sqlite3_vfs vfs_{};
};

} // namespace stint::detail
