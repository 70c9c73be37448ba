// What is tested: a line of a batch file becomes a spec, or a refusal with a named reason. How: texts in.
#include "batch_line.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using stint::claim;
using stint::claim_mode;
using stint::spec;
using stint::cli::line_error;
using stint::cli::read_line;

namespace {

spec good(std::string_view line) {
  auto r = read_line(line);
  if (auto* wrong = std::get_if<line_error>(&r)) {
    ADD_FAILURE() << line << ": " << wrong->reason << ": " << wrong->text;
    return {};
  }
  return std::get<spec>(r);
}

/// `reason: text` of a refusal.
std::string refusal(const std::string& line) {
  auto r = read_line(line);
  auto* wrong = std::get_if<line_error>(&r);
  return wrong == nullptr ? "accepted" : wrong->reason + ": " + wrong->text;
}

/// A line with a good command and one field more.
std::string with(const std::string& field) { return R"({"command": ["true"], )" + field + "}"; }

std::string reason(const std::string& field) {
  const auto text = refusal(with(field));
  return text.substr(0, text.find(':'));
}

} // namespace

TEST(batch_line, every_field_is_read) {
  auto s = good(R"({"name":"index main","command":["sh","-c","echo"],"claims":["repo/main",{"key":"disk","mode":"shared"},)"
                R"({"key":"cpu","units":2}],"env":{"A":"b"},"cwd":"src","priority":-1,"timeout":"30s","attempts":3,)"
                R"("tags":["night","ly"],"queue":"slow","delay":"200ms"})");
  EXPECT_EQ(s.name, "index main");
  EXPECT_EQ(s.kind, "command");
  EXPECT_EQ(s.args, R"({"command":["sh","-c","echo"],"env":{"A":"b"},"cwd":"src"})");
  EXPECT_EQ(s.claims, (std::vector<claim>{stint::exclusive("repo/main"), stint::shared("disk"), stint::units("cpu", 2)}));
  EXPECT_EQ(s.priority, -1);
  EXPECT_EQ(s.timeout, 30s);
  EXPECT_EQ(s.retry.max_attempts, 3U);
  EXPECT_EQ(s.tags, (std::vector<std::string>{"night", "ly"}));
  EXPECT_EQ(s.queue, "slow");
  EXPECT_EQ(s.delay, 200ms);
}

TEST(batch_line, all_but_the_command_is_optional) {
  auto s = good(R"({"command": ["make", "-j2"]})");
  EXPECT_EQ(s.name, "make -j2");
  EXPECT_EQ(s.args, R"({"command":["make","-j2"]})");
  EXPECT_EQ(s.queue, "default");
  EXPECT_TRUE(s.claims.empty());
  EXPECT_FALSE(s.timeout);
}

TEST(batch_line, a_long_command_gives_a_short_name_of_whole_characters) {
  const auto s = good(R"({"command": ["sh", "-c", "one\ntwo\tthree )" + std::string(30, ' ') + "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"]}");
  EXPECT_EQ(s.name.substr(0, 19), "sh -c one two three");
  EXPECT_LE(s.name.size(), 60U);
  EXPECT_EQ(s.name.substr(s.name.size() - 4), "\xc3\xa9..");
}

TEST(batch_line, all_ways_to_write_a_claim) {
  const auto one = [](const std::string& claim) {
    auto s = good(with("\"claims\": [" + claim + "]"));
    return s.claims.empty() ? stint::claim{"none"} : s.claims.front();
  };
  EXPECT_EQ(one(R"("a/b")"), stint::exclusive("a/b"));
  EXPECT_EQ(one(R"({"key": "a"})"), stint::exclusive("a"));
  EXPECT_EQ(one(R"({"key": "a", "mode": "exclusive"})"), stint::exclusive("a"));
  EXPECT_EQ(one(R"({"key": "a", "mode": "shared"})"), stint::shared("a"));
  EXPECT_EQ(one(R"({"key": "a", "units": 3})"), stint::units("a", 3));
  EXPECT_EQ(one(R"({"key": "a", "mode": "units", "units": 3})"), stint::units("a", 3));
  EXPECT_EQ(one(R"("")"), stint::exclusive("")); // the root: everything
}

TEST(batch_line, what_is_no_object_is_refused) {
  EXPECT_EQ(refusal("make all"), "malformed_json: not JSON at byte 1: syntax error");
  EXPECT_EQ(refusal(R"({"command": ["true"])"), "malformed_json: not JSON at byte 21: incomplete JSON");
  EXPECT_EQ(refusal(R"({"command": ["true"]} # why)"), "malformed_json: something follows the value at byte 23");
  EXPECT_EQ(refusal(R"({"command": ["a"], "command": ["b"]})"), "malformed_json: 'command' stands twice");
  EXPECT_EQ(refusal(R"(["true"])"), "not_an_object: a task is an object, {\"command\": [...]}; this is an array");
}

TEST(batch_line, an_unknown_field_is_refused_with_the_known_ones) {
  EXPECT_EQ(refusal(with(R"("claim": ["a"])")).substr(0, 37), "unknown_field: 'claim'; known are nam");
  EXPECT_EQ(refusal(with(R"("claims": [{"key": "a", "unit": 1}])")),
            "unknown_field: claims[0]: 'unit'; a claim has key, mode and units");
}

