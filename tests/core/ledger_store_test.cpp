// What a store is given of a task: every field, in each state. A task with everything set is led into the state; then
// its stored form is compared with the spec and with what the ledger answers, and the fields left empty are named.
#include "desk.hpp"

#include <set>

namespace stint {
namespace {

using namespace test;
using names = std::set<std::string>;

// Whoever adds a field to one of these meets an error here, and decides whether a restart needs it.
[[maybe_unused]] void count_fields(const stored_task& s, const spec& w, const task_extra& x, const task_terms& t,
                                   const task_story& y, const retry_policy& p, const record& r) {
  [[maybe_unused]] const auto& [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19,
                                s20, s21, s22, s23, s24, s25, s26] = s;
  [[maybe_unused]] const auto& [w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14] = w;
  [[maybe_unused]] const auto& [x1, x2, x3, x4, x5, x6] = x;
  [[maybe_unused]] const auto& [t1, t2, t3, t4, t5, t6] = t;
  [[maybe_unused]] const auto& [y1, y2, y3, y4, y5, y6] = y;
  [[maybe_unused]] const auto& [p1, p2, p3, p4, p5] = p;
  [[maybe_unused]] const auto& [r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r18,
                                r19, r20, r21] = r;
}

/// Names the fields that have their default.
names unset(const stored_task& s) {
  const stored_task d;
  names out;
  const auto look = [&out](const char* name, const auto& a, const auto& b) {
    if (a == b)
      out.insert(name);
  };
  look("id", s.id, d.id);
  look("version", s.version, d.version);
  look("name", s.what.name, d.what.name);
  look("kind", s.what.kind, d.what.kind);
  look("args", s.what.args, d.what.args);
  look("claims", s.what.claims, d.what.claims);
  look("queue", s.what.queue, d.what.queue);
  look("priority", s.what.priority, d.what.priority);
  look("idempotency_key", s.what.idempotency_key, d.what.idempotency_key);
  look("timeout", s.what.timeout, d.what.timeout);
  look("start_within", s.what.start_within, d.what.start_within);
  look("run_at", s.what.run_at, d.what.run_at);
  look("retry", s.what.retry, d.what.retry);
  look("tags", s.what.tags, d.what.tags);
  look("labels", s.what.labels, d.what.labels);
  look("callable", s.callable, d.callable);
  look("fingerprint", s.fingerprint, d.fingerprint);
  look("rank", s.rank, d.rank);
  look("attempt", s.attempt, d.attempt);
  look("charged", s.charged, d.charged);
  look("deaths", s.deaths, d.deaths);
  look("fence", s.fence, d.fence);
  look("code", s.code, d.code);
  look("error", s.error, d.error);
  look("errors", s.errors, d.errors);
  look("value", s.value, d.value);
  look("detail", s.detail, d.detail);
  look("progress", s.progress, d.progress);
  look("retry_of", s.retry_of, d.retry_of);
  look("submitted", s.submitted, d.submitted);
  look("due", s.due, d.due);
  look("started", s.started, d.started);
  look("ended", s.ended, d.ended);
  look("printed", s.printed, d.printed);
  look("away", s.away, d.away);
  look("lost", s.lost, d.lost);
  return out;
}

/// A task of the kind `k` with everything set, led through a death and a failure, and then where a test wants it.
struct story : desk {
  story() : desk(0) {
    book.know_kind("k", false);
    given = named("all", {exclusive("a/b"), shared("c")});
    given.kind = "k";
    given.args = R"({"n":1})";
    given.queue = "q";
    given.priority = 1;
    given.idempotency_key = "once";
    given.timeout = 1h;
    given.start_within = 2h;
    given.run_at = now.wall + 5s;
    given.retry = {4, 10s, 3.0, 2h, 0.0};
    given.tags = {"x", "y"};
    given.labels = {"big", "gpu"};
    auto copy = given; // it is emptied
    const new_task one{&copy, 0, 77};
    id = book.submit({&one, 1}, now, fx)->ids.front();
    go();
  }

  void work() {
    begin(id);
    book.note_progress(id, has.at(id).attempt, {1, 2, "half"});
    book.note_detail(id, has.at(id).attempt, R"({"at":)" + std::to_string(has.at(id).attempt) + "}");
  }

  /// One death, one failure; then it is scheduled for its third attempt and nobody is there to run it.
  void come_far() {
    const auto first = join({"k"}, {"gpu", "big"});
    pass(5s);
    work();
    die(first);
    const auto second = join({"k"}, {"big", "gpu"});
    work();
    auto a = about(id, attempt_report::kind::finished);
    a.outcome = failed("broken", 3);
    a.printed = 50;
    tell(second, std::move(a));
    die(second);
  }

  void run_again() {
    come_far();
    pass(10s);
    join({"k"}, {"big", "gpu"});
    work();
  }

  void is_carried(names empty) const {
    empty.insert({"away", "lost"}); // its worker is here; ledger_adopt_test and ledger_lost_test have those that are not
    const auto s = book.stored(id);
    const auto t = *book.get(id);
    EXPECT_EQ(s.what, given) << "the spec is whole";
    EXPECT_EQ(unset(s), empty);
    EXPECT_EQ(s.id, t.id);
    EXPECT_EQ(s.version, t.version);
    EXPECT_EQ(s.state, t.state);
    EXPECT_EQ(s.attempt, t.attempt);
    EXPECT_EQ(s.charged, t.charged);
    EXPECT_EQ(s.deaths, t.deaths);
    EXPECT_EQ(s.fence, t.fencing_token);
    EXPECT_EQ(s.code, t.code);
    EXPECT_EQ(s.error, t.error);
    EXPECT_EQ(s.errors, t.errors);
    EXPECT_EQ(s.progress, t.progress);
    EXPECT_EQ(s.retry_of, 77U);
    EXPECT_EQ(s.submitted, t.submitted);
    EXPECT_EQ(s.due, t.due);
    EXPECT_EQ(s.started, t.started);
    EXPECT_EQ(s.ended, t.ended);
    EXPECT_EQ(s.detail, *book.detail(id));
    if (terminal(s.state)) {
      EXPECT_EQ(s.value, *book.value(id));
    }
  }

