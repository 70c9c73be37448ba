/// Everything that a restart needs of one task: what was asked for, and how far it has come.
///
/// Owner    the receiver: a copy, made by the ledger when a change is saved, given back by a store.
/// Threads  plain values.
/// Units    wall-clock times, as steady ones mean nothing after a restart: a deadline is `submitted + start_within`.
/// Durable  all of it. Start, progress and detail of a running attempt are no transitions: they are as old as the last
///          save. Not here, because it ends with its process or follows from the rest: which worker of this process runs
///          an attempt, its stop token, whether its body has begun (after a crash nobody knows: it may have), bodies stuck
///          there, running alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stint/task.hpp>

namespace stint {

/// Where an attempt runs that was given to a worker of another process, which may outlive its owner.
struct given_away {
  std::uint64_t node = 0;  ///< the number that this process drew when it started; 0: it has none
  std::uint64_t epoch = 0; ///< of the owner that gave it; 0: nobody did
  nanos lease{};           ///< for so long the node runs it without hearing of its owner

  friend bool operator==(const given_away&, const given_away&) = default;
};

/// An attempt that its task has gone on without: a node that is out of reach, or has a stuck body, may run it for its lease.
struct lost_attempt {
  std::uint32_t attempt = 0;
  nanos lease{};

  friend bool operator==(const lost_attempt&, const lost_attempt&) = default;
};

struct stored_task {
  task_id id = 0;
  task_version version = 0;       ///< of the task's last transition
  spec what;                      ///< as submitted, but `delay` is 0: `due` is its moment
  bool callable = false;          ///< its body was a C++ callable, which ends with its process
  bool at_most_once = false;      ///< what its kind said; it counts in a process that does not know the kind
  std::uint64_t fingerprint = 0;  ///< of the submission, to know a repetition of its idempotency key; 0 without a key
  stint::state state = state::waiting;
  std::uint64_t rank = 0;         ///< its place in the one order, smaller first; 0: never waited, or has ended
  std::uint32_t attempt = 0;      ///< number of the last attempt, handed over or begun; 0: none yet
  std::uint32_t charged = 0;      ///< attempts that count against max_attempts
  std::uint32_t deaths = 0;       ///< owners or workers that died while it ran
  std::uint64_t fence = 0;        ///< fencing token of the last attempt
  std::int32_t code = 0;          ///< of the last outcome
  std::string error;              ///< text of the last failure
  std::vector<attempt_error> errors;
  std::string value;
  std::string detail;
  stint::progress progress;
  task_id retry_of = 0;
  wall_time submitted{};
  std::optional<wall_time> due;
  std::optional<wall_time> started;
  std::optional<wall_time> ended;
  std::uint64_t printed = 0;      ///< bytes of its output as it is kept, as far as its attempts told
  given_away away;                ///< of a running or cancelling one: who has its attempt
  std::vector<lost_attempt> lost; ///< each keeps the task's claims

  friend bool operator==(const stored_task&, const stored_task&) = default;
};

} // namespace stint
