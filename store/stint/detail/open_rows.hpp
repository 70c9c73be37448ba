/// What the file has of unfinished tasks that changed since it was opened, so that their next change needs no look-up.
///
/// Owner    sqlite_file.
/// Threads  one at a time.
/// Errors   none; of what it does not know, the file is asked.
/// Cost     some 80 bytes for each of `most` tasks at most.
#pragma once

#include <cstdint>
#include <unordered_map>

#include <stint/task.hpp>

namespace stint::detail {

/// A row as it is in the file.
struct kept_row {
  stint::state state = state::waiting;
  task_version version = 0;
  std::uint64_t bytes = 0;  ///< of the row
  std::uint64_t output = 0; ///< bytes that are kept of it
};

class open_rows {
public:
  /// Nothing: it is not known.
  [[nodiscard]] const kept_row* find(task_id id) const {
    const auto i = rows_.find(id);
    return i == rows_.end() ? nullptr : &i->second;
  }

  /// Takes the newest form of a row. A finished task's hardly ever changes again.
  void know(task_id id, const kept_row& row) {
    if (terminal(row.state))
      rows_.erase(id);
    else if (const auto i = rows_.find(id); i != rows_.end())
      i->second = row;
    else if (rows_.size() < most)
      rows_.emplace(id, row);
  }

  void forget(task_id id) { rows_.erase(id); }
  void forget_all() { rows_.clear(); }

private:
  /// More than are usually between their submission and their end; past it, look-ups cost what they would without.
  static constexpr std::size_t most = 65'536;

  std::unordered_map<task_id, kept_row> rows_;
};

} // namespace stint::detail
