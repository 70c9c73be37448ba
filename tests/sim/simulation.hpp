/// A list's story, drawn from a seed: the real list and workers, stepped message by message in virtual time.
///
/// First chaos (submissions, cancels, deaths, lost nodes, late and repeated messages, clock steps), then healing: everything must come to an end
/// and every question be answered. With a disk the list dies, too, or is stopped, and its successor goes on with the
/// story; commits fail, and take as long as the seed lets their messages lie. A breach is thrown as sim::breach.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sim/oracle.hpp>
#include <sim/sim_disk.hpp>
#include <sim/sim_node.hpp>
#include <sim/sim_runner.hpp>
#include <stint/step_system.hpp>

namespace stint::sim {

class simulation {
public:
  /// `stored`: over a disk.
  simulation(std::uint64_t seed, std::size_t steps, bool stored = false);
  ~simulation();

  /// Runs it; returns a hash of everything that happened.
  std::uint64_t run();

  /// What happened to the list on its disk.
  struct fates {
    std::uint64_t crashes = 0;
    std::uint64_t stops = 0;
    std::uint64_t commits = 0;
    std::uint64_t failed_commits = 0;
    std::uint64_t accepted = 0;
    std::uint64_t away = 0;    ///< attempts that ran at nodes when their list died
    std::uint64_t adopted = 0; ///< and went on with the next one
    std::uint64_t lost = 0;    ///< and had been taken back before, as their node was out of reach
    fates& operator+=(const fates& o) {
      crashes += o.crashes;
      stops += o.stops;
      commits += o.commits;
      failed_commits += o.failed_commits;
      accepted += o.accepted;
      away += o.away;
      adopted += o.adopted;
      lost += o.lost;
      return *this;
    }
  };
  [[nodiscard]] const fates& fate() const { return fate_; }

private:
  struct stream {
    task_version to = 0;
    bool heard = false; ///< some event
    bool complete = false;
    std::map<task_id, task_version> snapshot;
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
  struct submission_asked {
    open_question<protocol::submitted> question;
    std::vector<spec> what;
  };

  [[nodiscard]] bool chance(unsigned percent) { return dice_.roll() % 100 < percent; }
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return dice_.roll() % n; }
  [[nodiscard]] bool windowed() const { return with_.limits.finished_in_memory != all_in_memory; }
  [[nodiscard]] bool there(task_id id) const { return rules_->find(id) != nullptr || rules_->outside(id); }
  [[nodiscard]] task_id some_task() { return 1 + below(rules_->last_id() + 1); }
  spec some_spec();
  std::vector<std::string> some_labels();
  outcome some_outcome();
  nanos some_length();
  void print_some(context& job);
  body short_body();
  body promised_body();
  body some_body();
  void keep_one();
  void listen();
  void act();
  void submit();
  void play_bodies();
  void stale_report();

  // -- nodes: simulation_nodes.cpp
  void join_node(std::vector<std::string> labels);
  void lose_node(sim_node& n);
  void lose_some_nodes();
  void node_is_over(sim_node& n);
  void node_leaves(sim_node& n);
  void begin_at(sim_node& n);
  void end_at(sim_node& n, bool newest, outcome o);
  void play_nodes();
  void heal_nodes();
  void leave_nodes_alone();
  void leave_lost_node_alone(const std::shared_ptr<sim_node>& n);
  void find_nodes_again(nanos later);
  void lease_ran_out(sim_node& n);
  void advance(nanos d);
  void forget_node(const sim_node& n);
  void pass_some();
  void settle();

  void deliver();
  void check();
  void check_answers();
  void mix(std::uint64_t what) { hash_ = (hash_ ^ what) * 1099511628211ULL; }
  void rest();
  void heal();

  // -- finished tasks that are on the disk only: simulation_window.cpp
  void ask_page(page_request ask);
  void act_outside();
  void check_outside();
  void check_told(task_id id, bool was_outside, const result<task>& t) const;
  void check_page(const page_request& ask, const page& p) const;
  void forget_questions();
  void look_at_kept();

  // -- lives of a list over a disk: simulation_life.cpp
  void begin_life();
  void end_life();
  void crash();
  void stop_in_order();
  bool end_bodies_for_stop();
  void trouble();
  void check_restored(const sim_disk& before) const;
  void check_saved();
  void check_submitted();
  void is_accepted(task_id id, const std::string& name);
  void submit_again();
  void keep_unsure(const submission_asked& s);

  dice dice_;
  std::size_t steps_;
  bool busy_; ///< short bodies and one key, so that tasks travel together
  std::unique_ptr<sim_disk> disk_;
  std::shared_ptr<sim_store> store_;
  fates fate_;
  history history_;
  bool dying_ = false;
  std::uint64_t last_name_ = 0;
  std::vector<submission_asked> submissions_;
  std::vector<spec> unsure_;                  ///< submitted to a list that refused, or died before it answered
  std::map<task_id, std::string> accepted_;   ///< what was acknowledged
  options with_;
  std::shared_ptr<test::test_environment> env_;
  std::vector<std::shared_ptr<sim_runner>> runners_;
  std::vector<std::shared_ptr<sim_node>> nodes_;
  std::uint64_t last_boot_ = 0;
  std::set<task_id> freed_; ///< tasks whose stuck bodies somebody freed by hand, or tried to
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
  std::vector<std::pair<page_request, open_question<page>>> pages_;
  struct task_asked {
    task_id id;
    bool outside; ///< when it was asked for
    open_question<task> question;
  };
  std::vector<task_asked> gets_;
  std::vector<std::pair<task_id, open_question<protocol::json_text>>> values_;
  std::vector<std::pair<task_id, open_question<protocol::submitted>>> repeated_; ///< under the key of that task
  std::map<task_id, spec> keyed_;                                               ///< what was acknowledged with a key
  std::vector<std::pair<task_id, open_question<explanation>>> explains_;
  std::vector<std::pair<task_id, open_question<protocol::changed>>> releases_;
  std::size_t deaths_seen_ = 0;
  std::uint64_t hash_ = 14695981039346656037ULL;
};

} // namespace stint::sim
