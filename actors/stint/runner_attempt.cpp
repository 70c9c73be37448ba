#include <stint/runner_attempt.hpp>

#include <exception>
#include <typeinfo>

#include <cxxabi.h>

#include <stint/context.hpp>
#include <stint/promise.hpp>

namespace stint {

/// Attempts that travelled together, and what they borrow from.
struct attempt_block : std::enable_shared_from_this<attempt_block> {
  std::shared_ptr<runner_port> port;
  std::unique_ptr<runner_attempt[]> all;
};

attempt_ptr runner_attempt::share() { return {block_->shared_from_this(), this}; }

std::vector<attempt_ptr> make_attempts(std::vector<start>& what, const std::shared_ptr<runner_port>& port) {
  auto block = std::make_shared<attempt_block>();
  block->port = port;
  block->all = std::make_unique<runner_attempt[]>(what.size());
  std::vector<attempt_ptr> out;
  out.reserve(what.size());
  for (std::size_t i = 0; i < what.size(); ++i) {
    auto& a = block->all[i];
    a.what_ = std::move(what[i]);
    a.block_ = block.get();
    a.port_ = port.get();
    out.emplace_back(block, &a);
  }
  return out;
}

attempt_report report_of(const runner_attempt& a, attempt_report::kind what) {
  attempt_report r;
  r.what = what;
  r.id = a.what().id;
  r.attempt = a.what().attempt;
  r.epoch = a.what().epoch;
  return r;
}

namespace {

/// Says what is being thrown; called inside a catch block.
outcome outcome_of_exception() {
  try {
    throw;
  } catch (const std::exception& e) {
    return failed(e.what());
  } catch (const std::string& text) {
    return failed(text);
  } catch (const char* text) {
    return failed(text != nullptr ? text : "exception: null");
  } catch (...) {
    const auto* type = abi::__cxa_current_exception_type();
    return failed(std::string{"exception of type "} + (type != nullptr ? type->name() : "unknown"));
  }
}

} // namespace

outcome execute(attempt_ptr& a) noexcept {
  const auto& run = a->what().run;
  context job{std::move(a)}; // lent, not copied: a body that keeps no copy costs no atomic
  try {
    auto o = run.run(job);
    a = std::move(job.attempt_);
    return o;
  } catch (...) {
    a = std::move(job.attempt_);
    return outcome_of_exception();
  }
}

void begin(const attempt_ptr& a, moment began) noexcept {
  promise debt{std::make_shared<runner_promise>(a, began)};
  auto owed = debt;
  try {
    context job{a};
    a->what().run.begin(job, owed);
  } catch (...) {
    // The promise reports it, unless it was kept before the throw.
    debt.keep(outcome_of_exception());
  }
}

} // namespace stint
