#include <stint/configure_nodes.hpp>

#include <cstring>
#include <memory>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stint/configure.hpp>
#include <stint/node_messages.hpp>
#include <stint/tls_errors.hpp>
#include <stint/tls_refusals.hpp>

namespace stint {

namespace {

/// Reads the files as CAF will, and says what is wrong with them.
void look_at_tls(const tls_files& f) {
  const std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> ctx{::SSL_CTX_new(::TLS_method()), &::SSL_CTX_free};
  auto need = [](bool right, const std::string& what) {
    if (right)
      return;
    const auto first = ::ERR_peek_error();
    const auto* reason = ERR_SYSTEM_ERROR(first) ? std::strerror(ERR_GET_REASON(first)) // such as a file that is not there
                                                 : ::ERR_reason_error_string(::ERR_peek_last_error());
    ::ERR_clear_error();
    throw start_error{{errc::invalid_option, what + ": " + (reason != nullptr ? reason : "cannot be used")}};
  };
  need(::SSL_CTX_load_verify_locations(ctx.get(), f.ca.c_str(), nullptr) == 1, "the CA's certificate " + f.ca);
  need(::SSL_CTX_use_certificate_chain_file(ctx.get(), f.cert.c_str()) == 1, "the certificate " + f.cert);
  need(::SSL_CTX_use_PrivateKey_file(ctx.get(), f.key.c_str(), SSL_FILETYPE_PEM) == 1, "the key " + f.key);
  need(::SSL_CTX_check_private_key(ctx.get()) == 1, "the key " + f.key + " and the certificate " + f.cert);
}

} // namespace

void configure(caf::actor_system_config& cfg, const link_security& how) {
  if (const auto* f = how.files()) {
    look_at_tls(*f);
    clear_tls_errors_before_io();
    note_failed_handshakes();
  }
  configure(cfg);
  caf_shim::register_types<caf::id_block::stint_node>(cfg);
  caf_shim::use_network(cfg, how.files(), wire::protocol_name);
  caf_shim::mark(cfg, how.files() != nullptr ? "stint.tls" : "stint.insecure");
}

bool protected_links(const caf::actor_system& system) {
  if (caf_shim::marked(system, "stint.tls"))
    return true;
  if (!caf_shim::marked(system, "stint.insecure"))
    throw start_error{{errc::not_configured, "stint::configure(cfg, link_security) makes a system for nodes"}};
  return false;
}

} // namespace stint
