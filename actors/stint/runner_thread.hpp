/// A runner with a thread of its own, and another one when a body gets stuck.
///
/// Owner    the environment; threads keep alive only what they share, so that an abandoned one harms nobody.
/// Threads  push, take_back, replace, close from the worker; join from the thread that ends the list.
/// Errors   none: what a body does is an outcome.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <stint/runner.hpp>
#include <stint/time.hpp>

namespace stint {

class runner_thread final : public runner {
public:
  using clock_fn = moment (*)();

  runner_thread(std::shared_ptr<runner_port> port, clock_fn now);
  ~runner_thread() override;

  void push(std::vector<attempt_ptr> batch) override;
  bool take_back(const attempt_ptr& a) override;
  void replace(const attempt_ptr& a) override;
  [[nodiscard]] std::optional<running_body> current() const override;
  void close() override;

  /// Returns how many bodies this machine can run at once.
  [[nodiscard]] static std::size_t cores() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

  /// Waits for the threads; with `abandon`, lets go of those whose body is stuck.
  void join(bool abandon);

private:
  struct shared {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<attempt_ptr> queue;
    attempt_ptr current;
    std::uint64_t generation = 0; ///< of the thread that serves the queue
    bool closing = false;
    std::shared_ptr<runner_port> port;
    clock_fn now = nullptr;
  };
  struct served {
    std::thread thread;
    std::uint64_t generation = 0;
  };

  static void serve(const std::shared_ptr<shared>& s, std::uint64_t generation);
  void spawn();

  std::shared_ptr<shared> shared_;
  std::vector<served> threads_;
};

} // namespace stint
