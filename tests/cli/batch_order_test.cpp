// What is tested: what runs beside what, the order that --json tells, and a table on a terminal. How: the built program;
// tasks append to one file, so that its lines are the order of events, or meet in pipes, which only works side by side.
#include <map>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <stint/state.hpp>

#include "program_under_test.hpp"

using namespace stint::test;
using stint::state;

namespace {

/// A script that logs its begin and its end under a name, and in between lets others go first.
std::string logged(const std::string& name) { return "echo begin " + name + " >> log; sleep 0.02; echo end " + name + " >> log"; }

/// The greatest number of tasks of each name that ran at once, by the log.
std::map<std::string, int> most_at_once(const std::string& log) {
  std::map<std::string, int> now, most;
  std::istringstream in{log};
  for (std::string what, name; in >> what >> name;) {
    now[name] += what == "begin" ? 1 : -1;
    most[name] = std::max(most[name], now[name]);
    EXPECT_GE(now[name], 0);
  }
  for (const auto& [name, n] : now)
    EXPECT_EQ(n, 0) << name;
  return most;
}

} // namespace

TEST(batch_order, exclusive_claims_never_overlap) {
  workplace w;
  std::vector<std::string> lines;
  for (int i = 0; i < 24; ++i) {
    const auto key = "k" + std::to_string(i % 3);
    lines.push_back(sh(logged(key), "\"claims\":[\"" + key + "\"]"));
  }
  w.tasks(lines);
  ASSERT_EQ(w.run("batch tasks -j 8").code, 0);
  EXPECT_EQ(most_at_once(w.file("log")), (std::map<std::string, int>{{"k0", 1}, {"k1", 1}, {"k2", 1}}));
}

TEST(batch_order, a_key_excludes_the_keys_below_it) {
  workplace w;
  std::vector<std::string> lines;
  for (int i = 0; i < 12; ++i)
    lines.push_back(sh(logged("repo"), i % 2 != 0 ? R"("claims":["repo"])" : R"("claims":["repo/main"])"));
  w.tasks(lines);
  ASSERT_EQ(w.run("batch tasks -j 4").code, 0);
  EXPECT_EQ(most_at_once(w.file("log"))["repo"], 1);
}

TEST(batch_order, units_never_exceed_their_capacity) {
  workplace w;
  std::vector<std::string> lines;
  for (int i = 0; i < 18; ++i)
    lines.push_back(sh(logged("cpu"), R"("claims":[{"key":"cpu","units":2}])"));
  w.tasks(lines);
  ASSERT_EQ(w.run("batch tasks -j 8 --capacity cpu=5").code, 0);
  EXPECT_LE(most_at_once(w.file("log"))["cpu"], 2); // 2 x 2 of 5
}

TEST(batch_order, what_does_not_conflict_runs_side_by_side) {
  // The control to the tests above: each waits for the other at a pipe, so one after another they would never end.
  for (std::string claims : {R"("claims":[])", R"("claims":[{"key":"a","mode":"shared"}])", R"("claims":[{"key":"n","units":1}])"}) {
    workplace w;
    w.tasks({sh("mkfifo pipe; echo hello > pipe", claims), sh("until [ -p pipe ]; do :; done; cat pipe", claims)});
    EXPECT_EQ(w.run("batch tasks -j 2 --capacity n=2").code, 0) << claims;
  }
}

TEST(batch_order, priorities_go_first_and_equals_in_the_order_of_lines) {
  workplace w;
  w.tasks({sh("echo 1 >> log; until [ -e go ]; do sleep 0.01; done", R"("priority":2)"),
           sh("echo 2 >> log", R"("priority":-1)"), sh("echo 3 >> log"), sh("echo 4 >> log", R"("priority":1)"),
           sh("echo 5 >> log; touch go", R"("claims":["x"])"), sh("echo 6 >> log")});
  write_file(w.path("go"), "");
  ASSERT_EQ(w.run("batch tasks -j 1").code, 0);
  EXPECT_EQ(w.file("log"), "1\n4\n3\n5\n6\n2\n");
}

TEST(batch_order, json_tells_every_transition_in_order_and_nothing_else) {
  workplace w;
  std::vector<std::string> lines;
  for (int i = 0; i < 150; ++i)
    lines.push_back(sh(i % 10 == 3 ? "echo oh; exit 3" : "true", i % 4 == 0 ? R"("claims":["one"])" : R"("delay":"1ms")"));
  w.tasks(lines);
  auto r = w.run("batch --json tasks -j 4");
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(r.complains("150 tasks in ")) << r.err; // people are told too, but elsewhere
  std::map<std::uint64_t, state> now;
  std::int64_t version = 0;
  for (const auto& line : r.lines()) {
    boost::json::error_code ec;
    const auto v = boost::json::parse(line, ec);
    ASSERT_FALSE(ec) << line;
    EXPECT_EQ(v.at("version").as_int64(), ++version) << line;
    const auto id = v.at("id").to_number<std::uint64_t>();
    const auto to = stint::state_named(v.at("to").as_string().c_str());
    ASSERT_TRUE(to) << line;
    if (v.at("from").is_null()) {
      EXPECT_FALSE(now.contains(id)) << line;
    } else {
      EXPECT_EQ(v.at("from").as_string().c_str(), std::string{to_string(now[id])}) << line;
      EXPECT_TRUE(stint::legal(now[id], *to)) << line;
    }
    EXPECT_EQ(v.at("time").as_string().size(), 24U) << line;
    if (*to == state::failed) {
      EXPECT_EQ(v.at("code").as_int64(), 3) << line;
      EXPECT_EQ(v.at("error").as_string(), "exit code 3") << line;
    }
    now[id] = *to;
  }
  ASSERT_EQ(now.size(), 150U);
  for (const auto& [id, s] : now)
    EXPECT_EQ(s, id % 10 == 4 ? state::failed : state::succeeded) << id;
}

TEST(batch_order, a_terminal_gets_a_table_that_is_redrawn_and_harmless) {
  workplace w;
  w.tasks({sh("printf 'half \\033[31mred\\n'; sleep 0.3", R"("name":"first")"), sh("true", R"("name":"second")")});
  // script(1) gives it a terminal.
  write_file(w.path("run"), "#!/bin/sh\nTERM=xterm NO_COLOR=1 exec " STINT_PROGRAM " batch tasks -j 1\n", true);
  EXPECT_EQ(w.shell("script -qec ./run screen").code, 0);
  const auto screen = w.file("screen");
  EXPECT_NE(screen.find("\x1b[3A"), std::string::npos) << screen; // two tasks and a footer
  EXPECT_NE(screen.find("half \\x1b[31mred"), std::string::npos) << screen;
  EXPECT_EQ(screen.find("\x1b[31m"), std::string::npos) << screen;
  EXPECT_NE(screen.find("all workers are busy"), std::string::npos) << screen;
  EXPECT_NE(screen.find("2 tasks in "), std::string::npos) << screen;
}