TEST(batch_line, the_command_is_checked) {
  EXPECT_EQ(refusal(R"({"name": "x"})"), "missing_field: has no command");
  EXPECT_EQ(refusal(R"({"command": "make all"})"), "wrong_type: command: an array is wanted, this is a string");
  EXPECT_EQ(refusal(R"({"command": ["make", 2]})"), "wrong_type: command[1]: a string is wanted, this is a number");
  EXPECT_EQ(refusal(R"({"command": []})"), "bad_command: command: is empty");
  EXPECT_EQ(refusal(R"({"command": [""]})"), "bad_command: command[0]: the program has no name");
  EXPECT_EQ(refusal("{\"command\": [\"a\\u0000b\"]}"), "bad_command: command[0]: has a zero byte");
  EXPECT_EQ(reason(R"("env": {"A=B": ""})"), "bad_command");
  EXPECT_EQ(reason(R"("cwd": "")"), "bad_command");
}

TEST(batch_line, wrong_types_are_refused) {
  for (auto field : {R"("name": 1)", R"("env": [])", R"("env": {"A": 1})", R"("cwd": null)", R"("priority": "high")",
                     R"("priority": 0.5)", R"("timeout": 30)", R"("delay": null)", R"("attempts": "3")", R"("attempts": 1e30)",
                     R"("tags": "a")", R"("tags": [1])", R"("queue": {})", R"("claims": "a")", R"("claims": [1])",
                     R"("claims": [{"key": 1}])", R"("claims": [{"key": "a", "mode": 1}])",
                     R"("claims": [{"key": "a", "units": "2"}])"})
    EXPECT_EQ(reason(field), "wrong_type") << field;
  EXPECT_EQ(refusal(with(R"("tags": ["a", 1])")), "wrong_type: tags[1]: a string is wanted, this is a number");
  EXPECT_EQ(refusal(with(R"("env": {"A": 1})")), "wrong_type: env.A: a string is wanted, this is a number");
}

TEST(batch_line, durations_are_checked) {
  EXPECT_EQ(refusal(with(R"("timeout": "soon")")),
            "bad_duration: timeout: 'soon' is none; write a whole number and ms, s, m, h or d: 30s");
  EXPECT_EQ(reason(R"("delay": "-1s")"), "bad_duration");
  EXPECT_EQ(reason(R"("delay": "")"), "bad_duration");
  EXPECT_EQ(reason(R"("timeout": "0s")"), "invalid_timeout");
  EXPECT_EQ(reason(R"("timeout": "100000d")"), "invalid_timeout"); // ten years is the limit
  EXPECT_EQ(good(with(R"("delay": "0s")")).delay, 0s);
}

TEST(batch_line, numbers_out_of_range_are_refused) {
  EXPECT_EQ(refusal(with(R"("priority": 3)")), "invalid_priority: priority: 3 is not between -2 and 2");
  EXPECT_EQ(reason(R"("priority": -3)"), "invalid_priority");
  EXPECT_EQ(reason(R"("attempts": 0)"), "invalid_attempts");
  EXPECT_EQ(reason(R"("attempts": -1)"), "invalid_attempts");
  EXPECT_EQ(reason(R"("attempts": 1001)"), "invalid_attempts");
  EXPECT_EQ(reason(R"("claims": [{"key": "a", "units": 0}])"), "invalid_units");
  EXPECT_EQ(reason(R"("claims": [{"key": "a", "units": -2}])"), "invalid_units");
  EXPECT_EQ(reason(R"("claims": [{"key": "a", "units": 4294967296}])"), "invalid_units");
}

TEST(batch_line, claims_that_contradict_themselves_are_refused) {
  EXPECT_EQ(refusal(with(R"("claims": ["a", {"mode": "shared"}])")), "missing_field: claims[1]: has no key");
  EXPECT_EQ(reason(R"("claims": [{"key": "a", "mode": "read"}])"), "bad_claim");
  EXPECT_EQ(reason(R"("claims": [{"key": "a", "mode": "shared", "units": 2}])"), "bad_claim");
  EXPECT_EQ(reason(R"("claims": [{"key": "a", "mode": "units"}])"), "bad_claim");
}

TEST(batch_line, the_lists_own_rules_hold) {
  EXPECT_EQ(reason(R"("name": "")"), "name_empty");
  EXPECT_EQ(reason("\"name\": \"" + std::string(257, 'x') + "\""), "name_too_long");
  EXPECT_EQ(reason(R"("name": "\u001b[2J")"), "invalid_utf8");
  EXPECT_EQ(reason(R"("claims": ["a", "a"])"), "duplicate_claim");
  EXPECT_EQ(reason(R"("claims": ["a", {"key": "a", "mode": "shared"}])"), "duplicate_claim");
  EXPECT_EQ(reason(R"("claims": ["a//b"])"), "invalid_key");
  EXPECT_EQ(reason(R"("claims": ["a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"])"), "key_too_deep");
  EXPECT_EQ(reason(R"("queue": "")"), "invalid_queue");
  EXPECT_EQ(reason(R"("tags": [""])"), "invalid_tag");
  EXPECT_EQ(refusal("{\"command\": [\"echo\", \"" + std::string(70'000, 'x') + "\"]}").substr(0, 14), "args_too_large");
}
