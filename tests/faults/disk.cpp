#include "disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

namespace stint::faults {

namespace {

constexpr std::uint64_t sector = 512;

void put(std::string& into, std::uint64_t at, std::string_view bytes) {
  if (into.size() < at + bytes.size())
    into.resize(at + bytes.size(), '\0');
  into.replace(at, bytes.size(), bytes);
}

void write_into(std::string& into, const disk::content::change& c) {
  if (c.truncates)
    into.resize(std::min<std::uint64_t>(into.size(), c.at));
  else
    put(into, c.at, c.bytes);
}

struct handle : sqlite3_file {
  disk* on;
  std::shared_ptr<disk::content>* what; // SQLite allocates the handle as raw memory
  bool locked;
};

handle& of(sqlite3_file* f) { return *static_cast<handle*>(f); }
disk::content& content_of(sqlite3_file* f) { return **of(f).what; }

int do_close(sqlite3_file* f) {
  auto& h = of(f);
  if (h.locked)
    --content_of(f).locks;
  delete h.what;
  h.what = nullptr;
  return SQLITE_OK;
}

int do_read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
  if (of(f).on->strikes(disk_fault::read))
    return SQLITE_IOERR_READ;
  const auto& now = content_of(f).now;
  const auto from = std::min<std::uint64_t>(static_cast<std::uint64_t>(at), now.size());
  const auto got = std::min<std::uint64_t>(static_cast<std::uint64_t>(n), now.size() - from);
  std::memcpy(to, now.data() + from, got);
  std::memset(static_cast<char*>(to) + got, 0, static_cast<std::size_t>(n) - got);
  return got == static_cast<std::uint64_t>(n) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int do_write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
  auto& d = *of(f).on;
  if (d.dead())
    return SQLITE_OK;
  if (d.strikes(disk_fault::full))
    return SQLITE_FULL;
  if (d.strikes(disk_fault::write))
    return SQLITE_IOERR_WRITE;
  auto& c = content_of(f);
  c.pending.push_back({static_cast<std::uint64_t>(at), {static_cast<const char*>(from), static_cast<std::size_t>(n)}, false});
  write_into(c.now, c.pending.back());
  return SQLITE_OK;
}

int do_truncate(sqlite3_file* f, sqlite3_int64 size) {
  auto& d = *of(f).on;
  if (d.dead())
    return SQLITE_OK;
  if (d.strikes(disk_fault::truncate))
    return SQLITE_IOERR_TRUNCATE;
  auto& c = content_of(f);
  c.pending.push_back({static_cast<std::uint64_t>(size), {}, true});
  write_into(c.now, c.pending.back());
  return SQLITE_OK;
}

int do_sync(sqlite3_file* f, int) {
  auto& d = *of(f).on;
  if (d.dead())
    return SQLITE_OK;
  d.count_sync();
  auto& c = content_of(f);
  if (d.strikes(disk_fault::sync)) {
    c.pending.clear(); // never to be written: the next sync will say that all is well
    return SQLITE_IOERR_FSYNC;
  }
  for (const auto& one : c.pending)
    write_into(c.synced, one);
  c.pending.clear();
  c.linked = true;
  return SQLITE_OK;
}

int do_size(sqlite3_file* f, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(content_of(f).now.size());
  return SQLITE_OK;
}

int do_lock(sqlite3_file* f, int level) {
  auto& h = of(f);
  if (level < SQLITE_LOCK_RESERVED || h.locked)
    return SQLITE_OK;
  if (content_of(f).locks != 0)
    return SQLITE_BUSY;
  ++content_of(f).locks;
  h.locked = true;
  return SQLITE_OK;
}

int do_unlock(sqlite3_file* f, int) {
  auto& h = of(f);
  if (h.locked)
    --content_of(f).locks;
  h.locked = false;
  return SQLITE_OK;
}

int do_check_lock(sqlite3_file* f, int* out) {
  *out = content_of(f).locks != 0 ? 1 : 0;
  return SQLITE_OK;
}

int do_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int do_sector(sqlite3_file*) { return static_cast<int>(sector); }
int do_traits(sqlite3_file*) { return 0; }

const sqlite3_io_methods methods{1,       do_close,  do_read,       do_write,   do_truncate, do_sync,
                                 do_size, do_lock,   do_unlock,     do_check_lock, do_control, do_sector,
                                 do_traits, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};

disk& on(sqlite3_vfs* v) { return *static_cast<disk*>(v->pAppData); }

int do_open(sqlite3_vfs* v, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  auto& d = on(v);
  auto& h = of(f);
  h.pMethods = nullptr;
  const std::string path = name != nullptr ? name : "";
  auto i = d.files.find(path);
  if (i == d.files.end() && (flags & SQLITE_OPEN_CREATE) == 0)
    return SQLITE_CANTOPEN;
  if (i == d.files.end())
    i = d.files.emplace(path, std::make_shared<disk::content>()).first;
  h.on = &d;
  h.what = new std::shared_ptr<disk::content>(i->second);
  h.locked = false;
  h.pMethods = &methods;
  if (out_flags != nullptr)
    *out_flags = flags;
  return SQLITE_OK;
}

int do_delete(sqlite3_vfs* v, const char* name, int durably) {
  auto& d = on(v);
  const auto i = d.files.find(name);
  if (i == d.files.end())
    return SQLITE_IOERR_DELETE_NOENT;
  if (d.dead())
    return SQLITE_OK;
  if (durably == 0 && i->second->linked)
    d.unlinked[name] = i->second->synced;
  d.files.erase(i);
  return SQLITE_OK;
}

int do_access(sqlite3_vfs* v, const char* name, int, int* out) {
  *out = on(v).files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int do_full_path(sqlite3_vfs*, const char* name, int room, char* out) {
  sqlite3_snprintf(room, out, "%s", name);
  return SQLITE_OK;
}

int do_random(sqlite3_vfs*, int n, char* out) {
  std::memset(out, 7, static_cast<std::size_t>(n));
  // Salts of a WAL must differ from one to the next, or an old frame would look like a new one.
  static std::uint64_t turn = 0;
  ++turn;
  std::memcpy(out, &turn, std::min<std::size_t>(static_cast<std::size_t>(n), sizeof turn));
  return n;
}

int do_sleep(sqlite3_vfs*, int us) { return us; }
int do_time(sqlite3_vfs*, double* out) {
  *out = 2'460'000.5;
  return SQLITE_OK;
}
int do_error(sqlite3_vfs*, int, char*) { return 0; }

} // namespace

struct disk::vfs : sqlite3_vfs {};

disk::disk() : vfs_(std::make_unique<vfs>()) {
  static int numbers = 0;
  name_ = "stint-disk-" + std::to_string(++numbers);
  static_cast<sqlite3_vfs&>(*vfs_) = sqlite3_vfs{};
  vfs_->iVersion = 1;
  vfs_->szOsFile = sizeof(handle);
  vfs_->mxPathname = 512;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = do_open;
  vfs_->xDelete = do_delete;
  vfs_->xAccess = do_access;
  vfs_->xFullPathname = do_full_path;
  vfs_->xRandomness = do_random;
  vfs_->xSleep = do_sleep;
  vfs_->xCurrentTime = do_time;
  vfs_->xGetLastError = do_error;
  sqlite3_initialize();
  sqlite3_vfs_register(vfs_.get(), 0);
}

disk::~disk() { sqlite3_vfs_unregister(vfs_.get()); }

void disk::crash(std::mt19937_64& random) {
  dead_ = false;
  std::map<std::string, std::shared_ptr<content>> after;
  for (auto& [name, c] : files) {
    if (!c->linked && random() % 2 == 0)
      continue; // its name never reached the disk
    auto fresh = std::make_shared<content>();
    fresh->synced = c->synced;
    // A device writes what it likes: all, nothing, or any sectors of what is on its way.
    const auto mood = random() % 4;
    for (const auto& one : c->pending) {
      if (mood == 0 || (mood != 1 && random() % 2 == 0))
        continue;
      if (one.truncates || mood == 1) {
        write_into(fresh->synced, one);
        continue;
      }
      for (std::uint64_t at = 0; at < one.bytes.size();) {
        const auto size = std::min<std::uint64_t>(sector - (one.at + at) % sector, one.bytes.size() - at);
        if (random() % 4 != 0)
          put(fresh->synced, one.at + at, std::string_view{one.bytes}.substr(at, size));
        at += size;
      }
    }
    fresh->now = fresh->synced;
    fresh->linked = true;
    after.emplace(name, std::move(fresh));
  }
  for (auto& [name, synced] : unlinked)
    if (random() % 2 == 0 && !after.contains(name)) {
      auto back = std::make_shared<content>();
      back->now = back->synced = synced;
      back->linked = true;
      after.emplace(name, std::move(back));
    }
  unlinked.clear();
  files = std::move(after);
}

void disk::fail(disk_fault what, std::uint64_t nth, bool on_and_on) {
  fault_ = what;
  left_ = nth;
  on_and_on_ = on_and_on;
  hits_ = 0;
}

bool disk::strikes(disk_fault what) {
  operations_ += what == disk_fault::full ? 0 : 1;
  if (fault_ != what)
    return false;
  if (left_ > 1) {
    --left_;
    return false;
  }
  if (left_ == 0 && !on_and_on_)
    return false;
  left_ = on_and_on_ ? 1 : 0;
  ++hits_;
  return true;
}

disk::image disk::copy() const {
  image i;
  for (const auto& [name, c] : files)
    i.files[name] = c->now;
  return i;
}

void disk::load(const image& from) {
  files.clear();
  unlinked.clear();
  for (const auto& [name, bytes] : from.files) {
    auto c = std::make_shared<content>();
    c->now = c->synced = bytes;
    c->linked = true;
    files.emplace(name, std::move(c));
  }
}

} // namespace stint::faults
