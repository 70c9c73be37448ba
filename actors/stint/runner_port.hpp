/// Where a worker's attempts leave their news: outcomes, begins, output; one wake-up for any number of them.
///
/// Owner    shared by a worker, its runner and every attempt; holds nothing of CAF once left or closed. When a worker
///          dies, the list listens instead of it, so that no outcome is lost on the way.
/// Threads  any; one of the few places with a lock. The worker is woken at most once until it has collected.
/// Order    news of one attempt come in the order in which they happened.
/// Units    bytes for output and detail.
/// Cost     a lock for each body that ends, and, when the worker was idle, one message.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <stint/body.hpp>
#include <stint/ledger.hpp>

namespace stint {

class runner_attempt;

/// What tells one attempt from all others.
struct attempt_name {
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;

  friend bool operator==(const attempt_name&, const attempt_name&) = default;
};

/// How and when a body ended.
struct body_end {
  stint::outcome outcome;
  wall_time began{};
  nanos took{0};
  std::uint64_t printed = 0;
};

/// What a body said since it was last asked.
struct attempt_notes {
  attempt_name who;
  std::string output;
  std::uint64_t output_skipped = 0; ///< bytes of the middle that did not fit between two looks; counted, not kept
  std::optional<stint::progress> progress;
  std::optional<std::string> detail;
};

/// What a worker finds when it looks: notes go before the outcomes they belong to.
struct runner_news {
  std::vector<attempt_notes> notes;
  std::vector<attempt_report> reports;
};

/// What all attempts of a worker share.
struct runner_rooms {
  std::size_t output = 0;
  std::size_t detail = 0;
};

class runner_port {
public:
  /// `kinds` lives as long as anything can still run: attempts borrow the bodies of kinds.
  runner_port(runner_rooms rooms, std::shared_ptr<const registry> kinds) : rooms_(rooms), kinds_(std::move(kinds)) {}

  // -- for who listens ------------------------------------------------------------------------------------------------
  /// Sets what wakes the listener; it is called under the lock and must only enqueue. News that are there wake it.
  void open(std::function<void()> wake);
  /// Forgets the listener; news are kept for the next one.
  void leave();
  /// Forgets listener and news, also later ones.
  void close();
  /// Wakes the worker even though there is no news yet.
  void nudge();
  /// Takes everything that has gathered.
  [[nodiscard]] runner_news collect();
  /// While it is set, nothing that is printed is on its way: who can wait had better do so.
  void hold(bool yes);
  /// Names the asynchronous body that owes its outcome, for whom the worker of a dead one was.
  void owes(std::optional<attempt_name> who);
  [[nodiscard]] std::optional<attempt_name> debtor() const;

  // -- for runners, promises and bodies -----------------------------------------------------------------------------------
  void report(attempt_report what);
  /// A body has ended.
  void ended(const attempt_name& who, body_end&& how);
  /// A body has begun; its outcome makes this news void when both come before the next look.
  void began(const attempt_name& who, wall_time when);
  /// One body has ended and, in the same step, the next has begun.
  void ran(const attempt_name& who, body_end&& how, const attempt_name& next, wall_time began);
  void print(runner_attempt& who, std::string_view text);
  /// Tells whether as much as is kept of it waits to be taken.
  [[nodiscard]] bool crowded(const runner_attempt& who) const;
  void note_progress(runner_attempt& who, stint::progress p);
  result<unit_t> note_detail(runner_attempt& who, std::string json);
  [[nodiscard]] std::stop_token stop_token(runner_attempt& who);
  void request_stop(runner_attempt& who);
  void mute(runner_attempt& who);

private:
  void wake_locked();
  void settle_locked(const attempt_name& who);
  void end_locked(const attempt_name& who, body_end&& how);
  attempt_notes* notes_locked(runner_attempt& who);

  mutable std::mutex mutex_;
  std::function<void()> wake_;
  bool told_ = false;
  bool closed_ = false;
  bool held_ = false;
  std::uint64_t round_ = 1; ///< grows with each collection
  runner_news news_;
  std::optional<attempt_report> begun_; ///< of the body that runs now, when nobody knows yet
  std::optional<attempt_name> owes_;
  runner_rooms rooms_;
  std::shared_ptr<const registry> kinds_;
};

} // namespace stint
