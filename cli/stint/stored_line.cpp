#include "stored_line.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/serialize.hpp>

#include <stint/digest.hpp>
#include <stint/strict_json.hpp>

#include "stored_value.hpp"

namespace stint::cli {

namespace {

constexpr std::uint64_t format = 1;
constexpr std::string_view before_sum = ",\"sum\":";

/// Closes a line with the sum of what stands before it.
std::string with_sum(const boost::json::object& o) {
  auto line = boost::json::serialize(o);
  line.pop_back();
  const auto sum = digest{}.add(line).value();
  line.append(before_sum).append(std::to_string(sum)).append(1, '}');
  return line;
}

/// Takes the sum off a line that fits it.
void check_sum(std::string_view line, boost::json::object& o) {
  const auto at = line.rfind(before_sum);
  std::uint64_t sum = 0;
  if (at == std::string_view::npos || o.if_contains("sum") == nullptr)
    throw bad_field{"missing_field", "it has no sum"};
  const auto digits = line.substr(at + before_sum.size());
  const auto [rest, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), sum);
  if (failed != std::errc{} || std::string_view{rest, digits.data() + digits.size()} != "}"
      || digest{}.add(line.substr(0, at)).value() != sum)
    throw bad_field{"damaged_line", "it does not fit its sum"};
  o.erase("sum");
}

boost::json::object object_of(std::string_view line) {
  auto v = stint::json::parse(line);
  if (!v)
    throw bad_field{"malformed_json", v.error().text};
  if (!v->is_object())
    throw bad_field{"not_an_object", "each line is an object"};
  return std::move(v->get_object());
}

void need_all(const boost::json::object& o, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    if (!o.contains(name))
      throw bad_field{"missing_field", "has no " + std::string{name}};
}

/// What a store would not give back as it got it.
void check(const transfer_task& one) {
  const auto& t = one.task;
  if (t.id == 0 || t.version == 0)
    throw bad_field{"bad_value", "ids and versions begin with 1"};
  if (std::max({t.id, t.version, one.printed}) > greatest_imported)
    throw bad_field{"bad_value", "no id, version or output_bytes is greater than " + std::to_string(greatest_imported)};
  if (terminal(t.state) != t.ended.has_value())
    throw bad_field{"bad_value", "it is " + std::string{to_string(t.state)} + (t.ended ? " and has" : " and has not") + " ended"};
  std::uint64_t end = 0;
  for (const auto& p : one.output) {
    if (p.offset < end || p.text.empty() || p.text.size() > one.printed || p.offset > one.printed - p.text.size())
      throw bad_field{"bad_value", "output at " + std::to_string(p.offset) + " is not where it was printed"};
    end = p.offset + p.text.size();
  }
}

template <class F>
auto read(F&& how) -> std::variant<decltype(how()), line_error> {
  try {
    return how();
  } catch (const bad_field& e) {
    return line_error{0, e.why, e.what()};
  }
}

} // namespace

std::string head_line(const transfer_head& h) {
  boost::json::object o;
  o["stint_export"] = format;
  each_field(h, [&o](const char* name, const auto& field) { o[name] = put(field); });
  return with_sum(o);
}

std::string task_line(const transfer_task& t) {
  boost::json::object o;
  o["id"] = t.task.id;
  o["version"] = t.task.version;
  o["state"] = to_string(t.task.state);
  put_fields(t, o);
  return with_sum(o);
}

std::variant<transfer_head, line_error> read_head_line(std::string_view line) {
  return read([line] {
    boost::json::object o;
    try {
      o = object_of(line);
    } catch (const bad_field& e) {
      throw bad_field{"no_export", std::string{"the first line is no header: "} + e.what()};
    }
    std::uint64_t written = 0;
    if (const auto* f = o.if_contains("stint_export"))
      take(*f, written);
    if (written == 0)
      throw bad_field{"no_export", "the first line is no header: it has no stint_export"};
    if (written > format)
      throw bad_field{"format_too_new", "it is of format " + std::to_string(written) + ", this stint knows those up to "
                                          + std::to_string(format)};
    check_sum(line, o);
    o.erase("stint_export");
    need_all(o, {"version", "last_id", "epoch", "tasks", "settings"});
    transfer_head h;
    take_fields(o, h);
    if (std::max(h.at.version, h.at.last_id) > greatest_imported)
      throw bad_field{"bad_value", "neither version nor last_id is greater than " + std::to_string(greatest_imported)};
    return h;
  });
}

std::variant<transfer_task, line_error> read_task_line(std::string_view line) {
  return read([line] {
    auto o = object_of(line);
    check_sum(line, o);
    need_all(o, {"id", "version", "state"});
    transfer_task t;
    take_fields(o, t);
    check(t);
    return t;
  });
}

} // namespace stint::cli
