/// The world as a test makes it: a clock it moves, a seed it chose, bodies that run inline, a log it can read.
///
/// Owner    the test.
/// Threads  the test's only one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <stint/environment.hpp>
#include <stint/inline_runner.hpp>
#include <stint/virtual_clock.hpp>

namespace stint::test {

class test_environment : public environment {
public:
  using make_fn = std::function<std::shared_ptr<runner>(std::shared_ptr<runner_port>, const virtual_clock&)>;

  explicit test_environment(std::uint64_t seed = 1, make_fn make = {}) : seed_(seed), make_(std::move(make)) {}

  [[nodiscard]] moment now() const override { return clock.now(); }
  [[nodiscard]] std::uint64_t seed() override { return seed_; }

  [[nodiscard]] std::shared_ptr<runner> make_runner(std::shared_ptr<runner_port> port) override {
    if (make_)
      return make_(std::move(port), clock);
    return std::make_shared<inline_runner>(std::move(port), clock);
  }

  [[nodiscard]] bool own_threads() const override { return false; }

  void log(log_level, const std::string& text) override { lines.push_back(text); }
  void join(bool) override {}

  virtual_clock clock;
  std::vector<std::string> lines; ///< what was logged

private:
  std::uint64_t seed_;
  make_fn make_;
};

} // namespace stint::test
