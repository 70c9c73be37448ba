/// A runner without a thread: its worker runs one body each time it is woken, so that every body is one step.
///
/// Owner    the test's environment.
/// Threads  the test's only one.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>

#include <stint/runner.hpp>
#include <stint/virtual_clock.hpp>

namespace stint::test {

class inline_runner final : public runner {
public:
  inline_runner(std::shared_ptr<runner_port> port, const virtual_clock& clock)
      : port_(std::move(port)), clock_(&clock) {}

  void push(std::vector<attempt_ptr> batch) override {
    for (auto& a : batch)
      queue_.push_back(std::move(a));
    port_->nudge();
  }

  bool take_back(const attempt_name& who) override {
    return std::erase_if(queue_, [&who](const auto& a) { return a->name() == who; }) != 0;
  }

  // A body runs inside turn(): between two messages none does.
  void request_stop(const attempt_name&) override {}
  void replace(const attempt_name&) override {}

  void turn() override {
    if (queue_.empty())
      return;
    auto a = std::move(queue_.front());
    queue_.pop_front();
    const auto began = clock_->now();
    port_->began(a->name(), began.wall);
    auto done = report_of(*a, attempt_report::kind::finished);
    done.outcome = execute(a);
    done.printed = a->printed();
    done.began = began.wall;
    done.took = clock_->now().steady - began.steady;
    port_->report(std::move(done));
    more_ = !queue_.empty();
  }

  void turned() override {
    if (std::exchange(more_, false))
      port_->nudge();
  }

  [[nodiscard]] std::optional<running_body> current() const override { return std::nullopt; }

  void close() override { queue_.clear(); }

private:
  std::shared_ptr<runner_port> port_;
  const virtual_clock* clock_;
  std::deque<attempt_ptr> queue_;
  bool more_ = false;
};

} // namespace stint::test
