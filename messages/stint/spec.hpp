/// What a caller submits: name, kind and args, claims, queue, priority and policy of one task.
///
/// Threads  plain values.
/// Errors   checked as a whole by the list, before anything of it takes effect: see core/stint/validate.hpp.
/// Units    std::chrono; a zero or negative timeout is refused, not taken for "none".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stint/claim.hpp>
#include <stint/time.hpp>

namespace stint {

using task_id = std::uint64_t;    ///< 1, 2, 3... per list, never used again; 0 is no task
using task_version = std::uint64_t; ///< number of a transition in the list's one order; 0 is "any"

/// When and how often a failed attempt is tried again.
struct retry_policy {
  std::uint32_t max_attempts = 1;            ///< charged attempts, the first included
  nanos backoff = std::chrono::seconds{1};   ///< before the second attempt
  double factor = 2.0;                       ///< growth per attempt, 1 to 100
  nanos max_backoff = std::chrono::hours{1}; ///< the back-off grows no further
  double jitter = 0.1;                       ///< up to this part is added at random, 0 to 1

  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

struct spec {
  std::string name;                  ///< a label for people
  std::string kind;                  ///< a registered kind; empty when a body is given
  std::string args;                  ///< JSON text for the kind; empty: none
  std::vector<claim> claims;         ///< all are granted together with the slot, or none
  std::string queue = "default";     ///< made at first use
  int priority = 0;                  ///< -2 (last) to 2 (first)
  std::string idempotency_key;       ///< the same key and spec again gives the same task
  std::optional<nanos> timeout;      ///< of each attempt, counted from the begin of its body; none: no limit
  std::optional<nanos> start_within; ///< else the task ends as `expired`; counted from submission
  std::optional<wall_time> run_at;   ///< not before this moment of the wall clock
  nanos delay{0};                    ///< not before this much time has passed
  retry_policy retry;
  std::vector<std::string> tags;
  std::vector<std::string> labels;   ///< what its worker must have, such as "gpu": a set, so kept sorted, each once

  friend bool operator==(const spec&, const spec&) = default;
};

} // namespace stint
