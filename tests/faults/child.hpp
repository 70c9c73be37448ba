/// The process that is killed: a list over a file, under load, which tells the parent whatever it was told itself.
///
/// Owner    kill_trial starts it as a program of its own, so that nothing of the parent is in it.
/// Errors   exit code 3: what it found was wrong, said on stderr.
#pragma once

#include <string>
#include <vector>

namespace stint::faults {

constexpr std::size_t pruned_to = 100;
constexpr std::size_t windowed_to = 20; ///< finished tasks that stay in memory
constexpr std::size_t pruned_hard_to = 5; ///< of the failed ones, and of all others

struct child_orders {
  std::string file;
  int pipe = 1;
  std::uint64_t seed = 1;
  std::uint64_t first_name = 0; ///< new tasks are called after numbers from here on
  std::string die_at{};         ///< a fault point
  std::uint64_t die_after = 0;  ///< its n-th visit
  bool finish = false;          ///< submit nothing new, wait for everything
  bool relaxed = false;
  bool early = false;           ///< planted: answers leave before their commit
  std::size_t open_tasks = 0;   ///< only make so many that are not due, then wait to be killed
  bool poison = false;          ///< one task kills its process
  bool prunes = false;          ///< keep only `pruned_to` finished tasks
  bool prunes_hard = false;     ///< or `pruned_hard_to` failed ones and as many others
  bool windowed = false;        ///< keep only `windowed_to` finished tasks in memory, and read others from the file
  bool mixes = false;           ///< planted: the failed ones have no bounds of their own
  bool loses_disk = false;      ///< its power is cut: an error of the disk is the end
  bool may_fail = false;        ///< it starts while its disk goes: an error is no news
  std::vector<std::string> again{}; ///< names that were never acknowledged: submitted once more, under the same key
};

/// Runs until it is killed, or has finished.
int run_child(const child_orders& orders);

} // namespace stint::faults
