/// Clocks, randomness, runners and the log: everything the shells take from the world, so that tests can replace it.
///
/// Owner    shared by a list and its workers; outlives both.
/// Threads  now() and log() from any thread.
/// Units    see moment.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <stint/runner.hpp>
#include <stint/time.hpp>

namespace stint {

enum class log_level : std::uint8_t { info, warning, error };

using log_fn = std::function<void(log_level, const std::string&)>;

class environment {
public:
  virtual ~environment() = default;

  /// Reads both clocks.
  [[nodiscard]] virtual moment now() const = 0;

  /// Returns a seed for jitter.
  [[nodiscard]] virtual std::uint64_t seed() = 0;

  /// Makes the runner of one worker; news of it goes to `port`.
  [[nodiscard]] virtual std::shared_ptr<runner> make_runner(std::shared_ptr<runner_port> port) = 0;

  /// Tells whether actors that wait for a disk get a thread of their own; a test's world has one thread in all.
  [[nodiscard]] virtual bool own_threads() const { return true; }

  /// Writes a line; it never throws, whatever the application's own function does.
  virtual void log(log_level level, const std::string& text) = 0;

  /// Waits until every runner's thread has ended; with `abandon`, not for those whose body is stuck.
  virtual void join(bool abandon) = 0;
};

/// The real one: the machine's clocks and a thread for each runner; without `log`, warnings go to stderr.
std::shared_ptr<environment> make_environment(log_fn log = {});

} // namespace stint
