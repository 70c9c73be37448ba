// Submission: all or nothing, every refusal by its name, limits, idempotency. A refused submission changes nothing.
#include "desk.hpp"

#include <stint/submit_each.hpp>

namespace stint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace test;

TEST(ledger_submit, ids_are_1_2_3_and_never_used_again) {
  desk d;
  EXPECT_EQ(d.add("a"), 1U);
  d.succeed(1);
  ASSERT_TRUE(d.book.remove(1, 0, d.now, d.fx));
  EXPECT_EQ(d.add("b"), 2U);
  EXPECT_EQ(d.book.get(1).code(), errc::task_deleted);
  EXPECT_EQ(d.book.get(3).code(), errc::unknown_task);
}

TEST(ledger_submit, a_batch_is_taken_as_a_whole_or_not_at_all) {
  desk d;
  const auto version = d.book.version();
  auto r = d.add_all({named("good"), named(""), named("good too")});
  EXPECT_EQ(r.code(), errc::name_empty);
  EXPECT_THAT(r.error().text, HasSubstr("task 1"));
  EXPECT_EQ(d.book.counts().submitted, 0U);
  EXPECT_EQ(d.book.version(), version);
  EXPECT_TRUE(d.fx.changed.empty());
  r = d.add_all({named("a"), named("b"), named("c")});
  EXPECT_THAT(r->ids, ElementsAre(1, 2, 3));
}

/// Tasks that only travel together.
struct fellows : desk {
  explicit fellows(std::vector<spec> all, ledger_options o = {}) : desk(1, std::move(o)), specs(std::move(all)) {}

  each_submitted submit(std::vector<error> errors = {}) {
    std::vector<new_task> all;
    for (auto& s : specs)
      all.push_back({&s, ++last_body, 0});
    return submit_each(book, all, std::move(errors), now, fx);
  }

  std::vector<spec> specs;
};

spec keyed(std::string name) {
  auto s = named(std::move(name));
  s.idempotency_key = "k";
  return s;
}

TEST(ledger_submit, fellows_are_accepted_or_refused_each_by_itself) {
  auto low = named("low");
  low.priority = -3;
  fellows d{{named("a"), low, keyed("once"), keyed("once"), keyed("another"), named("b")}};
  const auto made = d.submit();
  EXPECT_THAT(made.ids, ElementsAre(1, 0, 2, 2, 0, 3));
  ASSERT_EQ(made.refusals.size(), 2U);
  EXPECT_EQ(made.refusals[0].index, 1U);
  EXPECT_EQ(made.refusals[0].why.code, errc::invalid_priority);
  EXPECT_EQ(made.refusals[1].index, 4U);
  EXPECT_EQ(made.refusals[1].why.code, errc::idempotency_conflict);
  EXPECT_EQ(made.version, d.book.version());
  EXPECT_EQ(d.specs[1].name, "low") << "what is refused is left as it was";
  EXPECT_EQ(d.book.get(3)->name, "b") << "what is accepted was not emptied by the try of all";
  EXPECT_EQ(d.book.counts().submitted, 3U);
}

TEST(ledger_submit, fellows_of_one_that_is_refused_unseen_are_accepted) {
  fellows d{{named("a"), named("unseen"), named("b")}};
  const auto made = d.submit({{}, {errc::malformed_args, "no"}, {}});
  EXPECT_THAT(made.ids, ElementsAre(1, 0, 2));
  ASSERT_EQ(made.refusals.size(), 1U);
  EXPECT_EQ(made.refusals[0].index, 1U);
  EXPECT_EQ(made.refusals[0].why.text, "no");
}

TEST(ledger_submit, fellows_may_be_more_than_a_batch) {
  ledger_options o;
  o.limits.batch = 2;
  fellows d{{named("a"), named("b"), named("c")}, o};
  const auto made = d.submit();
  EXPECT_THAT(made.ids, ElementsAre(1, 2, 3));
  EXPECT_TRUE(made.refusals.empty());
}

