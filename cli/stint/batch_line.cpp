#include "batch_line.hpp"

#include "duration.hpp"

#include <optional>
#include <utility>

#include <boost/json/object.hpp>

#include <stint/command_kind.hpp>
#include <stint/typed_args.hpp>
#include <stint/validate.hpp>

namespace stint::cli {

namespace {

using boost::json::value;
using fault = std::optional<line_error>;

fault refuse(std::string reason, std::string text) { return line_error{0, std::move(reason), std::move(text)}; }

template <class T>
fault take(const value& from, T& to, const std::string& field) {
  auto v = json::value_as<T>(from);
  if (!v) {
    // The converter names places inside the value: `[1]`, `.key` or none.
    const auto text = v.error().text;
    const bool inside = text.starts_with('[') || text.starts_with('.');
    return refuse("wrong_type", field + (inside ? "" : ": ") + text);
  }
  to = std::move(*v);
  return std::nullopt;
}

fault take_duration(const value& from, nanos& to, const std::string& field) {
  std::string text;
  if (auto wrong = take(from, text, field))
    return wrong;
  auto d = duration_of(text);
  if (!d)
    return refuse("bad_duration", field + ": '" + text + "' is none; write a whole number and ms, s, m, h or d: 30s");
  to = *d;
  return std::nullopt;
}

/// Takes a number that must fit between two; the list's own word for what is outside.
template <class T>
fault take_number(const value& from, T& to, const std::string& field, std::int64_t least, std::int64_t most,
                  errc outside) {
  std::int64_t n = 0;
  if (auto wrong = take(from, n, field))
    return wrong;
  if (n < least || n > most)
    return refuse(std::string{to_string(outside)}, field + ": " + std::to_string(n) + " is not between "
                                                     + std::to_string(least) + " and " + std::to_string(most));
  to = static_cast<T>(n);
  return std::nullopt;
}

fault take_claim(const value& from, claim& to, const std::string& field) {
  if (from.is_string())
    return take(from, to.key, field);
  const auto* o = from.if_object();
  if (o == nullptr)
    return refuse("wrong_type", field + ": a key or an object is wanted, this is " + json::detail::kind_name(from));
  std::optional<std::string> mode;
  bool counted = false, keyed = false;
  for (const auto& [name, v] : *o) {
    fault wrong;
    if (name == "key") {
      keyed = true;
      wrong = take(v, to.key, field + ".key");
    } else if (name == "mode") {
      wrong = take(v, mode.emplace(), field + ".mode");
    } else if (name == "units") {
      counted = true;
      wrong = take_number(v, to.units, field + ".units", 1, 0xffffffff, errc::invalid_units);
    } else {
      wrong = refuse("unknown_field", field + ": '" + std::string{name} + "'; a claim has key, mode and units");
    }
    if (wrong)
      return wrong;
  }
  if (!keyed)
    return refuse("missing_field", field + ": has no key");
  const auto named = mode.value_or(counted ? "units" : "exclusive");
  if (named == "units")
    to.mode = claim_mode::units;
  else if (named == "shared")
    to.mode = claim_mode::shared;
  else if (named != "exclusive")
    return refuse("bad_claim", field + ".mode: '" + named + "' is not exclusive, shared or units");
  if (counted != (named == "units"))
    return refuse("bad_claim", field + (counted ? ": units are claimed with the mode units" : ": how many units?"));
  return std::nullopt;
}

fault take_claims(const value& from, std::vector<claim>& to) {
  const auto* all = from.if_array();
  if (all == nullptr)
    return refuse("wrong_type", "claims: an array is wanted, this is " + json::detail::kind_name(from));
  for (std::size_t i = 0; i < all->size(); ++i)
    if (auto wrong = take_claim((*all)[i], to.emplace_back(), "claims[" + std::to_string(i) + "]"))
      return wrong;
  return std::nullopt;
}

/// A name for a task that has none: its command, cut to what fits in a line.
std::string name_from(const std::vector<std::string>& command) {
  constexpr std::size_t most = 60;
  std::string name;
  for (const auto& word : command) {
    name += (name.empty() ? "" : " ") + word;
    if (name.size() > most)
      break;
  }
  for (auto& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = ' ';
  if (name.size() > most) {
    std::size_t end = most - 2;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0U) == 0x80)
      --end; // not inside a character
    name.resize(end);
    name += "..";
  }
  return name;
}

fault take_field(std::string_view name, const value& v, spec& s, command_args& c, bool& named) {
  if (name == "command")
    return take(v, c.command, "command");
  if (name == "name") {
    named = true;
    return take(v, s.name, "name");
  }
  if (name == "env")
    return take(v, c.env.emplace(), "env");
  if (name == "cwd")
    return take(v, c.cwd.emplace(), "cwd");
  if (name == "claims")
    return take_claims(v, s.claims);
  if (name == "priority")
    return take_number(v, s.priority, "priority", -2, 2, errc::invalid_priority);
  if (name == "timeout")
    return take_duration(v, s.timeout.emplace(), "timeout");
  if (name == "delay")
    return take_duration(v, s.delay, "delay");
  if (name == "attempts")
    return take_number(v, s.retry.max_attempts, "attempts", 1, limits{}.attempts, errc::invalid_attempts);
  if (name == "tags")
    return take(v, s.tags, "tags");
  if (name == "queue")
    return take(v, s.queue, "queue");
  return refuse("unknown_field", "'" + std::string{name}
                                   + "'; known are name, command, claims, env, cwd, priority, "
                                     "timeout, attempts, tags, queue and delay");
}

} // namespace

std::variant<spec, line_error> read_line(std::string_view text) {
  auto v = json::parse(text);
  if (!v)
    return line_error{0, "malformed_json", v.error().text};
  const auto* o = v->if_object();
  if (o == nullptr)
    return line_error{0, "not_an_object",
                      "a task is an object, {\"command\": [...]}; this is " + json::detail::kind_name(*v)};
  spec s;
  command_args c;
  bool named = false;
  for (const auto& [name, field] : *o)
    if (auto wrong = take_field(name, field, s, c, named))
      return *wrong;
  if (!o->contains("command"))
    return line_error{0, "missing_field", "has no command"};
  if (auto ok = check_command(c); !ok)
    return line_error{0, "bad_command", ok.error().text};
  s.kind = command_name;
  s.args = json::to_args(c);
  if (!named)
    s.name = name_from(c.command);
  if (auto ok = check_spec(s, limits{}); !ok)
    return line_error{0, std::string{to_string(ok.code())}, ok.error().text};
  return s;
}

} // namespace stint::cli
