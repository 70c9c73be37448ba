#include <stint/detail/sqlite_file.hpp>

#include <array>

#include <stint/detail/store_path.hpp>
#include <stint/detail/stored_row.hpp>
#include <stint/digest.hpp>
#include <stint/fault_point.hpp>

namespace stint::detail {

namespace {

/// What brings a file from one schema to the next; the first makes it. Steps are never changed once released.
constexpr std::array<const char*, newest_schema> steps{
  R"sql(
    CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE task (
      id INTEGER PRIMARY KEY,
      state INTEGER NOT NULL,
      version INTEGER NOT NULL,
      rank INTEGER,            -- sortable; NULL: none, of a finished task
      ended INTEGER,           -- of a finished one, ns of the wall clock
      key BLOB,                -- its idempotency key
      body BLOB NOT NULL,      -- everything else
      sum INTEGER NOT NULL
    );
    CREATE INDEX task_unfinished ON task (rank, id) WHERE ended IS NULL;
    CREATE INDEX task_ended ON task (state, ended, id) WHERE ended IS NOT NULL;
    CREATE INDEX task_key ON task (key) WHERE key IS NOT NULL;
    CREATE TABLE printed (task INTEGER PRIMARY KEY, total INTEGER NOT NULL, kept INTEGER NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE piece (
      task INTEGER NOT NULL,
      at INTEGER NOT NULL,
      text BLOB NOT NULL,
      sum INTEGER NOT NULL,
      PRIMARY KEY (task, at)
    ) WITHOUT ROWID;
  )sql",
  R"sql(
    CREATE TABLE setting (
      of INTEGER NOT NULL,     -- list, queue or capacity
      name BLOB NOT NULL,
      number INTEGER NOT NULL,
      paused INTEGER NOT NULL,
      sum INTEGER NOT NULL,
      PRIMARY KEY (of, name)
    ) WITHOUT ROWID;
  )sql",
  "-- a task's body may have labels, which a program of the schema before could not read",
  "-- it may have lost attempts, likewise",
};

std::int64_t pragma(connection& db, const char* sql) {
  statement s{db, sql};
  return s.step() ? s.number(0) : 0;
}

} // namespace

void damaged(task_id id, std::string_view what) {
  throw sqlite_failure{{errc::store_damaged, "task " + std::to_string(id) + ": " + std::string{what}}};
}

std::string store_head::bytes() const {
  std::string out;
  for (auto n : {commits, at.epoch, at.version, at.last_id})
    write_number(out, n);
  for (std::size_t s = 0; s < state_count; ++s) {
    write_number(out, used.tasks.by_state[s]);
    write_number(out, used.bytes[s]);
  }
  return out;
}

store_head store_head::from(std::string_view bytes, std::uint64_t sum) {
  const auto broken = [] { return sqlite_failure{{errc::store_damaged, "the head does not fit its sum"}}; };
  if (digest{}.add(bytes).value() != sum)
    throw broken();
  const auto next = [&] {
    const auto n = read_number(bytes);
    if (!n)
      throw broken();
    return *n;
  };
  store_head h;
  for (auto* n : {&h.commits, &h.at.epoch, &h.at.version, &h.at.last_id})
    *n = next();
  for (std::size_t s = 0; s < state_count; ++s) {
    h.used.tasks.by_state[s] = next();
    h.used.bytes[s] = next();
  }
  return h;
}

std::uint64_t sum_of(const stored_task& t, std::string_view body) {
  return digest{}.add(t.id).add(t.version).add(index_of(t.state)).add(t.rank).add(body).value();
}

sqlite_file::sqlite_file(const sqlite_options& with)
    : sums(find_vfs(with.vfs)), sealed(with.file, find_vfs(with.vfs)), seals(with.mode == store_mode::durable) {
  auto* fs = find_vfs(with.vfs);
  const bool on_the_machine = with.vfs.empty();
  const bool there = there_and_whole(with.file, fs, on_the_machine);
  if (!there && on_the_machine)
    make_private(with.file);
  try {
    db.open(with.file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, sums.name());
    must_be_ours(db, with.file, fs);
    page_sums::reserve(db.get());
    begin_life(with);
  } catch (const sqlite_failure& e) {
    // A file that could not be made is made anew the next time: after a failed fsync what reads find of it may be all
    // that there is of it. One that another made meanwhile stays.
    if (!there && e.what_went_wrong.code == errc::io_failed)
      unmake(with.file, fs);
    throw;
  }
}

