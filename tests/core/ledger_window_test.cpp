// Finished tasks beyond the window: when they leave memory, what is known of them then, and how they come back. How: commits
// are cut and finished by hand, and the store is a map.
#include "windowed.hpp"

namespace stint {
namespace {

using namespace test;
using testing::ElementsAre;

std::vector<task_id> inside(const windowed& d) {
  std::vector<task_id> out;
  for (task_id id = 1; id <= d.book.last_id(); ++id)
    if (d.book.find(id) != nullptr)
      out.push_back(id);
  return out;
}

TEST(ledger_window, a_task_leaves_with_the_commit_of_its_end_and_not_before) {
  windowed d{0};
  const auto id = d.add(of_kind("t"));
  d.commit();
  d.succeed(id);
  EXPECT_FALSE(d.book.outside(id));
  d.cut();
  EXPECT_FALSE(d.book.outside(id));
  d.pass(1s);
  EXPECT_FALSE(d.book.outside(id)) << "its end is on its way";
  EXPECT_EQ(d.book.get(id)->state, state::running) << "as committed";
  d.committed();
  EXPECT_TRUE(d.book.outside(id));
  EXPECT_EQ(d.book.find(id), nullptr);
  EXPECT_THAT(d.book.take_left(), ElementsAre(id));
  EXPECT_TRUE(d.book.take_left().empty());
}

TEST(ledger_window, all_stay_by_default_and_without_a_store) {
  windowed d{all_in_memory};
  d.ended("t");
  d.commit();
  EXPECT_FALSE(d.book.outside(1));
  ledger_options o;
  o.limits.finished_in_memory = 0;
  desk plain{1, o};
  plain.succeed(plain.add("t"));
  plain.book.cut();
  plain.book.committed();
  EXPECT_NE(plain.book.find(1), nullptr);
}

TEST(ledger_window, the_newest_ends_stay_whatever_the_ids) {
  windowed d{2, keep_all, 4};
  for (const auto* name : {"a", "b", "c", "d"})
    d.add(of_kind(name));
  for (task_id id : {3, 1, 4, 2})
    d.succeed(id);
  d.commit();
  EXPECT_THAT(inside(d), ElementsAre(2, 4));
}

TEST(ledger_window, many_leave_in_steps) {
  windowed d{0, keep_all, 1};
  constexpr task_id count = 1'000;
  for (task_id i = 0; i < count; ++i) {
    auto s = of_kind("t");
    s.delay = 1h;
    d.add(std::move(s));
  }
  d.commit();
  ASSERT_TRUE(d.book.cancel_matching({}, d.now, d.fx));
  d.commit();
  EXPECT_EQ(d.book.outside(), count) << "twice as many as have ended may leave";
  d.book.take_in(d.store.at(1));
  d.commit();
  EXPECT_TRUE(d.book.outside(1));
  // After a start with a smaller window there are many, and none has ended since.
  ledger over{windowed::options(0, keep_all)};
  for (auto& [id, t] : d.store)
    over.restore(t);
  over.resume(d.book.version(), d.book.last_id(), d.now, d.fx);
  over.cut();
  EXPECT_FALSE(over.committed()) << "there is more to do";
  EXPECT_EQ(over.outside(), 64U);
  for (int i = 0; i < 100 && over.outside() != count; ++i) {
    over.tick(d.now, d.fx);
    over.dispatch(d.now, d.fx);
    EXPECT_TRUE(over.outside() == count || over.next_tick(d.now) <= d.now.steady) << "it goes on by itself";
  }
  EXPECT_EQ(over.outside(), count);
}

TEST(ledger_window, callables_and_stuck_bodies_stay_with_their_tasks) {
  auto o = windowed::options(0, keep_all);
  o.cancel_grace = 1s;
  desk d{0, o};
  d.book.know_kind("k", false);
  d.join({"k"});
  const auto commit = [&] {
    d.book.cut();
    d.book.committed();
  };
  const auto callable = d.add("callable");
  d.succeed(callable);
  const auto stuck = d.add(of_kind("stuck"));
  d.begin(stuck);
  ASSERT_TRUE(d.book.cancel(stuck, 0, d.now, d.fx));
  d.pass(2s);
  commit();
  EXPECT_FALSE(d.book.outside(callable));
  ASSERT_FALSE(d.book.outside(stuck));
  EXPECT_TRUE(d.book.get(stuck)->stuck);
  d.tell(d.has.at(stuck).worker, d.about(stuck, attempt_report::kind::freed));
  const auto next = d.add(of_kind("next"));
  d.succeed(next);
  commit();
  EXPECT_TRUE(d.book.outside(next));
  EXPECT_TRUE(d.book.outside(stuck)) << "its body has returned";
  EXPECT_FALSE(d.book.outside(callable));
}

TEST(ledger_window, a_task_counts_the_same_in_memory_and_in_the_store) {
  windowed d{0};
  auto s = of_kind("t");
  s.args = "[1]";
  s.idempotency_key = "once";
  s.tags = {"nightly"};
  s.labels = {"gpu"}; // nobody has it
  s.claims = {exclusive("a/b")};
  const auto id = d.add(std::move(s));
  ASSERT_TRUE(d.book.cancel(id, 0, d.now, d.fx));
  const auto texts = std::string{"t[1]oncenightlygpua/b"}.size();
  EXPECT_EQ(kept_bytes(*d.book.find(id)), finished_task_bytes + texts);
  d.commit();
  ASSERT_TRUE(d.book.outside(id));
  EXPECT_EQ(kept_bytes(d.store.at(id)), finished_task_bytes + texts);
}

// Once, a submission as one was forgotten with its first task as soon as that had been read again, and accepted once more.
TEST(ledger_window, the_key_of_a_submission_as_one_outlives_its_first_task_that_was_outside) {
  windowed d{0};
  std::vector<spec> all(3, of_kind("t"));
  all.front().idempotency_key = "k";
  ASSERT_THAT(d.add_all(all, true)->ids, ElementsAre(1, 2, 3));
  d.succeed(1);
  d.commit();
  ASSERT_TRUE(d.book.outside(1));
  d.take_in(1);
  ASSERT_TRUE(d.book.remove(1, 0, d.now, d.fx));
  d.commit();
  EXPECT_THAT(d.add_all(all, true)->ids, ElementsAre(1, 2, 3));
  EXPECT_EQ(d.book.counts().submitted, 3U);
}

TEST(ledger_window, what_is_known_of_a_task_outside) {
  windowed d{0};
  auto s = of_kind("t");
  s.args = "1";
  s.tags = {"x"};
  s.priority = 1;
  s.claims = {exclusive("a")};
  s.retry.max_attempts = 1;
  const auto id = d.add(std::move(s));
  d.begin(id);
  d.fail(id);
  const auto before = d.book.describe(*d.book.find(id));
  const auto bytes = kept_bytes(*d.book.find(id));
  d.commit();
  ASSERT_TRUE(d.book.outside(id));
  EXPECT_TRUE(d.book.seen(id));
  EXPECT_EQ(d.why(id), "failed");
  EXPECT_EQ(d.book.explain(id, d.now)->state, state::failed);
  EXPECT_EQ(d.book.counts().tasks[state::failed], 1U);
  EXPECT_EQ(d.book.counts().queues.front().tasks[state::failed], 1U);
  EXPECT_EQ(d.book.counts().deleted, 0U);
  EXPECT_EQ(told_of(d.store.at(id)), before);
  EXPECT_EQ(kept_bytes(d.store.at(id)), bytes);
  d.take_in(id);
  d.book.audit();
  EXPECT_EQ(*d.book.get(id), before);
  EXPECT_EQ(*d.book.args(id), "1");
  EXPECT_EQ(d.book.stored(id), d.store.at(id));
  d.commit();
  EXPECT_TRUE(d.book.outside(id));
  EXPECT_EQ(d.book.counts().tasks.total(), 1U);
}

TEST(ledger_window, commands_about_a_task_that_was_taken_in) {
  windowed d{0};
  const auto id = d.ended("t");
  d.commit();
  const auto version = d.store.at(id).version;
  d.take_in(id);
  EXPECT_EQ(d.book.cancel(id, 0, d.now, d.fx).code(), errc::wrong_state);
  EXPECT_EQ(d.book.remove(id, version + 1, d.now, d.fx).code(), errc::version_mismatch);
  const auto again = d.book.retry(id, version, 0, d.now, d.fx);
  ASSERT_TRUE(again);
  EXPECT_EQ(d.book.find(*again)->extra->terms->retry_of, id);
  d.commit();
  ASSERT_TRUE(d.book.outside(id));
  d.take_in(id);
  ASSERT_TRUE(d.book.remove(id, version, d.now, d.fx));
  EXPECT_EQ(d.book.get(id)->name, "t") << "as committed";
  EXPECT_EQ(d.read({}).tasks.size(), 2U);
  d.cut();
  EXPECT_EQ(d.book.get(id)->name, "t");
  d.committed();
  EXPECT_EQ(d.book.get(id).code(), errc::task_deleted);
  EXPECT_EQ(d.book.counts().deleted, 1U);
  d.take_in(id);
  EXPECT_EQ(d.book.find(id), nullptr);
}

TEST(ledger_window, an_idempotency_key_outlives_the_record) {
  windowed d{0};
  const auto id = d.ended("t", "key");
  d.commit();
  ASSERT_TRUE(d.book.outside(id));
  auto same = of_kind("t");
  same.idempotency_key = "key";
  EXPECT_EQ(*d.try_add(same), id);
  auto other = of_kind("other");
  other.idempotency_key = "key";
  EXPECT_EQ(d.try_add(other).code(), errc::idempotency_conflict);
  d.take_in(id);
  ASSERT_TRUE(d.book.remove(id, 0, d.now, d.fx));
  EXPECT_NE(*d.try_add(other), id) << "it is free again";
}

TEST(ledger_window, a_wait_on_a_task_outside_is_over_at_once) {
  windowed d{0};
  const auto id = d.ended("t");
  d.commit();
  const auto open = d.add(of_kind("open"));
  const std::map<task_id, task> read{{id, told_of(d.store.at(id))}};
  ASSERT_TRUE(d.book.wait(1, {{id, open}, wait_for::any, 0ns}, d.now, d.fx, read));
  ASSERT_TRUE(d.book.wait(2, {{id, open}, wait_for::all, 0ns}, d.now, d.fx, read));
  d.go();
  ASSERT_TRUE(d.waited_for.contains(1));
  EXPECT_EQ(d.waited_for[1].settled.front().task.name, "t");
  EXPECT_FALSE(d.waited_for.contains(2));
  d.succeed(open);
  ASSERT_EQ(d.waited_for[2].settled.size(), 2U);
  EXPECT_EQ(d.waited_for[2].settled.front().task.name, "t");
}

// The bounds count tasks outside as well, and who ended first goes first.
TEST(ledger_window, retention_goes_over_both) {
  windowed d{2, {4, 0s, 0}};
  for (int i = 0; i < 4; ++i)
    d.ended("t");
  d.commit();
  EXPECT_EQ(d.book.outside(), 2U);
  for (int i = 0; i < 6; ++i)
    d.ended("t");
  EXPECT_THAT(d.book.condemned(), ElementsAre(1, 2, 3, 4));
  EXPECT_NE(d.book.find(5), nullptr) << "who ended first goes first, and they have not gone yet";
  d.delete_condemned();
  EXPECT_EQ(d.book.find(5), nullptr);
  d.commit();
  EXPECT_TRUE(d.book.condemned().empty());
  EXPECT_EQ(d.book.counts().tasks.total(), 4U);
  EXPECT_EQ(d.store.begin()->first, 7U);
  EXPECT_EQ(d.book.kept_tasks().count(state::succeeded), 4U);
  ASSERT_TRUE(d.book.outside(7));
  d.take_in(7);
  ASSERT_TRUE(d.book.remove(7, 0, d.now, d.fx));
  EXPECT_EQ(d.book.kept_tasks().count(state::succeeded), 3U);
  EXPECT_EQ(d.book.kept_tasks().bytes(state::succeeded), 3U * (finished_task_bytes + 1));
}

TEST(ledger_window, a_condemned_task_may_be_deleted_by_hand_first) {
  windowed d{0, {1, 0s, 0}};
  d.ended("a");
  d.commit();
  d.ended("b");
  ASSERT_THAT(d.book.condemned(), ElementsAre(1));
  d.take_in(1);
  ASSERT_TRUE(d.book.remove(1, 0, d.now, d.fx));
  EXPECT_TRUE(d.book.condemned().empty());
  d.book.remove_condemned({1}, d.now, d.fx);
  EXPECT_EQ(d.book.kept_tasks().count(state::succeeded), 1U);
}

TEST(ledger_window, old_ones_go_by_their_age_without_a_busy_wait) {
  windowed d{0, {0, 1h, 0}};
  d.ended("a");
  d.commit();
  d.pass(2h);
  ASSERT_THAT(d.book.condemned(), ElementsAre(1));
  EXPECT_FALSE(d.book.next_tick(d.now)) << "nothing is due until it has been read";
  d.delete_condemned();
  EXPECT_EQ(d.book.counts().deleted, 0U) << "not committed";
  d.commit();
  EXPECT_EQ(d.book.counts().deleted, 1U);
}

TEST(ledger_window, a_restart_has_the_newest_inside_and_knows_the_rest) {
  windowed d{all_in_memory};
  for (int i = 0; i < 5; ++i)
    d.ended("t" + std::to_string(i), "key" + std::to_string(i));
  d.commit();
  ledger next{windowed::options(2, {4, 0s, 0})};
  next.know_kind("k", false);
  for (auto& [id, t] : d.store)
    if (id <= 3) {
      next.restore(outside_task{id, t.version, *t.ended, kept_bytes(t), t.state}, t.what.queue);
      next.restore_key(t.what.idempotency_key, id, t.fingerprint);
    } else {
      next.restore(t);
    }
  next.resume(d.book.version(), d.book.last_id(), d.now, d.fx);
  next.audit();
  EXPECT_EQ(next.outside(), 3U);
  EXPECT_EQ(next.counts().tasks.total(), 5U);
  EXPECT_EQ(next.counts().queues.front().tasks.total(), 5U);
  EXPECT_EQ(next.counts().deleted, 0U);
  auto same = of_kind("t1");
  same.idempotency_key = "key1";
  const new_task one{&same, 0, 0};
  EXPECT_EQ(next.submit({&one, 1}, d.now, d.fx)->ids.front(), 2U);
  next.tick(d.now, d.fx);
  next.dispatch(d.now, d.fx);
  EXPECT_THAT(next.condemned(), ElementsAre(1)) << "five are one too many, and it ended first";
}

TEST(ledger_window, what_it_remembers_is_bounded) {
  windowed d{10};
  for (int i = 0; i < 5'000; ++i) {
    const auto id = d.ended("t");
    d.commit();
    d.take_in(id);
    ASSERT_TRUE(d.book.remove(id, 0, d.now, d.fx));
    d.commit();
    ASSERT_LE(d.book.finished_window().remembered(), 1'100U);
  }
}

} // namespace
} // namespace stint
