/// One life of a list, drawn from a seed: the real list and workers, stepped message by message in virtual time.
///
/// First chaos (submissions, cancels, deaths, late messages, clock steps), then healing: everything must come to an end
/// and every question be answered. A breach of an invariant is thrown as sim::breach.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sim/oracle.hpp>
#include <sim/sim_runner.hpp>
#include <stint/step_system.hpp>

namespace stint::sim {

class simulation {
public:
  simulation(std::uint64_t seed, std::size_t steps);
  ~simulation();

  /// Runs it; returns a hash of everything that happened.
  std::uint64_t run();

private:
  struct stream {
    task_version to = 0;
    bool complete = false;
    std::map<task_id, state> states;
    std::string wrong;
  };
  struct owed { ///< by an asynchronous body
    task_id id;
    std::uint32_t attempt;
    promise debt;
  };
  template <class T>
  struct open_question {
    std::shared_ptr<std::optional<result<T>>> box;
    bool checked = false;
  };

  [[nodiscard]] bool chance(unsigned percent) { return dice_.roll() % 100 < percent; }
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return dice_.roll() % n; }
  [[nodiscard]] task_id some_task() { return 1 + below(rules_->last_id() + 1); }
  spec some_spec();
  outcome some_outcome();
  nanos some_length();
  body some_body();
  void keep_one();
  void listen();
  void act();
  void submit();
  void play_bodies();
  void stale_report();
  void deliver();
  void check();
  void check_answers();
  void mix(std::uint64_t what) { hash_ = (hash_ ^ what) * 1099511628211ULL; }
  void rest();
  void heal();

  dice dice_;
  std::size_t steps_;
  std::shared_ptr<test::test_environment> env_;
  std::vector<std::shared_ptr<sim_runner>> runners_;
  std::unique_ptr<test::step_system> world_;
  caf::actor list_;
  std::vector<owed> owed_;
  const list_actor* shell_ = nullptr;
  const ledger* rules_ = nullptr;
  std::unique_ptr<oracle> oracle_;
  std::shared_ptr<stream> stream_ = std::make_shared<stream>();
  caf::actor ear_;
  std::vector<open_question<wait_result>> waits_;
  std::vector<open_question<fence_result>> fences_;
  std::vector<open_question<page>> pages_;
  std::vector<std::pair<task_id, open_question<explanation>>> explains_;
  std::vector<std::pair<task_id, open_question<protocol::changed>>> releases_;
  std::size_t deaths_seen_ = 0;
  std::uint64_t hash_ = 14695981039346656037ULL;
};

} // namespace stint::sim
