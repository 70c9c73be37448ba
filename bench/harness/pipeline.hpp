/// A plain thread that submits one task a message without waiting for each answer: a scoped actor and its count of answers.
///
/// Owner    the contestant; ends before the list does.
/// Threads  the caller's only.
/// Errors   `wrong` when a submission is refused.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <caf/scoped_actor.hpp>

#include <harness/subject.hpp>

namespace stint::bench {

class pipeline {
public:
  pipeline(caf::actor_system& system, caf::actor list) : self_(system), list_(std::move(list)) {}

  void submit(submission s) {
    std::vector<submission> one;
    one.push_back(std::move(s));
    submit(std::move(one));
  }

  void submit(std::vector<submission> many) {
    caf_shim::tell(*self_, list_, protocol::submit{std::move(many)});
    ++open_;
  }

  /// Receives answers until at most `left` are missing.
  void wait_until(std::size_t left) {
    if (open_ <= left)
      return;
    self_->receive_while([this, left] { return open_ > left; })(
      [this](const protocol::submitted& m) {
        last_ = m.ids.front();
        --open_;
      },
      [](caf::error& e) { throw wrong("refused: " + to_string(from_caf(e))); });
  }

  [[nodiscard]] task_id last() const noexcept { return last_; }

private:
  caf::scoped_actor self_;
  caf::actor list_;
  std::size_t open_ = 0;
  task_id last_ = 0;
};

} // namespace stint::bench
