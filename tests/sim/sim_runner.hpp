/// A worker's runner as the simulation plays it: a body begins and ends when the seed says so, not when code runs.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <stint/runner.hpp>
#include <stint/virtual_clock.hpp>

namespace stint::sim {

class sim_runner final : public runner {
public:
  sim_runner(std::shared_ptr<runner_port> port, const test::virtual_clock& clock) : port_(std::move(port)), clock_(&clock) {}

  void push(std::vector<attempt_ptr> batch) override {
    for (auto& a : batch)
      queue_.push_back(std::move(a));
  }
  bool take_back(const attempt_name& who) override {
    return std::erase_if(queue_, [&who](const auto& a) { return a->name() == who; }) != 0;
  }
  void request_stop(const attempt_name& who) override {
    if (current_ && current_->name() == who)
      current_->request_stop();
  }
  void replace(const attempt_name& who) override {
    if (current_ && current_->name() == who)
      stuck_.push_back(std::exchange(current_, nullptr));
  }
  [[nodiscard]] std::optional<running_body> current() const override {
    if (!current_)
      return std::nullopt;
    return running_body{current_->what().id, current_->what().attempt};
  }
  void close() override {
    queue_.clear();
    closed_ = true;
  }

  [[nodiscard]] bool can_begin() const { return !closed_ && !current_ && !queue_.empty(); }
  attempt_ptr begin() {
    current_ = std::move(queue_.front());
    queue_.pop_front();
    port_->began(current_->name(), clock_->now().wall);
    return current_;
  }
  [[nodiscard]] attempt_ptr running() const { return current_; }
  [[nodiscard]] attempt_ptr a_stuck_one() const { return stuck_.empty() ? nullptr : stuck_.front(); }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
  void finish(const attempt_ptr& a, outcome o, nanos took) {
    if (current_ == a)
      current_.reset();
    std::erase(stuck_, a);
    auto r = report_of(*a, attempt_report::kind::finished);
    r.outcome = std::move(o);
    r.began = clock_->now().wall;
    r.took = took;
    port_->report(std::move(r));
  }

private:
  std::shared_ptr<runner_port> port_;
  const test::virtual_clock* clock_;
  std::deque<attempt_ptr> queue_;
  attempt_ptr current_;
  std::vector<attempt_ptr> stuck_;
  bool closed_ = false;
};

} // namespace stint::sim
