/// A node: the workers of this process as slots of a list elsewhere, for as long as the lease holds.
///
/// 1. connects, says which kinds it runs in how many slots
/// 2. passes what the owner hands over to its workers, and what they say back
/// 3. beats; when the lease runs out or the link breaks, stops everything and says nothing of it any more
///
/// Owner    stint::worker_node.
/// Threads  CAF's scheduler; the workers' runners have threads.
/// Errors   an attempt of a kind that it does not have fails.
#pragma once

#include <stint/lease.hpp>
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
  struct running {
    attempt_name name;
    std::uint32_t slot = 0;
  };

  wire::hello greeting() override;
  void linked(const wire::welcome& w) override;
  void unlinked() override;
  void hear(wire::frame what, const std::string& body) override;
  void hire();
  void begin(wire::start& m);
  void obey(const wire::order& m);
  void worked(crew_messages::worked& m);
  void said(wire::said m);
  void beat();
  [[nodiscard]] bool may_speak();
  void leave();
  void leave_when_idle();
  void stop_bodies();

  std::shared_ptr<const registry> kinds_;
  std::vector<std::string> labels_;
  std::vector<slot> slots_;
  /// Of this lease, by task and attempt: one that got stuck may still run beside the next.
  std::map<std::pair<task_id, std::uint32_t>, running> has_;
  std::optional<held_lease> lease_;
  nanos every_{};
  stint::steady_time greeted_{};
  bool beating_ = false;
  bool leaving_ = false;
  std::uint64_t boot_;
};

} // namespace stint
