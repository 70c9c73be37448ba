/// What can go wrong, as values: one enum with a sentence each, an error with its text, and result<T>.
///
/// Threads  plain values; no global state.
/// Errors   `errc` is the whole vocabulary of stint; its numbers are append-only, because they cross process borders.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace stint {

/// Every named reason for which stint refuses or ends something.
enum class errc : std::uint8_t {
  none = 0,
  not_configured,
  unknown_task,
  task_deleted,
  wrong_state,
  version_mismatch,
  too_many_pending,
  batch_too_large,
  name_empty,
  name_too_long,
  invalid_utf8,
  invalid_priority,
  invalid_delay,
  invalid_timeout,
  invalid_deadline,
  invalid_attempts,
  invalid_backoff,
  invalid_key,
  key_too_deep,
  key_too_long,
  too_many_claims,
  duplicate_claim,
  invalid_units,
  units_exceed_capacity,
  key_not_counted,
  key_counted,
  key_has_children,
  unknown_kind,
  body_missing,
  body_and_kind,
  args_too_large,
  malformed_args,
  invalid_queue,
  unknown_queue,
  too_many_queues,
  invalid_tag,
  too_many_tags,
  idempotency_key_too_long,
  idempotency_conflict,
  page_too_large,
  invalid_cursor,
  invalid_filter,
  too_many_ids,
  timed_out,
  too_many_waits,
  too_many_subscribers,
  unknown_subscription,
  queue_draining,
  list_stopping,
  list_gone,
  kind_registered_twice,
  invalid_option,
  detail_too_large,
  value_too_large,
  io_failed,
  not_stuck,
  internal,
  store_closed,
  store_in_use,
  stale_epoch,
  invalid_commit,
  no_subscriber,
  no_thread,
  too_many_declared,
  store_damaged,
  store_too_new,
  not_a_store,
  store_exists,
  bad_message,
  link_lost,
  peer_refused,
  body_cannot_travel,
  not_published,
  invalid_label,
  too_many_labels,
  too_many_label_sets,
  too_many_reads,
};

/// The greatest code; a code read from elsewhere must not exceed it.
inline constexpr errc last_errc = errc::too_many_reads;

/// Names a code the way JSON, logs and tests spell it.
std::string_view to_string(errc code) noexcept;

/// Says in one sentence what a code means.
std::string_view sentence(errc code) noexcept;

/// A code and what was wrong this time.
struct error {
  errc code = errc::none;
  std::string text;

  friend bool operator==(const error&, const error&) = default;
};

/// Renders `code: text`, or the code's sentence when there is no text.
std::string to_string(const error& e);

/// Ends the process because an impossible state was reached; on in release builds too.
[[noreturn]] void impossible(std::string_view what, std::uint64_t a, std::uint64_t b, const char* file, int line);

/// A value or the error that stands in its place.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : data_(std::in_place_index<0>, std::move(value)) {}
  result(stint::error e) : data_(std::in_place_index<1>, std::move(e)) {}
  result(errc code, std::string text = {}) : data_(std::in_place_index<1>, stint::error{code, std::move(text)}) {}

  [[nodiscard]] bool has_value() const noexcept { return data_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// Returns the value; asking an error for it ends the process with the error's text.
  T& value() & { return need(), *std::get_if<0>(&data_); }
  const T& value() const& { return need(), *std::get_if<0>(&data_); }
  T&& value() && { return need(), std::move(*std::get_if<0>(&data_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// Returns the error; `errc::none` when there is a value.
  [[nodiscard]] stint::error error() const { return has_value() ? stint::error{} : *std::get_if<1>(&data_); }
  [[nodiscard]] errc code() const noexcept { return has_value() ? errc::none : std::get_if<1>(&data_)->code; }

private:
  void need() const {
    if (!has_value()) {
      std::fprintf(stderr, "stint: no value: %s\n", to_string(error()).c_str());
      std::abort();
    }
  }

  std::variant<T, stint::error> data_;
};

/// The value of a result that is only a success or an error.
struct unit_t {
  friend bool operator==(unit_t, unit_t) = default;
};
inline constexpr unit_t unit{};

} // namespace stint

/// Ends the process, in release too, when `cond` is false; prints both numbers.
#define STINT_ASSERT(cond, a, b)                                                                                       \
  (static_cast<bool>(cond) ? void(0)                                                                                   \
                           : ::stint::impossible(#cond, static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b),  \
                                                 __FILE__, __LINE__))
