/// One line of a batch file: a JSON object that describes a command, read into the spec of its task.
///
/// Threads  pure functions.
/// Errors   line_error, whose reason is a stable word (docs/cli.md lists them); nothing is guessed and nothing ignored.
/// Wire     {"command": [...]} and, all optional: name, claims, env, cwd, priority, timeout, attempts, tags, queue, delay.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include <stint/spec.hpp>

namespace stint::cli {

/// Why a line is refused.
struct line_error {
  std::size_t line = 0; ///< from 1; 0: the file as a whole
  std::string reason;   ///< one word, such as unknown_field
  std::string text;     ///< what was wrong this time

  friend bool operator==(const line_error&, const line_error&) = default;
};

/// Reads a line. What can be said of it alone is checked; declared capacities are the file's business.
std::variant<spec, line_error> read_line(std::string_view text);

} // namespace stint::cli
