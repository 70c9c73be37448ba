/// Bugs planted on purpose, to prove that the simulation and the model test catch them; compiled into tests only.
///
/// Owner    the test that sets it.
/// Threads  set before anything runs.
///
/// In an ordinary build `planted(...)` is the constant false and costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace stint {

enum class plant : std::uint8_t {
  none,
  release_twice,
  skip_attempt_check,
  lost_wakeup,
  wake_one,
  overtake,
  retry_once_more,
  wall_clock_timeout,
  shared_with_exclusive,
  slot_leak,
  lost_wait,
  stuck_frees_claims,
  take_back_to_the_end,
  paused_keeps_tickets,
  death_uncounted,
  event_skipped,
  fence_forgets_scheduled,
  begin_twice,
  units_overdrawn,
  never_recalled,
  window_forgets,
  behind_the_stuck,
  lost_frees_claims,
  lost_number_reused,
  lost_forgets_stuck,
  lost_never_freed,
  suspect_in_company,
  labels_ignored,
  // -- model_plant_names: no invariant of the simulation is broken
  unheard_uncharged,
  // -- kept_plant_names: the model test keeps all
  state_bounds_ignored,
  bytes_forgotten,
  // -- durable_plant_names: they take a store and a restart to catch
  answer_unsaved,
  death_charged,
  owner_death_uncounted,
  version_goes_back,
  last_id_forgotten,
  key_forgotten,
  due_forgotten,
  stop_charged,
  adoption_ignored,
  adopted_after_lease,
  away_too_short,
  leaves_unsaved,
  half_a_page,
  key_leaves,
  lost_unsaved,
};

inline constexpr auto plant_names = std::to_array<std::string_view>(
  {"none", "release_twice", "skip_attempt_check", "lost_wakeup", "wake_one", "overtake", "retry_once_more",
   "wall_clock_timeout", "shared_with_exclusive", "slot_leak", "lost_wait", "stuck_frees_claims",
   "take_back_to_the_end", "paused_keeps_tickets", "death_uncounted", "event_skipped", "fence_forgets_scheduled",
   "begin_twice", "units_overdrawn", "never_recalled", "window_forgets", "behind_the_stuck", "lost_frees_claims",
   "lost_number_reused", "lost_forgets_stuck", "lost_never_freed", "suspect_in_company", "labels_ignored"});

inline constexpr auto model_plant_names = std::to_array<std::string_view>({"unheard_uncharged"});

inline constexpr auto kept_plant_names = std::to_array<std::string_view>({"state_bounds_ignored", "bytes_forgotten"});

inline constexpr auto durable_plant_names = std::to_array<std::string_view>(
  {"answer_unsaved", "death_charged", "owner_death_uncounted", "version_goes_back", "last_id_forgotten",
   "key_forgotten", "due_forgotten", "stop_charged", "adoption_ignored", "adopted_after_lease", "away_too_short",
   "leaves_unsaved", "half_a_page", "key_leaves", "lost_unsaved"});

#ifdef STINT_PLANTS
extern plant the_plant;
inline bool planted(plant p) { return the_plant == p; }
#else
constexpr bool planted(plant) { return false; }
#endif

} // namespace stint
