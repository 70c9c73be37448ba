/// Claims with numbered holders whose number is also their rank: draw, take, leave and give up in one line each.
///
/// Owner    one test.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include <stint/claims.hpp>

namespace stint::test {

class claims_table {
public:
  claim_holder& of(task_id id) { return holders[id]; }

  /// Plans and draws; true: nothing stands in the way.
  bool draw(task_id id, const std::vector<claim>& wanted) {
    EXPECT_TRUE(table.check(wanted));
    of(id).id = id;
    table.plan(of(id), wanted);
    const bool free = table.draw(of(id), id);
    table.audit();
    return free;
  }

  /// Draws, and is granted when nothing stands in the way.
  bool take(task_id id, const std::vector<claim>& wanted) {
    if (!draw(id, wanted))
      return false;
    table.grant(of(id));
    return true;
  }

  /// Frees what it holds; who became ready is granted, in order, and named.
  std::vector<task_id> leave(task_id id) {
    woken.clear();
    table.release(of(id), woken);
    return forget(id);
  }

  std::vector<task_id> give_up(task_id id) {
    woken.clear();
    table.give_up(of(id), woken);
    return forget(id);
  }

  std::vector<task_id> grant_woken() {
    std::vector<task_id> out;
    for (auto* h : woken) {
      if (!table.look_again(*h).open)
        continue;
      table.grant(*h);
      out.push_back(h->id);
    }
    woken.clear();
    table.audit();
    return out;
  }

  claims table;
  std::map<task_id, claim_holder> holders;
  std::vector<claim_holder*> woken;

private:
  std::vector<task_id> forget(task_id id) {
    table.unplan(of(id));
    holders.erase(id);
    table.audit();
    return grant_woken();
  }
};

} // namespace stint::test
