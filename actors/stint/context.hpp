/// What a body is given: its args, ways to tell how it goes, and the wish that it stop.
///
/// Owner    the body; a copy is cheap and may outlive the body's return (an asynchronous one keeps it).
/// Threads  any.
/// Units    bytes for output and detail; both are bounded by the list's limits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <stint/runner_attempt.hpp>

namespace stint {

class context {
public:
  explicit context(attempt_ptr a) : attempt_(std::move(a)) {}
  context(const context&) = default; ///< a move is a copy: what a body was lent stays whole
  context& operator=(const context&) = default;

  [[nodiscard]] task_id id() const noexcept { return attempt_->what().id; }
  [[nodiscard]] const std::string& name() const noexcept { return attempt_->what().name; }

  /// The args of the task, JSON text; empty when there are none.
  [[nodiscard]] const std::string& args() const noexcept { return attempt_->what().args; }

  /// Number of this attempt, from 1.
  [[nodiscard]] std::uint32_t attempt() const noexcept { return attempt_->what().attempt; }

  /// A number that grows with every start in the list: give it to whatever must refuse a belated writer.
  [[nodiscard]] std::uint64_t fencing_token() const noexcept { return attempt_->what().fencing_token; }

  /// Appends text to the task's output, as it is.
  void print(std::string_view text) { attempt_->print(text); }

  /// Tells whether so much of what it printed waits to be taken that more would push the middle of it out. A body that can
  /// wait loses nothing, but should not wait for ever: nobody may be there to take it.
  [[nodiscard]] bool crowded() const { return attempt_->crowded(); }

  /// Says how far the body is; the newest word counts.
  void progress(std::uint64_t done, std::uint64_t total = 0, std::string text = {}) {
    attempt_->note_progress({done, total, std::move(text)});
  }

  /// Replaces the task's detail, any JSON text; detail_too_large past the limit.
  result<unit_t> detail(std::string json) { return attempt_->note_detail(std::move(json)); }

  /// Set when the task is cancelled, has timed out or the list stops; a body should look at it often.
  [[nodiscard]] std::stop_token stop_token() const { return attempt_->stop_token(); }
  [[nodiscard]] bool stop_requested() const { return attempt_->stop_requested(); }

private:
  friend outcome execute(attempt_ptr& a) noexcept;

  attempt_ptr attempt_;
};

} // namespace stint
