#include <stint/runner_attempt.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <typeinfo>

#include <cxxabi.h>

#include <stint/context.hpp>
#include <stint/promise.hpp>

namespace stint {

/// Attempts that travelled together, and what they borrow from.
struct attempt_block {
  std::atomic<std::size_t> shares{0};
  std::size_t count = 0;
  std::size_t room = 0;
  std::shared_ptr<runner_port> port;

  /// They lie behind it, in the same piece of memory.
  [[nodiscard]] runner_attempt* all() noexcept { return reinterpret_cast<runner_attempt*>(this + 1); }
  [[nodiscard]] static std::size_t bytes(std::size_t room) {
    static_assert(alignof(runner_attempt) <= alignof(std::max_align_t) && sizeof(attempt_block) % alignof(runner_attempt) == 0);
    return sizeof(attempt_block) + room * sizeof(runner_attempt);
  }
};

attempt_ptr::attempt_ptr(const attempt_ptr& other) noexcept : to_(other.to_) {
  if (to_ != nullptr)
    to_->block_->shares.fetch_add(1, std::memory_order_relaxed);
}

void attempt_ptr::let_go() noexcept {
  auto* b = to_->block_;
  if (b->shares.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  std::destroy_n(b->all(), b->count);
  b->~attempt_block();
  ::operator delete(b);
}

attempt_ptr runner_attempt::share() {
  block_->shares.fetch_add(1, std::memory_order_relaxed);
  return attempt_ptr{*this};
}

start& attempt_batch::add(const std::shared_ptr<runner_port>& port) {
  if (block_ == nullptr || block_->count == block_->room) {
    const auto room = std::max(expected_ > made_.size() ? expected_ - made_.size() : 0, std::max<std::size_t>(made_.size(), 1));
    block_ = ::new (::operator new(attempt_block::bytes(room))) attempt_block;
    block_->room = room;
    block_->port = port;
    made_.reserve(made_.size() + room);
  }
  auto& a = *::new (block_->all() + block_->count) runner_attempt(*block_, *port);
  ++block_->count;
  // Nobody else knows the block yet.
  block_->shares.store(block_->shares.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  made_.push_back(attempt_ptr{a});
  return a.what_;
}

std::vector<attempt_ptr> attempt_batch::take() {
  expected_ = made_.size();
  block_ = nullptr;
  return std::exchange(made_, {});
}

attempt_report report_of(const runner_attempt& a, attempt_report::kind what) {
  attempt_report r;
  r.what = what;
  r.id = a.what().id;
  r.attempt = a.what().attempt;
  r.epoch = a.what().epoch;
  r.printed = a.printed();
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
