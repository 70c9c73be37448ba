// What workers report: outcomes, values, retries with their history, snoozes, stale results, take-back, and which
// attempt is believed.
#include "desk.hpp"

namespace stint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace test;

spec tries(std::uint32_t n, nanos pause = 10s) {
  auto s = named("t");
  s.retry = {n, pause, 2.0, 1h, 0.0};
  return s;
}

TEST(ledger_report, a_success_has_its_code_and_value) {
  desk d;
  const auto id = d.add("a");
  EXPECT_EQ(d.book.value(id).code(), errc::wrong_state);
  d.begin(id);
  d.pass(5s);
  d.end(id, succeeded(7, R"("done")"));
  const auto t = *d.book.get(id);
  EXPECT_EQ(t.state, state::succeeded);
  EXPECT_EQ(t.code, 7);
  EXPECT_EQ(*d.book.value(id), R"("done")");
  EXPECT_EQ(t.ended, d.now.wall);
  EXPECT_EQ(t.charged, 1U);
  EXPECT_EQ(t.version, d.book.version());
}

TEST(ledger_report, a_value_past_its_limit_makes_a_failure_that_says_so) {
  desk d;
  const auto id = d.add(tries(3));
  d.end(id, succeeded(0, std::string(64 * 1024 + 1, '1')));
  EXPECT_EQ(d.state(id), state::failed) << "and another attempt would not help";
  EXPECT_THAT(d.book.get(id)->error, HasSubstr("value_too_large"));
}

TEST(ledger_report, a_failure_without_attempts_left_is_the_end) {
  desk d;
  const auto id = d.add("a");
  d.end(id, failed("no disk", 3));
  const auto t = *d.book.get(id);
  EXPECT_EQ(t.state, state::failed);
  EXPECT_EQ(t.code, 3);
  EXPECT_EQ(t.error, "no disk");
}

TEST(ledger_report, a_failure_is_tried_again_after_a_pause_that_grows) {
  desk d;
  const auto id = d.add(tries(3));
  d.fail(id, "first");
  EXPECT_EQ(d.state(id), state::scheduled);
  EXPECT_EQ(d.book.get(id)->due, d.now.wall + 10s);
  d.pass(9s);
  EXPECT_EQ(d.state(id), state::scheduled);
  d.pass(1s);
  EXPECT_TRUE(d.runs(id));
  EXPECT_EQ(d.book.get(id)->attempt, 2U);
  d.fail(id, "second");
  d.pass(19s);
  EXPECT_EQ(d.state(id), state::scheduled);
  d.pass(1s);
  d.fail(id, "third");
  const auto t = *d.book.get(id);
  EXPECT_EQ(t.state, state::failed);
  EXPECT_EQ(t.charged, 3U);
  ASSERT_EQ(t.errors.size(), 3U);
  EXPECT_EQ(t.errors[0].text, "first");
  EXPECT_EQ(t.errors[0].attempt, 1U);
  EXPECT_EQ(t.errors[2], (attempt_error{3, d.now.wall, "third"}));
}

TEST(ledger_report, a_discarded_failure_is_not_tried_again) {
  desk d;
  const auto id = d.add(tries(3));
  d.end(id, discarded("malformed"));
  EXPECT_EQ(d.state(id), state::failed);
}

TEST(ledger_report, a_success_after_failures_keeps_their_history) {
  desk d;
  const auto id = d.add(tries(2));
  d.fail(id, "once");
  d.pass(10s);
  d.succeed(id);
  const auto t = *d.book.get(id);
  EXPECT_EQ(t.state, state::succeeded);
  EXPECT_EQ(t.error, "");
  EXPECT_EQ(t.errors.size(), 1U);
}

TEST(ledger_report, the_error_history_keeps_the_first_and_the_newest) {
  ledger_options o;
  o.limits.error_history = 3;
  o.limits.error_text = 8;
  desk d{1, o};
  const auto id = d.add(tries(10, 0s));
  for (int i = 1; i <= 10; ++i) {
    d.fail(id, "error " + std::to_string(i));
    d.pass(0s);
  }
  const auto t = *d.book.get(id);
  ASSERT_EQ(t.errors.size(), 3U);
  EXPECT_EQ(t.errors[0].attempt, 1U);
  EXPECT_EQ(t.errors[1].attempt, 9U);
  EXPECT_EQ(t.errors[2].attempt, 10U);
  EXPECT_EQ(t.errors[2].text, "error 10");
}

TEST(ledger_report, a_long_error_text_is_cut_and_says_so) {
  desk d;
  const auto id = d.add("a");
  d.fail(id, std::string(5000, 'e'));
  EXPECT_THAT(d.book.get(id)->error, HasSubstr("[904 bytes more]"));
}

TEST(ledger_report, a_snooze_is_not_charged_and_runs_again_at_its_time) {
  desk d;
  const auto id = d.add("a");
  d.end(id, snoozed(30s));
  EXPECT_EQ(d.state(id), state::scheduled);
  d.pass(29s);
  EXPECT_EQ(d.state(id), state::scheduled);
  d.pass(1s);
  EXPECT_TRUE(d.runs(id));
  auto t = *d.book.get(id);
  EXPECT_EQ(t.charged, 0U);
  EXPECT_EQ(t.attempt, 2U);
  d.end(id, snoozed_until(d.now.wall + 1h));
  d.now.wall += 2h; // the wall clock is set forward
  d.pass(0s);
  EXPECT_TRUE(d.runs(id));
  d.end(id, snoozed(-5s));
  d.pass(0s);
  EXPECT_TRUE(d.runs(id)) << "a negative rest is none";
}

