/// Bytes that are no text, as text: RFC 4648's base64, with padding and nothing else.
///
/// Threads  pure functions.
/// Errors   reading what is not the one way to write some bytes gives nothing.
/// Source   RFC 4648, section 4. Boost's own is a detail of Beast's, which has no checks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stint::cli {

/// Tells whether a text may stand in JSON as it is.
bool is_plain_utf8(std::string_view text);

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

} // namespace stint::cli
