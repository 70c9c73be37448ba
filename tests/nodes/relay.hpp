/// A TCP relay between a client and an owner: tests cut it, hold it or turn it to another owner.
///
/// Owner    one test.
/// Threads  one of its own; members from the test's.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <thread>

namespace stint::test {

class relay {
public:
  explicit relay(std::uint16_t target);
  ~relay();
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Closes what is connected; who connects anew is served.
  void cut();
  /// Passes nothing on, and closes nothing: as if the owner were stopped.
  void hold(bool yes);
  /// From now on connects to another port.
  void turn_to(std::uint16_t target) { target_ = target; }
  /// Bytes that went from the owner to clients.
  [[nodiscard]] std::uint64_t bytes_back() const noexcept { return back_; }

private:
  struct pair {
    int client = -1;
    int owner = -1;
  };
  void run();
  void wake();
  void accept();
  bool pass(int from, int to, bool back);

  std::atomic<std::uint16_t> target_;
  std::atomic<bool> holding_{false};
  std::atomic<bool> cutting_{false};
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> back_{0};
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::list<pair> pairs_; ///< of the thread
  std::thread thread_;
};

} // namespace stint::test
