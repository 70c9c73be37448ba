/// Makes a list reachable from other processes while it exists.
///
/// Owner    whoever declares it; it must end before the actor system does. It and the list may end in either order. Let the
///          list stop first when what nodes run is to end in order; else it is taken for lost with the links.
/// Threads  construct and destroy it on a plain thread.
/// Errors   start_error: not_configured, invalid_option for an address that is not loopback without TLS (loopback.hpp) and
///          for times that make no sense, io_failed when the port cannot be had.
/// Example  stint::list tasks{system, {.only_nodes = true}};
///          stint::published here{system, tasks.actor(), {.port = 7100, .address = "0.0.0.0"}};
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <stint/environment.hpp>
#include <stint/lease.hpp>
#include <stint/query.hpp>

namespace stint {

struct publish_options {
  std::uint16_t port = 0;            ///< 0: the system's choice, see published::port()
  std::string address = "127.0.0.1"; ///< of one interface; 0.0.0.0: all of them
  lease_times times{};               ///< heartbeats of nodes, and after how long a silent one counts as dead
  log_fn log{};
};

class published {
public:
  published(caf::actor_system& system, const caf::actor& list, publish_options with = {});
  ~published();
  published(const published&) = delete;
  published& operator=(const published&) = delete;

  /// Throws what the constructor would throw for its options, for a caller that has something to open first.
  static void check(const caf::actor_system& system, const publish_options& with);

  /// Who is connected.
  [[nodiscard]] result<node_list> nodes() const;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
  caf::actor_system* system_;
  caf::actor gateway_;
  std::uint16_t port_ = 0;
};

} // namespace stint
