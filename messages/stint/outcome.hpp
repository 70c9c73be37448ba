/// What an attempt ended with: succeeded with a code and a value, failed, cancelled, or snoozed.
///
/// Threads  plain values; made by a body, read by the list.
/// Errors   value_too_large turns a success into a failure that says so; nothing is cut silently.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <stint/time.hpp>

namespace stint {

enum class outcome_kind : std::uint8_t { succeeded, failed, cancelled, snoozed };

struct outcome {
  outcome_kind kind = outcome_kind::succeeded;
  std::int32_t code = 0;             ///< the body's own number: an exit code, an HTTP status
  std::string value;                 ///< JSON text, or empty
  std::string error;                 ///< of a failure
  bool retry = true;                 ///< false: a failure that must not be tried again
  nanos snooze{0};                   ///< for a snooze by duration
  std::optional<wall_time> until;    ///< for a snooze until a moment of the wall clock

  friend bool operator==(const outcome&, const outcome&) = default;
};

/// The body did its work; `value` is JSON text for whoever asks.
inline outcome succeeded(std::int32_t code = 0, std::string value = {}) {
  outcome o;
  o.code = code;
  o.value = std::move(value);
  return o;
}

/// The body failed; it is tried again while its retry policy allows.
inline outcome failed(std::string why, std::int32_t code = 1) {
  outcome o;
  o.kind = outcome_kind::failed;
  o.code = code;
  o.error = std::move(why);
  return o;
}

/// The body failed and another attempt would not help.
inline outcome discarded(std::string why, std::int32_t code = 1) {
  auto o = failed(std::move(why), code);
  o.retry = false;
  return o;
}

/// The body gave up because it was asked to, or by its own choice.
inline outcome cancelled(std::string why = {}) {
  outcome o;
  o.kind = outcome_kind::cancelled;
  o.error = std::move(why);
  return o;
}

/// The task wants to run again later; the attempt is not charged.
inline outcome snoozed(nanos for_how_long) {
  outcome o;
  o.kind = outcome_kind::snoozed;
  o.snooze = for_how_long;
  return o;
}

/// The task wants to run again at a moment of the wall clock; the attempt is not charged.
inline outcome snoozed_until(wall_time when) {
  outcome o;
  o.kind = outcome_kind::snoozed;
  o.until = when;
  return o;
}

} // namespace stint
