/// The debt behind a promise: one outcome, reported once.
///
/// Owner    shared by the copies of one promise.
/// Threads  any; an atomic flag decides who keeps it.
#pragma once

#include <atomic>

#include <stint/runner_attempt.hpp>

namespace stint {

class runner_promise {
public:
  runner_promise(attempt_ptr a, moment began) : attempt_(std::move(a)), began_(began) {}
  runner_promise(const runner_promise&) = delete;
  runner_promise& operator=(const runner_promise&) = delete;
  ~runner_promise() { keep(failed("promise dropped")); }

  bool keep(outcome o) {
    if (kept_.exchange(true))
      return false;
    auto r = report_of(*attempt_, attempt_report::kind::finished);
    r.outcome = std::move(o);
    r.began = began_.wall;
    attempt_->tell(std::move(r));
    return true;
  }

private:
  attempt_ptr attempt_;
  moment began_;
  std::atomic<bool> kept_{false};
};

} // namespace stint
