// Claims alone, without tasks: who may hold what beside whom, and who comes next. Each line of a test draws, grants or
// releases; ranks are given by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stint/claim_node.hpp>

#include "claims_table.hpp"

namespace stint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using test::claims_table;

TEST(claims, a_second_exclusive_claim_waits) {
  claims_table t;
  EXPECT_TRUE(t.take(1, {exclusive("a")}));
  EXPECT_FALSE(t.take(2, {exclusive("a")}));
  EXPECT_THAT(t.leave(1), ElementsAre(2));
}

TEST(claims, shared_claims_stand_side_by_side_and_keep_exclusive_ones_out) {
  claims_table t;
  EXPECT_TRUE(t.take(1, {shared("a")}));
  EXPECT_TRUE(t.take(2, {shared("a")}));
  EXPECT_FALSE(t.take(3, {exclusive("a")}));
  EXPECT_THAT(t.leave(1), IsEmpty());
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(claims, a_shared_claim_does_not_pass_an_exclusive_one_ahead_of_it) {
  claims_table t;
  t.take(1, {shared("a")});
  t.take(2, {exclusive("a")});
  EXPECT_FALSE(t.take(3, {shared("a")})) << "else a stream of readers would starve the writer";
  EXPECT_THAT(t.leave(1), ElementsAre(2));
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(claims, an_exclusive_claim_excludes_everything_below) {
  claims_table t;
  t.take(1, {exclusive("repo/stable")});
  EXPECT_FALSE(t.take(2, {exclusive("repo/stable/main")}));
  EXPECT_FALSE(t.take(3, {shared("repo/stable/contrib/amd64")}));
  EXPECT_TRUE(t.take(4, {exclusive("repo/testing")}));
  EXPECT_THAT(t.leave(1), ElementsAre(2, 3));
}

TEST(claims, an_exclusive_claim_waits_for_everything_below) {
  claims_table t;
  t.take(1, {shared("repo/stable/main")});
  t.take(2, {exclusive("repo/testing")});
  EXPECT_FALSE(t.take(3, {exclusive("repo")}));
  EXPECT_THAT(t.leave(1), IsEmpty());
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(claims, a_shared_claim_shares_with_shared_claims_below_only) {
  claims_table t;
  t.take(1, {shared("repo")});
  EXPECT_TRUE(t.take(2, {shared("repo/stable")}));
  EXPECT_FALSE(t.take(3, {exclusive("repo/stable/main")}));
}

TEST(claims, a_key_that_only_begins_alike_is_another_one) {
  claims_table t;
  t.take(1, {exclusive("repo")});
  EXPECT_TRUE(t.take(2, {exclusive("repository")}));
}

TEST(claims, the_root_waits_for_tasks_without_claims_and_holds_them_back) {
  claims_table t;
  EXPECT_TRUE(t.take(1, {}));
  EXPECT_FALSE(t.take(2, {exclusive("")}));
  EXPECT_FALSE(t.take(3, {})) << "it stands behind the root's claim";
  EXPECT_THAT(t.leave(1), ElementsAre(2));
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(claims, a_shared_root_lets_readers_and_claimless_tasks_in) {
  claims_table t;
  EXPECT_TRUE(t.take(1, {shared("")}));
  EXPECT_TRUE(t.take(2, {}));
  EXPECT_TRUE(t.take(3, {shared("a")}));
  EXPECT_FALSE(t.take(4, {exclusive("a")}));
}

TEST(claims, of_one_task_never_conflict_and_the_strongest_wins) {
  claims_table t;
  EXPECT_TRUE(t.take(1, {shared("a"), exclusive("a/b"), exclusive(""), shared("a/b/c")}));
  EXPECT_FALSE(t.take(2, {}));
  EXPECT_THAT(t.leave(1), ElementsAre(2));
  t.leave(2);
  EXPECT_TRUE(t.take(3, {shared("a"), exclusive("a/b")}));
  EXPECT_FALSE(t.take(4, {shared("a")})) << "shared and something exclusive below: nobody shares it";
  EXPECT_TRUE(t.take(5, {shared("z")}));
}

TEST(claims, are_all_granted_or_none) {
  claims_table t;
  t.take(1, {exclusive("a")});
  EXPECT_FALSE(t.take(2, {exclusive("a"), exclusive("b")}));
  EXPECT_FALSE(t.take(3, {exclusive("b")})) << "behind 2, which waits for a and holds nothing";
  EXPECT_TRUE(t.of(2).at == claim_holder::stage::parked);
  EXPECT_THAT(t.give_up(2), ElementsAre(3)) << "nobody holds b";
}

TEST(claims, wake_all_who_became_admissible) {
  claims_table t;
  t.take(1, {exclusive("a")});
  for (task_id id = 2; id <= 6; ++id)
    EXPECT_FALSE(t.take(id, {shared("a")}));
  EXPECT_FALSE(t.take(7, {exclusive("a")}));
  EXPECT_FALSE(t.take(8, {shared("a")}));
  EXPECT_THAT(t.leave(1), ElementsAre(2, 3, 4, 5, 6));
}

TEST(claims, a_more_urgent_one_goes_first_but_interrupts_nobody) {
  claims_table t;
  t.take(10, {exclusive("a")});
  EXPECT_FALSE(t.take(20, {exclusive("a")}));
  EXPECT_FALSE(t.take(5, {exclusive("a")}));
  EXPECT_THAT(t.leave(10), ElementsAre(5));
  EXPECT_THAT(t.leave(5), ElementsAre(20));
}

TEST(claims, who_is_ready_and_overtaken_by_a_more_urgent_one_waits_again) {
  claims_table t;
  EXPECT_TRUE(t.draw(10, {exclusive("a")}));
  EXPECT_TRUE(t.draw(5, {exclusive("a")})) << "the more urgent one looks only ahead";
  EXPECT_FALSE(t.table.look_again(t.of(10)).open);
  EXPECT_TRUE(t.table.look_again(t.of(5)).open);
  EXPECT_THAT(t.give_up(5), ElementsAre(10));
}

TEST(claims, who_wants_one_key_alone_may_go_behind_its_holders_at_their_place) {
  claims_table t;
  EXPECT_TRUE(t.draw(1, {exclusive("a/b")}));
  EXPECT_FALSE(t.draw(2, {exclusive("a/b")}));
  EXPECT_FALSE(t.draw(3, {exclusive("a/b")}));
  t.table.grant(t.of(1), 7);
  t.table.offer_next(t.of(1), t.woken);
  ASSERT_THAT(t.woken, ElementsAre(&t.of(2))) << "only the next one";
  const auto way = t.table.look_again(t.of(2));
  EXPECT_TRUE(way.open);
  EXPECT_EQ(way.only, 7U);
  t.table.put_back(t.of(2)); // there is no room
  t.woken.clear();
  t.table.audit();
  t.table.offer_next(t.of(1), t.woken);
  t.table.grant(t.of(2), 7);
  t.woken.clear();
  t.table.audit();
  EXPECT_THAT(t.leave(1), ElementsAre(3)) << "behind 2";
  EXPECT_THAT(t.leave(2), IsEmpty());
}

TEST(claims, nobody_goes_behind_others_who_wants_more_or_could_run_beside_them) {
  for (const auto& wanted : std::vector<std::vector<claim>>{{exclusive("a"), exclusive("b")},
                                                            {exclusive("a"), shared("b")},
                                                            {shared("a")},
                                                            {exclusive("")},
                                                            {exclusive("a/b")}}) {
    claims_table t;
    EXPECT_TRUE(t.draw(1, {exclusive("a")}));
    EXPECT_FALSE(t.draw(2, wanted));
    t.table.grant(t.of(1), 7);
    t.table.offer_next(t.of(1), t.woken);
    EXPECT_THAT(t.woken, IsEmpty()) << wanted.front().key;
  }
}

TEST(claims, nobody_goes_behind_holders_that_stay_or_stand_at_several_places) {
  claims_table t;
  t.draw(1, {exclusive("a")});
  t.draw(2, {exclusive("a")});
  t.table.grant(t.of(1), 7);
  claims::pin(t.of(1));
  t.table.offer_next(t.of(1), t.woken);
  EXPECT_THAT(t.woken, IsEmpty()) << "its body is stuck";
  claims_table u;
  u.draw(1, {shared("a")});
  u.draw(2, {shared("a")});
  u.draw(3, {exclusive("a")});
  u.table.grant(u.of(1), 7);
  u.table.grant(u.of(2), 8);
  EXPECT_THAT(u.leave(1), IsEmpty()) << "2 reads at another place";
  EXPECT_THAT(u.leave(2), ElementsAre(3));
}

TEST(claims, compatibility_is_symmetric) {
  for (std::size_t a = 0; a < lock_mode_count; ++a)
    for (std::size_t b = 0; b < lock_mode_count; ++b)
      EXPECT_EQ(compatible(static_cast<lock_mode>(a), static_cast<lock_mode>(b)),
                compatible(static_cast<lock_mode>(b), static_cast<lock_mode>(a)));
}

TEST(claims, the_strongest_of_two_excludes_whatever_either_excludes) {
  for (std::size_t a = 0; a + 1 < lock_mode_count; ++a) // without u, which never meets the others in one task
    for (std::size_t b = 0; b + 1 < lock_mode_count; ++b) {
      const auto both = strongest(static_cast<lock_mode>(a), static_cast<lock_mode>(b));
      EXPECT_EQ(both, strongest(static_cast<lock_mode>(b), static_cast<lock_mode>(a)));
      for (std::size_t c = 0; c < lock_mode_count; ++c)
        if (compatible(both, static_cast<lock_mode>(c))) {
          EXPECT_TRUE(compatible(static_cast<lock_mode>(a), static_cast<lock_mode>(c)));
          EXPECT_TRUE(compatible(static_cast<lock_mode>(b), static_cast<lock_mode>(c)));
        }
    }
}

TEST(claims, leave_nothing_behind) {
  claims_table t;
  EXPECT_EQ(t.table.node_count(), 1U);
  t.take(1, {exclusive("a/b/c"), shared("a/b/d"), shared("a"), exclusive("x")});
  t.take(2, {exclusive("a/b/c/d/e")});
  EXPECT_EQ(t.table.node_count(), 8U);
  t.leave(1);
  t.leave(2);
  EXPECT_EQ(t.table.node_count(), 1U);
}

// Nodes of keys that nobody claims any more stand for others, which know nothing of those.
TEST(claims, memory_of_keys_that_are_gone_serves_the_next) {
  claims_table t;
  constexpr task_id many = 1'200;
  for (task_id id = 1; id <= many; ++id)
    t.take(id, {exclusive("old/" + std::to_string(id))});
  EXPECT_FALSE(t.draw(many + 1, {exclusive("old")})) << "somebody waits at a node, too";
  for (task_id id = 1; id <= many; ++id)
    t.leave(id);
  t.leave(many + 1);
  EXPECT_EQ(t.table.node_count(), 1U);
  EXPECT_EQ(t.table.spare_nodes(), 1'024U) << "and no more";
  for (task_id id = 1; id <= 200; ++id) { // each with its parent
    const auto key = "new/" + std::to_string(id) + "/x";
    EXPECT_TRUE(t.take(2'000 + id, {shared(key)}));
    EXPECT_TRUE(t.take(3'000 + id, {shared(key)}));
    EXPECT_FALSE(t.draw(4'000 + id, {exclusive(key)}));
  }
  EXPECT_EQ(t.table.node_count(), 402U);
  EXPECT_EQ(t.table.spare_nodes(), 623U);
}

} // namespace
} // namespace stint
