/// The outcome that an asynchronous body owes: kept once, from any thread; dropping the last copy fails the task.
///
/// Owner    whoever will keep it; copies share one debt.
/// Threads  any.
/// Errors   kept twice: the second outcome is ignored. Dropped: failed("promise dropped").
#pragma once

#include <memory>
#include <utility>

#include <stint/outcome.hpp>
#include <stint/runner_promise.hpp>

namespace stint {

class promise {
public:
  explicit promise(std::shared_ptr<runner_promise> debt) : debt_(std::move(debt)) {}

  /// Ends the attempt; false when it was kept before.
  bool keep(outcome o) { return debt_->keep(std::move(o)); }

private:
  std::shared_ptr<runner_promise> debt_;
};

} // namespace stint
