/// Makes text from elsewhere harmless to show, and measures and cuts it by the columns that it takes.
///
/// Threads  pure functions; the caller's locale is never changed for longer than a call, nor for other threads.
/// Errors   none: what is not UTF-8 is shown as its bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stint {

/// Replaces what could move a cursor, change colours or turn the direction of writing: ESC becomes `\x1b`.
std::string harmless(std::string_view text);

/// The same of several lines: their ends and tabs stay.
std::string harmless_lines(std::string_view text);

/// Returns how many bytes at the end of a text begin a character that is not complete: 0 to 3.
std::size_t cut_off(std::string_view text);

/// Returns the columns that a text takes on a terminal; the text has to be harmless.
std::size_t shown_width(std::string_view text);

/// Cuts a harmless text to at most `columns`, with `..` at its end where something is missing.
std::string cut_to(std::string_view text, std::size_t columns);

/// Cuts a harmless text and fills it up with blanks to exactly `columns`.
std::string fit_to(std::string_view text, std::size_t columns);

} // namespace stint
