/// The one line that stint needs before an actor system exists.
///
/// Threads  call it once per configuration, before the actor system is made from it.
/// Errors   without it, list{} throws start_error(not_configured).
#pragma once

namespace caf {
class actor_system_config;
}

namespace stint {

/// Registers stint's message types, and has CAF's idle scheduler threads sleep so that a message wakes them at once:
/// `caf.work-stealing.moderate-poll-attempts` = 0, `relaxed-sleep-duration` = 1 ms (without `caf.` before CAF 0.18), with 1.x also
/// `aggressive-poll-attempts` = 0. What the application has set before, or sets later, stands.
void configure(caf::actor_system_config& cfg);

} // namespace stint
