/// Where a list's tasks outlive it: told in whole commits what changed, and asked for it again after a restart.
///
/// 1. gives each owner an epoch of its own                open, close
/// 2. takes what changed, all of it or nothing             commit
/// 3. gives back what a restart goes on with               unfinished, keyed, settings
/// 4. answers for finished tasks that memory has let go    get, page, output
/// 5. says what is past its bounds, and how much there is  overdue, counts, mode
///
/// A store decides nothing. Its owner tells it what to save and what to remove; what it names as overdue, the owner
/// removes with its next commit, because a deletion has a version and an event like every other change.
///
/// Owner    one at a time: the list that opened it, by way of the keeper of its commits. A second one is refused.
/// Threads  one call at a time, from any thread. A call may wait for a disk, so the list itself makes none.
/// Errors   store_closed    before `open`, after `close`, and after a failure that leaves it unknown what has reached
///                          the disk: open again, then the batch is there as a whole or not at all.
///          store_in_use    from `open`.
///          stale_epoch     from `commit`: it is not of the last owner.
///          invalid_commit  from `commit`: the owner's mistake, see `batch`.
///          io_failed       the medium failed; nothing of the call took effect, and it may be repeated.
///          unknown_task, task_deleted, page_too_large, invalid_cursor: as the list answers them.
/// Units    bytes are the store's own measure, comparable within one store only.
/// Cost     commit: its batch. get, keyed: one look-up. unfinished: the unfinished tasks, whatever has finished.
/// Durable  what a commit held that returned a value, as far as `mode` says.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stint/error.hpp>
#include <stint/query.hpp>
#include <stint/stored_setting.hpp>
#include <stint/stored_task.hpp>

namespace stint {

/// What a commit survives once it has returned.
enum class store_mode : std::uint8_t {
  memory,  ///< the end of its owner, not that of the process
  relaxed, ///< the end of the process; a power cut takes the last moments
  durable, ///< a power cut
};

constexpr std::string_view to_string(store_mode m) noexcept {
  constexpr std::array<std::string_view, 3> names{"memory", "relaxed", "durable"};
  return names[static_cast<std::size_t>(m)];
}

/// Text that a body printed, at its place in all that the task ever printed.
struct stored_text {
  task_id id = 0;
  std::uint64_t offset = 0;
  std::string text;

  friend bool operator==(const stored_text&, const stored_text&) = default;
};

/// A stretch of a task's output that is not kept any more.
struct output_cut {
  task_id id = 0;
  std::uint64_t from = 0;
  std::uint64_t to = std::numeric_limits<std::uint64_t>::max(); ///< the first byte that is kept again
};

struct stored_page {
  std::vector<stored_task> tasks;
  task_id next = 0; ///< 0: nothing more; else give it as `cursor`. A short page can have a next one
};

class store {
public:
  /// One commit. Its parts take effect in the order in which they stand here, and the entries of a part one by one.
  struct batch {
    std::uint64_t epoch = 0;  ///< that `open` gave
    task_version version = 0; ///< of the list; never less than before
    task_id last_id = 0;      ///< that the list has given; never less than before
    /// New and changed tasks. Ids go from 1 to `last_id`, versions from 1 to `version`; a task's version never goes
    /// back, and a task that was removed never comes back.
    std::vector<stored_task> saved;
    /// Never before the end of what was printed; past it, the gap is output that nobody kept. Of a task that is gone:
    /// dropped.
    std::vector<stored_text> printed;
    std::vector<output_cut> cut;
    std::vector<task_id> removed; ///< with their output; one that is not there is no error
    std::vector<stored_setting> settings; ///< each in place of what was said of the same thing; a plain one ends it
  };

  /// What a new owner goes on with.
  struct opened {
    std::uint64_t epoch = 0;  ///< greater than that of every owner before (`next_epoch`); stored before `open` returns
    task_version version = 0; ///< of the last commit
    task_id last_id = 0;      ///< the greatest id ever given; it and all below are never given again

    friend bool operator==(const opened&, const opened&) = default;
  };

  /// Bounds on the finished tasks of one state; a bound that is not given keeps all.
  struct retention {
    state of = state::succeeded; ///< a terminal one
    std::optional<std::uint64_t> tasks;
    std::optional<std::uint64_t> bytes;    ///< of the tasks and their output
    std::optional<wall_time> ended_before; ///< tasks that ended before this moment are past their age
  };

  /// How much there is.
  struct usage {
    tally tasks;
    std::array<std::uint64_t, state_count> bytes{}; ///< of the tasks in each state, and of their output
  };

  store() = default;
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  virtual ~store() = default; ///< lets go of what is open, as the death of its owner does

  /// Takes the store for one owner and raises its epoch.
  virtual result<opened> open() = 0;

  /// Makes a batch durable; an error means that nothing of it is.
  virtual result<unit_t> commit(const batch& what) = 0;

  /// Calls `take` with each task whose state is not terminal, by rank, then by id; returns how many there were.
  virtual result<std::uint64_t> unfinished(const std::function<void(stored_task)>& take) const = 0;

  /// Finds the task that has this idempotency key; nothing when none has.
  [[nodiscard]] virtual result<std::optional<stored_task>> keyed(const std::string& idempotency_key) const = 0;

  /// Answers all settings that are not plain, by what they are of, then by name.
  [[nodiscard]] virtual result<std::vector<stored_setting>> settings() const = 0;

  [[nodiscard]] virtual result<stored_task> get(task_id id) const = 0;

  /// Answers a page of terminal tasks in the order of ids; the cursor is the id to begin with.
  [[nodiscard]] virtual result<stored_page> page(const page_request& ask) const = 0;

  /// Reads up to `limit` bytes of what a task printed, from `offset` on; what is not kept is skipped and counted as
  /// dropped, and a piece ends where the next gap begins.
  [[nodiscard]] virtual result<output_piece> output(task_id id, std::uint64_t offset, std::size_t limit) const = 0;

  /// Names up to `most` tasks that are past their bounds; those that ended first come first.
  [[nodiscard]] virtual result<std::vector<task_id>> overdue(const retention& bounds, std::size_t most) const = 0;

  [[nodiscard]] virtual result<usage> counts() const = 0;

  [[nodiscard]] virtual store_mode mode() const noexcept = 0;

  /// Ends the owner's hold on the store.
  virtual result<unit_t> close() = 0;
};

/// An epoch after `last`, for whoever implements `open`. How far after is drawn, so that neither another store nor a copy of
/// this one gives the same: then a node tells by it whose attempt it runs.
[[nodiscard]] std::uint64_t next_epoch(std::uint64_t last);

} // namespace stint
