// P12: do short bodies wait behind long ones? Ten tasks every ten milliseconds, for 4 workers; every hundredth sleeps for
// 50 ms, the others work for up to 20 us. So one worker at most is taken at any time, and three are free. The long one
// is the first of the ten: what is handed over with it stands behind it. A task's time is from its submission to the end
// of its body.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include <harness/contest.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>
#include <rivals/mutex_list.hpp>
#include <rivals/rival_side.hpp>

namespace {

using namespace stint::bench;
using namespace std::chrono_literals;

constexpr std::size_t workers = 4;
constexpr std::size_t group = 10;
constexpr std::size_t long_every = 100;
constexpr auto pause = 10ms;

struct sample {
  std::int64_t submitted = 0;
  std::atomic<std::int64_t> ended{0};
  bool is_long = false;
};

/// All tasks of a run, and what their bodies do.
class load {
public:
  load(std::size_t count, bool with_long) : count_(count), samples_(std::make_unique<sample[]>(count)) {
    for (std::size_t i = 0; i < count; ++i)
      samples_[i].is_long = with_long && i % long_every == 0;
  }

  void work(std::size_t i) {
    auto& s = samples_[i];
    if (s.is_long) {
      std::this_thread::sleep_for(50ms);
    } else {
      const auto until = now_ns() + static_cast<std::int64_t>(i * 7'919 % 20'000);
      while (now_ns() < until) {
      }
    }
    s.ended = now_ns();
  }

  /// Calls `submit(first)` for each group of ten, on time.
  template <class Submit>
  void pace(Submit submit) {
    auto next = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count_; i += group) {
      for (std::size_t k = i; k < i + group; ++k)
        samples_[k].submitted = now_ns();
      submit(i);
      next += pause;
      std::this_thread::sleep_until(next);
    }
  }

  /// p50, p99 of the short ones in microseconds, and how many of them waited for more than half of a long one.
  [[nodiscard]] std::vector<double> result() const {
    std::vector<double> us;
    for (std::size_t i = 0; i < count_; ++i)
      if (!samples_[i].is_long) {
        need(samples_[i].ended != 0, "a body did not run");
        us.push_back(static_cast<double>(samples_[i].ended - samples_[i].submitted) / 1e3);
      }
    const auto behind = std::count_if(us.begin(), us.end(), [](double t) { return t > 25'000; });
    return {percentile(us, 0.5), percentile(us, 0.99), static_cast<double>(behind)};
  }

private:
  std::size_t count_;
  std::unique_ptr<sample[]> samples_;
};

std::vector<double> run_stint(std::size_t count, bool with_long) {
  load all{count, with_long};
  host at{2};
  stint::list tasks{at.system(), keep_all(workers)};
  all.pace([&](std::size_t first) {
    std::vector<stint::submission> ten;
    for (std::size_t i = first; i < first + group; ++i) {
      auto& s = ten.emplace_back();
      s.what.name = name_of(i);
      s.run = stint::body{[&all, i] {
        all.work(i);
        return stint::succeeded(good_code);
      }};
    }
    need(tasks.submit(std::move(ten)).has_value(), "refused");
  });
  wait_for_all(tasks);
  verify(tasks, count);
  return all.result();
}

std::vector<double> run_mutex(std::size_t count, bool with_long) {
  load all{count, with_long};
  mutex_list tasks{workers};
  all.pace([&](std::size_t first) {
    std::vector<rival_task> ten;
    for (std::size_t i = first; i < first + group; ++i) {
      auto& t = ten.emplace_back();
      t.name = name_of(i);
      t.run = [&all, i] {
        all.work(i);
        return rival_result{good_code, {}, {}};
      };
    }
    tasks.submit(std::move(ten));
  });
  tasks.wait_all();
  verify_rival(tasks, count);
  return all.result();
}

void ask(program& run) {
  const auto count = run.size(4'000, 1'000, 100);
  contest r{run,
            "P12",
            "short bodies beside sleeping ones, 99:1, 4 workers",
            {{"p50", "us", false}, {"p99", "us", false}, {"behind", "tasks", false}}};
  r.contestant("stint, short only", [=] { return run_stint(count, false); });
  r.contestant("stint, with long ones", [=] { return run_stint(count, true); });
  r.contestant("mutex list, short only", [=] { return run_mutex(count, false); });
  r.contestant("mutex list, with long ones", [=] { return run_mutex(count, true); });
  r.expect({.who = "stint, with long ones", .what = "p99", .rivals = {"stint, short only"}, .value = 2});
  r.expect({.who = "stint, with long ones", .what = "behind", .value = 0});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "mixed", &ask); }
