/// Shows how the tasks of a list go: asks the list, says why the waiting ones wait, hands rows to the live table.
///
/// Threads  one; the list answers questions in between all else that it does.
/// Cost     a page of tasks and some explanations per look, however many tasks there are.
#pragma once

#include <chrono>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <live_table.hpp>
#include <stint/stint.hpp>

namespace publisher {

class screen {
public:
  screen(const stint::list& tasks, std::ostream& out, int descriptor, bool plain);

  /// Draws the present state.
  void look();

  /// Draws for the last time and leaves it there.
  void finish();

  /// Tasks that were seen waiting for somebody's claims. Who waits for a shorter time than between two looks is missed.
  [[nodiscard]] std::size_t seen_waiting() const { return seen_waiting_.size(); }

  [[nodiscard]] stint::nanos elapsed() const { return std::chrono::steady_clock::now() - begin_; }

private:
  std::vector<stint::table_row> rows();
  stint::table_row row_of(const stint::task& t, std::size_t& explanations);
  std::string footer() const;

  const stint::list& tasks_;
  int descriptor_;
  stint::live_table table_;
  stint::task_id first_ = 1; ///< tasks before this one ended some time ago
  std::set<stint::task_id> seen_waiting_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Says why a task waits and for whom, without the times that change at every look.
std::string why(const stint::explanation& e);

} // namespace publisher
