// Tasks of one exclusive key travel together: to the worker that has the one before them, in their order, and back as
// soon as anything goes other than well. Nothing of that is ever seen by two bodies at once.
#include "desk.hpp"

namespace stint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace test;

/// A desk whose workers have shown that their bodies are short.
struct quick_desk : desk {
  explicit quick_desk(std::uint32_t workers) : desk(workers) {
    for (std::uint32_t i = 0; i < workers; ++i)
      add("first");
    for (task_id id = 1; id <= workers; ++id)
      end_soon(id);
    started.clear();
  }

  void end_soon(task_id id) {
    auto a = about(id, attempt_report::kind::finished);
    a.took = 1us;
    tell(has.at(id).worker, std::move(a));
  }

  std::vector<task_id> add_some(int count, const std::string& key) {
    std::vector<spec> all;
    for (int i = 0; i < count; ++i)
      all.push_back(named(key, {exclusive(key)}));
    return add_all(std::move(all))->ids;
  }

  std::vector<task_id> recalled() {
    std::vector<task_id> out;
    for (const auto& r : fx.recall)
      out.push_back(r.id);
    fx.recall.clear();
    return out;
  }
};

TEST(ledger_follow, tasks_of_one_key_go_to_one_worker_in_their_order) {
  quick_desk d{2};
  const auto a = d.add_some(4, "repo/a");
  EXPECT_EQ(d.started, a);
  for (auto id : a)
    EXPECT_EQ(d.has.at(id).worker, d.has.at(a[0]).worker) << id;
  const auto other = d.add("other", {exclusive("repo/b")});
  EXPECT_NE(d.has.at(other).worker, d.has.at(a[0]).worker);
  for (auto id : a)
    d.end_soon(id);
  EXPECT_EQ(d.state(a[3]), state::succeeded);
}

TEST(ledger_follow, a_more_urgent_one_goes_before_those_that_are_not_handed_over) {
  quick_desk d{1};
  const auto a = d.add_some(600, "a");
  ASSERT_TRUE(d.runs(a[100]));
  ASSERT_FALSE(d.runs(a[599])) << "a worker has so many at most";
  auto s = named("urgent", {exclusive("a")});
  s.priority = 2;
  const auto urgent = d.add(std::move(s));
  d.started.clear();
  for (auto id : a)
    if (d.runs(id))
      d.end_soon(id);
  ASSERT_FALSE(d.started.empty());
  EXPECT_EQ(d.started[0], urgent);
}

TEST(ledger_follow, nobody_is_given_out_behind_a_body_whose_length_nobody_knows) {
  desk d{2};
  d.add("first", {exclusive("a")});
  const auto second = d.add("second", {exclusive("a")});
  EXPECT_EQ(d.reason(second), wait_reason::claims);
}

TEST(ledger_follow, who_stands_behind_a_stuck_body_comes_back_and_waits_for_it) {
  quick_desk d{2};
  const auto a = d.add_some(3, "a");
  ASSERT_TRUE(d.runs(a[2]));
  d.begin(a[0]);
  ASSERT_TRUE(d.book.cancel(a[0], 0, d.now, d.fx));
  d.fx.recall.clear();
  for (auto& m : {a[1], a[2]})
    ASSERT_TRUE(d.runs(m));
  d.pass(5s);
  ASSERT_THAT(d.fx.replace, SizeIs(1));
  // The long look has asked for them already, or the verdict does: in both cases before the runner is replaced.
  d.give_back(a[1]);
  d.give_back(a[2]);
  EXPECT_EQ(d.reason(a[1]), wait_reason::claims);
  EXPECT_EQ(d.reason(a[2]), wait_reason::claims);
  EXPECT_EQ(d.book.get(a[1])->attempt, 0U) << "not charged, not counted";
  d.tell(d.has.at(a[0]).worker, d.about(a[0], attempt_report::kind::freed));
  EXPECT_TRUE(d.runs(a[1])) << "the body has returned";
}

TEST(ledger_follow, the_verdict_stuck_asks_for_all_who_stand_behind) {
  quick_desk d{1};
  const auto a = d.add_some(3, "a");
  d.begin(a[0]);
  ASSERT_TRUE(d.book.cancel(a[0], 0, d.now, d.fx));
  d.fx.clear();
  // In one step, so that no look has come before.
  d.now = d.now + 5s;
  d.book.tick(d.now, d.fx);
  ASSERT_THAT(d.fx.replace, SizeIs(1));
  EXPECT_THAT(d.recalled(), ElementsAre(a[1], a[2]));
}

TEST(ledger_follow, they_come_back_when_the_one_before_turns_out_long) {
  quick_desk d{2};
  const auto a = d.add_some(3, "a");
  d.begin(a[0]);
  EXPECT_THAT(d.recalled(), IsEmpty());
  d.pass(1ms);
  EXPECT_THAT(d.recalled(), ElementsAre(a[2], a[1])) << "another worker is idle";
  d.give_back(a[2]);
  d.give_back(a[1]);
  EXPECT_EQ(d.reason(a[1]), wait_reason::claims);
  d.succeed(a[0]);
  EXPECT_TRUE(d.runs(a[1]));
  EXPECT_FALSE(d.runs(a[2])) << "its worker is known for long bodies now";
}

TEST(ledger_follow, a_death_with_a_body_that_goes_on_charges_nobody_behind_it) {
  quick_desk d{2};
  const auto a = d.add_some(3, "a");
  d.begin(a[0]);
  d.die(d.has.at(a[0]).worker, {{a[0], 1}});
  EXPECT_EQ(d.reason(a[1]), wait_reason::claims) << "the dead worker's body runs on";
  EXPECT_EQ(d.book.get(a[1])->deaths, 0U);
  EXPECT_EQ(d.book.get(a[0])->deaths, 1U);
}

} // namespace
} // namespace stint
