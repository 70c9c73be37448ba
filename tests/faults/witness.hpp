/// What a store has to know, because somebody was told: kept outside the process that is killed, compared after it.
///
/// Owner    one file's trials.
/// Threads  none.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "told.hpp"

namespace stint::faults {

/// What was found wrong; all zero is the bar.
struct wrongs {
  std::uint64_t lost = 0;    ///< accepted, and not there
  std::uint64_t undone = 0;  ///< told as finished, and not as it was told
  std::uint64_t twice = 0;   ///< one name accepted as two tasks, or one task finished twice
  std::uint64_t started_twice = 0; ///< one attempt of a task begun twice
  std::uint64_t stranded = 0; ///< neither ended nor in quarantine after everything had settled
  std::uint64_t damaged = 0; ///< what the store itself complains of

  [[nodiscard]] std::uint64_t total() const { return lost + undone + twice + started_twice + stranded + damaged; }
  wrongs& operator+=(const wrongs& o) {
    lost += o.lost;
    undone += o.undone;
    twice += o.twice;
    started_twice += o.started_twice;
    stranded += o.stranded;
    damaged += o.damaged;
    return *this;
  }
};

class witness {
public:
  void hear(const record& r);
  /// Hears what was said when the power was gone already: it may be there or not.
  void hear_late(const record& r);

  /// Of finished tasks, `tasks` are kept; 0: all. `failed_apart`: so many failed ones, and so many others.
  struct pruning {
    std::size_t tasks = 0;
    bool failed_apart = false;
  };

  /// Opens the file and compares; `all_ended`: everything must have. With pruning, a task may be missing that ended before
  /// those that are kept, or that had at least begun when nobody heard of its end, and only if as many are there as are kept.
  wrongs compare(const std::string& file, bool all_ended, const pruning& kept = {0, false});

  /// Numbers below `next_name` that nobody acknowledged: they may be there or not.
  [[nodiscard]] std::vector<std::string> unacknowledged() const;
  [[nodiscard]] std::uint64_t next_name() const { return newest_name_ + 200; } // more than all that can be on their way

  [[nodiscard]] std::size_t accepted() const { return names_.size(); }
  [[nodiscard]] std::size_t finished() const { return ends_.size(); }
  /// Accepted tasks that were missing when it last compared.
  [[nodiscard]] std::size_t deleted() const { return deleted_; }

private:
  struct end {
    std::uint64_t state = 0;
    std::uint64_t version = 0;
  };

  std::map<std::uint64_t, std::string> names_; ///< of accepted tasks
  std::map<std::string, std::uint64_t> ids_;
  std::map<std::uint64_t, end> ends_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> begun_; ///< task and attempt
  std::set<std::uint64_t> ran_; ///< tasks that began, told in time or late
  std::uint64_t newest_name_ = 0;
  std::size_t deleted_ = 0;
  wrongs heard_; ///< wrong by what was told alone
};

} // namespace stint::faults
