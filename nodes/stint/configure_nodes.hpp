/// The line before the actor system of a program that talks to other processes, instead of configure(cfg).
///
/// Threads  call it once per configuration, before the actor system is made from it.
/// Errors   start_error(invalid_option) when a TLS file is missing or does not fit: CAF would find out too late.
/// Order    with TLS, OpenSSL's queue of errors is cleared before each read and write of a socket in this whole process, those of
///          other libraries as well; they ought to expect it empty there (tls_errors.hpp says why).
/// Source   CAF's TLS module takes its files from the configuration: they are one set per actor system.
#pragma once

#include <string>

#include <stint/caf_net.hpp>

namespace stint {

/// How links are protected: certificates on both ends, or, asked for by name and on loopback alone, not at all.
class link_security {
public:
  static link_security tls(tls_files files) { return link_security{std::move(files), true}; }
  /// `ca.pem`, `cert.pem` and `key.pem` of a folder, as `stint certs` makes them.
  static link_security tls_folder(const std::string& dir) {
    return tls({dir + "/ca.pem", dir + "/cert.pem", dir + "/key.pem"});
  }
  static link_security insecure() { return link_security{{}, false}; }

  [[nodiscard]] const tls_files* files() const noexcept { return tls_ ? &files_ : nullptr; }

private:
  link_security(tls_files f, bool tls) : files_(std::move(f)), tls_(tls) {}
  tls_files files_;
  bool tls_;
};

/// Registers stint's types, loads CAF's network modules and sets their heartbeats and application identifier.
void configure(caf::actor_system_config& cfg, const link_security& how);

/// Tells whether links of this system use TLS; start_error(not_configured) when it knows of none.
bool protected_links(const caf::actor_system& system);

} // namespace stint
