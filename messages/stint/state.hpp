/// The states of a task and the one table of legal moves that owner, store, screens and model test all read.
///
/// Threads  constants only.
/// Source   docs/lifecycle.md is drawn from this table and compared with it by a test.
/// Seed     aptly task/task.go has four states and no table; its numbers are kept by `seed_number`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stint {

enum class state : std::uint8_t {
  scheduled,
  waiting,
  running,
  cancelling,
  succeeded,
  failed,
  cancelled,
  expired,
  quarantined,
};

inline constexpr std::size_t state_count = 9;

/// Why an attempt's stop token was set.
enum class stop_reason : std::uint8_t { none, cancel, timeout, drain };

inline constexpr std::array<std::string_view, state_count> state_names{
  "scheduled", "waiting", "running", "cancelling", "succeeded", "failed", "cancelled", "expired", "quarantined"};

constexpr std::string_view to_string(state s) noexcept { return state_names[static_cast<std::size_t>(s)]; }

constexpr std::string_view to_string(stop_reason r) noexcept {
  constexpr std::array<std::string_view, 4> names{"none", "cancel", "timeout", "drain"};
  return names[static_cast<std::size_t>(r)];
}

/// Reads a state's name; nothing when no state is called so.
constexpr std::optional<state> state_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < state_count; ++i)
    if (state_names[i] == name)
      return static_cast<state>(i);
  return std::nullopt;
}

/// One legal move and the word for what causes it.
struct move {
  state from;
  state to;
  std::string_view cause;
};

/// Every legal move. A task enters at `scheduled` or `waiting`.
inline constexpr auto moves = std::to_array<move>({
  {state::scheduled, state::waiting, "due"},
  {state::scheduled, state::cancelled, "cancel"},
  {state::scheduled, state::expired, "deadline"},
  {state::scheduled, state::failed, "body lost"},
  {state::waiting, state::running, "admitted"},
  {state::waiting, state::cancelled, "cancel"},
  {state::waiting, state::expired, "deadline"},
  {state::waiting, state::failed, "body lost"},
  {state::running, state::succeeded, "succeeded"},
  {state::running, state::failed, "failed"},
  {state::running, state::cancelled, "gave up"},
  {state::running, state::cancelling, "cancel"},
  {state::running, state::scheduled, "retry or snooze"},
  {state::running, state::waiting, "interrupted"},
  {state::running, state::quarantined, "third death"},
  {state::cancelling, state::cancelled, "stopped"},
  {state::cancelling, state::succeeded, "succeeded"},
  {state::cancelling, state::failed, "failed"},
  {state::quarantined, state::waiting, "release"},
  {state::quarantined, state::cancelled, "cancel"},
  {state::quarantined, state::failed, "body lost"},
});

/// The same table as bits, for the look at each transition.
inline constexpr auto moves_from = [] {
  std::array<std::uint16_t, state_count> out{};
  for (const auto& m : moves)
    out[static_cast<std::size_t>(m.from)] |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(m.to));
  return out;
}();

/// Tells whether a task may go from `from` to `to`.
constexpr bool legal(state from, state to) noexcept {
  return (moves_from[static_cast<std::size_t>(from)] >> static_cast<unsigned>(to) & 1U) != 0;
}

/// Tells whether a state is never left again; only deletion follows.
constexpr bool terminal(state s) noexcept {
  return s == state::succeeded || s == state::failed || s == state::cancelled || s == state::expired;
}

/// Tells whether a task in this state can hold claims and a slot.
constexpr bool running(state s) noexcept { return s == state::running || s == state::cancelling; }

/// Tells whether nothing more happens to the task by itself: terminal, or quarantined.
constexpr bool settled(state s) noexcept { return terminal(s) || s == state::quarantined; }

/// Returns the number the original's REST face gives a state: 0 idle, 1 running, 2 succeeded, 3 failed.
constexpr int seed_number(state s) noexcept {
  switch (s) {
    case state::scheduled:
    case state::waiting: return 0;
    case state::running:
    case state::cancelling: return 1;
    case state::succeeded: return 2;
    default: return 3;
  }
}

} // namespace stint
