/// Where links without TLS may go: to this machine, and nowhere else.
///
/// Threads  any; asking for a name may block.
/// Errors   start_error(invalid_option): a name that is not known, or one of whose addresses is another machine's.
/// Order    the address that was looked at is the one that is used: nobody asks for the name a second time.
#pragma once

#include <string>

#include <caf/actor_system.hpp>
#include <stint/error.hpp>

namespace stint {

/// Returns a loopback address of `host`, IPv4 before IPv6; an error when it has another one, too.
result<std::string> loopback_address(const std::string& host);

/// Returns what to connect to or to listen at: `host` itself when links are protected, else its loopback address.
std::string link_address(const caf::actor_system& system, const std::string& host);

} // namespace stint
