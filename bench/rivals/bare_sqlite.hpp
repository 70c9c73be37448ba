/// What SQLite alone does with the same rows: the floor under a store in a file.
///
/// Owner    a contestant of bench/durable.cpp.
/// Threads  the caller's.
/// Errors   `wrong` for whatever SQLite refuses.
#pragma once

#include <cstdint>
#include <string>

#include <sqlite3.h>

#include <harness/bench_program.hpp>

namespace stint::bench {

class bare_sqlite {
public:
  explicit bare_sqlite(const std::string& file) {
    check(sqlite3_open(file.c_str(), &db_));
    for (const auto* sql : {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                            "PRAGMA wal_autocheckpoint = 4000",
                            "CREATE TABLE task (id INTEGER PRIMARY KEY, state INTEGER, version INTEGER, body BLOB)"})
      check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr));
    prepare("BEGIN", begin_);
    prepare("COMMIT", commit_);
    prepare("INSERT INTO task VALUES (?, ?, ?, ?)", insert_);
    prepare("UPDATE task SET state = ?2, version = ?3, body = ?4 WHERE id = ?1", update_);
  }
  ~bare_sqlite() {
    for (auto* s : {begin_, commit_, insert_, update_})
      sqlite3_finalize(s);
    sqlite3_close(db_);
  }
  bare_sqlite(const bare_sqlite&) = delete;
  bare_sqlite& operator=(const bare_sqlite&) = delete;

  /// Commits the rows first to last in one transaction: new ones, or changed ones.
  void write(std::int64_t first, std::int64_t last, int state) {
    run(begin_);
    auto* s = state == 0 ? insert_ : update_;
    for (auto id = first; id <= last; ++id) {
      sqlite3_bind_int64(s, 1, id);
      sqlite3_bind_int(s, 2, state);
      sqlite3_bind_int64(s, 3, ++version_);
      sqlite3_bind_blob(s, 4, body_.data(), static_cast<int>(body_.size()), SQLITE_STATIC);
      run(s);
    }
    run(commit_);
  }

private:
  static void check(int code) { need(code == SQLITE_OK, std::string{"SQLite: "} + sqlite3_errstr(code)); }
  void prepare(const char* sql, sqlite3_stmt*& s) { check(sqlite3_prepare_v2(db_, sql, -1, &s, nullptr)); }
  void run(sqlite3_stmt* s) {
    const int code = sqlite3_step(s);
    need(code == SQLITE_DONE, std::string{"SQLite: "} + sqlite3_errstr(code));
    sqlite3_reset(s);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* update_ = nullptr;
  std::string body_ = std::string(48, 'x'); ///< what a small task takes
  std::int64_t version_ = 0;
};

} // namespace stint::bench
