/// The verbs that ask a served list about its tasks, and change them: list, show, cancel, retry and release.
///
/// Threads  called on the program's first thread.
/// Errors   start_error for wrong options; what the list refuses is said, and is exit code 1.
#pragma once

#include <string>
#include <vector>

#include <stint/query.hpp>

#include "link_options.hpp"

namespace stint::cli {

struct list_options {
  link_options link;
  std::vector<std::string> states;
  filter which;          ///< the rest of it
  std::size_t limit = 20;
  task_id from = 0;      ///< 0: the newest
  bool json = false;
};

/// Shows a page of tasks, newest first.
int list_tasks(const list_options& with);

struct show_options {
  link_options link;
  task_id id = 0;
  bool json = false;
  bool output = false; ///< what it printed instead
};

/// Shows one task with all that is known of it, and why it waits; or what it has printed so far.
int show_task(const show_options& with);

enum class task_change { cancel, retry, release };

struct change_options {
  link_options link;
  std::vector<task_id> ids;
};

/// Changes tasks one after the other; one that is refused does not keep the next from its turn.
int change_tasks(task_change what, const change_options& with);

} // namespace stint::cli
