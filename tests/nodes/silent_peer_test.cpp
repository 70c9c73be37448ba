// Who connects and says nothing, and who waits for an owner that does not answer: neither keeps the other's process busy for long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node_processes.hpp"

namespace stint::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

/// Processor time of a process so far.
nanos busy(pid_t whom) {
  std::ifstream in{"/proc/" + std::to_string(whom) + "/stat"};
  std::string all{std::istreambuf_iterator<char>{in}, {}};
  std::istringstream rest{all.substr(all.rfind(')') + 2)};
  std::string skipped;
  for (int i = 3; i < 14; ++i)
    rest >> skipped;
  long user = 0;
  long kernel = 0;
  rest >> user >> kernel;
  return std::chrono::milliseconds{(user + kernel) * 1'000 / ::sysconf(_SC_CLK_TCK)};
}

/// A TCP connection to a port of this host.
struct connection {
  explicit connection(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  }
  ~connection() { ::close(socket); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

TEST(silent_peer, one_that_says_nothing_is_hung_up_on_and_counted) {
  node_processes p;
  p.serve();
  const connection silent{p.port()};
  const connection half{p.port()};
  ASSERT_EQ(::send(half.socket, "\x16\x03\x01", 3, MSG_NOSIGNAL), 3); // the beginning of a handshake
  ASSERT_TRUE(p.tasks().counts());
  const timeval most{20, 0};
  char some = 0;
  for (const auto* one : {&silent, &half}) {
    ::setsockopt(one->socket, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    EXPECT_EQ(::recv(one->socket, &some, 1, 0), 0) << "the end";
  }
  EXPECT_TRUE(p.tasks().counts());
  EXPECT_THAT(p.stint("nodes " + p.link()).out, HasSubstr("refused 2 times: it took longer than 10 s\n"));
}

TEST(silent_peer, a_worker_that_waits_for_a_stopped_owner_sleeps_and_joins_when_it_goes_on) {
  node_processes p;
  p.serve();
  ASSERT_TRUE(p.until_workers(0));
  p.send(p.server(), SIGSTOP);
  const auto worker = p.worker(1);
  ASSERT_EQ(p.shell("sleep 1").code, 0); // it has started and connected
  const auto before = busy(worker);
  ASSERT_EQ(p.shell("sleep 2").code, 0);
  EXPECT_LT(busy(worker) - before, 1s) << "of 2 s";
  p.send(p.server(), SIGCONT);
  EXPECT_TRUE(p.until_workers(1));
}

} // namespace
} // namespace stint::test
