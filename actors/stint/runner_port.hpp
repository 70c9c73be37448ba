/// Where attempts leave their news for the worker: outcomes, begins, output; one wake-up for any number of them.
///
/// Owner    shared by a worker, its runner and every attempt; holds nothing of CAF once left or closed. When a worker
///          dies, the list listens instead of it, so that no outcome is lost on the way.
/// Threads  any; one of the few places with a lock. The worker is woken at most once until it has collected.
/// Order    news of one attempt come in the order in which they happened.
/// Cost     a lock and, when the worker was idle, one message.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <stint/ledger.hpp>

namespace stint {

class runner_attempt;
using attempt_ptr = std::shared_ptr<runner_attempt>;

/// What a worker finds when it looks.
struct runner_news {
  std::vector<attempt_report> reports;
  std::vector<attempt_ptr> noted; ///< attempts with output, progress or detail to take
};

class runner_port {
public:
  /// Sets what wakes the listener; it is called under the lock and must only enqueue. News that are there wake it.
  void open(std::function<void()> wake);

  /// Forgets the listener; news are kept for the next one.
  void leave();

  /// Forgets listener and news, also later ones.
  void close();

  void report(attempt_report what);
  void noted(attempt_ptr who);

  /// Wakes the worker even though there is no news yet.
  void nudge();

  /// Takes everything that has gathered.
  [[nodiscard]] runner_news collect();

private:
  void wake_locked();

  std::mutex mutex_;
  std::function<void()> wake_;
  bool told_ = false;
  bool closed_ = false;
  runner_news news_;
};

} // namespace stint
