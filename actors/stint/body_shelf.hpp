/// The callables of a list's tasks by number: the core knows a body only as such a number.
///
/// Owner    the list actor; a body stays until its task is deleted, so that the task can be retried by hand.
/// Threads  none: the owner's mailbox is the lock.
/// Cost     O(1); a number is used again after its body was dropped.
#pragma once

#include <utility>
#include <vector>

#include <stint/body.hpp>
#include <stint/record.hpp>

namespace stint {

class body_shelf {
public:
  body_id put(body b) {
    if (free_.empty()) {
      bodies_.push_back(std::move(b));
      return static_cast<body_id>(bodies_.size());
    }
    const auto id = free_.back();
    free_.pop_back();
    bodies_[id - 1] = std::move(b);
    return id;
  }

  [[nodiscard]] const body& at(body_id id) const { return bodies_.at(id - 1); }

  void drop(body_id id) {
    if (id == 0)
      return;
    bodies_.at(id - 1) = {};
    free_.push_back(id);
  }

private:
  std::vector<body> bodies_;
  std::vector<body_id> free_;
};

} // namespace stint
