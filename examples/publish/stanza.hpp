/// Cuts a package index into stanzas and reads the fields that the publisher needs.
///
/// Owner    views into the index's text, which must outlive them.
/// Threads  pure.
/// Errors   none: a stanza that lacks a field, or whose architecture is no word, is not `usable()`.
/// Source   Debian policy 5.1: fields in any case and order, continued lines begin with a blank, stanzas part at empty lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace publisher {

struct stanza {
  std::string_view text; ///< with the newline of its last line, without the empty line behind it
  std::string_view package;
  std::string_view version;
  std::string_view architecture;
  std::string_view section;

  /// Tells whether the stanza has what every package has. The architecture becomes a folder's name, so it must be a word.
  [[nodiscard]] bool usable() const;
};

class stanza_reader {
public:
  explicit stanza_reader(std::string_view text) : rest_(text) {}

  /// Reads the next stanza; false at the end.
  bool next(stanza& out);

private:
  std::string_view rest_;
};

/// A hash that is the same on every machine and in every version, unlike std::hash (FNV-1a).
std::uint32_t stable_hash(std::string_view text, std::uint32_t seed = 2166136261U);

/// Which of the packages a request publishes.
///
/// The distributions share the packages out among themselves, by section and first letter; each round withholds another
/// sixteenth, so that two publishes of one distribution never write the same files and a mixture of both can't verify.
struct selection {
  std::uint32_t distribution = 0; ///< of `distributions`, from 0
  std::uint32_t distributions = 1;
  std::uint32_t round = 0;

  [[nodiscard]] bool takes(const stanza& s) const;
};

} // namespace publisher
