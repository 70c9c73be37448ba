#include "relay.hpp"

#include <array>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stint::test {

namespace {

void need(bool right, const char* what) {
  if (!right)
    throw std::system_error{errno, std::generic_category(), what};
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

} // namespace

relay::relay(std::uint16_t target) : target_(target) {
  need(::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) == 0, "pipe2");
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(0);
  need(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && ::listen(listener_, 16) == 0, "listen");
  socklen_t size = sizeof at;
  need(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0, "getsockname");
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

relay::~relay() {
  ending_ = true;
  wake();
  thread_.join();
  for (int fd : {listener_, wake_[0], wake_[1]})
    ::close(fd);
}

void relay::cut() {
  cutting_ = true;
  wake();
  while (cutting_) // until the thread has closed them all
    std::this_thread::yield();
}

void relay::hold(bool yes) {
  holding_ = yes;
  wake();
}

void relay::wake() { need(::write(wake_[1], "x", 1) == 1 || errno == EAGAIN, "write"); }

void relay::accept() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int owner = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(target_);
  if (client < 0 || ::connect(owner, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
    ::close(client);
    ::close(owner);
    return;
  }
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(owner, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  pairs_.push_back({client, owner});
}

bool relay::pass(int from, int to, bool back) {
  std::array<char, 64 * 1024> room;
  const auto n = ::read(from, room.data(), room.size());
  for (ssize_t done = 0; done < n;) {
    const auto wrote = ::send(to, room.data() + done, static_cast<std::size_t>(n - done), MSG_NOSIGNAL);
    if (wrote <= 0)
      return false;
    done += wrote;
  }
  if (back && n > 0)
    back_ += static_cast<std::uint64_t>(n);
  return n > 0;
}

void relay::run() {
  auto drop = [this](std::list<pair>::iterator i) {
    ::close(i->client);
    ::close(i->owner);
    return pairs_.erase(i);
  };
  while (!ending_) {
    std::vector<pollfd> all{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    if (!holding_)
      for (const auto& p : pairs_) {
        all.push_back({p.client, POLLIN, 0});
        all.push_back({p.owner, POLLIN, 0});
      }
    ::poll(all.data(), all.size(), -1);
    std::array<char, 64> some;
    while (::read(wake_[0], some.data(), some.size()) > 0)
      continue;
    if (cutting_) {
      for (auto i = pairs_.begin(); i != pairs_.end();)
        i = drop(i);
      cutting_ = false;
      continue;
    }
    std::size_t at = 2;
    for (auto i = pairs_.begin(); i != pairs_.end() && at + 1 < all.size(); at += 2) {
      const bool good = (all[at].revents == 0 || pass(i->client, i->owner, false))
                        && (all[at + 1].revents == 0 || pass(i->owner, i->client, true));
      i = good ? std::next(i) : drop(i);
    }
    if (all[1].revents != 0)
      accept();
  }
  for (auto i = pairs_.begin(); i != pairs_.end();)
    i = drop(i);
}

} // namespace stint::test
