#include <stint/configure.hpp>

#include <stint/crew_messages.hpp>

namespace stint {

void configure(caf::actor_system_config& cfg) {
  caf_shim::register_types<caf::id_block::stint, caf::id_block::stint_crew>(cfg);
  caf_shim::mark(cfg, "stint.configured");
}

} // namespace stint
