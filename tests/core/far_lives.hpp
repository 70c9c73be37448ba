/// A list over a store whose tasks run at nodes, and its successors, to which those nodes come back.
#pragma once

#include "lives.hpp"

namespace stint::test {

inline constexpr nanos lease = 9s;
inline constexpr std::uint64_t node = 77;

struct far_lives : lives {
  worker_id join_far(std::uint64_t of = node, std::vector<kept_attempt> has = {}, nanos for_so_long = lease) {
    auto& b = d().book;
    b.worker_joined(++d().last_worker, {"k", "once"}, d().now, d().fx, of);
    b.worker_of(d().last_worker, for_so_long);
    b.adopt(d().last_worker, has, d().now, d().fx);
    d().go();
    return d().last_worker;
  }
  /// The node joins the owner that there is now, with one worker.
  worker_id come_back(const std::vector<kept_attempt>& has, std::uint64_t as = node) {
    back(has, as);
    return join_far(as, has);
  }
  void back(const std::vector<kept_attempt>& has, std::uint64_t as = node) {
    d().book.node_is_back(as, has, lease, d().now, d().fx);
    d().go();
  }
  /// What a node that runs this task now could say later.
  kept_attempt still(task_id id, bool begun = true) {
    const auto& r = *d().book.find(id);
    return {id, r.attempt, d().book.epoch(), r.fence, begun, d().now.wall, 2s};
  }
  task_id run_far(std::vector<claim> claims = {}) {
    join_far();
    const auto id = d().add(of_kind("far", "k", std::move(claims)));
    EXPECT_EQ(get(id).state, state::running);
    d().begin(id);
    return id;
  }
  static attempt_report outcome_of(const kept_attempt& k, outcome o = succeeded(5)) {
    attempt_report a;
    a.id = k.id;
    a.attempt = k.attempt;
    a.epoch = k.epoch;
    a.outcome = std::move(o);
    a.took = 1s;
    return a;
  }
  [[nodiscard]] bool told_to_stop(const kept_attempt& k) {
    for (const auto& s : d().fx.stop)
      if (s.id == k.id && s.attempt == k.attempt && s.epoch == k.epoch)
        return true;
    return false;
  }
};

} // namespace stint::test
