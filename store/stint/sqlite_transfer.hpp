/// A store's file as a stream of tasks: out of one that is left as it is, or into one that is new.
///
/// Owner    the caller; nobody else may have the file open meanwhile, as a list locks the whole of it.
/// Threads  one at a time.
/// Errors   as `sqlite_store::open`. Reading: store_in_use while a list has the file, store_damaged from the task on that
///          is. Writing: store_exists, and invalid_commit for tasks out of order or past the head.
/// Units    bytes.
/// Cost     memory for some tasks at a time, whatever the file holds.
/// Durable  reading changes no byte of the file, its log and its seal, also after a crash. What is written has its name
///          when it is complete and on the disk; until then it is called FILE.importing, and goes with its object.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <stint/sqlite_store.hpp>

namespace stint {

/// What comes before the tasks.
struct transfer_head {
  store::opened at; ///< the epoch of the last owner: the next one gets a greater one
  std::uint64_t tasks = 0;
  std::vector<stored_setting> settings;

  friend bool operator==(const transfer_head&, const transfer_head&) = default;
};

/// A task with all that is kept of what it printed.
struct transfer_task {
  stored_task task;
  std::uint64_t printed = 0; ///< bytes that it ever printed, kept or not
  std::vector<stored_text> output;

  friend bool operator==(const transfer_task&, const transfer_task&) = default;
};

class sqlite_source {
public:
  static result<sqlite_source> open(std::string file);
  sqlite_source(sqlite_source&&) noexcept;
  ~sqlite_source();

  [[nodiscard]] transfer_head head() const;

  /// Calls `take` with each task in the order of ids, until it returns false.
  result<unit_t> each(const std::function<bool(transfer_task)>& take);

private:
  struct inside;
  explicit sqlite_source(std::unique_ptr<inside> in);

  std::unique_ptr<inside> in_;
};

class sqlite_target {
public:
  static result<sqlite_target> open(std::string file, const transfer_head& head);
  sqlite_target(sqlite_target&&) noexcept;
  ~sqlite_target(); ///< removes what was made, unless it is finished

  /// Takes the next task; ids grow.
  result<unit_t> add(transfer_task next);

  /// Gives the file its name, when all the tasks are there that the head names; nothing may follow.
  result<unit_t> finish();

private:
  struct inside;
  explicit sqlite_target(std::unique_ptr<inside> in);

  std::unique_ptr<inside> in_;
};

} // namespace stint
