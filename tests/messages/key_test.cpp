// Keys: built from parts, escaped, unescaped and checked against the limits; every rule by example.
#include <gtest/gtest.h>

#include <stint/key.hpp>

namespace stint {
namespace {

TEST(key, is_a_path_of_its_parts) {
  EXPECT_EQ(key("publish", "debian", "bookworm").text(), "publish/debian/bookworm");
  EXPECT_EQ(key{}.text(), "");
}

TEST(key, escapes_slash_and_percent_in_each_part) {
  EXPECT_EQ(key("publish", "stable/updates").text(), "publish/stable%2Fupdates");
  EXPECT_EQ(key("100%").text(), "100%25");
  EXPECT_EQ(key("%2F").text(), "%252F");
}

TEST(key, parts_that_differ_give_keys_that_differ) {
  EXPECT_NE(key("a/b"), key("a", "b"));
  EXPECT_NE(key("a%2Fb"), key("a/b"));
}

TEST(key, unescaping_undoes_escaping) {
  for (std::string part : {"", "a", "/", "%", "%2F", "a/b%c//", "%%25%", "\xc3\xa4/"})
    EXPECT_EQ(*unescape_part(escape_part(part)), part);
}

TEST(key, a_bad_escape_is_an_invalid_key) {
  for (std::string bad : {"%", "a%2", "%2f", "%41", "%zz", "%%25"}) {
    EXPECT_EQ(unescape_part(bad).code(), errc::invalid_key) << bad;
    EXPECT_EQ(check_key(bad, {}).code(), errc::invalid_key) << bad;
  }
}

TEST(key, an_empty_part_is_kept_and_refused_where_it_is_used) {
  EXPECT_EQ(check_key(key("", "a").text(), {}).code(), errc::invalid_key);
  EXPECT_EQ(check_key(key("a", "").text(), {}).code(), errc::invalid_key);
  EXPECT_EQ(check_key(key("a", "", "b").text(), {}).code(), errc::invalid_key);
  EXPECT_EQ(check_key(key("").text(), {}).code(), errc::invalid_key) << "one empty part is not the root";
  for (std::string bad : {"/", "a/", "/a", "a//b"})
    EXPECT_EQ(check_key(bad, {}).code(), errc::invalid_key) << bad;
}

TEST(key, the_root_is_a_key) { EXPECT_TRUE(check_key("", {})); }

TEST(key, a_control_character_is_refused) {
  EXPECT_EQ(check_key("a\nb", {}).code(), errc::invalid_key);
  EXPECT_EQ(check_key(std::string("a\0b", 3), {}).code(), errc::invalid_key);
  EXPECT_EQ(check_key("a\x7f", {}).code(), errc::invalid_key);
}

TEST(key, depth_and_length_have_limits_that_are_exact) {
  limits bounds;
  bounds.key_depth = 3;
  bounds.key = 8;
  EXPECT_TRUE(check_key("a/b/c", bounds));
  EXPECT_EQ(check_key("a/b/c/d", bounds).code(), errc::key_too_deep);
  EXPECT_TRUE(check_key("12345678", bounds));
  EXPECT_EQ(check_key("123456789", bounds).code(), errc::key_too_long);
}

} // namespace
} // namespace stint
