/// Keeps OpenSSL's words about one connection from being taken for trouble of another.
///
/// Threads  call it before the first connection; again, it does nothing.
/// Source   SSL_get_error(3): the thread's queue of errors must be empty before each read and write. CAF does not see to
///          that: a peer that ends without a close_notify, or a stranger whose handshake fails, leaves an error there, and
///          the next connection that only has to wait is closed for it. Seen with 0.17.6 and OpenSSL 3.0.19.
#pragma once

namespace stint {

/// Has the queue cleared before each read and write of a socket that OpenSSL makes from now on, in this whole process.
void clear_tls_errors_before_io();

} // namespace stint
