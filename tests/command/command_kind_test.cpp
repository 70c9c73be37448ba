// What is tested: a command's args are checked, and an end becomes the right outcome. How: values in, values out.
#include <stint/command_kind.hpp>

#include <cerrno>
#include <csignal>

#include <gtest/gtest.h>

using stint::errc;
using stint::outcome_kind;
using how = stint::program_end::how;

namespace {

std::string refusal(const std::string& args) {
  auto ok = stint::command_kind().check(args);
  EXPECT_EQ(ok.code(), errc::malformed_args) << args;
  return ok.error().text;
}

stint::outcome of(how what, int number, bool stopped = false) { return stint::outcome_of({what, number, stopped, "text"}); }

} // namespace

TEST(command_kind, good_args_pass) {
  auto check = stint::command_kind().check;
  EXPECT_TRUE(check(R"({"command": ["true"]})"));
  EXPECT_TRUE(check(R"({"command": ["sh", "-c", ""], "env": {"A": ""}, "cwd": "."})"));
  EXPECT_TRUE(check(stint::command_spec("name", {{"sh"}, {{{"A", "b"}}}, "/"}).args));
}

TEST(command_kind, bad_args_are_refused_by_name) {
  EXPECT_EQ(refusal(""), "command: is missing");
  EXPECT_EQ(refusal("sh"), "not JSON at byte 1: syntax error");
  EXPECT_EQ(refusal(R"({"command": "sh -c true"})"), "command: an array is wanted, this is a string");
  EXPECT_EQ(refusal(R"({"command": []})"), "command: is empty");
  EXPECT_EQ(refusal(R"({"command": [""]})"), "command[0]: the program has no name");
  EXPECT_EQ(refusal(R"({"command": ["sh", 1]})"), "command[1]: a string is wanted, this is a number");
  EXPECT_EQ(refusal("{\"command\": [\"sh\", \"a\\u0000b\"]}"), "command[1]: has a zero byte");
  EXPECT_EQ(refusal(R"({"command": ["sh"], "env": {"A=B": "c"}})").substr(0, 10), "env: 'A=B'");
  EXPECT_EQ(refusal(R"({"command": ["sh"], "env": {"": "c"}})").substr(0, 7), "env: ''");
  EXPECT_EQ(refusal(R"({"command": ["sh"], "cwd": ""})"), "cwd: is empty, or has a zero byte");
  EXPECT_EQ(refusal(R"({"command": ["sh"], "dir": "."})"), "dir: is no field of these args");
}

TEST(command_kind, exit_codes_are_outcomes) {
  EXPECT_EQ(of(how::exited, 0), stint::succeeded());
  EXPECT_EQ(of(how::exited, 3), stint::failed("exit code 3", 3));
  EXPECT_EQ(of(how::killed, SIGSEGV), stint::failed("killed by signal 11", 139));
  EXPECT_EQ(of(how::lost, 0), stint::failed("text"));
}

TEST(command_kind, what_cannot_be_started_is_tried_again_only_when_that_may_help) {
  EXPECT_EQ(of(how::not_started, ENOENT), stint::discarded("text", 127));
  EXPECT_EQ(of(how::not_started, EACCES), stint::discarded("text", 126));
  EXPECT_EQ(of(how::not_started, EAGAIN), stint::failed("text", 126));
}

TEST(command_kind, what_was_told_to_stop_counts_as_stopped) {
  EXPECT_EQ(of(how::exited, 0, true).kind, outcome_kind::cancelled);
  EXPECT_EQ(of(how::exited, 0, true).error, "exit code 0 after SIGTERM");
  EXPECT_EQ(of(how::killed, SIGTERM, true).kind, outcome_kind::cancelled);
  EXPECT_EQ(of(how::killed, SIGTERM, true).code, 143);
  EXPECT_EQ(of(how::not_started, ECANCELED, true).kind, outcome_kind::cancelled);
}
