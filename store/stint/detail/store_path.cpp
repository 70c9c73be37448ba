#include <stint/detail/store_path.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace stint::detail {

namespace {

bool exists(const std::string& path, sqlite3_vfs* fs) {
  int there = 0;
  if (fs->xAccess(fs, path.c_str(), SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK)
    throw sqlite_failure{{errc::io_failed, "whether " + path + " is there cannot be told"}};
  return there != 0;
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

bool there_and_whole(const std::string& path, sqlite3_vfs* fs) {
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
