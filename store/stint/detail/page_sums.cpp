#include <stint/detail/page_sums.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <stint/digest.hpp>

namespace stint::detail {

namespace {

/// What SQLite holds; the file below lies behind it.
struct summed_file : sqlite3_file {
  [[nodiscard]] sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

static_assert(sizeof(summed_file) % sizeof(std::uint64_t) == 0, "what lies behind it is aligned as it wants");

sqlite3_file* below(sqlite3_file* f) { return static_cast<summed_file*>(f)->below(); }
const sqlite3_io_methods& methods_below(sqlite3_file* f) { return *below(f)->pMethods; }
sqlite3_vfs* below(sqlite3_vfs* v) { return static_cast<sqlite3_vfs*>(v->pAppData); }

bool whole_page(int n, sqlite3_int64 at) { return n == page_bytes && at % page_bytes == 0; }

std::uint64_t sum_of(const char* page, sqlite3_int64 at) {
  constexpr std::size_t text = page_bytes - sum_bytes;
  return digest{}.add(static_cast<std::uint64_t>(at)).add(std::string_view{page, text}).value();
}

int do_read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
  const int code = methods_below(f).xRead(below(f), to, n, at);
  if (code != SQLITE_OK || !whole_page(n, at))
    return code;
  const auto* page = static_cast<const char*>(to);
  std::uint64_t sum = 0;
  std::memcpy(&sum, page + page_bytes - sum_bytes, sum_bytes);
  if (sum == sum_of(page, at))
    return SQLITE_OK;
  // Another program's database has no sums; its first page says whose it is.
  return at == 0 && std::string_view{page + 68, 4} != "stin" ? SQLITE_NOTADB : SQLITE_IOERR_DATA;
}

int do_write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
  if (!whole_page(n, at))
    return methods_below(f).xWrite(below(f), from, n, at);
  std::array<char, page_bytes> page;
  std::memcpy(page.data(), from, page.size());
  const auto sum = sum_of(page.data(), at);
  std::memcpy(page.data() + page_bytes - sum_bytes, &sum, sum_bytes);
  return methods_below(f).xWrite(below(f), page.data(), n, at);
}

int do_close(sqlite3_file* f) { return methods_below(f).xClose(below(f)); }
int do_truncate(sqlite3_file* f, sqlite3_int64 size) { return methods_below(f).xTruncate(below(f), size); }
int do_sync(sqlite3_file* f, int flags) { return methods_below(f).xSync(below(f), flags); }
int do_size(sqlite3_file* f, sqlite3_int64* size) { return methods_below(f).xFileSize(below(f), size); }
int do_lock(sqlite3_file* f, int level) { return methods_below(f).xLock(below(f), level); }
int do_unlock(sqlite3_file* f, int level) { return methods_below(f).xUnlock(below(f), level); }
int do_check(sqlite3_file* f, int* out) { return methods_below(f).xCheckReservedLock(below(f), out); }
int do_control(sqlite3_file* f, int op, void* arg) { return methods_below(f).xFileControl(below(f), op, arg); }
int do_sector(sqlite3_file* f) { return methods_below(f).xSectorSize(below(f)); }
int do_traits(sqlite3_file* f) { return methods_below(f).xDeviceCharacteristics(below(f)); }

// The first version of the interface: without shared memory, which an exclusive lock does not need, and without mapping
// pages into memory, which would go past the sums.
const sqlite3_io_methods methods{1,       do_close, do_read,   do_write, do_truncate, do_sync,
                                 do_size, do_lock,  do_unlock, do_check, do_control,  do_sector,
                                 do_traits, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};

int do_open(sqlite3_vfs* v, const char* name, sqlite3_file* f, int flags, int* out) {
  auto* fs = below(v);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
    return fs->xOpen(fs, name, f, flags, out);
  auto* mine = static_cast<summed_file*>(f);
  mine->pMethods = nullptr;
  const int code = fs->xOpen(fs, name, mine->below(), flags, out);
  if (mine->below()->pMethods != nullptr) // else there is nothing to close
    mine->pMethods = &methods;
  return code;
}

int do_delete(sqlite3_vfs* v, const char* name, int durably) { return below(v)->xDelete(below(v), name, durably); }
int do_access(sqlite3_vfs* v, const char* name, int flags, int* out) {
  return below(v)->xAccess(below(v), name, flags, out);
}
int do_full_path(sqlite3_vfs* v, const char* name, int room, char* out) {
  return below(v)->xFullPathname(below(v), name, room, out);
}
int do_random(sqlite3_vfs* v, int n, char* out) { return below(v)->xRandomness(below(v), n, out); }
int do_sleep(sqlite3_vfs* v, int us) { return below(v)->xSleep(below(v), us); }
int do_time(sqlite3_vfs* v, double* out) { return below(v)->xCurrentTime(below(v), out); }
int do_error(sqlite3_vfs* v, int n, char* out) { return below(v)->xGetLastError(below(v), n, out); }

} // namespace

page_sums::page_sums(sqlite3_vfs* fs) : name_("stint-sums-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(summed_file)) + fs->szOsFile;
  vfs_.mxPathname = fs->mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = fs;
  vfs_.xOpen = do_open;
  vfs_.xDelete = do_delete;
  vfs_.xAccess = do_access;
  vfs_.xFullPathname = do_full_path;
  vfs_.xRandomness = do_random;
  vfs_.xSleep = do_sleep;
  vfs_.xCurrentTime = do_time;
  vfs_.xGetLastError = do_error;
  sqlite3_vfs_register(&vfs_, 0);
}

page_sums::~page_sums() { sqlite3_vfs_unregister(&vfs_); }

void page_sums::reserve(sqlite3* db) {
  int bytes = sum_bytes;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

} // namespace stint::detail
