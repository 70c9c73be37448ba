// Those who do not belong: rubbish at the TLS port, and peers of another version.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <caf/scoped_actor.hpp>

#include <stint/frames.hpp>

#include "cluster.hpp"
#include "node_parts.hpp"

namespace stint::faults {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t most_kilobytes = 256 * 1024;

std::uint64_t resident_kilobytes(pid_t of) {
  std::ifstream in{"/proc/" + std::to_string(of) + "/status"};
  std::string word;
  while (in >> word)
    if (word == "VmHWM:") {
      std::uint64_t kb = 0;
      in >> kb;
      return kb;
    }
  return 0;
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to));
  return fd;
}

} // namespace

bool rubbish_at_the_port(const node_settings& s) {
  cluster c({s.folder + "/rubbish", 2, 2, {}, s.seed});
  std::mt19937_64 dice(s.seed);
  // A client's first bytes: the beginning of a real handshake, which then never goes on.
  const std::string hello{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11};
  std::vector<int> open;
  const auto from = monotonic_now();
  for (std::uint64_t i = 0; i < s.rubbish; ++i) {
    const int fd = connect_to(c.port());
    if (fd < 0)
      break;
    std::string bytes(1 + dice() % 4'000, '\0');
    for (auto& b : bytes)
      b = static_cast<char>(dice());
    switch (i % 4) {
      case 0: break; // says nothing
      case 1: bytes = hello; [[fallthrough]];
      default: pass_time(1ms); static_cast<void>(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }
    if (i % 4 == 3)
      ::close(fd);
    else
      open.push_back(fd);
    if (i % 50 == 49) // others go on meanwhile
      c.keep_busy(20, [&c] { return c.work(10, "-", false); });
  }
  for (int round = 0; round < 20; ++round) { // and now they trickle
    for (const int fd : open)
      static_cast<void>(::send(fd, "\x16", 1, MSG_NOSIGNAL));
    c.keep_busy(20, [&c] { return c.work(10, "-", false); });
    pass_time(50ms);
  }
  c.finish(30s);
  const auto kilobytes = resident_kilobytes(c.owner());
  const auto v = judge(c.submitted(), c.ended(), c.logs());
  std::uint64_t again = 0;
  for (const auto& t : c.ended())
    again += t.attempt > 1 ? 1 : 0;
  for (const int fd : open)
    ::close(fd);
  const bool lives = c.tasks().counts().has_value();
  std::printf("rubbish at the TLS port    %5llu connections, %zu left open  %llu tasks beside them  lost %llu  ran again %llu  "
              "owner %s, at most %.0f MiB, the bar is 256  %.1f s\n",
              n(s.rubbish), open.size(), n(v.tasks), n(v.lost), n(again), lives ? "lives" : "DIED",
              static_cast<double>(kilobytes) / 1024, static_cast<double>(monotonic_now() - from) / 1e9);
  return lives && v.clean() && again == 0 && kilobytes != 0 && kilobytes <= most_kilobytes;
}

bool other_versions_are_refused(const node_settings& s) {
  cluster c({s.folder + "/skew", 1, 1, {}, s.seed});
  test::tls_config cfg{c.folder() + "/certs"};
  caf::actor_system system{cfg};
  std::string said;
  {
    caf::scoped_actor self{system};
    auto peer = caf_shim::reach(system, "127.0.0.1", c.port(), true);
    if (!peer)
      return false;
    self->send(*peer, envelope{wire::protocol_number + 1, static_cast<std::uint32_t>(wire::frame::hello),
                               wire::encode(wire::hello{})});
    self->receive([&said](const envelope& e) {
      if (static_cast<wire::frame>(e.frame) == wire::frame::refused)
        if (const auto r = wire::decode<wire::refused>(e.body))
          said = to_string(error{r->code, r->text});
    });
  }
  std::printf("another protocol           %s\n", said.c_str());
  return said.find("peer_refused") != std::string::npos && c.tasks().counts().has_value();
}

} // namespace stint::faults
