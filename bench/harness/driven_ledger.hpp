/// The ledger without its shell: commands in the batches in which a list gives them, with two workers that report at once.
///
/// Owner    a bench.
/// Threads  none.
/// Errors   `wrong` when tasks or results are lost.
/// Units    nanoseconds of processor time.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include <harness/bench_program.hpp>
#include <harness/noop.hpp>
#include <harness/samples.hpp>
#include <stint/ledger.hpp>

namespace stint::bench {

/// The ledger as a list drives it, with two workers that report in batches.
class driven_ledger {
public:
  static constexpr std::size_t batch = 1'000;

  driven_ledger() : ledger_(options_of()) {
    ledger_.know_kind("noop", false);
    for (worker_id w = 1; w <= 2; ++w)
      ledger_.worker_joined(w, {"noop"}, now_, fx_);
    fx_.clear();
  }

  /// Runs `count` tasks to their ends; returns the processor time spent in the ledger, in nanoseconds.
  double run(std::size_t count) {
    double spent = 0;
    auto timed = [&spent](auto&& command) {
      const auto began = cpu_ns();
      command();
      spent += static_cast<double>(cpu_ns() - began);
    };
    for (std::size_t done = 0; done < count; done += batch) {
      std::vector<spec> specs(batch);
      std::vector<new_task> tasks;
      for (auto& s : specs) {
        s.name = name_of(++last_);
        s.kind = "noop";
        tasks.push_back({&s, 0, 0});
      }
      now_ = now_ + std::chrono::microseconds{100};
      timed([&] {
        need(ledger_.submit(tasks, now_, fx_).has_value(), "refused");
        ledger_.tick(now_, fx_);
        ledger_.dispatch(now_, fx_);
      });
      for (auto reports = take_starts(); !reports[0].empty() || !reports[1].empty(); reports = take_starts())
        timed([&] {
          for (worker_id w = 1; w <= 2; ++w)
            ledger_.report(w, reports[w - 1], now_, fx_);
          ledger_.tick(now_, fx_);
          ledger_.dispatch(now_, fx_);
        });
    }
    return spent;
  }

  void verify() {
    const auto totals = ledger_.counts();
    need(totals.tasks[state::succeeded] == last_, "the ledger lost tasks");
    need(ledger_.get(last_)->code == good_code, "a record is not whole");
  }

  /// The rules, to ask them.
  [[nodiscard]] const ledger& rules() const noexcept { return ledger_; }

private:
  static ledger_options options_of() {
    ledger_options o;
    o.limits = unbounded();
    return o;
  }

  /// Turns what was handed over into what the two workers say of it.
  std::array<std::vector<attempt_report>, 2> take_starts() {
    std::array<std::vector<attempt_report>, 2> out;
    now_ = now_ + std::chrono::microseconds{100};
    for (const auto& s : fx_.start) {
      auto& r = out[s.worker - 1].emplace_back();
      r.id = s.id;
      r.attempt = s.attempt;
      r.epoch = ledger_.epoch();
      r.outcome = succeeded(good_code);
      r.began = now_.wall;
      r.took = nanos{100};
    }
    fx_.clear();
    return out;
  }

  ledger ledger_;
  effects fx_;
  moment now_{steady_time{std::chrono::hours{1}}, wall_time{std::chrono::hours{24 * 365 * 56}}};
  std::size_t last_ = 0;
};

} // namespace stint::bench
