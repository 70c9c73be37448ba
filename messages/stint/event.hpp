/// What subscribers are told: transitions in the list's one order, how a stream proves that it has no gaps, and notices.
///
/// Threads  batches and notices are immutable and shared.
/// Order    versions grow by one per transition; a batch covers (from, to], so a filtered stream is provably complete.
///          Notices have no version: some may be missing, but none of an attempt comes after the event that ends it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stint/query.hpp>

namespace stint {

/// One transition.
struct event {
  task_version version = 0;
  task_id id = 0;
  bool created = false; ///< the task is new: `from` means nothing
  bool deleted = false; ///< the task is gone: `to` is its last state
  state from = state::waiting;
  state to = state::waiting;
  stop_reason stopping = stop_reason::none;
  std::uint32_t attempt = 0;
  std::int32_t code = 0;
  wall_time when{};
  std::string name;
  std::string queue;
  std::string kind;
  std::vector<std::string> tags;
  std::string error;
};

/// Events of the versions (from, to], in order; filtered streams leave out what does not match.
struct event_batch {
  task_version from = 0;
  task_version to = 0;
  std::vector<event> events;
};

using shared_events = std::shared_ptr<const event_batch>;

/// News of a running attempt that is no transition: the newest since the last notice, and only what changed.
struct notice {
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::optional<stint::progress> progress;
  bool detail = false;                 ///< there is a new detail: read it
  std::optional<std::uint64_t> output; ///< bytes that the task has printed so far: read them from where you are
};

using shared_notices = std::shared_ptr<const std::vector<notice>>;

} // namespace stint
