/// What a program that runs a batch knows of its tasks, from the events that the list has told.
///
/// Owner    the thread that shows it.
/// Threads  none.
/// Order    events come in the list's one order; one that is older than what is known of its task is passed over.
/// Cost     O(log tasks) per event.
#pragma once

#include <array>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <stint/event.hpp>
#include <stint/task.hpp>

#include "live_table.hpp"

namespace stint::cli {

class board {
public:
  /// Expects the tasks 1 to `tasks` of a new list.
  explicit board(std::size_t tasks);

  /// Takes one transition; false: it was known already.
  bool apply(const event& e);

  /// Takes a whole record, after events were missed; gives the transition that leads there.
  event catch_up(const task& t);

  /// Every task has settled: nothing more will happen.
  [[nodiscard]] bool over() const noexcept { return settled_ == rows_.size(); }

  [[nodiscard]] std::span<table_row> rows() noexcept { return rows_; }
  [[nodiscard]] table_row& row(task_id id) { return rows_.at(id - 1); }
  [[nodiscard]] std::size_t count(state s) const noexcept { return states_[static_cast<std::size_t>(s)]; }
  [[nodiscard]] const std::set<task_id>& waiting() const noexcept { return waiting_; }

  /// Tasks that have changed since this was last asked, in the order of ids.
  std::set<task_id> take_changed() { return std::exchange(changed_, {}); }

  /// Between the first transition and the last one.
  [[nodiscard]] nanos elapsed() const noexcept { return last_ - first_; }

  /// One line: how many tasks are in which state.
  [[nodiscard]] std::string counted() const;

  [[nodiscard]] bool all_succeeded() const noexcept { return count(state::succeeded) == rows_.size(); }

private:
  static std::string note_of(const event& e);

  std::vector<table_row> rows_;        ///< by id - 1
  std::vector<task_version> versions_; ///< 0: the task was not heard of yet
  std::array<std::size_t, state_count> states_{};
  std::set<task_id> waiting_;
  std::set<task_id> changed_;
  std::size_t settled_ = 0;
  wall_time first_{};
  wall_time last_{};
};

} // namespace stint::cli
