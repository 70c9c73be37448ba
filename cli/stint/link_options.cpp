#include "link_options.hpp"

#include <charconv>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "shown_text.hpp"

namespace stint::cli {

namespace {

/// CAF's threads: these processes pass messages on, bodies have threads of their own.
constexpr std::size_t scheduler_threads = 2;

} // namespace

void link_options::add_to(CLI::App& verb, const std::string& address_option, const std::string& about, bool required) {
  verb.add_option(address_option, address, about)->required(required)->type_name("HOST:PORT");
  auto* tls = verb.add_option("--tls", tls_dir, "Folder with ca.pem, cert.pem and key.pem (see stint certs)")->type_name("DIR");
  verb.add_flag("--insecure", insecure, "No TLS: for trying it out on one machine")->excludes(tls);
}

at link_options::where() const {
  at out;
  const auto colon = address.rfind(':');
  const auto port = colon == std::string::npos ? std::string{} : address.substr(colon + 1);
  const auto* end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, out.port);
  if (port.empty() || read.ec != std::errc{} || read.ptr != end || colon == 0)
    throw start_error{{errc::invalid_option, "'" + address + "' is no HOST:PORT"}};
  out.host = address.substr(0, colon);
  return out;
}

link_security link_options::security() const {
  if (insecure)
    return link_security::insecure();
  if (tls_dir.empty())
    throw start_error{{errc::invalid_option, "--tls DIR is missing (or --insecure, on one machine)"}};
  return link_security::tls_folder(tls_dir);
}

link_config::link_config(const link_options& link) {
  caf_shim::set_option(*this, "scheduler.max-threads", scheduler_threads);
  configure(*this, link.security());
}

void say(log_level, const std::string& text) { std::fprintf(stderr, "stint: %s\n", harmless_lines(text).c_str()); }

} // namespace stint::cli
