#include <stint/detail/saved_rows.hpp>

#include <new>

namespace stint::detail {

struct saved_rows::table : sqlite3_vtab {
  explicit table(const saved_rows& of) : sqlite3_vtab{}, rows(of) {}

  static int connect(sqlite3* db, void* rows, int, const char* const*, sqlite3_vtab** out, char**) {
    const int code = sqlite3_declare_vtab(db, "CREATE TABLE saved (id, state, version, rank, ended, key, body, sum)");
    if (code != SQLITE_OK)
      return code;
    *out = new (std::nothrow) table{*static_cast<const saved_rows*>(rows)};
    return *out == nullptr ? SQLITE_NOMEM : SQLITE_OK;
  }
  static int disconnect(sqlite3_vtab* t) {
    delete static_cast<table*>(t);
    return SQLITE_OK;
  }
  static int plan(sqlite3_vtab*, sqlite3_index_info* how) {
    how->estimatedCost = 1; // there is one way
    return SQLITE_OK;
  }

  const saved_rows& rows;
};

struct saved_rows::cursor : sqlite3_vtab_cursor {
  cursor() : sqlite3_vtab_cursor{} {}

  static int open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
    *out = new (std::nothrow) cursor;
    return *out == nullptr ? SQLITE_NOMEM : SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor* c) {
    delete static_cast<cursor*>(c);
    return SQLITE_OK;
  }
  static int first(sqlite3_vtab_cursor* c, int, const char*, int, sqlite3_value**) {
    at(c) = 0;
    return SQLITE_OK;
  }
  static int next(sqlite3_vtab_cursor* c) {
    ++at(c);
    return SQLITE_OK;
  }
  static int at_end(sqlite3_vtab_cursor* c) { return at(c) == of(c).rows_.size() ? 1 : 0; }
  static int number(sqlite3_vtab_cursor* c, sqlite3_int64* out) {
    *out = static_cast<sqlite3_int64>(at(c));
    return SQLITE_OK;
  }
  /// Texts stay where they are until the statement is done.
  static int column(sqlite3_vtab_cursor* c, sqlite3_context* out, int n) {
    const auto& r = of(c).rows_[at(c)].columns;
    const auto tell = [out](std::optional<std::int64_t> v) {
      if (v)
        sqlite3_result_int64(out, *v);
    };
    const auto tell_bytes = [out](std::string_view v) { sqlite3_result_blob64(out, v.data(), v.size(), SQLITE_STATIC); };
    switch (n) {
      case 0: tell(static_cast<std::int64_t>(r.id)); break;
      case 1: tell(static_cast<std::int64_t>(r.state)); break;
      case 2: tell(static_cast<std::int64_t>(r.version)); break;
      case 3: tell(r.rank); break;
      case 4: tell(r.ended); break;
      case 5:
        if (!r.key.empty())
          tell_bytes(r.key);
        break;
      case 6: tell_bytes(of(c).body_of(at(c))); break;
      default: tell(static_cast<std::int64_t>(r.sum)); break;
    }
    return SQLITE_OK;
  }

private:
  static std::size_t& at(sqlite3_vtab_cursor* c) { return static_cast<cursor*>(c)->at_; }
  static const saved_rows& of(sqlite3_vtab_cursor* c) { return static_cast<const table*>(c->pVtab)->rows; }

  std::size_t at_ = 0;
};

int saved_rows::attach(sqlite3* db) {
  static const sqlite3_module methods = [] {
    sqlite3_module m{}; // without xCreate: there is one such table, and nobody makes another
    m.xConnect = table::connect;
    m.xDisconnect = table::disconnect;
    m.xBestIndex = table::plan;
    m.xOpen = cursor::open;
    m.xClose = cursor::close;
    m.xFilter = cursor::first;
    m.xNext = cursor::next;
    m.xEof = cursor::at_end;
    m.xColumn = cursor::column;
    m.xRowid = cursor::number;
    return m;
  }();
  return sqlite3_create_module(db, "saved", &methods, this);
}

void saved_rows::add(const row& columns, std::string_view body) {
  bodies_ += body;
  rows_.push_back({columns, bodies_.size()});
}

void saved_rows::clear() noexcept {
  rows_.clear();
  bodies_.clear();
}

std::string_view saved_rows::body_of(std::size_t n) const {
  const auto begin = n == 0 ? 0 : rows_[n - 1].end;
  return std::string_view{bodies_}.substr(begin, rows_[n].end - begin);
}

} // namespace stint::detail
