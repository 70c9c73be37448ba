// The negative control of the contract: every broken store is caught, and every clause catches one, so that no clause
// is there which cannot fail. The table that it prints says which clause caught what.
#include <cstdio>
#include <set>

#include "broken_store.hpp"
#include "store_owner.hpp"

namespace stint::contract {
namespace {

std::vector<std::string> broken_clauses(fault f) {
  std::vector<std::string> out;
  for (const auto& c : clauses())
    if (!verdict(c, [f] { return std::make_unique<broken_place>(f); }).empty())
      out.emplace_back(c.name);
  return out;
}

TEST(store_contract, every_broken_store_is_caught_and_every_clause_catches_one) {
  std::printf("%-26s %2s  %s\n", "a store that", "by", "clauses, the first of them");
  ASSERT_EQ(fault_names().size(), static_cast<std::size_t>(fault::last));
  std::set<std::string> useful;
  for (std::size_t i = 1; i < fault_names().size(); ++i) {
    const auto broken = broken_clauses(static_cast<fault>(i));
    std::printf("%-26s %2zu  %s\n", fault_names()[i].c_str(), broken.size(),
                broken.empty() ? "not caught" : broken.front().c_str());
    EXPECT_FALSE(broken.empty()) << "a store that " << fault_names()[i] << " passes";
    useful.insert(broken.begin(), broken.end());
  }
  for (const auto& c : clauses())
    EXPECT_TRUE(useful.contains(c.name)) << c.name << " catches nothing";
}

TEST(store_contract, without_a_fault_nothing_is_caught) { EXPECT_TRUE(broken_clauses(fault::none).empty()); }

TEST(store_contract, a_breach_that_says_nothing_is_no_pass) {
  const clause silent{"silent", [](place&) { need(false, ""); }};
  EXPECT_NE(verdict(silent, [] { return std::make_unique<broken_place>(fault::none); }), "");
}

TEST(store_contract, a_store_that_forgets_removals_is_caught_by_name) {
  const auto broken = broken_clauses(fault::forgets_removals);
  EXPECT_NE(std::find(broken.begin(), broken.end(), "a_removed_task_is_gone_with_all_it_had"), broken.end());
}

TEST(store_contract, a_store_that_applies_half_of_a_refused_batch_is_caught_by_name) {
  EXPECT_EQ(broken_clauses(fault::applies_half).front(), "a_commit_is_all_or_nothing");
}

} // namespace
} // namespace stint::contract
