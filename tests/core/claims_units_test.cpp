// Counted keys: capacity declared before use, small requests behind big ones, capacity changed under way, and what the
// declarations refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "claims_table.hpp"

namespace stint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using test::claims_table;

void declare(claims_table& t, std::string_view key, std::uint32_t n) {
  ASSERT_TRUE(t.table.declare(key, n, t.woken));
  t.grant_woken();
}

TEST(units, are_held_up_to_the_capacity) {
  claims_table t;
  declare(t, "cpu", 4);
  EXPECT_TRUE(t.take(1, {units("cpu", 3)}));
  EXPECT_TRUE(t.take(2, {units("cpu", 1)}));
  EXPECT_FALSE(t.take(3, {units("cpu", 1)}));
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(units, a_small_request_does_not_pass_a_big_one_ahead) {
  claims_table t;
  declare(t, "cpu", 4);
  t.take(1, {units("cpu", 2)});
  EXPECT_FALSE(t.take(2, {units("cpu", 4)}));
  EXPECT_FALSE(t.take(3, {units("cpu", 1)})) << "else a stream of small ones would starve the big one";
  EXPECT_THAT(t.leave(1), ElementsAre(2));
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(units, many_small_ones_follow_a_big_one_together) {
  claims_table t;
  declare(t, "cpu", 4);
  t.take(1, {units("cpu", 4)});
  for (task_id id = 2; id <= 7; ++id)
    t.take(id, {units("cpu", 1)});
  EXPECT_THAT(t.leave(1), ElementsAre(2, 3, 4, 5));
}

TEST(units, an_exclusive_claim_of_a_counted_key_takes_all) {
  claims_table t;
  declare(t, "cpu", 4);
  t.take(1, {units("cpu", 1)});
  EXPECT_FALSE(t.take(2, {exclusive("cpu")}));
  EXPECT_FALSE(t.take(3, {units("cpu", 1)}));
  EXPECT_THAT(t.leave(1), ElementsAre(2));
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(units, an_exclusive_claim_above_a_counted_key_takes_all) {
  claims_table t;
  declare(t, "host/cpu", 4);
  t.take(1, {units("host/cpu", 1)});
  EXPECT_FALSE(t.take(2, {exclusive("host")}));
  EXPECT_TRUE(t.take(3, {exclusive("disk")}));
  EXPECT_THAT(t.leave(1), ElementsAre(2));
}

TEST(units, lowering_the_capacity_interrupts_nobody_and_lets_nobody_in) {
  claims_table t;
  declare(t, "cpu", 4);
  t.take(1, {units("cpu", 2)});
  t.take(2, {units("cpu", 2)});
  declare(t, "cpu", 1);
  EXPECT_FALSE(t.take(3, {units("cpu", 1)}));
  EXPECT_THAT(t.leave(1), IsEmpty()) << "two of one are still held";
  EXPECT_THAT(t.leave(2), ElementsAre(3));
}

TEST(units, raising_the_capacity_wakes_all_who_fit_now) {
  claims_table t;
  declare(t, "cpu", 1);
  t.take(1, {units("cpu", 1)});
  for (task_id id = 2; id <= 5; ++id)
    t.take(id, {units("cpu", 1)});
  ASSERT_TRUE(t.table.declare("cpu", 3, t.woken));
  EXPECT_THAT(t.grant_woken(), ElementsAre(2, 3));
}

errc check(const claims_table& t, std::vector<claim> wanted) { return t.table.check(wanted).code(); }

TEST(units, what_cannot_be_claimed_is_refused_by_name) {
  claims_table t;
  declare(t, "cpu", 4);
  EXPECT_EQ(check(t, {units("disk", 1)}), errc::key_not_counted);
  EXPECT_EQ(check(t, {units("", 1)}), errc::key_not_counted);
  EXPECT_EQ(check(t, {units("cpu", 5)}), errc::units_exceed_capacity);
  EXPECT_EQ(check(t, {units("cpu", 4)}), errc::none);
  EXPECT_EQ(check(t, {shared("cpu")}), errc::key_counted);
  EXPECT_EQ(check(t, {exclusive("cpu")}), errc::none);
  EXPECT_EQ(check(t, {exclusive("cpu/0")}), errc::key_has_children);
  EXPECT_EQ(check(t, {exclusive("cpu/0/1")}), errc::key_has_children);
  t.take(1, {exclusive("gpu")});
  EXPECT_EQ(check(t, {units("gpu", 1)}), errc::key_not_counted) << "used, but never declared";
}

errc declared(claims_table& t, std::string_view key, std::uint32_t n) {
  return t.table.declare(key, n, t.woken).code();
}

TEST(units, what_cannot_be_declared_is_refused_by_name) {
  claims_table t;
  EXPECT_EQ(declared(t, "", 3), errc::invalid_key);
  EXPECT_EQ(declared(t, "cpu", 0), errc::invalid_units);
  EXPECT_EQ(declared(t, "cpu", 3), errc::none);
  EXPECT_EQ(declared(t, "cpu/0", 3), errc::key_has_children);
  t.take(1, {exclusive("repo/main")});
  EXPECT_EQ(declared(t, "repo", 3), errc::key_has_children);
  EXPECT_EQ(declared(t, "repo/main", 3), errc::wrong_state) << "it is in use";
  t.leave(1);
  EXPECT_EQ(declared(t, "repo/main", 3), errc::none);
}

TEST(units, a_declared_key_is_kept_without_users) {
  claims_table t;
  declare(t, "host/cpu", 2);
  t.take(1, {units("host/cpu", 1)});
  t.leave(1);
  EXPECT_EQ(t.table.node_count(), 3U);
  EXPECT_EQ(check(t, {units("host/cpu", 2)}), errc::none);
}

} // namespace
} // namespace stint
