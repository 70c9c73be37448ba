/// Turns described structs into bytes and back, with everything that comes in checked.
///
/// Threads  pure functions.
/// Errors   bad_message, with what is wrong. What is allocated is in proportion to the bytes that came.
/// Wire     JSON, except that a text may be any bytes: what a body prints need not be UTF-8. A struct is an object, see
///          described.hpp; durations and wall times are nanoseconds.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <stint/described.hpp>

namespace stint::wire {

namespace json = boost::json;

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public>;

// -- writing ----------------------------------------------------------------------------------------------------------

template <class T>
json::value put(const T& x, const json::storage_ptr& room);

template <class T>
json::value put(const std::optional<T>& x, const json::storage_ptr& room) {
  return x ? put(*x, room) : json::value(nullptr, room);
}

template <class Range>
json::value put_all(const Range& xs, const json::storage_ptr& room) {
  json::array out(room);
  out.reserve(xs.size());
  for (const auto& x : xs)
    out.push_back(put(x, room));
  return out;
}
template <class T>
json::value put(const std::vector<T>& xs, const json::storage_ptr& room) {
  return put_all(xs, room);
}
template <class T, std::size_t N>
json::value put(const std::array<T, N>& xs, const json::storage_ptr& room) {
  return put_all(xs, room);
}

/// Tells whether a member has its default, and so need not travel.
template <class T>
bool same(const T& x, const T& plain);

template <class T>
bool same(const std::optional<T>& x, const std::optional<T>& plain) {
  return !x && !plain;
}
template <class T>
bool same(const std::vector<T>& xs, const std::vector<T>& plain) {
  return xs.empty() && plain.empty();
}
template <class T, std::size_t N>
bool same(const std::array<T, N>& xs, const std::array<T, N>& plain) {
  return std::equal(xs.begin(), xs.end(), plain.begin(), [](const T& a, const T& b) { return same(a, b); });
}
template <class T>
bool same(const T& x, const T& plain) {
  if constexpr (boost::describe::has_describe_members<T>::value) {
    bool all = true;
    boost::mp11::mp_for_each<members_of<T>>(
      [&](auto member) { all = all && same(x.*member.pointer, plain.*member.pointer); });
    return all;
  } else {
    return x == plain;
  }
}

template <class T>
json::value put(const T& x, const json::storage_ptr& room) {
  if constexpr (std::is_same_v<T, nanos>) {
    return json::value(x.count(), room);
  } else if constexpr (std::is_same_v<T, wall_time>) {
    return json::value(x.time_since_epoch().count(), room);
  } else if constexpr (std::is_enum_v<T>) {
    return json::value(static_cast<std::uint64_t>(x), room);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return json::value(json::string_view{x.data(), x.size()}, room);
  } else if constexpr (boost::describe::has_describe_members<T>::value) {
    json::object out(room);
    static const T plain{};
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
      if (!same(x.*member.pointer, plain.*member.pointer))
        out.emplace(member.name, put(x.*member.pointer, room));
    });
    return out;
  } else {
    return json::value(x, room);
  }
}

// -- reading: false says that it is something else --------------------------------------------------------------------

template <class T>
bool take(const json::value& from, T& x);

template <class T>
bool take(const json::value& from, std::optional<T>& x) {
  if (from.is_null()) {
    x.reset();
    return true;
  }
  return take(from, x.emplace());
}

template <class T>
bool take(const json::value& from, std::vector<T>& xs) {
  const auto* all = from.if_array();
  if (all == nullptr)
    return false;
  xs.clear();
  for (const auto& one : *all)
    if (!take(one, xs.emplace_back()))
      return false;
  return true;
}

template <class T, std::size_t N>
bool take(const json::value& from, std::array<T, N>& xs) {
  const auto* all = from.if_array();
  if (all == nullptr || all->size() > N)
    return false;
  for (std::size_t i = 0; i < all->size(); ++i)
    if (!take((*all)[i], xs[i]))
      return false;
  return true;
}

template <class T>
bool take_number(const json::value& from, T& x) {
  json::error_code wrong;
  x = from.to_number<T>(wrong);
  return !wrong;
}

template <class T>
bool take_enum(const json::value& from, T& x) {
  std::uint32_t n = 0;
  if (!take_number(from, n))
    return false;
  x = static_cast<T>(n);
  if constexpr (std::is_same_v<T, errc>) {
    return n <= static_cast<std::uint32_t>(last_errc);
  } else {
    bool known = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
      [&](auto e) { known = known || static_cast<std::uint32_t>(e.value) == n; });
    return known;
  }
}

template <class T>
bool take_struct(const json::value& from, T& x) {
  const auto* all = from.if_object();
  if (all == nullptr)
    return false;
  bool right = true;
  boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
    if (const auto* value = all->if_contains(member.name))
      right = right && take(*value, x.*member.pointer);
  });
  return right;
}

template <class T>
bool take(const json::value& from, T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    x = from.is_bool() && from.get_bool();
    return from.is_bool();
  } else if constexpr (std::is_same_v<T, nanos>) {
    std::int64_t n = 0;
    const bool right = take_number(from, n);
    x = nanos{n};
    return right;
  } else if constexpr (std::is_same_v<T, wall_time>) {
    nanos n{};
    const bool right = take(from, n);
    x = wall_time{n};
    return right;
  } else if constexpr (std::is_enum_v<T>) {
    return take_enum(from, x);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return take_number(from, x);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (const auto* text = from.if_string()) {
      x.assign(text->data(), text->size());
      return true;
    }
    return false;
  } else {
    return take_struct(from, x);
  }
}

// -- whole bodies -------------------------------------------------------------------------------------------------------

/// Renders a value made by put().
std::string render(const json::value& v);

/// Parses what came in.
result<json::value> parse(std::string_view bytes, const json::storage_ptr& room);

/// Memory for one body, given back at once.
json::storage_ptr make_room();

/// Bytes of a body. A page of a thousand tasks with all their errors has its place in it, a disk image has not.
inline constexpr std::size_t frame_limit = std::size_t{32} * 1024 * 1024;

/// One that has a body which was encoded before: that goes behind the rest and a line end, which JSON has nowhere else.
template <class T>
concept has_body = std::is_same_v<decltype(T::body), std::string>;

template <class T>
std::string encode(const T& x) {
  auto out = render(put(x, make_room()));
  if constexpr (has_body<T>) {
    out.reserve(out.size() + 1 + x.body.size());
    out += '\n';
    out += x.body;
  }
  return out;
}

/// What is missing keeps its default.
template <class T>
result<T> decode(std::string_view bytes) {
  if (bytes.size() > frame_limit)
    return {errc::bad_message, std::to_string(bytes.size()) + " bytes, the limit is " + std::to_string(frame_limit)};
  T x{};
  if constexpr (has_body<T>) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    x.body = bytes.substr(std::min(end + 1, bytes.size()));
    bytes = bytes.substr(0, end);
  }
  auto parsed = parse(bytes, make_room());
  if (!parsed)
    return parsed.error();
  if (!take(*parsed, x))
    return {errc::bad_message, "its body has another shape"};
  return x;
}

} // namespace stint::wire
