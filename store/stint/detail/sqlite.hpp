/// SQLite as C++: a connection, a prepared statement, and an exception for what fails.
///
/// Owner    sqlite_store.
/// Threads  one at a time.
/// Errors   `sqlite_failure`, which never leaves the store: a dozen calls in a row stay readable that way, and the store
///          turns it into a value in one place. A thin layer of our own, because that place needs SQLite's extended code
///          (a failed fsync is not a full disk), which SQLiteCpp's exceptions don't keep apart for statements of a commit.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <stint/error.hpp>

namespace stint::detail {

/// What SQLite said, or what the store found; becomes the error of the call.
struct sqlite_failure : std::runtime_error {
  sqlite_failure(error e, int sqlite_code) : std::runtime_error(to_string(e)), what_went_wrong(std::move(e)), code(sqlite_code) {}
  explicit sqlite_failure(error e) : sqlite_failure(std::move(e), SQLITE_OK) {}

  error what_went_wrong;
  int code; ///< SQLite's extended one
};

/// The one place where what SQLite throws becomes a value. FILE, unless empty, begins its text.
template <class F>
auto guarded(const std::string& file, F&& call) -> result<decltype(call())> {
  try {
    return call();
  } catch (const sqlite_failure& e) {
    return {e.what_went_wrong.code, file.empty() ? e.what_went_wrong.text : file + ": " + e.what_went_wrong.text};
  }
}

/// Names the error that a code of SQLite's stands for.
inline errc meaning(int code) {
  if (code == SQLITE_IOERR_DATA) // a page that does not fit its sum
    return errc::store_damaged;
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::store_in_use;
    case SQLITE_CORRUPT: return errc::store_damaged;
    case SQLITE_NOTADB: return errc::not_a_store;
    default: return errc::io_failed;
  }
}

class connection {
public:
  connection() = default;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { close(); }

  void open(const std::string& file, int flags, const char* vfs) {
    const int code = sqlite3_open_v2(file.c_str(), &db_, flags, vfs);
    if (code != SQLITE_OK)
      fail(code);
    sqlite3_extended_result_codes(db_, 1);
  }

  /// Ends the connection; with statements left it would stay open, so they go first.
  void close() {
    sqlite3_close(std::exchange(db_, nullptr));
  }

  void run(const char* sql) {
    if (const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
      fail(code);
  }

  [[nodiscard]] sqlite3* get() const noexcept { return db_; }
  [[nodiscard]] bool is_open() const noexcept { return db_ != nullptr; }

  [[noreturn]] void fail(int code) const {
    const int extended = db_ != nullptr ? sqlite3_extended_errcode(db_) : code;
    // SQLite calls a page that does not fit its sum a failure of the disk.
    const std::string text = extended == SQLITE_IOERR_DATA ? "a page does not fit its sum: it is damaged"
                             : db_ != nullptr              ? sqlite3_errmsg(db_)
                                                           : sqlite3_errstr(code);
    throw sqlite_failure{{meaning(extended), text + " (SQLite " + std::to_string(extended) + ")"}, extended};
  }

private:
  sqlite3* db_ = nullptr;
};

class statement {
public:
  statement() = default;
  statement(const connection& on, const char* sql) : on_(&on) {
    if (const int code = sqlite3_prepare_v3(on.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &it_, nullptr); code != SQLITE_OK)
      on.fail(code);
  }
  statement(statement&& other) noexcept : on_(other.on_), it_(std::exchange(other.it_, nullptr)) {}
  statement& operator=(statement&& other) noexcept {
    std::swap(on_, other.on_);
    std::swap(it_, other.it_);
    return *this;
  }
  ~statement() { sqlite3_finalize(it_); }

  /// Binds the parameters, from the first on. Texts and blobs must live until the statement is done.
  template <class... Ts>
  statement& bind(const Ts&... values) {
    int n = 0;
    (bind_one(++n, values), ...);
    return *this;
  }

  /// Goes to the next row; false: there is none, and the statement is reset.
  bool step() {
    const int code = sqlite3_step(it_);
    if (code == SQLITE_ROW)
      return true;
    if (code != SQLITE_DONE) {
      try {
        on_->fail(code);
      } catch (...) {
        sqlite3_reset(it_);
        throw;
      }
    }
    sqlite3_reset(it_);
    return false;
  }

  void run() {
    while (step())
      ;
  }

  void reset() { sqlite3_reset(it_); }

  [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(it_, column); }
  [[nodiscard]] std::uint64_t bits(int column) const { return static_cast<std::uint64_t>(number(column)); }
  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(it_, column) == SQLITE_NULL; }

  /// Valid until the next step.
  [[nodiscard]] std::string_view bytes(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(it_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(it_, column));
    return data == nullptr ? std::string_view{} : std::string_view{data, size};
  }

private:
  void check(int code) const {
    if (code != SQLITE_OK)
      on_->fail(code);
  }
  void bind_one(int n, std::int64_t v) { check(sqlite3_bind_int64(it_, n, v)); }
  void bind_one(int n, std::uint64_t v) { bind_one(n, static_cast<std::int64_t>(v)); }
  void bind_one(int n, std::nullptr_t) { check(sqlite3_bind_null(it_, n)); }
  void bind_one(int n, std::string_view v) {
    // A null pointer would be bound as NULL.
    check(sqlite3_bind_blob64(it_, n, v.empty() ? "" : v.data(), v.size(), SQLITE_STATIC));
  }
  void bind_one(int n, const std::optional<std::int64_t>& v) {
    if (v)
      bind_one(n, *v);
    else
      bind_one(n, nullptr);
  }
  /// An empty text as NULL.
  void bind_one(int n, const std::string& v) {
    if (v.empty())
      bind_one(n, nullptr);
    else
      bind_one(n, std::string_view{v});
  }

  const connection* on_ = nullptr;
  sqlite3_stmt* it_ = nullptr;
};

/// Resets a statement that is left before its last row.
class reset_at_end {
public:
  explicit reset_at_end(statement& s) : it_(s) {}
  ~reset_at_end() { it_.reset(); }
  reset_at_end(const reset_at_end&) = delete;
  reset_at_end& operator=(const reset_at_end&) = delete;

private:
  statement& it_;
};

} // namespace stint::detail
