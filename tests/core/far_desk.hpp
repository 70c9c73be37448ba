/// A desk whose workers are all in processes of their own.
#pragma once

#include "desk.hpp"

namespace stint::test {

struct far_desk : desk {
  far_desk() : desk(0) { book.know_kind("k", false); }
  /// In a process of its own, or in that of another worker.
  worker_id join_far(process_id process = 0) {
    ++last_worker;
    book.worker_joined(last_worker, {"k"}, now, fx, process != 0 ? process : last_worker);
    go();
    return last_worker;
  }
  task_id add_kind(std::vector<claim> claims = {}) {
    auto s = named("far", std::move(claims));
    s.kind = "k";
    return add(std::move(s));
  }
};

} // namespace stint::test
