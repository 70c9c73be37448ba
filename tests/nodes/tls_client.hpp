/// A client of a list that is served on this machine, with its actor system.
///
/// Owner    one test.
/// Threads  as stint::list.
/// Errors   throws start_error when nobody can be asked.
#pragma once

#include <cstdint>
#include <string>

#include <caf/actor_system.hpp>

#include <stint/configure_nodes.hpp>
#include <stint/remote_list.hpp>

namespace stint::test {

/// As a member of the CA in a folder that `stint certs` made.
struct tls_config : caf::actor_system_config {
  explicit tls_config(const std::string& certs) {
    caf_shim::set_option(*this, "scheduler.max-threads", std::size_t{2});
    configure(*this, link_security::tls_folder(certs));
  }
};

struct tls_client {
  tls_client(const std::string& certs, std::uint16_t port)
      : cfg(certs), system(cfg), tasks(system, connect(system, {"127.0.0.1", port}, [](log_level, const std::string&) {})) {}
  tls_config cfg;
  caf::actor_system system;
  list tasks;
};

} // namespace stint::test
