/// Values of an export as JSON, and back: each type that a stored task is made of.
///
/// Threads  pure functions.
/// Errors   `bad_field`, which never leaves stored_line: what was wrong, with the path to it.
/// Units    nanoseconds.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <stint/state.hpp>

#include "base64.hpp"
#include "stored_fields.hpp"

namespace stint::cli {

struct bad_field : std::runtime_error {
  bad_field(std::string reason, const std::string& text) : std::runtime_error(text), why(std::move(reason)) {}
  std::string why;
};

using boost::json::value;

struct any_field {
  template <class T>
  void operator()(const char*, T&) const;
};
/// An object in JSON: stored_fields.hpp names what it consists of.
template <class T>
concept has_fields = requires(T& t) { each_field(t, any_field{}); };

// -- to JSON ------------------------------------------------------------------------------------------------------------

template <class T>
  requires std::integral<T>
value put(const T& n) { return n; }
inline value put(const std::string& s) { return is_plain_utf8(s) ? value(s) : value{{"base64", to_base64(s)}}; }
inline value put(const nanos& d) { return std::int64_t{d.count()}; }
inline value put(const wall_time& t) { return put(t.time_since_epoch()); }
inline value put(const state& s) { return value(to_string(s)); }
inline value put(const claim_mode& m) { return value(to_string(m)); }
inline value put(const setting_of& s) { return value(to_string(s)); }
/// The shortest text that reads as the same number.
inline value put(const double& d) {
  char text[32];
  return value(std::string_view{text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, d).ptr - text)});
}
template <class T>
value put(const std::optional<T>& v) { return put(*v); }
template <has_fields T>
value put(const T& from);
template <class T>
value put(const std::vector<T>& all) {
  boost::json::array a;
  for (const auto& one : all)
    a.push_back(put(one));
  return a;
}
/// Writes what differs from the default.
template <class T>
void put_fields(const T& from, boost::json::object& into) {
  static const T plain{};
  std::vector<const void*> defaults;
  each_field(plain, [&](const char*, const auto& field) { defaults.push_back(&field); });
  std::size_t n = 0;
  each_field(from, [&]<class Field>(const char* name, const Field& field) {
    if (!(field == *static_cast<const Field*>(defaults[n++])))
      into[name] = put(field);
  });
}
template <has_fields T>
value put(const T& from) {
  boost::json::object o;
  put_fields(from, o);
  return o;
}

// -- from JSON ----------------------------------------------------------------------------------------------------------

[[noreturn]] inline void wanted(const char* what) { throw bad_field{"wrong_type", std::string{what} + " is wanted"}; }

template <class T>
  requires std::integral<T> && (!std::same_as<T, bool>)
void take(const value& from, T& to) {
  if (const auto* n = from.if_int64(); n != nullptr && std::in_range<T>(*n))
    to = static_cast<T>(*n);
  else if (const auto* u = from.if_uint64(); u != nullptr && std::in_range<T>(*u))
    to = static_cast<T>(*u);
  else
    wanted("a whole number that fits");
}
inline void take(const value& from, bool& to) {
  if (!from.is_bool())
    wanted("true or false");
  to = from.get_bool();
}
inline void take(const value& from, std::string& to) {
  if (const auto* s = from.if_string()) {
    to.assign(s->data(), s->size());
    return;
  }
  const auto* o = from.if_object();
  const auto* coded = o != nullptr && o->size() == 1 ? o->if_contains("base64") : nullptr;
  const auto bytes = coded != nullptr && coded->is_string() ? from_base64(coded->get_string()) : std::nullopt;
  if (!bytes)
    wanted("a text, or {\"base64\": \"...\"}");
  to = *bytes;
}
inline void take(const value& from, nanos& to) {
  std::int64_t n = 0;
  take(from, n);
  to = nanos{n};
}
inline void take(const value& from, wall_time& to) {
  nanos d{0};
  take(from, d);
  to = wall_time{d};
}
inline void take(const value& from, double& to) {
  std::string text;
  take(from, text);
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), to);
  if (text.empty() || failed != std::errc{} || rest != text.data() + text.size())
    wanted("a number as a text");
}
inline void take(const value& from, state& to) {
  std::string name;
  take(from, name);
  const auto s = state_named(name);
  if (!s)
    throw bad_field{"bad_value", "there is no state '" + name + "'"};
  to = *s;
}
/// Takes one of a few words.
template <class T>
void take_word(const value& from, T& to, std::initializer_list<T> all) {
  std::string name;
  take(from, name);
  for (const auto one : all)
    if (to_string(one) == name) {
      to = one;
      return;
    }
  throw bad_field{"bad_value", "'" + name + "' is none"};
}
inline void take(const value& from, claim_mode& to) {
  take_word(from, to, {claim_mode::exclusive, claim_mode::shared, claim_mode::units});
}
inline void take(const value& from, setting_of& to) {
  take_word(from, to, {setting_of::list, setting_of::queue, setting_of::capacity});
}
template <class T>
void take(const value& from, std::optional<T>& to) { take(from, to.emplace()); }
template <has_fields T>
void take(const value& from, T& to);
template <class T>
void take(const value& from, std::vector<T>& to) {
  if (!from.is_array())
    wanted("an array");
  for (const auto& one : from.get_array())
    take(one, to.emplace_back());
}
/// Takes each field that is there, and no other.
template <class T>
void take_fields(const boost::json::object& from, T& to) {
  std::size_t known = 0;
  each_field(to, [&](const char* name, auto& field) {
    const auto* found = from.if_contains(name);
    if (found == nullptr)
      return;
    ++known;
    try {
      take(*found, field);
    } catch (const bad_field& e) {
      throw bad_field{e.why, std::string{name} + ": " + e.what()};
    }
  });
  if (known == from.size())
    return;
  for (const auto& field : from) {
    bool is_one = false;
    each_field(to, [&](const char* name, auto&) { is_one = is_one || field.key() == name; });
    if (!is_one)
      throw bad_field{"unknown_field", "'" + std::string{field.key()} + "'"};
  }
}
template <has_fields T>
void take(const value& from, T& to) {
  if (!from.is_object())
    wanted("an object");
  take_fields(from.get_object(), to);
}

} // namespace stint::cli
