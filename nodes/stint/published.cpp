#include <stint/published.hpp>

#include <caf/scoped_actor.hpp>

#include <stint/blocking.hpp>
#include <stint/configure_nodes.hpp>
#include <stint/gateway.hpp>
#include <stint/loopback.hpp>

namespace stint {

void published::check(const caf::actor_system& system, const publish_options& with) {
  static_cast<void>(link_address(system, with.address));
  if (auto ok = check_lease(with.times); !ok)
    throw start_error{ok.error()};
}

published::published(caf::actor_system& system, const caf::actor& list, publish_options with) : system_(&system) {
  with.address = link_address(system, with.address);
  if (auto ok = check_lease(with.times); !ok)
    throw start_error{ok.error()};
  const bool tls = protected_links(system);
  gateway_ = system.spawn<gateway>(list, make_environment(std::move(with.log)), with.times);
  auto port = caf_shim::listen(system, gateway_, with.port, with.address, tls);
  if (!port) {
    caf::anon_send_exit(gateway_, caf::exit_reason::user_shutdown);
    const auto why = port.error() == caf::sec::cannot_open_port ? "cannot listen there; is the port in use, or the address not of this host?"
                                                                 : caf::to_string(port.error());
    throw start_error{{errc::io_failed, with.address + ":" + std::to_string(with.port) + ": " + why}};
  }
  port_ = *port;
}

result<node_list> published::nodes() const { return ask_and_wait<node_list>(*system_, gateway_, protocol::nodes{}); }

published::~published() {
  caf::scoped_actor self{*system_};
  caf::anon_send_exit(gateway_, caf::exit_reason::user_shutdown);
  self->wait_for(gateway_);
}

} // namespace stint
