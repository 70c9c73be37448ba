#include <stint/detail/store_path.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include <stint/detail/page_sums.hpp>
#include <stint/detail/sqlite_file.hpp>

namespace stint::detail {

namespace {

bool exists(const std::string& path, sqlite3_vfs* fs) {
  int there = 0;
  if (fs->xAccess(fs, path.c_str(), SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK)
    throw sqlite_failure{{errc::io_failed, "whether " + path + " is there cannot be told"}};
  return there != 0;
}

std::uint32_t big_endian(const std::array<char, 100>& header, std::size_t at, std::size_t bytes) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    n = n << 8 | static_cast<unsigned char>(header[at + i]);
  return n;
}

} // namespace

sqlite3_vfs* find_vfs(const std::string& name) {
  sqlite3_initialize();
  auto* fs = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
  if (fs == nullptr)
    throw sqlite_failure{{errc::io_failed, "there is no file system '" + name + "'"}};
  return fs;
}

std::string full_path(const std::string& name, sqlite3_vfs* fs) {
  if (name.empty())
    throw sqlite_failure{{errc::invalid_option, "the name of the store's file is empty; name none to keep tasks in memory"}};
  if (name.find('\0') != std::string::npos)
    throw sqlite_failure{{errc::invalid_option, "the name of the store's file has a zero byte"}};
  std::string path(static_cast<std::size_t>(fs->mxPathname) + 1, '\0');
  // The low byte: a link on the way has a code of its own, which is no failure.
  if ((fs->xFullPathname(fs, name.c_str(), static_cast<int>(path.size()), path.data()) & 0xFF) != SQLITE_OK)
    throw sqlite_failure{{errc::io_failed, "its name leads nowhere"}};
  path.resize(path.find('\0'));
  return path;
}

bool there_and_whole(const std::string& path, sqlite3_vfs* fs, bool on_the_machine) {
  std::error_code none;
  if (const auto kind = std::filesystem::status(path, none);
      on_the_machine && std::filesystem::exists(kind) && !std::filesystem::is_regular_file(kind))
    throw sqlite_failure{{errc::not_a_store, "it is not a regular file"}};
  // The log and the seal first: who makes a file makes them after it.
  const bool log = exists(path + "-wal", fs);
  const bool seal = exists(path + "-seal", fs);
  const bool there = exists(path, fs); // on the machine's file system an empty one is not
  if (!there && (log || seal))
    throw sqlite_failure{{errc::store_damaged,
                          "the file is missing or empty, but " + (log ? path + "-wal" : "")
                            + (log && seal ? " and " : "") + (seal ? path + "-seal" : "") + (log && seal ? " are" : " is")
                            + " there; move the file back, or remove " + (log && seal ? "both" : "that")
                            + " to begin anew"}};
  return there;
}

void must_be_ours(const connection& db, const std::string& path, sqlite3_vfs* fs) {
  sqlite3_file* f = nullptr;
  sqlite3_int64 size = 0;
  std::array<char, 100> header{};
  if (sqlite3_file_control(db.get(), "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK || f == nullptr
      || f->pMethods == nullptr || f->pMethods->xFileSize(f, &size) != SQLITE_OK)
    throw sqlite_failure{{errc::io_failed, "its size cannot be read"}};
  if (size == 0)
    return;
  if (const int code = f->pMethods->xRead(f, header.data(), static_cast<int>(header.size()), 0);
      code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
    throw sqlite_failure{{errc::io_failed, "its header cannot be read"}};
  // What is looked at never changes once it is written, so that no lock is needed.
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  const bool is_database = std::string_view{header.data(), magic.size()} == magic;
  const auto whose = big_endian(header, 68, 4);
  const bool our_form = big_endian(header, 16, 2) == page_bytes && big_endian(header, 20, 1) == sum_bytes;
  // It says whose it is at its first checkpoint; until then the log does.
  if (is_database && our_form && (whose == application || whose == 0))
    return;
  // One that was torn while it was made: its journal undoes that.
  if (std::all_of(header.begin(), header.end(), [](char c) { return c == 0; }) && exists(path + "-journal", fs))
    return;
  if (whose == application)
    throw sqlite_failure{{errc::store_damaged, "its header is damaged"}};
  throw sqlite_failure{{errc::not_a_store, is_database ? "it is a database of another program" : "it is no database"}};
}

void make_private(const std::string& path) {
  if (const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600); fd >= 0)
    ::close(fd);
}

void unmake(const std::string& path, sqlite3_vfs* fs) {
  for (const auto* end : {"-seal", "-wal", "-journal", ""})
    if (const int code = fs->xDelete(fs, (path + end).c_str(), 1); code != SQLITE_OK && code != SQLITE_IOERR_DELETE_NOENT)
      return;
}

} // namespace stint::detail
