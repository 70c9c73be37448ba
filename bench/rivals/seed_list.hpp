/// The original's design in C++: one mutex, a vector of all tasks ever queued, scanned at each completion.
///
/// Owner    a bench. ~seed_list waits for what was submitted and joins.
/// Threads  every member from any thread.
/// Order    as the original: an end starts at most one waiting task, the first in the vector whose keys are free.
/// Cost     O(all tasks ever queued) for each completion and each get.
/// Seed     aptly task/list.go, with the same steps; but a task without keys is marked as queued, so that it cannot be
///          queued twice (there it can, and the process ends: "negative WaitGroup counter").
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include <rivals/rival_record.hpp>

namespace stint::bench {

class seed_list {
public:
  explicit seed_list(std::size_t workers);
  ~seed_list();
  seed_list(const seed_list&) = delete;
  seed_list& operator=(const seed_list&) = delete;

  std::uint64_t submit(rival_task t);

  /// Adds `count` tasks that have ended already: running so many would take minutes.
  void remember(std::size_t count);
  rival_record wait(std::uint64_t id);
  void wait_all();
  [[nodiscard]] std::optional<rival_record> get(std::uint64_t id) const;

private:
  struct entry : rival_record {
    rival_body run;
    bool queued = false;
  };

  [[nodiscard]] bool used(const entry& e) const;
  void queue(entry& e);
  void serve();
  [[nodiscard]] entry* find(std::uint64_t id) const;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable ended_;
  std::vector<std::unique_ptr<entry>> tasks_;
  std::unordered_set<std::string> used_;
  std::deque<entry*> queue_;
  std::size_t unfinished_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

} // namespace stint::bench
