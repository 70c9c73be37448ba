/// One comparison: contestants that take turns in the same run, what is measured of each, and what stint must reach.
///
/// Owner    a question.
/// Threads  contestants run one after the other in the caller's thread, and make their own threads.
/// Errors   what a contestant throws ends the contest: a wrong result has no figure.
/// Order    round by round, each round beginning with another contestant, so that a drift of the machine hits all alike.
/// Units    each figure names its own.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <harness/bench_program.hpp>

namespace stint::bench {

struct figure {
  std::string name; ///< such as "rate" or "p99"
  std::string unit; ///< such as "tasks/s" or "us"
  bool more_is_better = true;
};

/// What one contestant measured: a row of values for each round, one value for each figure; NaN when it has none.
struct standing {
  std::string name;
  std::function<std::vector<double>()> run;
  std::vector<std::vector<double>> rounds;

  /// Returns its values of one figure, in the order of the rounds.
  [[nodiscard]] std::vector<double> values(std::size_t figure) const;
};

/// What is asked of one contestant: a value, or a ratio to the best of its rivals in the same round.
struct bar {
  std::string who;
  std::string what;                  ///< the figure
  std::vector<std::string> rivals{}; ///< empty: an absolute value, in the figure's unit
  double value = 0;                  ///< at least when more is better, else at most
  std::optional<double> stretch{};
  double slack = 0;               ///< met as well when the median difference to the rival is at most this
  bool wish = false;              ///< a stretch goal of its own: judged and shown, never missed
  bool at_full_size_only = false; ///< means nothing with --quick
};

class contest {
public:
  /// `question` is the number of the question, `title` one line that says what is compared.
  contest(program& run, std::string question, std::string title, std::vector<figure> figures);

  /// Adds one; `run` returns a value for each figure.
  contest& contestant(std::string name, std::function<std::vector<double>()> run);

  /// Names the contestant that the ratios in the table are to; else it is the first.
  contest& against(std::string name);

  contest& expect(bar b);

  /// Asks for more rounds at full size than the command line's.
  contest& at_least(std::size_t rounds);

  /// Runs all rounds, then prints and writes what came out.
  void run();

  // -- for the report ---------------------------------------------------------------------------------------------------
  [[nodiscard]] const std::string& question() const noexcept { return question_; }
  [[nodiscard]] const std::string& title() const noexcept { return title_; }
  [[nodiscard]] const std::vector<figure>& figures() const noexcept { return figures_; }
  [[nodiscard]] const std::vector<standing>& standings() const noexcept { return standings_; }
  [[nodiscard]] const std::vector<bar>& bars() const noexcept { return bars_; }
  [[nodiscard]] const std::string& reference() const noexcept { return reference_; }
  [[nodiscard]] std::size_t rounds() const noexcept { return rounds_; }
  [[nodiscard]] const standing* find(const std::string& name) const;

  /// How a bar came out.
  struct verdict {
    enum class kind { met, missed, not_applicable } how = kind::not_applicable;
    double value = 0; ///< the ratio, or the median when the bar is absolute
    double by = 0;    ///< by which part it was missed
    bool stretched = false;
    std::string rival; ///< the best of them, in most rounds
  };
  [[nodiscard]] verdict judge(const bar& b) const;

  /// Median of the round's ratios to another contestant; nothing when there is no such value.
  [[nodiscard]] std::optional<double> ratio(const standing& of, const std::string& to, std::size_t figure) const;

private:
  program& run_;
  std::string question_;
  std::string title_;
  std::vector<figure> figures_;
  std::vector<standing> standings_;
  std::vector<bar> bars_;
  std::string reference_;
  std::size_t rounds_;
};

} // namespace stint::bench
