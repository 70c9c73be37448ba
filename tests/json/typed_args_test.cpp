// What is tested: JSON args become structs, or an error that says where they don't fit. How: described structs and one
// with a conversion of its own.
#include <stint/typed_args.hpp>

#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

using stint::errc;
using stint::json::args_as;
using stint::json::to_args;

namespace sample {

struct step {
  std::string name;
  std::uint8_t tries = 0;
};
BOOST_DESCRIBE_STRUCT(step, (), (name, tries))

/// Decides about its JSON itself: `"a/b"`.
struct path {
  std::vector<std::string> parts;
};

path tag_invoke(boost::json::value_to_tag<path>, const boost::json::value& v) {
  const std::string text{v.as_string()};
  if (text.empty())
    throw std::invalid_argument("a path is not empty");
  const auto slash = text.find('/');
  return slash == std::string::npos ? path{{text}} : path{{text.substr(0, slash), text.substr(slash + 1)}};
}

void tag_invoke(boost::json::value_from_tag, boost::json::value& to, const path& p) {
  std::string text;
  for (const auto& part : p.parts)
    text += (text.empty() ? "" : "/") + part;
  to = text;
}

struct args {
  std::string prefix;
  bool force = false;
  std::vector<step> steps;
  std::optional<int> level;
  std::map<std::string, std::string> env;
  std::optional<path> where;
};
BOOST_DESCRIBE_STRUCT(args, (), (prefix, force, steps, level, env, where))

} // namespace sample

namespace {

std::string refused_args(std::string_view text) {
  auto a = args_as<sample::args>(text);
  EXPECT_EQ(a.code(), errc::malformed_args) << text;
  return a.error().text;
}

std::string with(const std::string& more) { return R"({"prefix": "p", "force": true, "env": {})" + more + "}"; }

} // namespace

TEST(typed_args, a_struct_comes_back_as_it_went) {
  sample::args a;
  a.prefix = "ppa";
  a.force = true;
  a.steps = {{"one", 1}, {"two", 255}};
  a.env = {{"LANG", "C"}};
  a.where = sample::path{{"pool", "main"}};
  const auto text = to_args(a);
  EXPECT_EQ(text, R"({"prefix":"ppa","force":true,"steps":[{"name":"one","tries":1},{"name":"two","tries":255}],)"
                  R"("env":{"LANG":"C"},"where":"pool/main"})");
  auto b = args_as<sample::args>(text);
  ASSERT_TRUE(b) << b.error().text;
  EXPECT_EQ(to_args(*b), text);
  EXPECT_FALSE(b->level);
}

TEST(typed_args, a_missing_field_is_named_unless_it_is_optional) {
  EXPECT_EQ(refused_args(R"({"force": true})"), "prefix: is missing");
  EXPECT_EQ(refused_args(with(R"(, "steps": [{"name": "x"}])")), "steps[0].tries: is missing");
  auto null = args_as<sample::args>(with(R"(, "steps": [], "level": null)"));
  ASSERT_TRUE(null);
  EXPECT_FALSE(null->level);
}

TEST(typed_args, an_unknown_field_is_named) {
  EXPECT_EQ(refused_args(with(R"(, "steps": [], "levle": 1)")), "levle: is no field of these args");
  EXPECT_EQ(refused_args(with(R"(, "steps": [{"name": "x", "tries": 1, "try": 1}])")),
            "steps[0].try: is no field of these args");
}

TEST(typed_args, a_wrong_type_is_named_with_its_path) {
  EXPECT_EQ(refused_args("[]"), "an object is wanted, this is an array");
  EXPECT_EQ(refused_args(R"({"prefix": 1})"), "prefix: a string is wanted, this is a number");
  EXPECT_EQ(refused_args(R"({"prefix": "p", "force": "yes"})"), "force: true or false is wanted, this is a string");
  EXPECT_EQ(refused_args(R"({"prefix": "p", "force": true, "steps": {}})"),
            "steps: an array is wanted, this is an object");
  EXPECT_EQ(refused_args(with(R"(, "steps": [{"name": "x", "tries": null}])")),
            "steps[0].tries: a number is wanted, this is null");
  EXPECT_EQ(refused_args(R"({"prefix": "p", "force": true, "steps": [], "env": {"A": 1}})"),
            "env.A: a string is wanted, this is a number");
}

TEST(typed_args, a_number_that_does_not_fit_is_refused_not_cut) {
  for (auto number : {"256", "-1", "1.5", "1e30"})
    EXPECT_EQ(refused_args(with(std::string{R"(, "steps": [{"name": "x", "tries": )"} + number + "}]")).substr(0, 42),
              "steps[0].tries: this number does not fit: ");
}

TEST(typed_args, a_conversion_of_its_own_decides_and_its_text_is_told) {
  EXPECT_EQ(refused_args(with(R"(, "steps": [], "where": "")")), "where: a path is not empty");
  auto a = args_as<sample::args>(with(R"(, "steps": [], "where": "a/b")"));
  ASSERT_TRUE(a);
  EXPECT_EQ(a->where->parts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(args_as<sample::path>("\"x\"")->parts, (std::vector<std::string>{"x"}));
}

TEST(typed_args, no_args_are_an_empty_object) {
  EXPECT_EQ(refused_args(""), "prefix: is missing");
  EXPECT_TRUE((args_as<std::map<std::string, int>>("")->empty()));
}
