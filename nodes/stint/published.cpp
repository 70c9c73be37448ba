#include <stint/published.hpp>

#include <caf/scoped_actor.hpp>

#include <stint/configure_nodes.hpp>
#include <stint/gateway.hpp>

namespace stint {

published::published(caf::actor_system& system, const caf::actor& list, publish_options with) : system_(&system) {
  const bool tls = protected_links(system);
  if (!tls && with.address != "localhost" && with.address.rfind("127.", 0) != 0 && with.address != "::1")
    throw start_error{{errc::invalid_option, "without TLS only loopback: not " + with.address}};
  if (auto ok = check_lease(with.times); !ok)
    throw start_error{ok.error()};
  gateway_ = system.spawn<gateway>(list, make_environment(std::move(with.log)), with.times);
  auto port = caf_shim::listen(system, gateway_, with.port, with.address, tls);
  if (!port) {
    caf::anon_send_exit(gateway_, caf::exit_reason::user_shutdown);
    throw start_error{{errc::io_failed, with.address + ":" + std::to_string(with.port) + ": " + caf::to_string(port.error())}};
  }
  port_ = *port;
}

published::~published() {
  caf::scoped_actor self{*system_};
  caf::anon_send_exit(gateway_, caf::exit_reason::user_shutdown);
  self->wait_for(gateway_);
}

} // namespace stint
