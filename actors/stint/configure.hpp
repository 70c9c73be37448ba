/// The one line that stint needs before an actor system exists.
///
/// Threads  call it once per configuration, before the actor system is made from it.
/// Errors   without it, list{} throws start_error(not_configured).
#pragma once

namespace caf {
class actor_system_config;
}

namespace stint {

/// Registers stint's message types; changes none of the application's settings.
void configure(caf::actor_system_config& cfg);

} // namespace stint
