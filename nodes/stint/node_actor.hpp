/// A node: the workers of this process as slots of a list elsewhere, for as long as the lease holds.
///
/// 1. connects, says which kinds it runs in how many slots
/// 2. passes what the owner hands over to its workers, and what they say back
/// 3. beats; when the link breaks, goes on for as long as its lease holds, and says to the next owner what it has
/// 4. says again what came of an attempt until that is committed
/// 5. when the lease runs out, stops everything and says nothing of it any more
///
/// Owner    stint::worker_node.
/// Threads  CAF's scheduler; the workers' runners have threads.
/// Errors   an attempt of a kind that it does not have fails.
#pragma once

#include <stint/bounded_text.hpp>
#include <stint/lease.hpp>
#include <stint/output_credit.hpp>
#include <stint/configure_nodes.hpp>
#include <stint/link.hpp>
#include <stint/worker.hpp>

namespace stint {

class node_actor final : public link {
public:
  node_actor(caf::actor_config& cfg, at where, registry kinds, std::vector<std::string> labels, std::uint32_t slots,
             std::shared_ptr<environment> env);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct slot {
    caf::actor who;
    std::shared_ptr<runner_port> port;
    std::shared_ptr<stint::runner> runner;
    attempt_batch starts;
  };
  /// More than what is in its worker's hands and on the way from there when the window closes, so that one that waits then
  /// loses nothing.
  static constexpr std::size_t most_early_output = std::size_t{1024} * 1024;

  struct running {
    attempt_name name;
    std::uint32_t slot = 0;
    std::uint64_t fencing_token = 0;
    bool begun = false;
    bool unsaid = false; ///< that it has begun
    wall_time began{};
    stint::steady_time began_at{};
    std::optional<wire::report> end; ///< not acknowledged yet, or not said
    wire::said early;                ///< what it said while there was nobody to tell, or too much on its way
    bounded_text early_output{most_early_output};
  };

  static bool is_outcome(const wire::report& r) { return r.what == static_cast<std::uint32_t>(attempt_report::kind::finished); }
  wire::hello greeting() override;
  void linked(const wire::welcome& w) override;
  void unlinked() override;
  void hear(wire::frame what, const std::string& body) override;
  [[nodiscard]] nanos longest_pause() const override;
  void hire();
  void beat();
  [[nodiscard]] bool holds();
  [[nodiscard]] bool may_speak() { return holds() && up(); }
  void lease_ran_out();
  void leave();
  void leave_when_idle();
  void stop_bodies();
  void give_bodies_up();
  void drop_what_runs();

  // -- node_work.cpp
  void begin(wire::start& m);
  void obey(const wire::order& m);
  void worked(crew_messages::worked& m);
  void said(wire::said m);
  void say_early(running& r);
  void drained(const wire::drained& m);
  void hold_ports();
  void catch_up();
  void settled(const wire::settled& m);

  std::shared_ptr<const registry> kinds_;
  std::vector<std::string> labels_;
  std::vector<slot> slots_;
  /// By task and attempt: one that got stuck may still run beside the next. What runs is of this lease.
  std::map<std::pair<task_id, std::uint32_t>, running> has_;
  std::optional<held_lease> lease_;
  output_credit credit_;
  nanos every_{};
  nanos length_{}; ///< of a lease
  stint::steady_time greeted_{};
  bool beating_ = false;
  bool leaving_ = false;
  stint::steady_time patient_until_{}; ///< when it leaves: longer nobody waits for a word that an outcome is committed
  bool settles_ = false; ///< the owner says what it has committed, and asks what still runs
  std::uint64_t boot_;
};

} // namespace stint
