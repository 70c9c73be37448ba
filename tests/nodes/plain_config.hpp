/// The configuration of a system that talks to others without TLS.
///
/// Threads  before the actor system is made of it.
#pragma once

#include <caf/actor_system_config.hpp>

#include <stint/configure_nodes.hpp>

namespace stint::test {

struct plain_config : caf::actor_system_config {
  plain_config() {
    caf_shim::set_option(*this, "scheduler.max-threads", std::size_t{2});
    configure(*this, link_security::insecure());
  }
};

} // namespace stint::test
