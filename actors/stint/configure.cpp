#include <stint/configure.hpp>

#include <chrono>
#include <limits>

#include <stint/crew_messages.hpp>

namespace stint {

namespace {

/// An idle thread of CAF's scheduler looks for work 100 times, then every 50 us (108 with the kernel's slack) for 25 ms
/// at least, and sleeps only then so that a message wakes it. A question from a plain thread waits for one or two of
/// these looks. Asleep at once, it is woken in some 10 us, and an idle system spends less time on looking.
constexpr std::size_t looks_before_sleep = 0;
/// Nothing wakes a thread for what lies in another's queue: that it finds when it looks. CAF's 10 ms would leave
/// actors that run on one thread there for so long.
constexpr caf::timespan between_looks_at_others = std::chrono::milliseconds{1};

template <class T>
void set_unless_set(caf::actor_system_config& cfg, const std::string& name, T value, T never) {
  if (caf_shim::option(cfg, name, never) == never)
    caf_shim::set_option(cfg, name, value);
}

} // namespace

void configure(caf::actor_system_config& cfg) {
  caf_shim::register_types<caf::id_block::stint, caf::id_block::stint_crew>(cfg);
  constexpr auto never = std::numeric_limits<std::size_t>::max();
  set_unless_set(cfg, "work-stealing.aggressive-poll-attempts", caf_shim::looks_without_sleep, never);
  set_unless_set(cfg, "work-stealing.moderate-poll-attempts", looks_before_sleep, never);
  set_unless_set(cfg, "work-stealing.relaxed-sleep-duration", between_looks_at_others, caf::timespan{-1});
  caf_shim::mark(cfg, "stint.configured");
}

} // namespace stint
