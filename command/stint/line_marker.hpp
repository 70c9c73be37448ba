/// Joins a program's two streams into one text of whole lines, in which each line says which stream it came from.
///
/// Owner    one per run of a program.
/// Threads  none.
/// Order    lines of one stream keep their order; between the streams it is the order in which they were read, which
///          is close to, but not exactly, the order of writing.
/// Units    bytes; a line longer than the limit is broken, so that memory is bounded.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace stint {

/// The streams a program writes to.
enum class stream : unsigned char { out, err };

/// What stands before each line of the error stream; lines of the output stream have no mark.
inline constexpr std::string_view error_mark = "! ";

class line_marker {
public:
  /// A line is broken after `longest` bytes.
  explicit line_marker(std::size_t longest = std::size_t{16} * 1024) : longest_(longest) {}

  /// Takes what was read from `from`; appends the lines that are whole now to `text`.
  void feed(stream from, std::string_view read, std::string& text);

  /// Appends what never got its newline, with one.
  void finish(std::string& text);

private:
  static void emit(stream from, std::string_view line, std::string& text);

  std::size_t longest_;
  std::array<std::string, 2> partial_;
};

} // namespace stint
