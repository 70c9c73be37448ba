#include "batch_file.hpp"

#include <charconv>
#include <exception>

#include <stint/claims.hpp>
#include <stint/key.hpp>
#include <stint/limits.hpp>

namespace stint::cli {

namespace {

/// Reads to the next newline; throws what the stream buffer throws when it can't; keeps at most one byte more than the longest line, so that too much is noticed.
bool next_line(std::istream& in, std::string& line) {
  line.clear();
  auto& buffer = *in.rdbuf();
  constexpr auto end = std::char_traits<char>::eof();
  auto c = buffer.sbumpc();
  if (c == end)
    return false;
  for (; c != end && c != '\n'; c = buffer.sbumpc())
    if (line.size() <= longest_line)
      line += static_cast<char>(c);
  return true;
}

bool blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

} // namespace

std::variant<std::pair<std::string, std::uint32_t>, line_error> read_capacity(std::string_view text) {
  const auto equals = text.rfind('=');
  const auto digits = equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  std::uint32_t n = 0;
  const auto [rest, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (digits.empty() || failed != std::errc{} || rest != digits.data() + digits.size() || n == 0)
    return line_error{0, "bad_capacity", "'" + std::string{text} + "' is none; write a key and a number from 1: cpu=8"};
  std::string key{text.substr(0, equals)};
  if (key.empty())
    return line_error{0, "bad_capacity", "'" + std::string{text} + "' names no key"};
  if (auto ok = check_key(key, limits{}); !ok)
    return line_error{0, std::string{to_string(ok.code())}, ok.error().text};
  return std::pair{std::move(key), n};
}

batch_file read_batch(std::istream& in, const capacities& counted) {
  batch_file file;
  // The list's own rules: what it would refuse is refused here, where the number of the line is known.
  claims rules;
  std::vector<claim_holder*> nobody;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const auto& [key, n] = counted[i];
    for (std::size_t k = 0; k < i; ++k)
      if (counted[k].first == key)
        file.wrong.push_back({0, "bad_capacity", "'" + key + "' is given twice"});
    if (auto ok = rules.declare(key, n, nobody); !ok)
      file.wrong.push_back({0, std::string{to_string(ok.code())}, ok.error().text});
  }
  std::string line;
  const auto another = [&](std::size_t number) {
    try {
      return next_line(in, line);
    } catch (const std::exception& e) { // a folder opens like a file, and fails only now
      file.wrong.push_back({number, "unreadable", e.what()});
      return false;
    }
  };
  for (std::size_t number = 1; another(number); ++number) {
    if (line.size() > longest_line) {
      file.wrong.push_back({number, "line_too_long", "more than " + std::to_string(longest_line) + " bytes"});
      continue;
    }
    if (blank(line))
      continue;
    auto read = read_line(line);
    if (auto* wrong = std::get_if<line_error>(&read)) {
      wrong->line = number;
      file.wrong.push_back(std::move(*wrong));
      continue;
    }
    auto& s = std::get<spec>(read);
    if (auto ok = rules.check(s.claims); !ok) {
      auto text = ok.error().text;
      if (ok.code() == errc::key_not_counted)
        text += "; give --capacity KEY=UNITS";
      file.wrong.push_back({number, std::string{to_string(ok.code())}, std::move(text)});
      continue;
    }
    if (file.wrong.empty()) // else nothing will run, so nothing needs to be kept
      file.tasks.push_back(std::move(s));
  }
  if (file.tasks.empty() && file.wrong.empty())
    file.wrong.push_back({0, "empty_file", "no task in it"});
  return file;
}

} // namespace stint::cli
