// What is tested: the original's resource rules (1.2) said with claims, kept or changed on purpose; see README.md.
#include "seed.hpp"

using namespace stint::test;
using stint::state;
using stint::wait_reason;

namespace {

struct SeedClaims : seed_fixture {
  /// Tells whether a task that wants `second` starts while one runs that holds `first`.
  bool together(std::vector<stint::claim> first, std::vector<stint::claim> second) {
    held_body holder;
    auto one = tasks().submit(named("holder", std::move(first)), holder.run());
    holder.begun.pass();
    auto two = tasks().submit(named("second", std::move(second)), [] {});
    const auto reason = tasks().get(*two)->reason; // who clashes is parked at once, in the very submission
    const bool parked = reason == wait_reason::claims;
    if (!parked) { // it starts, or has started, before the holder ends
      EXPECT_EQ(tasks().wait(*two)->state, state::succeeded);
    }
    holder.may_end.open();
    EXPECT_EQ(tasks().wait({*one, *two})->settled.size(), 2U);
    return !parked;
  }
};

using seed_claims = SeedClaims;

} // namespace

// Kept: an ordinary key is for one.
TEST_F(seed_claims, a_key_is_for_one) {
  EXPECT_FALSE(together({stint::exclusive("repos/a")}, {stint::exclusive("repos/a")}));
  EXPECT_TRUE(together({stint::exclusive("repos/a")}, {stint::exclusive("repos/b")}));
}

// Kept: "all local repos" waits for each of them and keeps each of them out. Changed: it is the key above them.
TEST_F(seed_claims, the_key_above_clashes_with_all_below) {
  EXPECT_FALSE(together({stint::exclusive("repos/a")}, {stint::exclusive("repos")}));
  EXPECT_FALSE(together({stint::exclusive("repos")}, {stint::exclusive("repos/a")}));
  EXPECT_FALSE(together({stint::exclusive("repos")}, {stint::exclusive("repos")}));
}

// Kept: "all" clashes with every key.
TEST_F(seed_claims, the_root_clashes_with_every_key) {
  EXPECT_FALSE(together({stint::exclusive("mirrors/a")}, {stint::exclusive("")}));
  EXPECT_FALSE(together({stint::exclusive("")}, {stint::shared("mirrors/a")}));
  EXPECT_FALSE(together({stint::exclusive("")}, {stint::exclusive("")}));
}

// Kept: all keys are taken together; a waiting task holds none, so nobody else waits for what it wants... except those
// behind it. Changed: who comes later does not pass it, or it would starve (defect 3).
TEST_F(seed_claims, all_keys_are_taken_together) {
  held_body holder;
  auto one = tasks().submit(named("one", {stint::exclusive("a")}), holder.run());
  holder.begun.pass();
  auto both = tasks().submit(named("both", {stint::exclusive("a"), stint::exclusive("b")}), [] {});
  auto later = tasks().submit(named("later", {stint::exclusive("b")}), [] {});
  auto apart = tasks().submit(named("apart", {stint::exclusive("c")}), [] {});
  EXPECT_EQ(tasks().wait(*apart)->state, state::succeeded);
  EXPECT_EQ(tasks().get(*both)->reason, wait_reason::claims);
  EXPECT_EQ(tasks().get(*later)->reason, wait_reason::claims);
  holder.may_end.open();
  EXPECT_EQ(tasks().wait({*one, *both, *later})->settled.size(), 3U);
}

// Kept: two that want the same keys in another order do not wait for each other.
TEST_F(seed_claims, no_deadlock_between_tasks) {
  std::vector<stint::submission> batch;
  for (int i = 0; i < 200; ++i) {
    std::vector<stint::claim> keys{stint::exclusive("a"), stint::exclusive("b")};
    if (i % 2 == 0)
      std::swap(keys[0], keys[1]);
    batch.push_back({named("t", keys), [] {}});
  }
  ASSERT_TRUE(tasks().submit(std::move(batch)));
  EXPECT_EQ(tasks().wait_all()->open, 0U);
  EXPECT_EQ(tasks().counts()->tasks[state::succeeded], 200U);
}

// Kept: claims are freed also when the body fails.
TEST_F(seed_claims, a_failure_frees_the_claims) {
  auto bad = tasks().submit(named("bad", {stint::exclusive("a")}), [] { throw 1; });
  auto good = tasks().submit(named("good", {stint::exclusive("a")}), [] {});
  EXPECT_EQ(tasks().wait(*bad)->state, state::failed);
  EXPECT_EQ(tasks().wait(*good)->state, state::succeeded);
}

// Kept in substance, the third change: a second publish of the same distribution waits its turn instead of a conflict.
TEST_F(seed_claims, the_second_of_two_waits_its_turn) {
  notebook order;
  held_body first;
  auto one = tasks().submit(named("publish", {stint::exclusive("published/sid")}), [&] {
    first.begun.open();
    first.may_end.pass();
    order.write("first");
  });
  auto two = tasks().submit(named("publish", {stint::exclusive("published/sid")}), [&] { order.write("second"); });
  ASSERT_TRUE(one && two);
  first.begun.pass();
  first.may_end.open();
  ASSERT_TRUE(tasks().wait({*one, *two}));
  EXPECT_EQ(order.lines(), (std::vector<std::string>{"first", "second"}));
}
