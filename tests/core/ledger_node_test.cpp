// Workers of other processes: they run kinds alone, and when one is lost nothing that it says or may still hold does harm.
#include "far_desk.hpp"

namespace stint {
namespace {

using testing::HasSubstr;
using namespace test;

TEST(ledger_node, a_kind_without_a_worker_waits_and_says_so) {
  far_desk d;
  const auto id = d.add_kind();
  EXPECT_EQ(d.reason(id), wait_reason::no_worker);
  EXPECT_THAT(d.why(id), HasSubstr("no worker"));
  d.join_far();
  EXPECT_TRUE(d.runs(id));
}

TEST(ledger_node, a_callable_never_leaves_its_process_and_holds_no_kind_up) {
  far_desk d;
  d.join(); // a worker here, without the kind
  d.join_far();
  const auto here = d.add("callable");
  const auto waits = d.add("another");
  const auto far = d.add_kind();
  EXPECT_EQ(d.has.at(here).worker, 1U);
  EXPECT_EQ(d.state(waits), state::waiting);
  ASSERT_TRUE(d.runs(far)) << "though a callable waits before it";
  EXPECT_EQ(d.has.at(far).worker, 2U);
}

TEST(ledger_node, the_end_of_the_last_worker_here_leaves_kinds_elsewhere_alone) {
  far_desk d;
  const auto near = d.join();
  d.join_far();
  const auto runs = d.add_kind();
  const auto next = d.add_kind();
  d.die(near);
  d.succeed(runs);
  EXPECT_TRUE(d.runs(next));
}

// Once, the number of an attempt whose begin was not heard of was given again, so that a node which joined anew could
// answer for it with what the old body said.
TEST(ledger_node, a_result_of_a_lost_one_is_stale_also_when_the_same_node_runs_the_task_again) {
  far_desk d;
  d.join_far();
  const auto id = d.add_kind();
  auto late = d.about(id, attempt_report::kind::finished);
  late.outcome = succeeded(1);
  d.lose(1);
  const auto again = d.join_far();
  ASSERT_TRUE(d.runs(id)) << "without claims it goes on at once";
  EXPECT_EQ(d.has.at(id).attempt, late.attempt + 1);
  d.tell(again, late);
  EXPECT_TRUE(d.runs(id));
  EXPECT_EQ(d.book.stale(), 1U);
  EXPECT_TRUE(d.book.get(id)->stuck) << "under a new number nothing is said of the old body";
  d.tell(1, late); // was on its way when the link broke
  EXPECT_TRUE(d.runs(id));
  EXPECT_FALSE(d.book.get(id)->stuck);
  d.succeed(id);
  EXPECT_EQ(d.book.get(id)->code, 0);
}

TEST(ledger_node, claims_of_a_lost_one_stay_taken_until_it_is_surely_over) {
  far_desk d;
  d.join_far();
  d.join_far();
  const auto id = d.add_kind({exclusive("disk")});
  const auto w = d.has.at(id).worker;
  d.begin(id);
  d.lose(w);
  const auto other = d.add_kind({exclusive("disk")});
  EXPECT_FALSE(d.runs(id)) << "it may still run there";
  EXPECT_FALSE(d.runs(other));
  EXPECT_EQ(d.book.get(id)->deaths, 1U);
  d.over(w);
  EXPECT_TRUE(d.runs(other) || d.runs(id));
  EXPECT_EQ(d.book.get(id)->charged, 0U);
  EXPECT_EQ(d.book.counts().stuck, 0U);
}

// Once, of those that were not known to have begun only the first kept its claims.
TEST(ledger_node, every_attempt_that_was_handed_to_a_lost_one_keeps_its_claims) {
  far_desk d;
  const auto w = d.join_far();
  const auto quick = d.add_kind();
  d.begin(quick);
  auto done = d.about(quick, attempt_report::kind::finished);
  done.outcome = succeeded();
  done.took = std::chrono::microseconds{1}; // so that the next ones travel together
  d.tell(w, done);
  std::vector<spec> specs;
  for (const char* key : {"a", "b", "b"}) {
    specs.push_back(named("far", {exclusive(key)}));
    specs.back().kind = "k";
  }
  const auto made = d.add_all(std::move(specs));
  ASSERT_TRUE(made);
  const auto first = made->ids[0];
  const auto second = made->ids[1];
  const auto third = made->ids[2];
  ASSERT_TRUE(d.runs(first) && d.runs(second) && d.runs(third));
  d.lose(w);
  EXPECT_EQ(d.book.counts().stuck, 3U);
  d.join_far();
  d.join_far();
  EXPECT_FALSE(d.runs(first));
  EXPECT_FALSE(d.runs(second));
  d.over(w);
  EXPECT_TRUE(d.runs(first));
  EXPECT_TRUE(d.runs(second)) << "before the third, as it was";
  EXPECT_EQ(d.has.at(second).attempt, 2U);
}

// Once, it kept its claims for ever.
TEST(ledger_node, a_body_that_was_stuck_on_a_lost_one_is_over_with_it) {
  far_desk d;
  const auto w = d.join_far();
  const auto id = d.add_kind({exclusive("disk")});
  d.begin(id);
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  d.pass(default_cancel_grace);
  ASSERT_TRUE(d.book.get(id)->stuck);
  d.lose(w);
  const auto next = d.add_kind({exclusive("disk")});
  d.join_far();
  EXPECT_FALSE(d.runs(next));
  d.over(w);
  EXPECT_TRUE(d.runs(next));
  EXPECT_FALSE(d.book.get(id)->stuck);
}

TEST(ledger_node, a_lost_one_may_run_and_so_holds_up_who_wants_everything_for_itself) {
  far_desk d;
  const auto w = d.join_far();
  d.begin(d.add_kind());
  d.lose(w);
  const auto everything = d.add_kind({exclusive("")});
  d.join_far();
  d.join_far();
  EXPECT_FALSE(d.runs(everything));
  d.over(w);
  d.succeed(1);
  EXPECT_TRUE(d.runs(everything));
}

TEST(ledger_node, an_at_most_once_kind_that_was_handed_to_a_lost_one_may_have_begun) {
  far_desk d;
  d.book.know_kind("k", true);
  const auto w = d.join_far();
  const auto id = d.add_kind();
  d.lose(w);
  EXPECT_EQ(d.state(id), state::failed);
  EXPECT_EQ(d.book.get(id)->error, "interrupted");
}

TEST(ledger_node, what_a_link_that_only_broke_was_charged_is_taken_back) {
  far_desk d;
  const auto id = d.add_kind({exclusive("disk")});
  for (int i = 1; i <= 3; ++i) {
    const auto w = d.join_far();
    d.begin(id);
    d.lose(w);
    EXPECT_EQ(d.book.get(id)->deaths, static_cast<std::uint32_t>(i));
    if (i < 3)
      d.over(w);
  }
  EXPECT_EQ(d.state(id), state::quarantined);
  d.join_far();
  d.lives(3);
  EXPECT_EQ(d.state(id), state::waiting);
  EXPECT_EQ(d.book.get(id)->deaths, 2U);
  d.over(3);
  EXPECT_TRUE(d.runs(id));
  d.lives(3);
  EXPECT_EQ(d.book.get(id)->deaths, 2U) << "too late, and only once";
}

TEST(ledger_node, a_suspect_of_links_that_only_broke_is_none) {
  far_desk d;
  const auto id = d.add_kind();
  for (int i = 1; i <= 2; ++i) {
    const auto w = d.join_far();
    d.begin(id);
    d.lose(w);
  }
  d.lives(2);
  d.join_far();
  EXPECT_TRUE(d.runs(id)) << "not alone: what was lost may still run";
}

TEST(ledger_node, what_one_had_that_left_in_order_goes_on_elsewhere_at_once_and_is_no_death) {
  far_desk d;
  const auto w = d.join_far();
  const auto id = d.add_kind({exclusive("disk")});
  d.begin(id);
  const auto old = d.has.at(id).attempt;
  d.leave(w);
  EXPECT_EQ(d.state(id), state::waiting);
  d.join_far();
  EXPECT_TRUE(d.runs(id));
  EXPECT_EQ(d.has.at(id).attempt, old + 1);
  EXPECT_EQ(d.book.get(id)->deaths, 0U);
  EXPECT_EQ(d.book.get(id)->charged, 0U);
  EXPECT_EQ(d.book.counts().stuck, 0U);
}

TEST(ledger_node, one_that_is_about_to_leave_is_given_nothing_more) {
  far_desk d;
  const auto w = d.join_far();
  const auto slow = d.add_kind();
  d.begin(slow);
  const auto idle = d.join_far();
  d.book.worker_leaving(w);
  d.book.worker_leaving(idle);
  const auto next = d.add_kind();
  EXPECT_EQ(d.state(next), state::waiting);
  EXPECT_EQ(d.reason(next), wait_reason::capacity);
  d.succeed(slow);
  EXPECT_EQ(d.state(slow), state::succeeded) << "what it has goes on";
  EXPECT_EQ(d.state(next), state::waiting);
  d.leave(w);
  d.leave(idle);
  d.join_far();
  EXPECT_TRUE(d.runs(next));
  EXPECT_EQ(d.has.at(next).attempt, 1U);
}

// Once, it waited for the leases of all who were lost, and everybody behind it waited too.
TEST(ledger_node, a_suspect_runs_alone_in_its_process_and_holds_no_other_up) {
  far_desk d;
  const auto poison = d.add_kind();
  for (int i = 0; i < 2; ++i) {
    const auto w = d.join_far();
    d.begin(poison);
    d.lose(w); // and its lease is never over here
  }
  const auto a = d.join_far();
  EXPECT_TRUE(d.runs(poison)) << "no lease holds it up";
  d.join_far(a);
  const auto next = d.add_kind();
  EXPECT_EQ(d.state(next), state::waiting) << "beside it in its process";
  d.join_far();
  EXPECT_TRUE(d.runs(next)) << "in another process";
  d.begin(next);
  d.begin(poison);
  d.lose(a);
  EXPECT_EQ(d.state(poison), state::quarantined);
  EXPECT_EQ(d.book.get(next)->deaths, 0U);
}

TEST(ledger_node, a_process_is_kept_for_a_suspect_until_it_runs_nothing) {
  far_desk d;
  const auto poison = d.add_kind();
  for (int i = 0; i < 2; ++i) {
    const auto w = d.join_far();
    d.begin(poison);
    const auto there = i == 1 ? d.join_far(50) : 0;
    if (there != 0) {
      d.join_far(50);
      d.join_far(40);
    }
    const auto first = i == 1 ? d.add_kind() : 0; // of the three two are busy
    const auto second = i == 1 ? d.add_kind() : 0;
    const auto third = i == 1 ? d.add_kind() : 0;
    d.lose(w);
    if (i == 0)
      continue;
    EXPECT_EQ(d.reason(poison), wait_reason::alone);
    EXPECT_THAT(d.why(poison), HasSubstr("alone in its process"));
    const auto later = d.add_kind();
    std::map<worker_id, task_id> on;
    for (const auto id : {first, second, third})
      on[d.has.at(id).worker] = id;
    d.succeed(on.at(there));
    EXPECT_EQ(d.state(later), state::waiting) << "the last process is kept";
    EXPECT_EQ(d.state(poison), state::waiting) << "its other worker has something still";
    d.succeed(on.at(there + 1));
    EXPECT_TRUE(d.runs(poison));
    EXPECT_EQ(d.state(later), state::waiting);
    d.succeed(on.at(there + 2));
    EXPECT_TRUE(d.runs(later)) << "elsewhere";
  }
}

TEST(ledger_node, a_suspect_that_is_forgiven_while_it_runs_waits_as_one_of_many) {
  far_desk d;
  const auto id = d.add_kind();
  for (int i = 0; i < 2; ++i) {
    const auto w = d.join_far();
    d.begin(id);
    d.lose(w);
  }
  const auto w = d.join_far();
  ASSERT_TRUE(d.runs(id));
  d.join_far(w);
  const auto other = d.add_kind();
  EXPECT_FALSE(d.runs(other)) << "a suspect runs alone in its process";
  d.lives(2);
  d.give_back(id);
  EXPECT_TRUE(d.runs(id));
  EXPECT_TRUE(d.runs(other));
}

// Once, it waited again in a list whose waiting tasks had just been ended.
TEST(ledger_node, what_is_quarantined_in_a_list_that_stops_stays_so_when_a_link_only_broke) {
  far_desk d;
  const auto id = d.add_kind();
  for (int i = 1; i <= 3; ++i) {
    const auto w = d.join_far();
    d.begin(id);
    d.lose(w);
    if (i < 3)
      d.over(w);
  }
  ASSERT_EQ(d.state(id), state::quarantined);
  d.book.stop(0ns, d.now, d.fx);
  d.go();
  d.lives(3);
  EXPECT_EQ(d.state(id), state::quarantined);
}

} // namespace
} // namespace stint
