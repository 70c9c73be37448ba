#include <stint/environment.hpp>

#include <cstdio>
#include <random>

#include <stint/runner_thread.hpp>

namespace stint {

namespace {

steady_time read_steady() { return std::chrono::time_point_cast<nanos>(std::chrono::steady_clock::now()); }

moment read_clocks() { return {read_steady(), std::chrono::time_point_cast<nanos>(std::chrono::system_clock::now())}; }

class real_environment final : public environment {
public:
  explicit real_environment(log_fn log) : log_(std::move(log)) {}

  [[nodiscard]] moment now() const override { return read_clocks(); }

  [[nodiscard]] std::uint64_t seed() override {
    std::random_device source;
    return (std::uint64_t{source()} << 32) | source();
  }

  [[nodiscard]] std::shared_ptr<runner> make_runner(std::shared_ptr<runner_port> port) override {
    std::erase_if(runners_, [](auto& r) { return r->gone(); });
    auto r = std::make_shared<runner_thread>(std::move(port), runner_clocks{read_clocks, read_steady});
    runners_.push_back(r);
    return r;
  }

  void log(log_level level, const std::string& text) override {
    if (log_)
      try {
        log_(level, text);
        return;
      } catch (...) {
        // The owner must not die of its log; the line is not lost.
      }
    if (log_ || level != log_level::info)
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
