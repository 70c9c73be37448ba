#include "duration.hpp"

#include <charconv>
#include <cstdio>
#include <limits>

namespace stint::cli {

std::optional<nanos> duration_of(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return std::nullopt; // from_chars would take a minus
  std::int64_t number = 0;
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{})
    return std::nullopt;
  const std::string_view unit{rest, static_cast<std::size_t>(text.data() + text.size() - rest)};
  struct known {
    std::string_view name;
    nanos length;
  };
  using namespace std::chrono_literals;
  for (const auto& u : {known{"ms", 1ms}, known{"s", 1s}, known{"m", 1min}, known{"h", 1h}, known{"d", 24h}})
    if (unit == u.name) {
      if (number > std::numeric_limits<std::int64_t>::max() / u.length.count())
        return std::nullopt;
      return number * u.length;
    }
  return std::nullopt;
}

std::string shown(nanos duration) {
  const auto seconds = std::chrono::duration<double>(duration).count();
  const auto whole = static_cast<long long>(seconds);
  char text[48];
  if (seconds < 1)
    std::snprintf(text, sizeof text, "%.3f s", seconds);
  else if (whole < 60)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (whole < 3600)
    std::snprintf(text, sizeof text, "%lld min %lld s", whole / 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%lld h %lld min", whole / 3600, whole / 60 % 60);
  return text;
}

} // namespace stint::cli