sqlite_file::sqlite_file(const sqlite_options& with, as_it_is)
    : sums(find_vfs(with.vfs)), sealed(with.file, find_vfs(with.vfs)), seals(false) {
  auto* fs = find_vfs(with.vfs);
  if (!there_and_whole(with.file, fs, with.vfs.empty()))
    throw sqlite_failure{{errc::io_failed, "there is no such file"}};
  db.open(with.file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, sums.name());
  must_be_ours(db, with.file, fs);
  page_sums::reserve(db.get());
  // The log stays where it is. One that was not there SQLite makes empty, and removes at the end.
  int log = 0;
  fs->xAccess(fs, (with.file + "-wal").c_str(), SQLITE_ACCESS_EXISTS, &log);
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, log, nullptr);
  db.run("PRAGMA trusted_schema = OFF");
  db.run("PRAGMA cell_size_check = ON");
  db.run("PRAGMA locking_mode = EXCLUSIVE");
  migrate();
  prepare();
  read_head();
}

void sqlite_file::begin_life(const sqlite_options& with) {
  set_up();
  migrate();
  fault_point("store.migrated");
  db.run("COMMIT");
  prepare();
  read_head();
  head.at.epoch = next_epoch(head.at.epoch);
  ++head.commits;
  begin.run();
  save(head);
  fault_point("store.epoch");
  commit.run();
  fault_point("store.opened");
  // What an owner before found on a failing disk, and read back from memory only, is on the disk after this.
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  if (with.vfs.empty())
    make_private(sealed.path());
  sealed.make();
  sealed.write(head.commits);
  if (with.mode == store_mode::relaxed)
    db.run("PRAGMA synchronous = NORMAL");
}

/// Reads how far the list is, and whether that is as far as was acknowledged.
void sqlite_file::read_head() {
  statement read{db, "SELECT body, sum FROM head"};
  if (!read.step())
    throw sqlite_failure{{errc::store_damaged, "it has no head"}};
  head = store_head::from(read.bytes(0), read.bits(1));
  read.reset();
  if (const auto acknowledged = sealed.commits(); acknowledged && *acknowledged > head.commits)
    throw sqlite_failure{{errc::store_damaged, "it has " + std::to_string(head.commits) + " commits, but "
                                                 + std::to_string(*acknowledged) + " were acknowledged; to go on without "
                                                 + "them all the same, remove " + sealed.path()}};
  statement any{db, "SELECT 1 FROM printed LIMIT 1"};
  has_output = any.step();
}

void sqlite_file::set_up() {
  db.run(("PRAGMA page_size = " + std::to_string(page_bytes)).c_str());
  db.run("PRAGMA trusted_schema = OFF");
  db.run("PRAGMA cell_size_check = ON");
  // Exclusive: the lock is held until the end of the process, and no shared memory is needed. In force from the first
  // access on, which is why it stands before the journal mode.
  db.run("PRAGMA locking_mode = EXCLUSIVE");
  // Extra: for the log it is the same as FULL. But making the file uses a journal, and that this was deleted has to be on
  // the disk as well: coming back after a power cut it would undo what the log has.
  db.run("PRAGMA synchronous = EXTRA");
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA cache_size = -16000");
  db.run("PRAGMA wal_autocheckpoint = 4000");
  db.run("PRAGMA temp_store = MEMORY");
}

/// Brings the schema forward in a transaction that it leaves open.
void sqlite_file::migrate() {
  db.run("BEGIN IMMEDIATE");
  auto schema = pragma(db, "PRAGMA user_version");
  const auto whose = pragma(db, "PRAGMA application_id");
  const bool empty = pragma(db, "SELECT count(*) FROM sqlite_schema") == 0;
  if ((!empty && whose != application) || schema < 0)
    throw sqlite_failure{{errc::not_a_store, "it is a database of another program"}};
  if (schema > newest_schema)
    throw sqlite_failure{{errc::store_too_new, "its schema is " + std::to_string(schema) + ", this stint knows those up to "
                                                 + std::to_string(newest_schema)}};
  const bool old = schema < newest_schema;
  for (; schema < newest_schema; ++schema)
    db.run(steps[static_cast<std::size_t>(schema)]);
  if (empty) {
    const auto first = store_head{}.bytes();
    statement{db, "INSERT INTO head VALUES (1, ?, ?)"}.bind(std::string_view{first}, digest{}.add(first).value()).run();
    db.run(("PRAGMA application_id = " + std::to_string(application)).c_str());
  }
  if (old)
    db.run(("PRAGMA user_version = " + std::to_string(newest_schema)).c_str());
}

