// What is tested: stint::json::parse refuses what a lenient reader passes over. How: texts in, values or errors out.
#include <stint/strict_json.hpp>

#include <gtest/gtest.h>

using stint::errc;
using stint::json::parse;

namespace {

std::string refusal(std::string_view text) {
  auto v = parse(text);
  EXPECT_EQ(v.code(), errc::malformed_args) << text;
  return v.error().text;
}

} // namespace

TEST(strict_json, reads_any_value) {
  EXPECT_EQ(parse(R"({"a": [1, "x", null, {"a": 2}]})")->at("a").at(3).at("a").as_int64(), 2);
  EXPECT_TRUE(parse("null")->is_null());
  EXPECT_TRUE(parse(" [ ] \r\n")->is_array());
}

TEST(strict_json, the_same_field_twice_is_refused_at_every_depth) {
  EXPECT_EQ(refusal(R"({"a": 1, "a": 2})"), "'a' stands twice");
  EXPECT_EQ(refusal(R"([{"b": {"long name": 1, "long name": 1}}])"), "'long name' stands twice");
  // The same name written differently is the same name.
  EXPECT_EQ(refusal("{\"k\\u0065y\": 1, \"key\": 2}"), "'key' stands twice");
  EXPECT_TRUE(parse(R"([{"a": 1}, {"a": 1}, {"b": {"a": 1}, "a": 2}])"));
}

TEST(strict_json, what_is_not_json_is_refused_with_its_place) {
  EXPECT_EQ(refusal("{\"a\": }"), "not JSON at byte 7: syntax error");
  EXPECT_EQ(refusal("[1, 2"), "not JSON at byte 6: incomplete JSON");
  EXPECT_EQ(refusal("{} {}"), "something follows the value at byte 4");
  for (auto text : {"", " ", "nul", "'a'", "[1,]", "{a: 1}", "// a\n1", "\xEF\xBB\xBF{}", "\"\xff\"", "\"\\ud800\"", "01",
                    "NaN", "\"a\nb\""})
    refusal(text);
}

TEST(strict_json, depth_is_bounded) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(parse(nested(stint::json::depth_limit)));
  EXPECT_NE(refusal(nested(stint::json::depth_limit + 1)).find("deep"), std::string::npos);
  refusal(std::string(1'000'000, '['));
}
