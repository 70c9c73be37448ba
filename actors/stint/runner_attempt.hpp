/// One attempt at a task, as its body sees it: args in, output, progress and an outcome out.
///
/// Owner    the runner or worker whose turn it is; the body's context and an asynchronous body's promise share it.
///          Attempts that were handed over together lie in blocks, which go with the last of theirs.
/// Threads  all members from any thread.
/// Errors   an exception of the body, also one that is not a std::exception, becomes a failed outcome in `execute`.
/// Cost     one allocation for many attempts, one atomic for the end of each; a stop source, notes and texts only when a
///          body asks for them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stint/body.hpp>
#include <stint/runner_port.hpp>

namespace stint {

/// What the list hands over.
struct start {
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
  std::uint64_t fencing_token = 0;
  std::string name;
  std::string args;
  body run;
};

struct attempt_block;

/// A share in an attempt; none is null.
class attempt_ptr {
public:
  attempt_ptr() noexcept = default;
  attempt_ptr(std::nullptr_t) noexcept {}
  attempt_ptr(const attempt_ptr& other) noexcept;
  attempt_ptr(attempt_ptr&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
  attempt_ptr& operator=(attempt_ptr other) noexcept {
    std::swap(to_, other.to_);
    return *this;
  }
  ~attempt_ptr() {
    if (to_ != nullptr)
      let_go();
  }

  [[nodiscard]] runner_attempt* get() const noexcept { return to_; }
  runner_attempt& operator*() const noexcept { return *to_; }
  runner_attempt* operator->() const noexcept { return to_; }
  explicit operator bool() const noexcept { return to_ != nullptr; }
  void reset() noexcept { *this = nullptr; }
  friend bool operator==(const attempt_ptr&, const attempt_ptr&) = default;

private:
  friend class runner_attempt;
  friend class attempt_batch;
  explicit attempt_ptr(runner_attempt& counted) noexcept : to_(&counted) {}
  void let_go() noexcept;

  runner_attempt* to_ = nullptr;
};

class runner_attempt {
public:
  explicit runner_attempt(attempt_block& in, runner_port& port) noexcept : block_(&in), port_(&port) {}
  runner_attempt(const runner_attempt&) = delete;
  runner_attempt& operator=(const runner_attempt&) = delete;

  [[nodiscard]] const start& what() const noexcept { return what_; }
  [[nodiscard]] attempt_name name() const noexcept { return {what_.id, what_.attempt, what_.epoch}; }

  // -- for the body ---------------------------------------------------------------------------------------------------
  void print(std::string_view text) { port_->print(*this, text); }
  [[nodiscard]] bool crowded() const { return port_->crowded(*this); }
  void note_progress(stint::progress p) { port_->note_progress(*this, std::move(p)); }
  result<unit_t> note_detail(std::string json) { return port_->note_detail(*this, std::move(json)); }
  [[nodiscard]] std::stop_token stop_token() { return port_->stop_token(*this); }
  [[nodiscard]] bool stop_requested() const noexcept { return stop_.load(std::memory_order_acquire); }

  // -- for the worker -------------------------------------------------------------------------------------------------
  /// Another share, for one who sees it while its runner holds one.
  [[nodiscard]] attempt_ptr share();
  void request_stop() { port_->request_stop(*this); }

  /// Nothing it says counts any more: its task went on without it.
  void mute() { port_->mute(*this); }

  /// Bytes printed so far.
  [[nodiscard]] std::uint64_t printed() const noexcept { return printed_.load(std::memory_order_relaxed); }

  /// Tells the worker.
  void tell(attempt_report r) { port_->report(std::move(r)); }

private:
  friend class runner_port;
  friend class attempt_ptr;
  friend class attempt_batch;

  start what_;
  attempt_block* block_;
  runner_port* port_; ///< kept alive by the block
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> printed_{0};

  // guarded by the port
  std::stop_source source_{std::nostopstate};
  std::uint64_t round_ = 0; ///< the collection that its notes are in
  std::size_t noted_at_ = 0;
  bool muted_ = false;
};

/// The attempts of one hand-over, made one by one where they will lie.
class attempt_batch {
public:
  /// Adds an attempt, to be filled in by who made it and nobody later.
  start& add(const std::shared_ptr<runner_port>& port);

  [[nodiscard]] bool empty() const noexcept { return made_.empty(); }

  /// Takes all of them; as many are expected the next time.
  [[nodiscard]] std::vector<attempt_ptr> take();

private:
  std::vector<attempt_ptr> made_;
  attempt_block* block_ = nullptr; ///< kept by its attempts
  std::size_t expected_ = 1;
};

/// Makes a report about an attempt.
attempt_report report_of(const runner_attempt& a, attempt_report::kind what);

/// Runs a blocking or cooperative body to its outcome; the one place where exceptions become outcomes.
outcome execute(attempt_ptr& a) noexcept;

/// Begins an asynchronous body; its outcome comes through its promise, also when it throws.
void begin(const attempt_ptr& a, moment began) noexcept;

} // namespace stint
