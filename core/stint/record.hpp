/// What the list keeps of a task: a small record for its whole life, and more only while it is needed.
///
/// Owner    `table` owns every record; a record owns its `extra` and, until its end, its `live` part.
/// Threads  none: the owner's mailbox is the lock.
/// Cost     a finished task without args, claims, tags or errors is one record of under 160 bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <stint/claims.hpp>
#include <stint/pool.hpp>
#include <stint/rarely.hpp>
#include <stint/routes.hpp>
#include <stint/spec.hpp>
#include <stint/task.hpp>

namespace stint {

using body_id = std::uint32_t;   ///< a callable of the shell's; 0: the task has a kind
using worker_id = std::uint32_t; ///< given by the shell, never used again; 0 is no worker

/// What few tasks ask for.
struct task_terms {
  std::string idempotency_key;
  retry_policy retry;
  std::optional<nanos> timeout;
  std::optional<nanos> start_within;
  std::optional<wall_time> run_at;
  task_id retry_of = 0;
};

/// What few tasks leave behind, beside their state and their code.
struct task_story {
  std::string error;
  std::vector<attempt_error> errors;
  std::string value;
  std::string detail;
  stint::progress progress;
  std::uint64_t printed = 0; ///< bytes of its output as it is kept, as far as its attempts told
};

/// What many tasks don't have.
struct task_extra {
  std::string args;
  std::vector<claim> claims;
  std::vector<std::string> tags;
  label_set labels;
  rarely<task_terms> terms;
  rarely<task_story> story;
};

/// Tells whether a task asks for more than `task_extra` has in itself.
inline bool has_terms(const spec& s, task_id retry_of) {
  static constexpr retry_policy plain;
  return !s.idempotency_key.empty() || s.timeout || s.start_within || s.run_at || s.retry != plain || retry_of != 0;
}

/// Tells whether a task that asks for this needs more than its record.
inline bool has_extra(const spec& s, task_id retry_of) {
  return !s.args.empty() || !s.claims.empty() || !s.tags.empty() || !s.labels.empty() || has_terms(s, retry_of);
}

/// Moves what a task asks for to where it stays.
inline void keep(task_extra& x, spec& s, task_id retry_of) {
  x.args = std::move(s.args);
  x.claims = std::move(s.claims);
  x.tags = std::move(s.tags);
  x.labels = set_of(std::move(s.labels));
  if (!has_terms(s, retry_of))
    return;
  auto& t = x.terms.make();
  t.idempotency_key = std::move(s.idempotency_key);
  t.retry = s.retry;
  t.timeout = s.timeout;
  t.start_within = s.start_within;
  t.run_at = s.run_at;
  t.retry_of = retry_of;
}

/// What a task has until its end. Its claims' view of it is a part of it, so that a woken holder is its task.
struct live : claim_holder {
  worker_id worker = 0;
  std::uint64_t epoch = 0;   ///< of the attempt, when an earlier owner has given it; 0: this one
  steady_time begun_at{};
  wall_time due{};
  steady_time deadline{};
  std::uint32_t attempt = 0; ///< the attempt that holds the claims
  std::uint32_t queue = 0;
  route_id route = 0;
  bool begun = false;
  bool recalled = false;     ///< asked back from its worker
  bool alone = false;        ///< a suspect: it runs with nothing else in its process
  bool follows = false;      ///< handed over behind others that hold its key at the same worker
  line_link<live> ready;
};

using live_pool = pool<live>;

/// A body that outlived its attempt: its task has gone on without it, and it may still run.
struct stuck_body {
  live_pool::pointer live;
  bool freed = false; ///< its claims are
  nanos lease{};      ///< of its worker, which the next owner waits for; 0: it ends with this process
};

/// Two lines of the processor's cache, and no third.
struct alignas(64) record {
  task_id id = 0;
  task_version version = 0;
  std::string name;
  std::unique_ptr<task_extra> extra;
  live_pool::pointer live;
  std::uint64_t fence = 0;
  wall_time submitted{};
  wall_time started{};
  wall_time ended{};
  std::uint32_t queue = 0;
  std::uint32_t kind = 0; ///< 0: a callable
  body_id body = 0;       ///< kept for as long as the record: it may be retried by hand
  std::uint32_t attempt = 0;
  std::uint32_t charged = 0;
  std::int32_t code = 0;
  std::uint16_t deaths = 0;
  stint::state state = state::waiting;
  stop_reason stopping = stop_reason::none;
  std::int8_t priority = 0;
  bool has_stuck = false;
  bool once = false; ///< its kind is at_most_once, by the last process that knew it

  task_extra& more() {
    if (!extra)
      extra = std::make_unique<task_extra>();
    return *extra;
  }
  task_story& story() { return more().story.make(); }
};

} // namespace stint
