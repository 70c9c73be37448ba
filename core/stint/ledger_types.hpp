/// What the ledger is made with and told, and what its commands answer.
///
/// Threads  plain values.
#pragma once

#include <cstdint>
#include <vector>

#include <stint/attempts.hpp>
#include <stint/limits.hpp>
#include <stint/outcome.hpp>
#include <stint/record.hpp>

namespace stint {

struct ledger_options {
  stint::limits limits;
  nanos cancel_grace = default_cancel_grace;
  std::uint64_t epoch = 1;
  std::uint64_t seed = 1;      ///< of the jitter
  bool free_stuck = false;     ///< free the claims of a stuck body at once and count an overlap
  bool observed = false;       ///< somebody wants events
  bool stored = false;         ///< a store has the tasks: a stop keeps them, and readers are shown what is committed
};

/// One task of a submission.
struct new_task {
  stint::spec* what = nullptr; ///< emptied when it is accepted, untouched when it is refused
  body_id body = 0;            ///< 0: the spec has a kind
  task_id retry_of = 0;
};

struct submitted {
  std::vector<task_id> ids; ///< in the order of the submission
  task_version version = 0;
};

/// Answer to a command that may touch many tasks.
struct changed {
  task_version version = 0;
  std::uint64_t count = 0;
};

/// What was left when the list had stopped.
struct stop_report {
  std::uint64_t finished = 0;    ///< running tasks that ended by themselves
  std::uint64_t interrupted = 0; ///< running tasks whose token was set
  std::uint64_t unstarted = 0;   ///< waiting and scheduled tasks
  std::vector<task_id> stuck;    ///< bodies that ignored their token
};

} // namespace stint
