/// The best list one would write by hand: a mutex, a hash map, a FIFO of waiters for each key, a pool of threads.
///
/// 1. a task enters the line of each of its keys in one step, so that there is no deadlock and no starvation
/// 2. an end hands each key to the next in its line: nobody scans anything
/// 3. a worker ends one task and takes the next under one lock
/// 4. nobody is notified who does not sleep
///
/// Owner    a bench. ~mutex_list finishes what was submitted and joins.
/// Threads  every member from any thread.
/// Cost     one lock for each submission or batch, one for each end; each key a hash look-up at submission.
/// Seed     the same duties as aptly task/list.go, without its scan.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <rivals/rival_record.hpp>

namespace stint::bench {

class mutex_list {
public:
  explicit mutex_list(std::size_t workers);
  ~mutex_list();
  mutex_list(const mutex_list&) = delete;
  mutex_list& operator=(const mutex_list&) = delete;

  std::uint64_t submit(rival_task t);

  /// Submits many under one lock; returns the first id, the others follow it.
  std::uint64_t submit(std::vector<rival_task> batch);

  /// Waits for the end of one task; its record.
  rival_record wait(std::uint64_t id);

  /// Waits until nothing is unfinished.
  void wait_all();

  [[nodiscard]] std::optional<rival_record> get(std::uint64_t id) const;

  /// A copy of up to `limit` records from `first` upwards, all in one go.
  [[nodiscard]] std::vector<rival_record> copy(std::uint64_t first, std::size_t limit) const;

  [[nodiscard]] std::size_t finished() const;

private:
  struct entry;
  struct key_line;

  /// A task's place in the line of one key.
  struct place {
    entry* who = nullptr;
    key_line* line = nullptr;
    place* next = nullptr;
  };

  /// The front of a line holds the key.
  struct key_line {
    place* front = nullptr;
    place* back = nullptr;
  };

  struct entry : rival_record {
    rival_body run;
    std::vector<place> places;
    std::uint32_t missing = 0; ///< keys that others hold
    std::uint32_t waiters = 0; ///< threads in wait() for this task
    entry* next = nullptr;     ///< in the line of those that lack only a worker
  };

  std::uint64_t add(rival_task&& t, rival_clock::time_point when);
  void make_ready(entry& e);
  void let_go(entry& e);
  void serve();
  void wake_workers(std::unique_lock<std::mutex>& guard, std::size_t count);

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable ended_;
  std::unordered_map<std::uint64_t, entry> tasks_;
  std::unordered_map<std::string, key_line> keys_;
  entry* front_ = nullptr;
  entry* back_ = nullptr;
  std::size_t ready_ = 0;
  std::size_t idle_ = 0;
  std::size_t unfinished_ = 0;
  std::size_t fences_ = 0; ///< threads in wait_all()
  std::uint64_t last_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

} // namespace stint::bench
