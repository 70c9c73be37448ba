/// Checks a spec or a filter on its own: everything that can be said without knowing the tasks.
///
/// Threads  pure functions.
/// Errors   one named error per mistake, the first found; nothing is changed or cut.
#pragma once

#include <stint/error.hpp>
#include <stint/limits.hpp>
#include <stint/query.hpp>
#include <stint/spec.hpp>

namespace stint {

/// Words that need no look, because they are names already.
struct known_words {
  bool queue = false;
  bool kind = false;
};

/// Checks everything about a spec but its body, its kind and what is declared in the list.
result<unit_t> check_spec(const spec& s, const limits& bounds, known_words known = {});

/// Checks the labels of a task or of a worker.
result<unit_t> check_labels(const std::vector<std::string>& labels, const limits& bounds);

/// Checks a word that names a queue, a kind, a tag or a label.
result<unit_t> check_word(std::string_view word, errc code, std::string_view what, const limits& bounds);

/// Checks the bounds of what is kept: that ages are not negative and that only ends have bounds of their own.
result<unit_t> check_kept(const limits& bounds);

/// Checks that a filter is within the limits; a text that no task can have is longer than a task's.
result<unit_t> check_filter(const filter& f, const limits& bounds);

/// Tells whether a text is well-formed UTF-8; control characters other than \n and \t are refused when `printable`.
bool valid_text(std::string_view text, bool printable);

/// Returns the longest beginning of a text of at most this many bytes that does not end within a character.
std::string_view whole_characters(std::string_view text, std::size_t most);

} // namespace stint
