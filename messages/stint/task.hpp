/// What the list answers about a task: a whole, untorn copy that was true at its version.
///
/// Owner    the receiver; the list keeps its own record.
/// Threads  plain values.
/// Units    wall-clock times in nanoseconds; an empty optional has not happened.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <stint/outcome.hpp>
#include <stint/spec.hpp>
#include <stint/state.hpp>

namespace stint {

/// How far a body says it is.
struct progress {
  std::uint64_t done = 0;
  std::uint64_t total = 0; ///< 0: unknown
  std::string text;

  friend bool operator==(const progress&, const progress&) = default;
};

/// One failed attempt.
struct attempt_error {
  std::uint32_t attempt = 0;
  wall_time when{};
  std::string text;

  friend bool operator==(const attempt_error&, const attempt_error&) = default;
};

/// Why a waiting task waits, as data; `none` when it does not wait.
enum class wait_reason : std::uint8_t { none, claims, capacity, limit, paused, no_worker, alone };

constexpr std::string_view to_string(wait_reason r) noexcept {
  constexpr std::array<std::string_view, 7> names{"none", "claims", "capacity", "limit", "paused", "no worker", "alone"};
  return names[static_cast<std::size_t>(r)];
}

struct task {
  task_id id = 0;
  task_version version = 0; ///< of the task's last transition
  std::string name;
  std::string kind; ///< empty for a C++ callable
  std::string queue;
  std::vector<claim> claims;
  std::vector<std::string> tags;
  std::vector<std::string> labels; ///< that its worker must have
  stint::state state = state::waiting;
  wait_reason reason = wait_reason::none;
  stop_reason stopping = stop_reason::none;
  bool begun = false; ///< of the running attempt: handed over but not begun yet, or begun
  bool stuck = false; ///< a body of this task ignored its stop token and still holds its claims
  int priority = 0;
  std::uint32_t attempt = 0;      ///< number of the last attempt, from 1; 0: none yet
  std::uint32_t charged = 0;      ///< attempts that count against max_attempts
  std::uint32_t max_attempts = 1;
  std::uint32_t deaths = 0;       ///< owners or workers that died while it ran
  std::uint64_t fencing_token = 0; ///< of the last attempt; grows with every start in the list
  std::int32_t code = 0;          ///< of the last outcome
  std::string error;              ///< text of the last failure
  std::vector<attempt_error> errors;
  stint::progress progress;
  task_id retry_of = 0;
  wall_time submitted{};
  std::optional<wall_time> due;
  std::optional<wall_time> started; ///< begin of the last attempt's body
  std::optional<wall_time> ended;

  friend bool operator==(const task&, const task&) = default;
};

/// How many tasks there are in each state, of the list or of one queue.
struct tally {
  std::array<std::uint64_t, state_count> by_state{};

  [[nodiscard]] std::uint64_t operator[](state s) const { return by_state[static_cast<std::size_t>(s)]; }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t n = 0;
    for (auto c : by_state)
      n += c;
    return n;
  }
  friend bool operator==(const tally&, const tally&) = default;
};

struct queue_info {
  std::string name;
  std::uint32_t limit = 0; ///< tasks of this queue that may run at once; 0: no limit
  bool paused = false;
  bool draining = false;
  tally tasks;
};

/// Answer to `counts`.
struct totals {
  task_version version = 0;
  tally tasks;
  std::vector<queue_info> queues;
  std::uint64_t submitted = 0; ///< since the list began
  std::uint64_t deleted = 0;
  std::uint64_t stale = 0;     ///< results of old attempts, counted and dropped
  std::uint64_t overlaps = 0;  ///< claims freed by hand while a stuck body still ran
  std::uint64_t stuck = 0;     ///< bodies that ignore their stop token now
  std::uint32_t workers = 0;
};

} // namespace stint
