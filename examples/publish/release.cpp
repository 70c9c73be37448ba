#include "release.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>

namespace publisher {

namespace {

bool stays_inside(std::string_view path) {
  const std::filesystem::path p{path};
  return !path.empty() && !p.is_absolute() && std::find(p.begin(), p.end(), "..") == p.end();
}

bool is_sum(std::string_view word) {
  return word.size() == 64 && word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Takes the next line off a text.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

stint::error bad_line(int number, const std::string& why) {
  return {stint::errc::io_failed, "line " + std::to_string(number) + ": " + why};
}

} // namespace

std::string release_date(stint::wall_time when) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[64];
  // The names are those of the C locale, which a program that sets no locale has.
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S UTC", &utc);
  return text;
}

std::string render(const release_file& release) {
  std::string out;
  for (const auto name : release_fields)
    if (const auto it = release.fields.find(name); it != release.fields.end())
      out.append(name).append(": ").append(it->second) += '\n';
  out += "SHA256:\n";
  for (const auto& e : release.entries) {
    const auto size = std::to_string(e.sum.size);
    out +=
      " " + e.sum.sha256 + " " + std::string(size.size() < 9 ? 9 - size.size() : 0, ' ') + size + " " + e.path + "\n";
  }
  return out;
}

stint::result<release_file> parse_release(std::string_view text) {
  release_file out;
  bool in_sums = false;
  for (int number = 1; !text.empty(); ++number) {
    auto line = take_line(text);
    if (line.starts_with(' ')) {
      if (!in_sums)
        continue; // a continued field, or sums of a kind that is not looked at
      release_entry e;
      e.sum.sha256 = take_word(line);
      const auto size = take_word(line);
      e.path = take_word(line);
      const auto end = size.data() + size.size();
      if (!is_sum(e.sum.sha256) || std::from_chars(size.data(), end, e.sum.size).ptr != end || size.empty())
        return bad_line(number, "no sum and size");
      if (!stays_inside(e.path))
        return bad_line(number, "the path leads out of the distribution");
      out.entries.push_back(std::move(e));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
      return bad_line(number, "no field");
    in_sums = line.substr(0, colon) == "SHA256";
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    out.fields[std::string{line.substr(0, colon)}] = value;
  }
  return out;
}

std::string render_sums(const std::vector<release_entry>& entries) {
  std::string out;
  for (const auto& e : entries)
    out += e.sum.sha256 + "  " + e.path + "\n";
  return out;
}

stint::result<std::vector<release_entry>> parse_sums(std::string_view text) {
  std::vector<release_entry> out;
  for (int number = 1; !text.empty(); ++number) {
    const auto line = take_line(text);
    if (line.size() < 67 || !is_sum(line.substr(0, 64)) || line.substr(64, 2) != "  " || !stays_inside(line.substr(66)))
      return bad_line(number, "no sum and path");
    out.push_back({std::string{line.substr(66)}, {std::string{line.substr(0, 64)}, 0}});
  }
  return out;
}

} // namespace publisher
