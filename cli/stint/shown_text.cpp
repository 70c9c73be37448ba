#include "shown_text.hpp"

#include <cstdint>
#include <cstdio>
#include <cwchar>

#include <locale.h>
#include <wchar.h>

namespace stint {

namespace {

// The C library knows which characters are wide; it answers for the locale of
// the calling thread, and programs seldom set one. So each call borrows C.UTF-8.
class utf8_here {
public:
  utf8_here() : before_(locale() != locale_t{} ? uselocale(locale()) : locale_t{}) {}
  ~utf8_here() {
    if (before_ != locale_t{})
      uselocale(before_);
  }
  utf8_here(const utf8_here&) = delete;
  utf8_here& operator=(const utf8_here&) = delete;

  [[nodiscard]] bool usable() const { return before_ != locale_t{}; }

private:
  static locale_t locale() {
    static const locale_t it = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
    return it;
  }

  locale_t before_;
};

// Characters that iswprint() lets pass but that reorder or hide their neighbours.
bool misleading(std::uint32_t c) {
  return c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f)
         || c == 0xfeff || (c >= 0xe0000 && c <= 0xe0fff);
}

struct piece {
  std::string_view bytes;
  std::uint32_t code = 0;
  int columns = -1; ///< -1: not to be shown as it is
};

piece first_piece(std::string_view text, bool utf8) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x80)
    return {text.substr(0, 1), byte, byte >= 0x20 && byte != 0x7f ? 1 : -1};
  wchar_t wide = 0;
  std::mbstate_t fresh{};
  const auto length = utf8 ? std::mbrtowc(&wide, text.data(), text.size(), &fresh) : 0;
  if (length == 0 || length > text.size())
    return {text.substr(0, 1), byte, -1};
  const auto code = static_cast<std::uint32_t>(wide);
  return {text.substr(0, length), code, misleading(code) ? -1 : wcwidth(wide)};
}

template <class F>
void each_piece(std::string_view text, F f) {
  const utf8_here here;
  while (!text.empty()) {
    const auto p = first_piece(text, here.usable());
    if (!f(p))
      return;
    text.remove_prefix(p.bytes.size());
  }
}

} // namespace

namespace {

std::string written_out(std::string_view text, std::string_view as_it_is) {
  std::string out;
  out.reserve(text.size());
  each_piece(text, [&](const piece& p) {
    if (p.columns >= 0 || as_it_is.find(p.bytes) != std::string_view::npos) {
      out += p.bytes;
      return true;
    }
    char escape[16];
    if (p.code == '\n' || p.code == '\t')
      std::snprintf(escape, sizeof escape, "%s", p.code == '\n' ? "\\n" : "\\t");
    else
      std::snprintf(escape, sizeof escape, p.bytes.size() == 1 ? "\\x%02x" : "\\u%04x", p.code);
    out += escape;
    return true;
  });
  return out;
}

} // namespace

std::string harmless(std::string_view text) { return written_out(text, {}); }

std::string harmless_lines(std::string_view text) { return written_out(text, "\n\t"); }

std::size_t cut_off(std::string_view text) {
  for (std::size_t n = 1; n <= 3 && n <= text.size(); ++n) {
    const auto byte = static_cast<unsigned char>(text[text.size() - n]);
    if ((byte & 0xc0) == 0x80)
      continue;
    const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > n ? n : 0;
  }
  return 0;
}

std::size_t shown_width(std::string_view text) {
  std::size_t columns = 0;
  each_piece(text, [&columns](const piece& p) {
    columns += p.columns > 0 ? static_cast<std::size_t>(p.columns) : 0;
    return true;
  });
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (text.size() <= columns || shown_width(text) <= columns)
    return std::string{text};
  const std::string_view mark = columns >= 4 ? ".." : "";
  const auto room = columns - mark.size();
  std::size_t used = 0;
  std::string out;
  each_piece(text, [&](const piece& p) {
    const auto width = p.columns > 0 ? static_cast<std::size_t>(p.columns) : 0;
    if (used + width > room)
      return false;
    used += width;
    out += p.bytes;
    return true;
  });
  return out.append(mark);
}

std::string fit_to(std::string_view text, std::size_t columns) {
  auto out = cut_to(text, columns);
  const auto width = shown_width(out);
  return out.append(width < columns ? columns - width : 0, ' ');
}

} // namespace stint
