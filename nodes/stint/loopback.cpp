#include <stint/loopback.hpp>

#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <stint/configure_nodes.hpp>

namespace stint {

namespace {

bool is_loopback(const sockaddr* at) {
  if (at->sa_family == AF_INET)
    return (ntohl(reinterpret_cast<const sockaddr_in*>(at)->sin_addr.s_addr) >> 24) == 127;
  if (at->sa_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(at)->sin6_addr);
  return false;
}

std::string numbers(const addrinfo& at) {
  char text[NI_MAXHOST] = "?";
  ::getnameinfo(at.ai_addr, at.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

} // namespace

result<std::string> loopback_address(const std::string& host) {
  addrinfo want{};
  want.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int wrong = ::getaddrinfo(host.c_str(), nullptr, &want, &found); wrong != 0)
    return {errc::invalid_option, host + ": " + ::gai_strerror(wrong)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, &::freeaddrinfo};
  const addrinfo* best = nullptr;
  for (const auto* at = found; at != nullptr; at = at->ai_next) {
    if (!is_loopback(at->ai_addr))
      return {errc::invalid_option, "without TLS only loopback addresses may be used, and " + host + " is " + numbers(*at)};
    if (best == nullptr || (best->ai_family != AF_INET && at->ai_family == AF_INET))
      best = at;
  }
  return numbers(*best);
}

std::string link_address(const caf::actor_system& system, const std::string& host) {
  if (protected_links(system))
    return host;
  auto address = loopback_address(host);
  if (!address)
    throw start_error{address.error()};
  return *address;
}

} // namespace stint
