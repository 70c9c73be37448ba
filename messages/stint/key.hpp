/// A resource key: a path whose parts are escaped, so that a part may itself contain a slash.
///
/// Threads  plain values.
/// Errors   invalid_key for an empty part or a bad escape, key_too_deep and key_too_long past the limits.
/// Wire     text; `/` parts, `%2F` and `%25` stand for `/` and `%` inside a part. The empty text is the root.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stint/error.hpp>
#include <stint/limits.hpp>

namespace stint {

class key {
public:
  /// The root: every other key lies below it.
  key() = default;

  /// Builds a key from its parts, escaping `/` and `%` in each.
  template <class... Parts>
    requires(sizeof...(Parts) >= 1 && (std::convertible_to<Parts, std::string_view> && ...))
  explicit key(const Parts&... parts) {
    (append(std::string_view{parts}), ...);
  }

  /// Adds one part below this key.
  key& append(std::string_view part);

  /// Returns the escaped text.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  operator const std::string&() const noexcept { return text_; }

  friend bool operator==(const key&, const key&) = default;

private:
  std::string text_;
};

/// Escapes one part.
std::string escape_part(std::string_view part);

/// Undoes escape_part; a bad escape is invalid_key.
result<std::string> unescape_part(std::string_view part);

/// Checks a key's text against the limits.
result<unit_t> check_key(std::string_view text, const limits& bounds);

} // namespace stint