  spec given;
  task_id id = 0;
};

TEST(ledger_store, a_new_scheduled_task_is_carried) {
  story d;
  ASSERT_EQ(d.state(d.id), state::scheduled);
  EXPECT_EQ(d.book.stored(d.id).due, d.given.run_at);
  d.is_carried({"callable", "rank", "attempt", "charged", "deaths", "fence", "code", "error", "errors", "value",
                "detail", "progress", "started", "ended", "printed"});
}

TEST(ledger_store, a_task_scheduled_for_its_next_attempt_is_carried) {
  story d;
  d.come_far();
  ASSERT_EQ(d.state(d.id), state::scheduled);
  EXPECT_EQ(d.book.stored(d.id).due, d.now.wall + 10s);
  EXPECT_EQ(d.book.stored(d.id).errors.size(), 2U);
  d.is_carried({"callable", "value", "ended"});
}

TEST(ledger_store, a_waiting_task_is_carried) {
  story d;
  d.come_far();
  d.pass(10s);
  ASSERT_EQ(d.state(d.id), state::waiting);
  d.is_carried({"callable", "value", "due", "ended"});
}

TEST(ledger_store, a_running_task_is_carried) {
  story d;
  d.run_again();
  ASSERT_EQ(d.state(d.id), state::running);
  EXPECT_EQ(d.book.stored(d.id).attempt, 3U);
  d.is_carried({"callable", "value", "due", "ended"});
}

TEST(ledger_store, a_cancelling_task_is_carried) {
  story d;
  d.run_again();
  ASSERT_TRUE(d.book.cancel(d.id, 0, d.now, d.fx));
  ASSERT_EQ(d.state(d.id), state::cancelling);
  d.is_carried({"callable", "value", "due", "ended"});
}

TEST(ledger_store, a_succeeded_task_is_carried) {
  story d;
  d.run_again();
  d.end(d.id, succeeded(7, R"("done")"));
  ASSERT_EQ(d.state(d.id), state::succeeded);
  EXPECT_EQ(d.book.stored(d.id).value, R"("done")");
  EXPECT_EQ(d.book.stored(d.id).code, 7);
  d.is_carried({"callable", "rank", "error", "due"});
}

TEST(ledger_store, a_failed_task_is_carried) {
  story d;
  d.run_again();
  d.end(d.id, discarded("hopeless", 9));
  ASSERT_EQ(d.state(d.id), state::failed);
  d.is_carried({"callable", "rank", "value", "due"});
}

TEST(ledger_store, a_cancelled_task_is_carried) {
  story d;
  d.come_far();
  ASSERT_TRUE(d.book.cancel(d.id, 0, d.now, d.fx));
  ASSERT_EQ(d.state(d.id), state::cancelled);
  d.is_carried({"callable", "rank", "value", "due"});
}

TEST(ledger_store, an_expired_task_is_carried) {
  story d;
  d.pass(2h);
  ASSERT_EQ(d.state(d.id), state::expired);
  d.is_carried({"callable", "rank", "attempt", "charged", "deaths", "fence", "code", "error", "errors", "value",
                "detail", "progress", "due", "started", "printed"});
}

TEST(ledger_store, a_quarantined_task_is_carried) {
  story d;
  d.come_far();
  d.pass(10s);
  for (int i = 0; i < 2; ++i) {
    const auto worker = d.join({"k"}, {"big", "gpu"});
    d.work();
    d.die(worker);
  }
  ASSERT_EQ(d.state(d.id), state::quarantined);
  EXPECT_EQ(d.book.stored(d.id).deaths, 3U);
  d.is_carried({"callable", "value", "due", "ended"});
}

TEST(ledger_store, a_callable_is_known_as_one) {
  desk d;
  const auto id = d.add("a");
  EXPECT_TRUE(d.book.stored(id).callable);
  EXPECT_EQ(d.book.stored(id).what, named("a"));
  EXPECT_EQ(d.book.stored(id).fingerprint, 0U);
}

TEST(ledger_store, the_rank_is_the_place_in_the_one_order) {
  desk d(0);
  const auto first = d.add("first");
  const auto second = d.add("second");
  auto s = named("urgent");
  s.priority = 1;
  const auto urgent = d.add(std::move(s));
  EXPECT_LT(d.book.stored(first).rank, d.book.stored(second).rank);
  EXPECT_LT(d.book.stored(urgent).rank, d.book.stored(first).rank);
}

TEST(ledger_store, a_delay_is_carried_as_its_moment_and_in_the_fingerprint) {
  desk d;
  auto s = named("later");
  s.delay = 3s;
  s.idempotency_key = "k";
  const auto id = d.add(s);
  EXPECT_EQ(d.book.stored(id).due, d.now.wall + 3s);
  EXPECT_EQ(d.book.stored(id).what.delay, 0s);
  desk other;
  s.delay = 4s;
  EXPECT_NE(other.book.stored(other.add(s)).fingerprint, d.book.stored(id).fingerprint);
}

TEST(ledger_store, a_task_that_is_not_there_has_no_stored_form) {
  desk d;
  EXPECT_DEATH({ [[maybe_unused]] auto s = d.book.stored(4); }, "impossible state.*\\(4, 0\\)");
}

} // namespace
} // namespace stint