void sqlite_file::prepare() {
  if (const int code = rows.attach(db.get()); code != SQLITE_OK)
    db.fail(code);
  const auto make = [this](statement& s, const char* sql) { s = statement{db, sql}; };
#define STINT_TASK_COLUMNS "id, state, version, rank, ended, key, body, sum"
  make(begin, "BEGIN IMMEDIATE");
  make(commit, "COMMIT");
  make(rollback, "ROLLBACK");
  make(write_head, "UPDATE head SET body = ?, sum = ?");
  make(save_tasks, "INSERT OR REPLACE INTO task (" STINT_TASK_COLUMNS ") SELECT " STINT_TASK_COLUMNS " FROM saved");
  make(delete_task, "DELETE FROM task WHERE id = ?");
  make(size_of_task, "SELECT state, version, length(body) + ifnull(length(key), 0) FROM task WHERE id = ?");
  make(read_task, "SELECT " STINT_TASK_COLUMNS " FROM task WHERE id = ?");
  make(unfinished, "SELECT " STINT_TASK_COLUMNS " FROM task WHERE ended IS NULL ORDER BY rank, id");
  make(keyed, "SELECT " STINT_TASK_COLUMNS " FROM task WHERE key = ? ORDER BY id DESC LIMIT 1");
  make(forwards, "SELECT " STINT_TASK_COLUMNS " FROM task WHERE id >= ? ORDER BY id");
  make(backwards, "SELECT " STINT_TASK_COLUMNS " FROM task WHERE id <= ? ORDER BY id DESC");
  make(ended, "SELECT id, ended, length(body) + ifnull(length(key), 0) FROM task"
              " WHERE state = ? AND ended IS NOT NULL ORDER BY ended, id");
  make(add_piece, "INSERT INTO piece VALUES (?, ?, ?, ?)");
  make(delete_piece, "DELETE FROM piece WHERE task = ? AND at = ?");
  make(delete_pieces, "DELETE FROM piece WHERE task = ?");
  make(pieces_from, "SELECT at, text, sum FROM piece WHERE task = ? AND at >= ? ORDER BY at");
  make(piece_before, "SELECT at, text, sum FROM piece WHERE task = ? AND at < ? ORDER BY at DESC LIMIT 1");
  make(read_printed, "SELECT total, kept, sum FROM printed WHERE task = ?");
  make(write_printed, "INSERT OR REPLACE INTO printed VALUES (?, ?, ?, ?)");
  make(delete_printed, "DELETE FROM printed WHERE task = ?");
#undef STINT_TASK_COLUMNS
  make(read_settings, "SELECT of, name, number, paused, sum FROM setting ORDER BY of, name");
  make(write_setting, "INSERT OR REPLACE INTO setting VALUES (?, ?, ?, ?, ?)");
  make(delete_setting, "DELETE FROM setting WHERE of = ? AND name = ?");
}

void sqlite_file::must_be_in_place() const {
  int moved = 0;
  if (sqlite3_file_control(db.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0)
    throw sqlite_failure{{errc::io_failed, "the file was moved away, removed or replaced"}};
}

void sqlite_file::save(const store_head& h) {
  const auto bytes = h.bytes();
  write_head.bind(std::string_view{bytes}, digest{}.add(bytes).value()).run();
}

stored_task sqlite_file::task_at(const statement& s) {
  stored_task t;
  t.id = s.bits(0);
  const auto state_number = s.bits(1);
  t.state = static_cast<state>(state_number < state_count ? state_number : 0);
  t.version = s.bits(2);
  t.rank = s.is_null(3) ? 0 : unsortable(s.number(3));
  if (state_number >= state_count || sum_of(t, s.bytes(6)) != s.bits(7) || !detail::read_task(s.bytes(6), t))
    damaged(t.id, "its row does not fit its sum");
  // The columns that are searched say what the row says.
  const auto end = t.ended.value_or(wall_time{}).time_since_epoch().count();
  const bool fits = (terminal(t.state) || !s.is_null(3)) && s.is_null(4) != terminal(t.state)
                    && (s.is_null(4) || s.number(4) == end) && s.bytes(5) == t.what.idempotency_key;
  if (!fits)
    damaged(t.id, "its row contradicts itself");
  return t;
}

} // namespace stint::detail
