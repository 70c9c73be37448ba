// Whom the end of a worker elsewhere is charged to, when nothing that it had was heard to begin.
#include "far_desk.hpp"

namespace stint {
namespace {

using namespace test;

// Once, only what was heard to begin was charged, so a body that ends its process at once went from node to node.
TEST(ledger_node_death, what_ends_its_node_before_it_is_heard_to_begin_is_quarantined_and_nothing_behind_it) {
  far_desk d;
  const auto quick = d.add_kind();
  d.join_far();
  d.begin(quick);
  auto done = d.about(quick, attempt_report::kind::finished);
  done.outcome = succeeded();
  done.took = std::chrono::microseconds{1}; // so that the next ones travel together
  d.tell(1, done);
  const auto bad = d.add_kind();
  const auto good = d.add_kind();
  ASSERT_EQ(d.has.at(good).worker, d.has.at(bad).worker);
  for (worker_id w = 1; w <= 3; ++w) {
    ASSERT_TRUE(d.runs(bad));
    d.lose(w);
    d.join_far();
  }
  EXPECT_EQ(d.state(bad), state::quarantined);
  EXPECT_TRUE(d.runs(good));
  EXPECT_EQ(d.book.get(good)->deaths, 0U);
}

TEST(ledger_node_death, when_its_process_is_there_again_the_first_unheard_one_is_charged_with_nothing) {
  far_desk d;
  d.join_far();
  const auto id = d.add_kind();
  d.lose(1);
  EXPECT_EQ(d.book.get(id)->deaths, 1U);
  d.lives(1);
  EXPECT_EQ(d.book.get(id)->deaths, 0U);
}

} // namespace
} // namespace stint
