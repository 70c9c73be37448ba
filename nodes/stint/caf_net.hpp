/// The only place that knows CAF's network modules, the same on 0.17 and 1.x: the envelope, TLS, listening, connecting.
///
/// Threads  reach() blocks; call it from a thread or a detached actor.
/// Errors   CAF's own, as values.
/// Wire     one type crosses sockets: envelope. CAF sets no bound to a frame, so every peer must be a trusted one.
/// Source   CAF's TLS module runs anonymously when a file is missing, and ends the process when one cannot be read: look
///          at them before (look_at_tls in nodes/).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>
#include <stint/protocol.hpp>

namespace stint {

/// What crosses a socket; `body` has the shape that `frame` names.
struct envelope {
  std::uint32_t protocol = 0;
  std::uint32_t frame = 0;
  std::string body;
};

#if STINT_CAF_17
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, envelope& e) {
  return f(caf::meta::type_name("stint::envelope"), e.protocol, e.frame, e.body);
}
#else
template <class Inspector>
bool inspect(Inspector& f, envelope& e) {
  return f.object(e).fields(f.field("protocol", e.protocol), f.field("frame", e.frame), f.field("body", e.body));
}
#endif

/// Paths of PEM files. Both ends show a certificate of this CA: the CA is the list of members, and each is trusted.
struct tls_files {
  std::string ca{};
  std::string cert{};
  std::string key{};
};

} // namespace stint

CAF_BEGIN_TYPE_ID_BLOCK(stint_net, caf::first_custom_type_id + STINT_TYPE_ID_OFFSET + 400)
CAF_ADD_TYPE_ID(stint_net, (stint::envelope))
CAF_END_TYPE_ID_BLOCK(stint_net)

namespace stint::caf_shim {

/// Which generation talks: 0.17 and 1.x do not understand each other.
inline const char* caf_generation() {
#if STINT_CAF_17
  return "caf0.17";
#else
  return "caf1";
#endif
}

/// Loads the network modules and registers the envelope; `tls` null: unprotected.
inline void use_network(caf::actor_system_config& cfg, const tls_files* tls, const std::string& protocol_name) {
  cfg.load<caf::io::middleman>();
  if (tls != nullptr) {
    cfg.load<caf::openssl::manager>(); // first: 1.x drops options of a module that is not loaded
#if STINT_CAF_17
    cfg.openssl_certificate = tls->cert;
    cfg.openssl_key = tls->key;
    cfg.openssl_cafile = tls->ca;
#else
    cfg.set("caf.openssl.certificate", tls->cert);
    cfg.set("caf.openssl.key", tls->key);
    cfg.set("caf.openssl.cafile", tls->ca);
#endif
  }
#if STINT_CAF_17
  cfg.add_message_type<envelope>(protocol_name + "/envelope");
#else
  caf::init_global_meta_objects<caf::id_block::stint_net>();
  caf::io::middleman::init_global_meta_objects();
#endif
  // They are off in 0.17, and find a dead peer whose socket lives on only after our own.
  set_option(cfg, "middleman.heartbeat-interval", caf::timespan{std::chrono::seconds{10}});
  set_option(cfg, "middleman.connection-timeout", caf::timespan{std::chrono::seconds{30}});
  // Who connects compares these, and refuses others.
  set_option(cfg, "middleman.app-identifiers", std::vector<std::string>(1, protocol_name + "/" + caf_generation()));
}

/// Makes an actor reachable; port 0: the system's choice. Returns the port.
inline caf::expected<std::uint16_t> listen(caf::actor_system& system, const caf::actor& whom, std::uint16_t port,
                                           const std::string& address, bool tls) {
  if (tls)
    return caf::openssl::publish(whom, port, address.c_str(), true);
  return system.middleman().publish(whom, port, address.c_str(), true);
}

/// Connects; it blocks until the other answers or the system gives up.
inline caf::expected<caf::actor> reach(caf::actor_system& system, const std::string& host, std::uint16_t port, bool tls) {
  if (tls)
    return caf::openssl::remote_actor(system, host, port);
  return system.middleman().remote_actor(host, port);
}

/// Starts an actor on the thread that reads and writes the sockets of a system.
template <class... Fs>
caf::actor spawn_beside_sockets(caf::actor_system& system, Fs... handlers) {
  return system.middleman().spawn_broker([handlers...](caf::io::broker*) { return caf::behavior{handlers...}; });
}

} // namespace stint::caf_shim