TEST(ledger_submit, an_empty_batch_is_no_mistake) {
  desk d;
  EXPECT_TRUE(d.add_all({}));
}

TEST(ledger_submit, a_body_or_a_kind_but_not_both_nor_neither) {
  desk d;
  d.book.know_kind("publish", false);
  auto submit = [&](spec s, body_id body) {
    const new_task one{&s, body, 0};
    return d.book.submit({&one, 1}, d.now, d.fx).code();
  };
  auto kind = named("k");
  kind.kind = "publish";
  EXPECT_EQ(submit(named("a"), 0), errc::body_missing);
  EXPECT_EQ(submit(kind, 3), errc::body_and_kind);
  EXPECT_EQ(submit(kind, 0), errc::none);
  kind.kind = "never heard of";
  EXPECT_EQ(submit(kind, 0), errc::unknown_kind);
}

TEST(ledger_submit, claims_are_checked_against_what_is_declared) {
  desk d;
  ASSERT_TRUE(d.book.declare("cpu", 4, d.now, d.fx));
  EXPECT_EQ(d.try_add(named("a", {units("cpu", 5)})).code(), errc::units_exceed_capacity);
  EXPECT_EQ(d.try_add(named("a", {units("gpu", 1)})).code(), errc::key_not_counted);
  EXPECT_EQ(d.try_add(named("a", {shared("cpu")})).code(), errc::key_counted);
  EXPECT_EQ(d.try_add(named("a", {exclusive("cpu/0")})).code(), errc::key_has_children);
  EXPECT_EQ(d.book.declare("a//b", 1, d.now, d.fx).code(), errc::invalid_key);
  EXPECT_EQ(d.book.counts().submitted, 0U);
}

TEST(ledger_submit, a_million_at_once_are_refused_and_nothing_is_lost) {
  desk d{0};
  EXPECT_EQ(d.add_all(std::vector<spec>(1'000'000, named("x"))).code(), errc::batch_too_large);
  EXPECT_EQ(d.book.counts().submitted, 0U);
  EXPECT_EQ(d.add("one"), 1U);
}

TEST(ledger_submit, past_the_limit_of_unfinished_tasks_nothing_gets_in_until_one_ends) {
  ledger_options o;
  o.limits.pending = 3;
  desk d{1, o};
  EXPECT_EQ(d.add_all({named("1"), named("2"), named("3"), named("4")}).code(), errc::too_many_pending);
  d.add("1");
  d.add("2");
  EXPECT_EQ(d.add_all({named("3"), named("4")}).code(), errc::too_many_pending);
  d.add("3");
  EXPECT_EQ(d.try_add(named("4")).code(), errc::too_many_pending);
  d.succeed(1);
  EXPECT_EQ(d.add("4"), 4U);
}

TEST(ledger_submit, queues_are_made_at_first_use_up_to_their_limit) {
  ledger_options o;
  o.limits.queues = 3; // "default" is one of them
  desk d{0, o};
  auto in = [](std::string queue) {
    auto s = named("t");
    s.queue = std::move(queue);
    return s;
  };
  EXPECT_EQ(d.add_all({in("a"), in("b"), in("c")}).code(), errc::too_many_queues);
  EXPECT_TRUE(d.add_all({in("a"), in("a"), in("a"), in("b"), in("b")}));
  EXPECT_EQ(d.try_add(in("c")).code(), errc::too_many_queues);
  EXPECT_EQ(d.book.limit_queue("c", 1, d.now, d.fx).code(), errc::too_many_queues);
  EXPECT_TRUE(d.try_add(in("b")));
}

