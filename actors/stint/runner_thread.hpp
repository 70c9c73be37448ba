/// A runner with a thread of its own, and another one when a body gets stuck.
///
/// Owner    the environment; threads keep alive only what they share, so that an abandoned one harms nobody.
/// Threads  push, take_back, request_stop, replace, close from the worker; join from the thread that ends the list.
/// Errors   none: what a body does is an outcome. Where the system has no thread left, the constructor throws
///          std::system_error; later the runner tries again with the next push.
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

/// How a runner's thread reads the time: both clocks, or only the one that is needed for every body.
struct runner_clocks {
  moment (*both)() = nullptr;
  steady_time (*steady)() = nullptr;
};

class runner_thread final : public runner {
public:
  runner_thread(std::shared_ptr<runner_port> port, runner_clocks clocks);
  ~runner_thread() override;

  void push(std::vector<attempt_ptr> batch) override;
  bool take_back(const attempt_name& who) override;
  void request_stop(const attempt_name& who) override;
  void replace(const attempt_name& who) override;
  [[nodiscard]] std::optional<running_body> current() const override;
  void close() override;

  /// Returns how many bodies this machine can run at once.
  [[nodiscard]] static std::size_t cores() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

  /// Waits for the threads; with `abandon`, lets go of those whose body is stuck.
  void join(bool abandon);

  /// Tells whether it is closed and its threads have come to their end, which are then joined.
  bool gone();

private:
  struct shared {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<attempt_ptr> queue;
    runner_attempt* current = nullptr; ///< owned by the thread that runs it
    std::uint64_t generation = 0;      ///< of the thread that serves the queue
    std::vector<std::uint64_t> ended;  ///< generations whose thread has nothing left to do
    bool idle = false;                 ///< the serving thread sleeps
    int lending = 0;                   ///< threads that may run actors at present
    bool closing = false;
    std::shared_ptr<runner_port> port;
    runner_clocks clocks;
  };
  struct served {
    std::thread thread;
    std::uint64_t generation = 0;
  };

  template <class Tell>
  static void tell_and_lend(shared& s, std::uint64_t generation, Tell tell);
  static void serve(const std::shared_ptr<shared>& s, std::uint64_t generation);
  void spawn();
  void sweep();

  std::shared_ptr<shared> shared_;
  std::mutex threads_mutex_; ///< the worker replaces a stuck body's thread while the list's end may join them
  std::vector<served> threads_;
  bool joined_ = false;
  bool unserved_ = false; ///< there was no thread to be had
};

} // namespace stint
