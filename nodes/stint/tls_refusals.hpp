/// Ends TLS handshakes that take too long, and tells of those that failed: CAF does neither.
///
/// Threads  OpenSSL says it on the thread that reads the socket, CAF's one for all of a system; what was said is kept there, in
///          a variable of that thread, and an actor on it hands it out. So another system's and another library's sessions,
///          on threads of their own, are not among ours, and nothing is shared.
/// Errors   causes are a few fixed texts of OpenSSL's: at most 100 are told apart.
/// Source   SSL_CTX_set_info_callback(3). CAF makes a context per session (libcaf_openssl's session.cpp) and shows it to
///          nobody, but OpenSSL calls us for each that it makes (CRYPTO_get_ex_new_index(3)). Whoever sets a callback of his own
///          has it in place of ours.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

namespace stint {

/// Has handshakes past `longest_handshake` ended, with CAF 1.x those that take_refusals finds, and failed ones noted from now
/// on; call it before the first connection; again, it does nothing.
void note_failed_handshakes();

/// Starts the actor that answers node_messages::take_refusals and take_trouble, each with what is new since it was last asked.
caf::actor spawn_tls_witness(caf::actor_system& system);

} // namespace stint
