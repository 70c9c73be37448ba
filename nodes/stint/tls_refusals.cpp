#include <stint/tls_refusals.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include <stint/caf_net.hpp>
#include <stint/limits.hpp>
#include <stint/node_messages.hpp>

namespace stint {

namespace {

constexpr std::size_t most_causes = 100;

/// What failed on this thread and was not asked about yet.
struct failures {
  std::map<std::string, std::uint64_t> accepting;
  std::string connecting; ///< the last one's cause
};
thread_local failures noted;

thread_local bool thread_ends = false;

/// Sessions of this thread whose handshake waits for the other side, and since when. It forgets what is done or gone.
struct waiting_sessions : std::map<const SSL*, steady_time> {
  ~waiting_sessions() { thread_ends = true; } // a session may outlive it
};
thread_local waiting_sessions waiting;

void gone(void* session, void*, CRYPTO_EX_DATA*, int, long, void*) {
  if (!thread_ends)
    waiting.erase(static_cast<const SSL*>(session));
}

steady_time read_steady() { return std::chrono::time_point_cast<nanos>(std::chrono::steady_clock::now()); }

/// In each session: its failure is noted already. An alert comes before the call that fails for it.
int told_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

/// In each session: its handshake is done. OpenSSL says that it is in one again when a connection ends without a word.
int done_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &gone);
  return index;
}

void note(const SSL* session, std::string cause) {
  auto* s = const_cast<SSL*>(session); // NOLINT: OpenSSL hands it to us as const, and has no other
  if (::SSL_get_ex_data(s, told_index()) != nullptr)
    return;
  ::SSL_set_ex_data(s, told_index(), &noted);
  if (::SSL_is_server(s) == 0) {
    noted.connecting = std::move(cause);
    return;
  }
  if (noted.accepting.size() >= most_causes && !noted.accepting.contains(cause))
    cause = "other causes";
  ++noted.accepting[std::move(cause)];
}

std::string why_we_end_it(const SSL* session, int alert) {
  if (const auto verified = ::SSL_get_verify_result(session); verified != X509_V_OK)
    return std::string{"its certificate is refused: "} + ::X509_verify_cert_error_string(verified);
  if ((alert & 0xff) == SSL_AD_CERTIFICATE_REQUIRED) // OpenSSL 3.0 has no words for it
    return "it shows no certificate";
  return ::SSL_alert_desc_string_long(alert);
}

std::string why_it_failed() {
  const auto* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  return reason != nullptr ? reason : "the connection ended";
}

void end_late_one(const SSL* session) {
  note(session, "it took longer than " + std::to_string(longest_handshake / std::chrono::seconds{1}) + " s");
  ::shutdown(::SSL_get_fd(session), SHUT_RDWR); // CAF finds that it has ended
}

/// CAF 0.17.6 tries again at once for as long as it has something to write, which it has: its first words. So one that connects
/// waits here for up to a millisecond. One that accepts does not, or a stranger would slow its links down.
void waits(const SSL* session) {
  const auto now = read_steady();
  const auto since = waiting.emplace(session, now).first->second;
  if (now - since > longest_handshake) {
    end_late_one(session);
  } else if (::SSL_is_server(session) == 0) {
    pollfd one{::SSL_get_fd(session), POLLIN, 0};
    ::poll(&one, 1, 1);
  }
}

/// CAF 1.x tries again only when there is something to read.
void end_late_ones() {
  const auto now = read_steady();
  for (const auto& [session, since] : waiting)
    if (now - since > longest_handshake)
      end_late_one(session);
}

void heard(const SSL* session, int where, int value) {
  const bool done = ::SSL_get_ex_data(session, done_index()) != nullptr;
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) {
    ::SSL_set_ex_data(const_cast<SSL*>(session), done_index(), &noted); // NOLINT: as above
    waiting.erase(session);
  } else if ((where & SSL_CB_ALERT) != 0) {
    // A client of TLS 1.3 is through with its handshake when the other side looks at its certificate.
    const bool may_refuse = !done || (::SSL_is_server(session) == 0 && (where & SSL_CB_READ) != 0);
    if (value >> 8 != SSL3_AL_FATAL || !may_refuse)
      return;
    note(session, (where & SSL_CB_READ) != 0 ? std::string{"it refuses ours: "} + ::SSL_alert_desc_string_long(value)
                                             : why_we_end_it(session, value));
  } else if (!done && (where == SSL_CB_ACCEPT_EXIT || where == SSL_CB_CONNECT_EXIT) && value <= 0) {
    const int e = ::SSL_get_error(session, value);
    if (e == SSL_ERROR_WANT_READ)
      waits(session);
    else if (e != SSL_ERROR_WANT_WRITE)
      note(session, why_it_failed());
  }
}

void context_made(void* context, void*, CRYPTO_EX_DATA*, int, long, void*) {
  ::SSL_CTX_set_info_callback(static_cast<SSL_CTX*>(context), &heard);
}

} // namespace

void note_failed_handshakes() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, &context_made, nullptr, nullptr);
  static_cast<void>(index);
  static_cast<void>(told_index());
  static_cast<void>(done_index());
}

caf::actor spawn_tls_witness(caf::actor_system& system) {
  using namespace node_messages;
  return caf_shim::spawn_beside_sockets(
    system,
    [](const take_refusals&) {
      end_late_ones();
      return refusals{std::exchange(noted.accepting, {})};
    },
    [](const take_trouble&) { return trouble{std::exchange(noted.connecting, {})}; });
}

} // namespace stint
