/// One part of a resource key: how it is held, by whom, and who waits there in which mode.
///
/// Owner    `claims`; a node stands for its key while a task, a child or a declared capacity needs it, and may then stand for another.
/// Threads  none: the owner's mailbox is the lock.
/// Source   compatibility and strongest mode: Gray et al. 1976, tables 1 and 2; `u` (units) is ours.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <stint/claims.hpp>

namespace stint {

/// A set of modes as bits.
using mode_bits = std::uint8_t;

constexpr mode_bits bit(lock_mode m) noexcept { return static_cast<mode_bits>(1U << static_cast<unsigned>(m)); }

/// Returns the modes in which others may hold a node that a task holds in this one; units are counted besides.
constexpr mode_bits fitting(lock_mode m) noexcept {
  constexpr std::array<mode_bits, lock_mode_count> fits{
    bit(lock_mode::is) | bit(lock_mode::ix) | bit(lock_mode::s) | bit(lock_mode::six), // is
    bit(lock_mode::is) | bit(lock_mode::ix),                                           // ix
    bit(lock_mode::is) | bit(lock_mode::s),                                            // s
    bit(lock_mode::is),                                                                // six
    0,                                                                                 // x
    bit(lock_mode::u),                                                                 // u
  };
  return fits[static_cast<std::size_t>(m)];
}

/// Tells whether two tasks may hold one node in these modes.
constexpr bool compatible(lock_mode a, lock_mode b) noexcept { return (fitting(a) & bit(b)) != 0; }

/// Returns the weakest mode that is as strong as both: claims of one task never conflict with each other.
constexpr lock_mode strongest(lock_mode a, lock_mode b) noexcept {
  if (a == b)
    return a;
  if (a == lock_mode::x || b == lock_mode::x)
    return lock_mode::x;
  if (a > b)
    std::swap(a, b);
  if (a == lock_mode::is)
    return b;
  if (a == lock_mode::ix && b == lock_mode::s)
    return lock_mode::six;
  return b; // six over ix and s; u only ever meets u and x
}

constexpr std::string_view to_string(lock_mode m) noexcept {
  constexpr std::array<std::string_view, lock_mode_count> names{
    "something below shared", "something below", "shared", "shared and something below", "exclusive", "units"};
  return names[static_cast<std::size_t>(m)];
}

/// Who waits at a node in one mode.
struct claim_lane {
  lock_mode mode;
  line<ticket, &ticket::place> waiting;
  line<ticket, &ticket::parked> parked;
};

struct claim_node {
  std::string_view text; ///< the key; lives in the map's key
  claim_node* parent = nullptr;
  std::uint32_t users = 0;    ///< planned tickets
  std::uint32_t children = 0; ///< nodes below
  bool counted = false;
  std::uint32_t capacity = 0;
  std::uint64_t units_held = 0;
  std::array<std::uint32_t, lock_mode_count> held{};
  mode_bits held_modes = 0;    ///< those with somebody in `held`
  mode_bits waiting_modes = 0; ///< those with somebody in their lane's `waiting`
  ticket* holders = nullptr;
  std::uint32_t place = 0; ///< of all holders; 0: of no or several places
  std::vector<claim_lane> lanes; ///< made when somebody first waits here in that mode

  /// Of nobody, for another key; its lanes keep their room.
  void begin_anew() {
    auto room = std::move(lanes);
    *this = {};
    lanes = std::move(room);
    lanes.clear();
  }

  void enter(ticket& t) {
    lane(t.mode).waiting.push(t);
    waiting_modes |= bit(t.mode);
  }

  void leave(ticket& t) {
    auto& l = lane(t.mode);
    l.waiting.remove(t);
    if (l.waiting.empty())
      waiting_modes &= static_cast<mode_bits>(~bit(t.mode));
  }

  claim_lane& lane(lock_mode m) {
    for (auto& l : lanes)
      if (l.mode == m)
        return l;
    lanes.push_back({m, {}, {}});
    return lanes.back();
  }
};

} // namespace stint
