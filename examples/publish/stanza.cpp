#include "stanza.hpp"

#include <algorithm>
#include <strings.h>

namespace publisher {

namespace {

bool named(std::string_view line, std::string_view field) {
  return line.size() > field.size() && line[field.size()] == ':'
         && strncasecmp(line.data(), field.data(), field.size()) == 0;
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t'))
    s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r'))
    s.remove_suffix(1);
  return s;
}

void read_field(stanza& s, std::string_view line) {
  const auto take = [line](std::string_view field, std::string_view& into) {
    if (named(line, field))
      into = trimmed(line.substr(field.size() + 1));
  };
  switch (line[0] | 0x20) { // most lines are none of ours: one look at the first letter
  case 'p':
    return take("Package", s.package);
  case 'v':
    return take("Version", s.version);
  case 'a':
    return take("Architecture", s.architecture);
  case 's':
    return take("Section", s.section);
  default:
    return;
  }
}

} // namespace

bool stanza::usable() const {
  const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !package.empty() && !version.empty() && !architecture.empty() && architecture.size() <= 32
         && std::all_of(architecture.begin(), architecture.end(), word);
}

bool stanza_reader::next(stanza& out) {
  while (!rest_.empty() && rest_.front() == '\n')
    rest_.remove_prefix(1);
  if (rest_.empty())
    return false;
  out = {};
  std::size_t at = 0;
  while (at < rest_.size() && rest_[at] != '\n') {
    const auto end = std::min(rest_.find('\n', at), rest_.size());
    read_field(out, rest_.substr(at, end - at));
    at = std::min(end + 1, rest_.size());
  }
  out.text = rest_.substr(0, at);
  rest_.remove_prefix(at);
  return true;
}

std::uint32_t stable_hash(std::string_view text, std::uint32_t seed) {
  for (const char c : text)
    seed = (seed ^ static_cast<unsigned char>(c)) * 16777619U;
  return seed;
}

bool selection::takes(const stanza& s) const {
  const auto group = stable_hash(s.package.substr(0, 1), stable_hash(s.section));
  // The low bits of this hash follow those of its last letter; the high ones are mixed.
  if ((group >> 8) % distributions != distribution)
    return false;
  return (stable_hash(s.package) >> 8) % 16 != round % 16;
}

} // namespace publisher
