/// Writes what a task printed to standard output: byte for byte, but made harmless where that is a terminal.
///
/// Threads  one at a time.
#pragma once

#include <cstdio>
#include <string_view>

#include <unistd.h>

#include "shown_text.hpp"

namespace stint::cli {

inline void put_output(std::string_view text) {
  static const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  const auto shown = terminal ? harmless_lines(text) : std::string{};
  const auto put = terminal ? std::string_view{shown} : text;
  std::fwrite(put.data(), 1, put.size(), stdout);
}

} // namespace stint::cli
