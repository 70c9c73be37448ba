/// Reads JSON text strictly: what a lenient reader would pass over in silence is refused with its place.
///
/// Threads  pure function.
/// Errors   malformed_args: not JSON, text after the value, the same field twice in one object, nested deeper than 32.
/// Cost     O(bytes).
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include <stint/error.hpp>

namespace stint::json {

/// Levels of objects and arrays inside each other; more is an attack or a mistake.
inline constexpr std::size_t depth_limit = 32;

/// Parses one JSON value.
result<boost::json::value> parse(std::string_view text);

} // namespace stint::json
