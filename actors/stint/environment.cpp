#include <stint/environment.hpp>

#include <cstdio>
#include <random>

#include <stint/runner_thread.hpp>

namespace stint {

namespace {

moment read_clocks() {
  return {std::chrono::time_point_cast<nanos>(std::chrono::steady_clock::now()),
          std::chrono::time_point_cast<nanos>(std::chrono::system_clock::now())};
}

class real_environment final : public environment {
public:
  explicit real_environment(log_fn log) : log_(std::move(log)) {}

  [[nodiscard]] moment now() const override { return read_clocks(); }

  [[nodiscard]] std::uint64_t seed() override {
    std::random_device source;
    return (std::uint64_t{source()} << 32) | source();
  }

  [[nodiscard]] std::shared_ptr<runner> make_runner(std::shared_ptr<runner_port> port) override {
    auto r = std::make_shared<runner_thread>(std::move(port), read_clocks);
    runners_.push_back(r);
    return r;
  }

  void log(log_level level, const std::string& text) override {
    if (log_)
      log_(level, text);
    else if (level != log_level::info)
      std::fprintf(stderr, "stint: %s\n", text.c_str());
  }

  void join(bool abandon) override {
    for (auto& r : runners_) {
      r->close();
      r->join(abandon);
    }
    runners_.clear();
  }

private:
  log_fn log_;
  std::vector<std::shared_ptr<runner_thread>> runners_;
};

} // namespace

std::shared_ptr<environment> make_environment(log_fn log) {
  return std::make_shared<real_environment>(std::move(log));
}

} // namespace stint
