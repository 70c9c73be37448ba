/// What runs the blocking bodies of one worker, one at a time: a thread and its queue, or a test's stand-in.
///
/// Owner    its worker, and the environment that made it (which joins it).
/// Threads  called by the worker only; news go to the port.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <stint/runner_attempt.hpp>
#include <stint/runner_port.hpp>

namespace stint {

class runner {
public:
  virtual ~runner() = default;

  /// Queues attempts behind what is there.
  virtual void push(std::vector<attempt_ptr> batch) = 0;

  /// Takes an attempt out of the queue; false when its body has begun.
  virtual bool take_back(const attempt_name& who) = 0;

  /// Sets the stop token of the body that runs now, if it is this one.
  virtual void request_stop(const attempt_name& who) = 0;

  /// Goes on with a new thread if this body still runs; what it says does not count any more.
  virtual void replace(const attempt_name& who) = 0;

  /// Called by the worker when it was woken; a stand-in without a thread runs a body here.
  virtual void turn() {}

  /// Called after the worker has collected, when it may be woken again.
  virtual void turned() {}

  /// Names the attempt whose body runs now.
  [[nodiscard]] virtual std::optional<running_body> current() const = 0;

  /// Drops what has not begun and ends when the current body returns.
  virtual void close() = 0;
};

} // namespace stint
