/// Named places where a test may end the process or make a disk fail; compiled into tests only.
///
/// Owner    the test that sets it.
/// Threads  the function is called from any thread; set it before anything runs.
///
/// In an ordinary build `fault_point(...)` does nothing and costs nothing.
#pragma once

#include <array>
#include <string_view>

namespace stint {

inline constexpr auto fault_points = std::to_array<std::string_view>(
  {"store.migrated", "store.epoch", "store.opened", "store.begun", "store.applied", "store.committed", "list.decided", "log.added",
   "keeper.got", "keeper.saved", "list.saved", "list.told"});

#ifdef STINT_PLANTS
inline void (*the_fault_point)(std::string_view) = nullptr;
inline void fault_point(std::string_view name) {
  if (the_fault_point != nullptr)
    the_fault_point(name);
}
#else
constexpr void fault_point(std::string_view) {}
#endif

} // namespace stint
