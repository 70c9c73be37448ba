/// The rows of a commit as a table that SQLite reads from memory, so that one statement writes them all.
///
/// A statement for each row opens and closes the task's table and its indexes each time, and moves its columns one by one
/// through bound parameters: more than twice the work.
///
/// Owner    sqlite_file.
/// Threads  one at a time.
/// Errors   none of its own.
/// Source   https://www.sqlite.org/vtab.html: an eponymous virtual table, of one connection, scanned from end to end.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stint/task.hpp>

namespace stint::detail {

class saved_rows {
public:
  /// The columns of a task, but for its body.
  struct row {
    task_id id = 0;
    std::uint64_t state = 0;
    task_version version = 0;
    std::optional<std::int64_t> rank;
    std::optional<std::int64_t> ended;
    std::string_view key; ///< lives until the rows are written; empty: none
    std::uint64_t sum = 0;
  };

  saved_rows() = default;
  saved_rows(const saved_rows&) = delete;
  saved_rows& operator=(const saved_rows&) = delete;

  /// Makes the table `saved` known to a connection, which ends first.
  [[nodiscard]] int attach(sqlite3* db);

  void add(const row& columns, std::string_view body);
  void clear() noexcept;

  /// So much has gathered that it should be written before there is more: what is held stays small, however large a commit.
  [[nodiscard]] bool full() const noexcept { return bodies_.size() >= std::size_t{1} << 20; }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] task_id last_id() const noexcept { return rows_.empty() ? 0 : rows_.back().columns.id; }

private:
  struct saved {
    row columns;
    std::size_t end; ///< of its body, which begins where the one before ends
  };
  struct table;
  struct cursor;

  [[nodiscard]] std::string_view body_of(std::size_t n) const;

  std::vector<saved> rows_;
  std::string bodies_;
};

} // namespace stint::detail
