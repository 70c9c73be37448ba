/// A disk in memory as a file system of SQLite's: it knows what was synced, can crash, tear, fail, be full and flip bits.
///
/// Owner    a test. Files live as long as the disk, handles as long as their connection.
/// Threads  one.
/// Units    bytes; a sector of 512 reaches the disk as a whole or not at all.
/// Source   SQLite's own crash tests do the same (test6.c); a failed sync loses what it should have written, as Linux's
///          does, although reads still see it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace stint::faults {

enum class disk_fault : std::uint8_t { none, read, write, sync, full, truncate };

class disk {
public:
  disk();
  ~disk();
  disk(const disk&) = delete;
  disk& operator=(const disk&) = delete;

  /// The name to give to SQLite.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// The process is gone: nothing that its destructors write arrives. Then power comes back: of what was not synced any
  /// part may have arrived.
  void die() { dead_ = true; }
  void crash(std::mt19937_64& random);

  /// The n-th operation of this sort fails from now on: once, or all that follow until `heal`.
  void fail(disk_fault what, std::uint64_t nth, bool on_and_on = false);
  void heal() { fault_ = disk_fault::none; }
  [[nodiscard]] bool failed() const { return hits_ != 0; }

  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }

  struct image {
    std::map<std::string, std::string> files;
  };

  /// What is on the disk as reads see it; and a disk made of it.
  [[nodiscard]] image copy() const;
  void load(const image& from);

  struct content {
    std::string now;    ///< what reads see
    std::string synced; ///< what a power cut leaves
    struct change {
      std::uint64_t at;
      std::string bytes;   ///< empty: the file is cut to `at`
      bool truncates;
    };
    std::vector<change> pending; ///< what the next sync makes durable
    bool linked = false;         ///< its name is durable
    int locks = 0;
  };

  // -- for the file system
  /// Counts an operation; true: it has to fail.
  bool strikes(disk_fault what);
  [[nodiscard]] bool dead() const { return dead_; }
  std::map<std::string, std::shared_ptr<content>> files;
  std::map<std::string, std::string> unlinked; ///< deleted, but not durably so
  void count_sync() { ++syncs_; }

private:
  std::string name_;
  bool dead_ = false;
  disk_fault fault_ = disk_fault::none;
  std::uint64_t left_ = 0;
  bool on_and_on_ = false;
  std::uint64_t hits_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t syncs_ = 0;
  struct vfs;
  std::unique_ptr<vfs> vfs_;
};

} // namespace stint::faults
