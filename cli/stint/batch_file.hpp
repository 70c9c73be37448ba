/// A whole batch file: every line is read and checked, before anything runs.
///
/// Threads  none.
/// Errors   all bad lines are told, each with its number; a file without a single task is one.
/// Units    bytes; a line longer than the limit is refused without being read into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <stint/spec.hpp>

#include "batch_line.hpp"

namespace stint::cli {

/// Longer lines could not be accepted as args anyway (limits::args), even with everything escaped.
inline constexpr std::size_t longest_line = std::size_t{512} * 1024;

/// How many units the counted keys have.
using capacities = std::vector<std::pair<std::string, std::uint32_t>>;

/// Reads `cpu=8`; the reason is bad_capacity, or the list's word for a bad key.
std::variant<std::pair<std::string, std::uint32_t>, line_error> read_capacity(std::string_view text);

struct batch_file {
  std::vector<spec> tasks;       ///< in the order of the lines
  std::vector<line_error> wrong; ///< if there are any, nothing may run
};

/// Reads lines until the stream ends; blank ones are passed over. Bad capacities have the line number 0.
batch_file read_batch(std::istream& in, const capacities& counted);

} // namespace stint::cli
