#include <stint/runner_attempt.hpp>

#include <exception>
#include <typeinfo>

#include <cxxabi.h>

#include <stint/context.hpp>
#include <stint/promise.hpp>

namespace stint {

void runner_attempt::noted_locked() {
  if (told_)
    return;
  told_ = true;
  port_->noted(shared_from_this());
}

void runner_attempt::print(std::string_view text) {
  if (text.empty())
    return;
  std::lock_guard guard{mutex_};
  // The worker looks often; a body that prints faster than that keeps the newest of it, as the log would.
  notes_.output += text;
  if (notes_.output.size() > 2 * output_room_) {
    const auto cut = notes_.output.size() - output_room_;
    notes_.output_skipped += cut;
    notes_.output.erase(0, cut);
  }
  noted_locked();
}

void runner_attempt::note_progress(stint::progress p) {
  std::lock_guard guard{mutex_};
  notes_.progress = std::move(p);
  noted_locked();
}

result<unit_t> runner_attempt::note_detail(std::string json) {
  if (json.size() > detail_room_)
    return {errc::detail_too_large, std::to_string(json.size()) + " bytes, the limit is "
                                      + std::to_string(detail_room_)};
  std::lock_guard guard{mutex_};
  notes_.detail = std::move(json);
  noted_locked();
  return unit;
}

attempt_notes runner_attempt::take_notes() {
  std::lock_guard guard{mutex_};
  told_ = false;
  return std::exchange(notes_, {});
}

attempt_report runner_attempt::report(attempt_report::kind what) const {
  attempt_report r;
  r.what = what;
  r.id = what_.id;
  r.attempt = what_.attempt;
  r.epoch = what_.epoch;
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

outcome execute(runner_attempt& a) noexcept {
  try {
    context job{a.shared_from_this()};
    return a.what().run->run(job);
  } catch (...) {
    return outcome_of_exception();
  }
}

void begin(const attempt_ptr& a, moment began) noexcept {
  promise debt{std::make_shared<runner_promise>(a, began)};
  try {
    context job{a};
    a->what().run->begin(job, debt);
  } catch (...) {
    // The promise reports it, unless it was kept before the throw.
    debt.keep(outcome_of_exception());
  }
}

} // namespace stint