// Once, each task past the limit's number made the ledger count the names of the whole batch: hours for this one.
TEST(ledger_submit, a_great_batch_into_one_new_queue_is_no_slower_than_into_an_old_one) {
  desk d{0};
  auto s = named("t");
  s.queue = "new";
  EXPECT_EQ(d.add_all(std::vector<spec>(100'000, s))->ids.size(), 100'000U);
}

TEST(ledger_submit, the_same_idempotency_key_and_spec_give_the_same_task) {
  desk d;
  auto s = named("once", {exclusive("a")});
  s.idempotency_key = "order 7";
  EXPECT_EQ(d.add(s), 1U);
  EXPECT_EQ(d.add(s), 1U);
  EXPECT_EQ(d.add_all({named("other"), s})->ids, (std::vector<task_id>{2, 1}));
  d.succeed(1);
  EXPECT_EQ(d.add(s), 1U) << "finished, but still known";
  ASSERT_TRUE(d.book.remove(1, 0, d.now, d.fx));
  EXPECT_EQ(d.add(s), 3U);
}

TEST(ledger_submit, the_body_of_a_repetition_is_given_back) {
  desk d;
  auto s = named("once");
  s.idempotency_key = "k";
  d.add(s);
  d.fx.dropped.clear();
  d.add(s);
  ASSERT_EQ(d.fx.dropped.size(), 1U);
  EXPECT_EQ(d.fx.dropped[0], 2U);
}

TEST(ledger_submit, the_same_idempotency_key_for_another_spec_is_a_conflict) {
  desk d;
  auto s = named("once");
  s.idempotency_key = "k";
  d.add(s);
  auto differs = [&](auto&& change) {
    auto other = s;
    change(other);
    return d.try_add(other).code() == errc::idempotency_conflict;
  };
  EXPECT_TRUE(differs([](spec& o) { o.name = "twice"; }));
  EXPECT_TRUE(differs([](spec& o) { o.args = "{}"; }));
  EXPECT_TRUE(differs([](spec& o) { o.claims = {shared("a")}; }));
  EXPECT_TRUE(differs([](spec& o) { o.priority = 1; }));
  EXPECT_TRUE(differs([](spec& o) { o.queue = "q"; }));
  EXPECT_TRUE(differs([](spec& o) { o.tags = {"t"}; }));
  EXPECT_TRUE(differs([](spec& o) { o.labels = {"l"}; }));
  EXPECT_TRUE(differs([](spec& o) { o.timeout = 1s; }));
  EXPECT_TRUE(differs([](spec& o) { o.start_within = 1s; }));
  EXPECT_TRUE(differs([](spec& o) { o.delay = 1s; }));
  EXPECT_TRUE(differs([](spec& o) { o.run_at = wall_time{1s}; }));
  EXPECT_TRUE(differs([](spec& o) { o.retry.max_attempts = 2; }));
  EXPECT_TRUE(differs([](spec& o) { o.retry.backoff = 2s; }));
  EXPECT_EQ(d.book.counts().submitted, 1U);
}

TEST(ledger_submit, one_key_twice_in_a_batch_is_one_task_or_a_conflict) {
  ledger_options o;
  o.limits.pending = 1;
  desk d{1, o};
  auto s = named("once");
  s.idempotency_key = "k";
  auto other = s;
  other.name = "twice";
  EXPECT_EQ(d.add_all({s, other}).code(), errc::idempotency_conflict);
  EXPECT_EQ(d.add_all({s, s}).code(), errc::none) << "one new task fits the limit of one";
  EXPECT_EQ(d.book.counts().submitted, 1U);
}

TEST(ledger_submit, a_repetition_is_answered_even_where_a_new_task_would_be_refused) {
  ledger_options o;
  o.limits.pending = 1;
  desk d{1, o};
  ASSERT_TRUE(d.book.declare("cpu", 4, d.now, d.fx));
  auto s = named("once", {units("cpu", 4)});
  s.idempotency_key = "k";
  const auto id = d.add(s);
  ASSERT_TRUE(d.book.drain("", d.now, d.fx));
  ASSERT_TRUE(d.book.declare("cpu", 2, d.now, d.fx));
  EXPECT_EQ(*d.try_add(s), id) << "it was accepted once: the answer may have got lost";
}

TEST(ledger_submit, one_key_stands_for_all_of_a_submission_as_one) {
  desk d{0};
  d.add("before");
  const auto all = [](std::size_t count) {
    std::vector<spec> some(count, named("n"));
    some.front().idempotency_key = "k";
    return some;
  };
  EXPECT_THAT(d.add_all(all(3), true)->ids, ElementsAre(2, 3, 4));
  d.add("between");
  ASSERT_TRUE(d.book.remove(3, 0, d.now, d.fx).code() == errc::wrong_state);
  ASSERT_TRUE(d.book.cancel(3, 0, d.now, d.fx));
  ASSERT_TRUE(d.book.remove(3, 0, d.now, d.fx));
  EXPECT_THAT(d.add_all(all(3), true)->ids, ElementsAre(2, 3, 4)) << "whatever has become of them";
  EXPECT_EQ(d.book.counts().submitted, 5U);
  EXPECT_EQ(d.fx.dropped.size(), 4U) << "of the one that was cancelled, and of the repetition";
  ASSERT_TRUE(d.book.cancel(2, 0, d.now, d.fx));
  ASSERT_TRUE(d.book.remove(2, 0, d.now, d.fx));
  EXPECT_THAT(d.add_all(all(3), true)->ids, ElementsAre(2, 3, 4)) << "the first one, too: another may still run";
  EXPECT_EQ(d.fx.dropped.size(), 8U);
  EXPECT_EQ(d.add_all(all(2), true).code(), errc::idempotency_conflict) << "not as many";
  EXPECT_EQ(d.try_add(all(1).front()).code(), errc::idempotency_conflict) << "not as one";
  auto other = all(3);
  other.back().name = "other";
  EXPECT_EQ(d.add_all(other, true).code(), errc::idempotency_conflict);
  d.book.stop(1s, d.now, d.fx);
  EXPECT_THAT(d.add_all(all(3), true)->ids, ElementsAre(2, 3, 4)) << "it is no new one";
  EXPECT_EQ(d.book.counts().submitted, 5U);
}

TEST(ledger_submit, as_one_the_first_task_has_the_key_and_no_other) {
  desk d{0};
  EXPECT_EQ(d.add_all({named("a"), named("b")}, true).code(), errc::idempotency_conflict);
  auto keyed = named("a");
  keyed.idempotency_key = "k";
  EXPECT_EQ(d.add_all({keyed, keyed}, true).code(), errc::idempotency_conflict);
  EXPECT_EQ(d.add_all({named("a"), keyed}, true).code(), errc::idempotency_conflict);
  EXPECT_TRUE(d.add_all({}, true));
  EXPECT_EQ(d.book.counts().submitted, 0U);
}

TEST(ledger_submit, what_is_asked_for_is_what_is_told) {
  desk d{0};
  d.book.know_kind("publish", false);
  auto s = named("all of it", {exclusive("a"), shared("b")});
  s.kind = "publish";
  s.args = R"({"n":1})";
  s.queue = "slow";
  s.priority = -2;
  s.tags = {"x", "y"};
  s.labels = {"big", "gpu"};
  s.retry.max_attempts = 5;
  const auto id = d.add(s);
  const auto t = *d.book.get(id);
  EXPECT_EQ(t.name, "all of it");
  EXPECT_EQ(t.kind, "publish");
  EXPECT_EQ(t.queue, "slow");
  EXPECT_EQ(t.claims, s.claims);
  EXPECT_EQ(t.tags, s.tags);
  EXPECT_EQ(t.labels, s.labels);
  EXPECT_EQ(t.priority, -2);
  EXPECT_EQ(t.max_attempts, 5U);
  EXPECT_EQ(t.submitted, d.now.wall);
  EXPECT_EQ(*d.book.args(id), s.args);
  EXPECT_EQ(t.attempt, 0U);
  EXPECT_FALSE(t.started);
  EXPECT_FALSE(t.ended);
}

} // namespace
} // namespace stint
