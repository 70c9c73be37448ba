#include <stint/strict_json.hpp>

#include <set>
#include <string>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

namespace stint::json {

namespace {

/// Looks for fields that stand twice in one object; Boost.JSON's own reader lets the last one win.
class field_watch {
public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  using code = boost::json::error_code;
  using text = boost::json::string_view;

  std::string twice;
  bool found = false;

  bool on_document_begin(code&) { return true; }
  bool on_document_end(code&) { return true; }
  bool on_object_begin(code&) {
    fields_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, code&) {
    fields_.pop_back();
    return true;
  }
  bool on_array_begin(code&) { return true; }
  bool on_array_end(std::size_t, code&) { return true; }
  bool on_key_part(text part, std::size_t, code&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(text rest, std::size_t, code& ec) {
    key_.append(rest.data(), rest.size());
    if (!fields_.back().insert(key_).second) {
      twice = key_;
      found = true;
      ec = boost::json::error::exception; // any error stops the parser; ours is told by `found`
      return false;
    }
    key_.clear();
    return true;
  }
  bool on_string_part(text, std::size_t, code&) { return true; }
  bool on_string(text, std::size_t, code&) { return true; }
  bool on_number_part(text, code&) { return true; }
  bool on_int64(std::int64_t, text, code&) { return true; }
  bool on_uint64(std::uint64_t, text, code&) { return true; }
  bool on_double(double, text, code&) { return true; }
  bool on_bool(bool, code&) { return true; }
  bool on_null(code&) { return true; }
  bool on_comment_part(text, code&) { return true; }
  bool on_comment(text, code&) { return true; }

private:
  std::vector<std::set<std::string>> fields_;
  std::string key_;
};

} // namespace

result<boost::json::value> parse(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = depth_limit;
  boost::json::basic_parser<field_watch> watch{options};
  boost::json::error_code ec;
  const auto used = watch.write_some(false, text.data(), text.size(), ec);
  if (watch.handler().found)
    return {errc::malformed_args, "'" + watch.handler().twice + "' stands twice"};
  if (ec)
    return {errc::malformed_args, "not JSON at byte " + std::to_string(used + 1) + ": " + ec.message()};
  if (used < text.size())
    return {errc::malformed_args, "something follows the value at byte " + std::to_string(used + 1)};
  auto value = boost::json::parse({text.data(), text.size()}, ec, {}, options);
  if (ec)
    return {errc::malformed_args, "not JSON: " + ec.message()};
  return value;
}

} // namespace stint::json
