/// The file of a store while it is open: connection, statements, and the head that every commit writes.
///
/// Owner    sqlite_store.
/// Threads  one at a time.
/// Errors   sqlite_failure.
/// Durable  see docs/design/0007-durable.md for the tables.
#pragma once

#include <string>

#include <stint/detail/open_rows.hpp>
#include <stint/detail/page_sums.hpp>
#include <stint/detail/saved_rows.hpp>
#include <stint/detail/seal.hpp>
#include <stint/detail/sqlite.hpp>
#include <stint/sqlite_store.hpp>

namespace stint::detail {

/// The newest schema that this code writes, and what marks a file as a store (PRAGMA application_id: "stin").
inline constexpr std::int64_t newest_schema = 4;
inline constexpr std::int64_t application = 0x7374696E;

/// Bytes that a task's row counts beyond its body and key.
inline constexpr std::uint64_t row_bytes = 64;

/// A signed number that sorts as the unsigned one does.
inline std::int64_t sortable(std::uint64_t n) { return static_cast<std::int64_t>(n ^ (std::uint64_t{1} << 63)); }
inline std::uint64_t unsortable(std::int64_t n) { return static_cast<std::uint64_t>(n) ^ (std::uint64_t{1} << 63); }

inline std::size_t index_of(state s) { return static_cast<std::size_t>(s); }

/// What every commit writes: how far the list is, and how much there is.
struct store_head {
  std::uint64_t commits = 0; ///< so many there were
  store::opened at;
  store::usage used;

  [[nodiscard]] std::string bytes() const;
  static store_head from(std::string_view bytes, std::uint64_t sum);
};

[[noreturn]] void damaged(task_id id, std::string_view what);

class sqlite_file {
public:
  /// Opens or makes the file, takes its lock, brings its schema forward and raises the epoch.
  explicit sqlite_file(const sqlite_options& with);

  /// Opens a file to look at: what an owner would write first (a newer schema, its epoch, its log's end) is not written,
  /// or in a transaction that never ends well.
  struct as_it_is {};
  sqlite_file(const sqlite_options& with, as_it_is);

  page_sums sums;  ///< first: the connection ends before it
  saved_rows rows; ///< before the connection, too
  connection db;
  seal sealed;
  bool seals = true; ///< each commit
  store_head head;
  open_rows known;
  bool has_output = false; ///< some task has printed, so output must be looked for

  // Named by what they do; each is prepared once.
  statement begin, commit, rollback, write_head;
  statement save_tasks, delete_task, size_of_task, read_task, unfinished, keyed, forwards, backwards, ended;
  statement add_piece, delete_piece, delete_pieces, pieces_from, piece_before, read_printed, write_printed, delete_printed;
  statement read_settings, write_setting, delete_setting;

  /// Ends with an error when the file is not at its path any more: what is written to it now, nobody would find.
  void must_be_in_place() const;

  /// Writes the head as a part of a transaction.
  void save(const store_head& h);

  /// Reads the row that `s`, one of those with a task's columns, stands at.
  static stored_task task_at(const statement& s);

private:
  void begin_life(const sqlite_options& with);
  void set_up();
  void migrate();
  void prepare();
  void read_head();
};

/// The sum of a task's row.
std::uint64_t sum_of(const stored_task& t, std::string_view body);

} // namespace stint::detail
