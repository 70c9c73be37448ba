/// What the programs of this folder share: options that are all known, and parts that run one after the other.
///
/// Errors   a word that means nothing ends the program with 2: it must not pass as a check in which nothing was wrong.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <variant>
#include <vector>

namespace stint::faults {

struct program_option {
  std::string name;
  std::variant<std::uint64_t*, std::string*> into;
};

/// Reads `--name value` pairs.
inline void read_options(const std::vector<std::string>& words, const std::vector<program_option>& known) {
  auto refuse = [](const std::string& word) {
    std::fprintf(stderr, "faults: '%s' is no option, or lacks its value\n", word.c_str());
    std::exit(2);
  };
  for (std::size_t i = 1; i < words.size(); i += 2) {
    const auto o = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.name == words[i]; });
    if (o == known.end() || i + 1 == words.size())
      refuse(words[i]);
    const auto& value = words[i + 1];
    if (auto* text = std::get_if<std::string*>(&o->into)) {
      **text = value;
      continue;
    }
    char* end = nullptr;
    errno = 0;
    *std::get<std::uint64_t*>(o->into) = std::strtoull(value.c_str(), &end, 10);
    if (value.empty() || value[0] == '-' || *end != '\0' || errno != 0)
      refuse(words[i] + " " + value);
  }
}

template <class Settings>
struct part {
  const char* name;
  bool (*run)(const Settings&);
};

/// Tells whether a list of names with commas has this one.
inline bool named_in(const std::string& names, const std::string& one) {
  return ("," + names + ",").find("," + one + ",") != std::string::npos;
}

/// Runs the parts, or those that `only` names; returns the program's exit code.
template <class Settings>
int run_parts(const std::vector<part<Settings>>& parts, const Settings& with, const std::string& only) {
  bool good = true;
  for (std::size_t from = 0; from < only.size();) {
    const auto end = std::min(only.find(',', from), only.size());
    const auto name = only.substr(from, end - from);
    if (std::none_of(parts.begin(), parts.end(), [&](const auto& p) { return name == p.name; })) {
      std::fprintf(stderr, "faults: no part is called '%s'\n", name.c_str());
      return 2;
    }
    from = end + 1;
  }
  for (const auto& p : parts) {
    if (!only.empty() && !named_in(only, p.name))
      continue;
    bool right = false;
    try {
      right = p.run(with);
    } catch (const std::exception& e) {
      std::printf("%s\n", e.what());
    }
    if (!right) {
      std::printf("FAILED: %s\n", p.name);
      good = false;
    }
    std::fflush(stdout);
  }
  std::printf("%s\n", good ? "faults: nothing lost, undone, done twice or wrong" : "faults: FAILED");
  return good ? 0 : 1;
}

} // namespace stint::faults
