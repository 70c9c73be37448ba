/// Writes what a task printed to standard output: byte for byte, but made harmless where that is a terminal.
///
/// Threads  one at a time.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include <unistd.h>

#include "shown_text.hpp"

namespace stint::cli {

inline void put_output(std::string_view text) {
  static const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  if (!terminal) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return;
  }
  static std::string begun; // a character whose other bytes come with the next piece
  begun += text;
  const auto whole = begun.size() - cut_off(begun);
  const auto shown = harmless_lines(std::string_view{begun}.substr(0, whole));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  begun.erase(0, whole);
}

} // namespace stint::cli
