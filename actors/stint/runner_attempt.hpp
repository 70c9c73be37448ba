/// One attempt at a task, as its body sees it: args in, output, progress and an outcome out.
///
/// Owner    shared by the worker, the runner, the body's context and, for an asynchronous body, its promise.
/// Threads  all members from any thread.
/// Errors   an exception of the body, also one that is not a std::exception, becomes a failed outcome in `execute`.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <stint/bounded_text.hpp>
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
  std::shared_ptr<const body> run;
};

/// What a body said since it was last asked.
struct attempt_notes {
  std::string output;
  std::uint64_t output_skipped = 0; ///< bytes that did not fit between two looks; counted, not kept
  std::optional<stint::progress> progress;
  std::optional<std::string> detail;
};

class runner_attempt : public std::enable_shared_from_this<runner_attempt> {
public:
  runner_attempt(start what, std::shared_ptr<runner_port> port, std::size_t output_room, std::size_t detail_room)
      : what_(std::move(what)), port_(std::move(port)), output_room_(output_room), detail_room_(detail_room) {}

  [[nodiscard]] const start& what() const noexcept { return what_; }

  // -- for the body ---------------------------------------------------------------------------------------------------
  void print(std::string_view text);
  void note_progress(stint::progress p);
  result<unit_t> note_detail(std::string json);
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

  // -- for the worker -------------------------------------------------------------------------------------------------
  void request_stop() { stop_.request_stop(); }
  [[nodiscard]] attempt_notes take_notes();

  /// Makes a report about this attempt.
  [[nodiscard]] attempt_report report(attempt_report::kind what) const;

  /// Tells the worker.
  void tell(attempt_report r) { port_->report(std::move(r)); }

private:
  void noted_locked();

  start what_;
  std::shared_ptr<runner_port> port_;
  std::size_t output_room_;
  std::size_t detail_room_;
  std::stop_source stop_;
  std::mutex mutex_;
  bool told_ = false;
  attempt_notes notes_;
};

/// Runs a blocking or cooperative body to its outcome; the one place where exceptions become outcomes.
outcome execute(runner_attempt& a) noexcept;

/// Begins an asynchronous body; its outcome comes through its promise, also when it throws.
void begin(const attempt_ptr& a, moment began) noexcept;

} // namespace stint
