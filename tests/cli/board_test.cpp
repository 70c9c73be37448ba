// What is tested: what the batch knows of its tasks from events, and what it says of them. How: events by hand.
#include "board.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "batch_screen.hpp"
#include "transition_line.hpp"

using stint::event;
using stint::state;
using stint::cli::board;

namespace {

event made(stint::task_version v, stint::task_id id, state from, state to, std::string error = {}) {
  event e;
  e.version = v;
  e.id = id;
  e.created = v == id;
  e.from = from;
  e.to = to;
  e.attempt = 1;
  e.when = stint::wall_time{std::chrono::milliseconds{1'700'000'000'000 + static_cast<std::int64_t>(v)}};
  e.name = "task";
  e.error = std::move(error);
  return e;
}

} // namespace

TEST(board, is_over_when_every_task_has_settled) {
  board b{2};
  EXPECT_FALSE(b.over());
  b.apply(made(1, 1, state::waiting, state::waiting));
  b.apply(made(2, 2, state::waiting, state::waiting));
  EXPECT_EQ(b.waiting().size(), 2U);
  b.apply(made(3, 1, state::waiting, state::running));
  b.apply(made(4, 1, state::running, state::succeeded));
  EXPECT_FALSE(b.over());
  b.apply(made(5, 2, state::waiting, state::cancelled));
  EXPECT_TRUE(b.over());
  EXPECT_FALSE(b.all_succeeded());
  EXPECT_EQ(b.counted(), "1 succeeded, 1 cancelled");
  EXPECT_EQ(b.elapsed(), std::chrono::milliseconds{4});
}

TEST(board, an_event_that_is_known_already_changes_nothing) {
  board b{1};
  EXPECT_TRUE(b.apply(made(1, 1, state::waiting, state::waiting)));
  EXPECT_TRUE(b.apply(made(3, 1, state::running, state::succeeded)));
  EXPECT_FALSE(b.apply(made(2, 1, state::waiting, state::running)));
  EXPECT_FALSE(b.apply(made(3, 1, state::running, state::succeeded)));
  EXPECT_TRUE(b.over());
  EXPECT_TRUE(b.all_succeeded());
}

TEST(board, a_record_makes_up_for_missed_events) {
  board b{1};
  b.apply(made(1, 1, state::waiting, state::waiting));
  stint::task t;
  t.id = 1;
  t.version = 3;
  t.state = state::failed;
  t.name = "task";
  t.error = "exit code 1";
  auto e = b.catch_up(t);
  EXPECT_EQ(e.from, state::waiting);
  EXPECT_TRUE(b.apply(e));
  EXPECT_TRUE(b.over());
  EXPECT_EQ(b.row(1).note, "exit code 1");
}

TEST(board, a_failed_attempt_is_noted_until_the_next_one_runs) {
  board b{1};
  b.apply(made(1, 1, state::waiting, state::running));
  b.apply(made(2, 1, state::running, state::scheduled, "exit code 9"));
  EXPECT_EQ(b.row(1).note, "attempt 1: exit code 9");
  EXPECT_FALSE(b.over());
  auto again = made(3, 1, state::waiting, state::running, "exit code 9");
  again.attempt = 2;
  b.apply(again);
  EXPECT_EQ(b.row(1).note, "attempt 2");
}

TEST(board, tells_each_change_once) {
  board b{2};
  b.apply(made(1, 1, state::waiting, state::waiting));
  EXPECT_EQ(b.take_changed(), (std::set<stint::task_id>{1}));
  EXPECT_TRUE(b.take_changed().empty());
}

TEST(transition_line, has_all_fields_of_a_transition) {
  auto e = made(7, 2, state::running, state::failed, "exit code 3");
  e.code = 3;
  e.name = "with \"quotes\" and \x1b";
  const auto text = stint::cli::transition_line(e);
  EXPECT_EQ(text, R"({"version":7,"id":2,"name":"with \"quotes\" and \u001b","from":"running","to":"failed","attempt":1,)"
                  R"("code":3,"error":"exit code 3","time":"2023-11-14T22:13:20.007Z"})");
  EXPECT_EQ(boost::json::parse(text).at("code").as_int64(), 3);
  EXPECT_NE(stint::cli::transition_line(made(1, 1, state::waiting, state::waiting)).find("\"from\":null"), std::string::npos);
  EXPECT_NE(stint::cli::transition_line(e, true).find(R"("missed":true)"), std::string::npos);
}

TEST(transition_line, times_before_1970_are_times_too) {
  EXPECT_EQ(stint::cli::utc(stint::wall_time{std::chrono::milliseconds{-1}}), "1969-12-31T23:59:59.999Z");
}

TEST(tail_of, shows_the_last_lines_harmless) {
  using stint::cli::tail_of;
  EXPECT_EQ(tail_of("a\nb\nc\n", 2), "b\nc\n");
  EXPECT_EQ(tail_of("a\nb\nc", 2), "b\nc\n");
  EXPECT_EQ(tail_of("a\n\nc\n\n\n", 2), "\nc\n");
  EXPECT_EQ(tail_of("a\nb\n", 5), "a\nb\n");
  EXPECT_EQ(tail_of("", 5), "");
  EXPECT_EQ(tail_of("\n\n", 5), "");
  EXPECT_EQ(tail_of("\x1b[31mred\x1b[0m\x07\n", 5), "\\x1b[31mred\\x1b[0m\\x07\n");
  EXPECT_EQ(tail_of("a\tb\n\tc\n", 5), "a       b\n        c\n");
}

TEST(waiting_note, says_for_whom_and_has_no_times) {
  stint::explanation e;
  e.reason = stint::wait_reason::claims;
  stint::blocker b;
  b.id = 17;
  b.name = "index";
  b.key = "repo/main";
  b.holds = true;
  b.since = std::chrono::seconds{5};
  e.waits_for = {b};
  EXPECT_EQ(stint::cli::waiting_note(e), "repo/main is held by 17 (index)");
  e.waits_for.push_back(b);
  e.waits_for[0].holds = false;
  e.waits_for[0].key.clear();
  EXPECT_EQ(stint::cli::waiting_note(e), "everything: 17 (index) goes first, and 1 more");
  e.reason = stint::wait_reason::capacity;
  EXPECT_EQ(stint::cli::waiting_note(e), "all workers are busy");
}
