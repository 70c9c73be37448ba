#include "base64.hpp"

#include <algorithm>
#include <cstdint>

#include <stint/validate.hpp>

namespace stint::cli {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

bool is_plain_utf8(std::string_view text) { return valid_text(text, false); }

std::string to_base64(std::string_view bytes) {
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i)
      three = three << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= bytes.size() ? digits[three >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  for (auto rest = text; !rest.empty(); rest.remove_prefix(4)) {
    if (rest.size() < 4)
      return std::nullopt;
    const std::size_t padding = rest[3] != '=' ? 0 : rest[2] != '=' ? 1 : 2;
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto at = i < 4 - padding ? digits.find(rest[i]) : 0;
      if (at == std::string_view::npos)
        return std::nullopt;
      three = three << 6 | static_cast<std::uint32_t>(at);
    }
    for (std::size_t i = 0; i < 3 - padding; ++i)
      out += static_cast<char>(three >> (16 - 8 * i) & 0xFFU);
  }
  if (to_base64(out) != text) // padding in the middle, or bits past the end
    return std::nullopt;
  return out;
}

} // namespace stint::cli
