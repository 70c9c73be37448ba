/// The ears that a gateway has at its list for the subscribers of its clients.
///
/// Owner    the gateway; part of that actor.
/// Threads  the gateway's.
/// Errors   too_many_subscribers when one client has more than limits::client_subscriptions.
/// Order    of a client whose link breaks one ear hears on for a while: then the list goes on remembering events, and the
///          client can go on where it was.
#pragma once

#include <map>

#include <stint/node_messages.hpp>

namespace stint {

class client_ears {
public:
  client_ears(caf_shim::actor_base& gateway, caf::actor owner, nanos linger)
      : gateway_(gateway), owner_(std::move(owner)), linger_(linger) {}

  void listen(std::uint64_t session, wire::listen ask);
  void unlisten(std::uint64_t session, std::uint64_t number);
  void taken(std::uint64_t session, const wire::taken& m);
  /// One has ended by itself.
  void over(std::uint64_t session, std::uint64_t number);
  /// The client's link broke.
  void orphan(std::uint64_t session);
  /// The gateway ends.
  void end();

private:
  using numbered = std::map<std::uint64_t, caf::actor>;

  caf_shim::actor_base& gateway_;
  caf::actor owner_;
  nanos linger_;
  std::map<std::uint64_t, numbered> of_; ///< by session
};

} // namespace stint
