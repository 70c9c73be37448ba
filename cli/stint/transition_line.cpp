#include "transition_line.hpp"

#include <cstdio>
#include <ctime>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace stint::cli {

namespace {

boost::json::string json_text(std::string_view text) { return boost::json::string{text.data(), text.size()}; }

} // namespace

std::string utc(wall_time when) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch()).count();
  const auto part = ((ms % 1000) + 1000) % 1000;
  const auto seconds = static_cast<std::time_t>((ms - part) / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[96];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(part));
  return text;
}

std::string transition_line(const event& e, bool missed) {
  boost::json::object o;
  o["version"] = e.version;
  o["id"] = e.id;
  o["name"] = json_text(e.name);
  if (e.created)
    o["from"] = nullptr;
  else
    o["from"] = json_text(to_string(e.from));
  o["to"] = json_text(to_string(e.to));
  o["attempt"] = e.attempt;
  o["code"] = e.code;
  o["error"] = json_text(e.error);
  o["time"] = json_text(utc(e.when));
  if (missed)
    o["missed"] = true;
  return boost::json::serialize(o);
}

} // namespace stint::cli
