// Workers of other processes: they run kinds alone, and when one is lost nothing that it says or may still hold does harm.
#include "desk.hpp"

namespace stint {
namespace {

using testing::HasSubstr;
using namespace test;

struct far_desk : desk {
  far_desk() : desk(0) { book.know_kind("k", false); }
  worker_id join_far() {
    book.worker_joined(++last_worker, {"k"}, now, fx, false);
    go();
    return last_worker;
  }
  task_id add_kind(std::vector<claim> claims = {}) {
    auto s = named("far", std::move(claims));
    s.kind = "k";
    return add(std::move(s));
  }
};

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

// The number of an attempt that had not begun is given again: then the worker's own number is the fence.
TEST(ledger_node, a_result_of_a_lost_worker_is_stale_though_its_attempt_has_the_same_number) {
  far_desk d;
  d.join_far();
  const auto id = d.add_kind();
  auto late = d.about(id, attempt_report::kind::finished);
  late.outcome = succeeded(1);
  d.die(1);
  const auto again = d.join_far(); // the same node, back again
  d.join_far();
  ASSERT_TRUE(d.runs(id));
  EXPECT_EQ(d.has.at(id).attempt, late.attempt);
  const auto other = d.has.at(id).worker == again ? worker_id{3} : again;
  d.tell(1, late);
  d.tell(other, late);
  EXPECT_TRUE(d.runs(id));
  EXPECT_EQ(d.book.stale(), 2U);
  d.succeed(id);
  EXPECT_EQ(d.book.get(id)->code, 0);
}

TEST(ledger_node, claims_of_a_cut_off_body_stay_taken_until_it_is_surely_over) {
  far_desk d;
  d.join_far();
  d.join_far();
  const auto id = d.add_kind({exclusive("disk")});
  const auto w = d.has.at(id).worker;
  d.begin(id);
  const auto held = d.book.attempts_of(w);
  ASSERT_EQ(held.size(), 1U);
  auto over = d.about(id, attempt_report::kind::freed);
  d.die(w, held);
  const auto other = d.add_kind({exclusive("disk")});
  EXPECT_FALSE(d.runs(id)) << "it may still run there";
  EXPECT_FALSE(d.runs(other));
  d.tell(0, over);
  EXPECT_TRUE(d.runs(other) || d.runs(id));
  EXPECT_EQ(d.book.get(id)->charged, 0U);
}

} // namespace
} // namespace stint
