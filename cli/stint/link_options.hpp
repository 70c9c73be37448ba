/// What the verbs that talk to other processes have in common: an address, and how the link is protected.
///
/// Errors   invalid_option for an address that is none, and unless exactly one of --tls and --insecure is given.
#pragma once

#include <optional>
#include <string>

#include <CLI/App.hpp>

#include <stint/at.hpp>
#include <stint/configure_nodes.hpp>
#include <stint/environment.hpp>

namespace stint::cli {

struct link_options {
  std::string address;
  std::string tls_dir;
  bool insecure = false;

  /// Adds `--connect` or `--listen`, and what protects the link.
  void add_to(CLI::App& verb, const std::string& address_option, const std::string& about, bool required = true);

  /// Reads HOST:PORT.
  [[nodiscard]] at where() const;
  [[nodiscard]] link_security security() const;
};

/// CAF as the verbs need it that talk to other processes.
struct link_config : caf::actor_system_config {
  explicit link_config(const link_options& link);
};

/// Says something to people, on standard error.
void say(log_level, const std::string& text);

} // namespace stint::cli
