/// How many commits were acknowledged, beside the file: a few bytes that are written after each and never waited for.
///
/// SQLite takes what does not fit in its log for a commit that was cut off, and goes on without it and all that follow. A
/// flipped bit looks the same. The seal tells them apart: it is written when the disk has said that it has the commit, so
/// a store that has fewer commits than its seal has lost some.
///
/// Owner    sqlite_file; in durable mode only, since relaxed commits may be younger than what the disk has.
/// Threads  one at a time.
/// Errors   none: without a seal, or with one that is damaged itself, the store is taken as it is.
/// Durable  as old as the operating system likes; an old seal is right, too.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include <stint/digest.hpp>

namespace stint::detail {

class seal {
public:
  /// Takes the seal that is there; none is made of what may be no store.
  seal(const std::string& store, sqlite3_vfs* fs) : path_(store + "-seal"), fs_(fs) {
    int there = 0;
    if (fs->xAccess(fs, path_.c_str(), SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK && there != 0)
      open(0);
  }
  ~seal() {
    if (file_ != nullptr)
      file_->pMethods->xClose(file_);
  }
  seal(const seal&) = delete;
  seal& operator=(const seal&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Makes it, unless there is one.
  void make() {
    if (file_ == nullptr)
      open(SQLITE_OPEN_CREATE);
  }

  [[nodiscard]] std::optional<std::uint64_t> commits() const {
    std::array<std::uint64_t, 2> words{};
    if (file_ == nullptr || file_->pMethods->xRead(file_, words.data(), sizeof words, 0) != SQLITE_OK
        || digest{}.add(words[0]).value() != words[1])
      return std::nullopt;
    return words[0];
  }

  void write(std::uint64_t commits) {
    const std::array<std::uint64_t, 2> words{commits, digest{}.add(commits).value()};
    if (file_ != nullptr)
      static_cast<void>(file_->pMethods->xWrite(file_, words.data(), sizeof words, 0));
  }

private:
  void open(int create) {
    memory_ = std::make_unique<std::byte[]>(static_cast<std::size_t>(fs_->szOsFile));
    auto* f = reinterpret_cast<sqlite3_file*>(memory_.get());
    f->pMethods = nullptr;
    if (fs_->xOpen(fs_, path_.c_str(), f, SQLITE_OPEN_READWRITE | SQLITE_OPEN_SUPER_JOURNAL | create, nullptr) == SQLITE_OK)
      file_ = f;
    else if (f->pMethods != nullptr)
      f->pMethods->xClose(f);
  }

  std::string path_; ///< the file system keeps a pointer to it
  sqlite3_vfs* fs_;
  std::unique_ptr<std::byte[]> memory_;
  sqlite3_file* file_ = nullptr;
};

} // namespace stint::detail
