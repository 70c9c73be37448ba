#include <stint/key.hpp>

namespace stint {

std::string escape_part(std::string_view part) {
  std::string out;
  out.reserve(part.size());
  for (char c : part) {
    if (c == '/')
      out += "%2F";
    else if (c == '%')
      out += "%25";
    else
      out += c;
  }
  return out;
}

result<std::string> unescape_part(std::string_view part) {
  std::string out;
  out.reserve(part.size());
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '%') {
      out += part[i];
      continue;
    }
    auto code = part.substr(i, 3);
    if (code == "%2F")
      out += '/';
    else if (code == "%25")
      out += '%';
    else
      return {errc::invalid_key, "bad escape in key part '" + std::string{part} + "': only %2F and %25 are known"};
    i += 2;
  }
  return out;
}

key& key::append(std::string_view part) {
  // An empty part is kept as an empty part: check_key() refuses it where the key is used.
  if (text_.empty() && !part.empty()) {
    text_ = escape_part(part);
  } else {
    text_ += '/';
    text_ += escape_part(part);
  }
  return *this;
}

result<unit_t> check_key(std::string_view text, const limits& bounds) {
  if (text.empty())
    return unit;
  if (text.size() > bounds.key)
    return {errc::key_too_long, "key has " + std::to_string(text.size()) + " bytes, the limit is "
                                  + std::to_string(bounds.key)};
  std::size_t parts = 0;
  std::size_t from = 0;
  for (;;) {
    auto to = text.find('/', from);
    auto part = text.substr(from, to == std::string_view::npos ? to : to - from);
    if (part.empty())
      return {errc::invalid_key, "key '" + std::string{text} + "' has an empty part"};
    if (part.find('%') != std::string_view::npos)
      if (auto ok = unescape_part(part); !ok)
        return ok.error();
    for (unsigned char c : part)
      if (c < 0x20 || c == 0x7f)
        return {errc::invalid_key, "key has a control character"};
    if (++parts > bounds.key_depth)
      return {errc::key_too_deep, "key '" + std::string{text} + "' has more than " + std::to_string(bounds.key_depth)
                                    + " parts"};
    if (to == std::string_view::npos)
      return unit;
    from = to + 1;
  }
}

} // namespace stint