TEST(ledger_report, a_retried_task_stands_at_the_back) {
  desk d;
  const auto a = d.add(tries(2, 0s));
  const auto b = d.add("b");
  d.fail(a);
  d.pass(0s);
  EXPECT_TRUE(d.runs(b));
  EXPECT_EQ(d.state(a), state::waiting);
}

TEST(ledger_report, a_body_may_give_up_by_itself) {
  desk d;
  const auto id = d.add(tries(3));
  d.end(id, cancelled("nothing to do"));
  EXPECT_EQ(d.state(id), state::cancelled);
  EXPECT_EQ(d.book.get(id)->error, "nothing to do");
}

TEST(ledger_report, results_of_old_attempts_are_counted_and_dropped) {
  desk d;
  const auto id = d.add(tries(3, 0s));
  auto old = d.about(id, attempt_report::kind::finished);
  d.fail(id);
  d.tell(1, old);
  EXPECT_EQ(d.book.stale(), 1U) << "it does not run at all";
  d.pass(0s);
  d.tell(1, old);
  EXPECT_EQ(d.book.stale(), 2U) << "attempt 1, while attempt 2 runs";
  EXPECT_TRUE(d.runs(id));
  auto of_another_life = d.about(id, attempt_report::kind::finished);
  of_another_life.epoch = 99;
  d.tell(1, of_another_life);
  d.tell(7, d.about(id, attempt_report::kind::finished)); // from nobody we know
  EXPECT_EQ(d.book.counts().stale, 4U);
  d.succeed(id);
  EXPECT_EQ(d.state(id), state::succeeded);
  d.tell(1, d.about(id, attempt_report::kind::finished));
  EXPECT_EQ(d.book.stale(), 5U) << "accepted exactly once";
}

TEST(ledger_report, a_result_from_the_wrong_worker_is_stale) {
  desk d{2};
  const auto id = d.add("a");
  const auto other = d.has.at(id).worker == 1 ? 2U : 1U;
  d.tell(other, d.about(id, attempt_report::kind::finished));
  EXPECT_TRUE(d.runs(id));
  EXPECT_EQ(d.book.stale(), 1U);
}

TEST(ledger_report, what_is_taken_back_goes_to_its_old_place_with_the_same_attempt_number) {
  desk d;
  const auto a = d.add("a");
  const auto b = d.add("b");
  d.started.clear();
  d.give_back(a);
  EXPECT_THAT(d.started, ElementsAre(a)) << "before b";
  EXPECT_EQ(d.has.at(a).attempt, 1U);
  d.succeed(a);
  EXPECT_TRUE(d.runs(b));
}

TEST(ledger_report, the_fencing_token_grows_with_every_start_in_the_list) {
  desk d;
  const auto a = d.add(tries(2, 0s));
  const auto b = d.add("b");
  const auto first = d.book.get(a)->fencing_token;
  d.fail(a);
  d.pass(0s);
  const auto second = d.book.get(b)->fencing_token;
  d.succeed(b);
  EXPECT_LT(first, second);
  EXPECT_LT(second, d.book.get(a)->fencing_token);
}

TEST(ledger_report, begun_is_told_apart_from_handed_over) {
  desk d;
  const auto id = d.add("a");
  EXPECT_FALSE(d.book.get(id)->begun);
  EXPECT_FALSE(d.book.get(id)->started);
  d.pass(3s);
  d.begin(id);
  EXPECT_TRUE(d.book.get(id)->begun);
  EXPECT_EQ(d.book.get(id)->started, d.now.wall);
}

TEST(ledger_report, notes_of_old_attempts_and_of_finished_tasks_change_nothing) {
  desk d;
  const auto id = d.add(tries(2, 0s));
  d.book.note_progress(id, 1, {1, 10, "one"});
  d.book.note_detail(id, 1, "{}");
  EXPECT_EQ(d.book.get(id)->progress.done, 1U);
  EXPECT_EQ(*d.book.detail(id), "{}");
  d.fail(id);
  d.pass(0s);
  d.book.note_progress(id, 1, {9, 10, "late"});
  EXPECT_EQ(d.book.get(id)->progress.done, 1U);
  d.book.note_progress(id, 2, {2, 10, "two"});
  d.succeed(id);
  const auto ended = *d.book.get(id);
  d.book.note_progress(id, 2, {3, 10, "after the end"});
  d.book.note_detail(id, 2, "[]");
  EXPECT_EQ(*d.book.get(id), ended) << "a terminal task never changes";
  EXPECT_EQ(*d.book.detail(id), "{}");
}

// Once, a text was cut in the middle of a character, and whoever sent it on as JSON had to refuse it.
TEST(ledger_report, a_long_text_is_cut_between_characters) {
  ledger_options o;
  o.limits.error_text = 8;
  desk d{1, o};
  const std::string euros = "1234\u20ac\u20ac\u20ac"; // three bytes each, from the fifth on
  auto s = named("t");
  s.retry.max_attempts = 9;
  s.retry.backoff = 0s;
  const auto id = d.add(s);
  d.begin(id);
  d.book.note_progress(id, 1, {1, 2, euros});
  EXPECT_EQ(d.book.get(id)->progress.text, "1234\u20ac");
  d.fail(id, euros);
  EXPECT_EQ(d.book.get(id)->error, "1234\u20ac [6 bytes more]");
  d.pass(0s);
  d.end(id, cancelled(euros));
  EXPECT_EQ(d.book.get(id)->error, "1234\u20ac");
}

} // namespace
} // namespace stint
