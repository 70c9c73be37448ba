/// Turns the JSON args of a task into a struct of the program's own, and back.
///
/// Threads  pure functions.
/// Errors   malformed_args, with the path of what is wrong: `steps[2].name: a string is wanted, this is a number`.
/// Example  struct args { std::string prefix; std::optional<int> level; };
///          BOOST_DESCRIBE_STRUCT(args, (), (prefix, level))
///          auto a = stint::json::args_as<args>(R"({"prefix": "ppa"})");
///
/// A struct is *described* (Boost.Describe): then a field that is missing, unless it is a std::optional, or that the
/// struct does not have, is an error. Or it has a tag_invoke for boost::json::value_to: then that decides, and the text
/// of its exception is the error's. Members are converted by the same rule, so both kinds can be mixed.
#pragma once

#include <exception>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <boost/mp11/algorithm.hpp>

#include <stint/error.hpp>
#include <stint/strict_json.hpp>

namespace stint::json {

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_string_map : std::false_type {};
template <class T>
struct is_string_map<std::map<std::string, T>> : std::true_type {};

template <class T>
concept own_conversion = requires(const boost::json::value& v) {
  { tag_invoke(boost::json::value_to_tag<T>{}, v) } -> std::convertible_to<T>;
};
template <class T>
concept described = boost::describe::has_describe_members<T>::value && !own_conversion<T>;

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// What is wrong, and where.
struct wrong {
  std::string path;
  std::string text;
};

/// Says what a value is, in the words of JSON.
inline std::string kind_name(const boost::json::value& v) {
  switch (v.kind()) {
    case boost::json::kind::null: return "null";
    case boost::json::kind::bool_: return "true or false";
    case boost::json::kind::string: return "a string";
    case boost::json::kind::array: return "an array";
    case boost::json::kind::object: return "an object";
    default: return "a number";
  }
}

inline std::optional<wrong> wanted(std::string_view what, const boost::json::value& v, const std::string& path) {
  return wrong{path, std::string{what} + " is wanted, this is " + kind_name(v)};
}

template <class T>
std::optional<wrong> convert(const boost::json::value& from, T& to, const std::string& path);

template <class T>
std::optional<wrong> convert_described(const boost::json::object& from, T& to, const std::string& path) {
  std::optional<wrong> first;
  std::size_t known = 0;
  const auto below = path.empty() ? path : path + ".";
  boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
    if (first)
      return;
    auto& place = to.*member.pointer;
    const auto* found = from.if_contains(member.name);
    if (found != nullptr) {
      ++known;
      first = convert(*found, place, below + member.name);
    } else if constexpr (!is_optional<std::remove_cvref_t<decltype(place)>>::value) {
      first = wrong{below + member.name, "is missing"};
    }
  });
  if (first || known == from.size())
    return first;
  for (const auto& field : from) {
    bool is_member = false;
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) { is_member = is_member || field.key() == member.name; });
    if (!is_member)
      return wrong{below + std::string{field.key()}, "is no field of these args"};
  }
  return first;
}

template <class T>
std::optional<wrong> convert(const boost::json::value& from, T& to, const std::string& path) {
  if constexpr (is_optional<T>::value) {
    if (from.is_null())
      return std::nullopt;
    return convert(from, to.emplace(), path);
  } else if constexpr (is_vector<T>::value) {
    if (!from.is_array())
      return wanted("an array", from, path);
    for (std::size_t i = 0; i < from.get_array().size(); ++i) {
      typename T::value_type element{};
      if (auto w = convert(from.get_array()[i], element, path + "[" + std::to_string(i) + "]"))
        return w;
      to.push_back(std::move(element));
    }
    return std::nullopt;
  } else if constexpr (is_string_map<T>::value) {
    if (!from.is_object())
      return wanted("an object", from, path);
    for (const auto& field : from.get_object())
      if (auto w = convert(field.value(), to[std::string{field.key()}], path + "." + std::string{field.key()}))
        return w;
    return std::nullopt;
  } else if constexpr (described<T>) {
    if (!from.is_object())
      return wanted("an object", from, path);
    return convert_described(from.get_object(), to, path);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!from.is_string())
      return wanted("a string", from, path);
    to = std::string{from.get_string()};
    return std::nullopt;
  } else {
    if constexpr (std::is_same_v<T, bool>) {
      if (!from.is_bool())
        return wanted("true or false", from, path);
    } else if constexpr (std::is_arithmetic_v<T>) {
      if (!from.is_number())
        return wanted("a number", from, path);
    }
    try {
      to = boost::json::value_to<T>(from);
      return std::nullopt;
    } catch (const std::exception& e) {
      return wrong{path, std::is_arithmetic_v<T> ? "this number does not fit: " + boost::json::serialize(from) : e.what()};
    }
  }
}

} // namespace detail

/// Converts a JSON value.
template <class T>
result<T> value_as(const boost::json::value& from) {
  T to{};
  if (auto w = detail::convert(from, to, std::string{}))
    return {errc::malformed_args, w->path.empty() ? w->text : w->path + ": " + w->text};
  return to;
}

/// Reads a task's args; empty args are those of a struct without fields.
template <class T>
result<T> args_as(std::string_view text) {
  auto value = parse(text.empty() ? std::string_view{"{}"} : text);
  if (!value)
    return value.error();
  return value_as<T>(*value);
}

/// Writes args as the JSON text that `spec.args` takes; optional members without a value are left out.
template <class T>
std::string to_args(const T& from) {
  if constexpr (detail::described<T>) {
    boost::json::object o;
    boost::mp11::mp_for_each<detail::members_of<T>>([&](auto member) {
      const auto& field = from.*member.pointer;
      if constexpr (detail::is_optional<std::remove_cvref_t<decltype(field)>>::value) {
        if (field)
          o[member.name] = boost::json::value_from(*field);
      } else {
        o[member.name] = boost::json::value_from(field);
      }
    });
    return boost::json::serialize(o);
  } else {
    return boost::json::serialize(boost::json::value_from(from));
  }
}

} // namespace stint::json
