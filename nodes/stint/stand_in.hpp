/// The local stand-in of one slot of a node: to the list it is a worker like any other.
///
/// Owner    the gateway, which ends it when the node is lost; the list watches it.
/// Threads  CAF's scheduler. It holds no remote handle.
/// Errors   what a node says of attempts that this slot never had is left to the ledger, which counts it as stale.
#pragma once

#include <set>

#include <stint/node_messages.hpp>

namespace stint {

struct stand_in_setup {
  caf::actor owner;
  caf::actor gateway;
  std::uint64_t session = 0;
  std::uint32_t slot = 0;
  std::uint64_t node = 0;
  nanos lease{};
  std::vector<std::string> kinds;
  std::vector<std::string> labels;
  std::vector<kept_attempt> has{};    ///< of an owner before
  std::vector<std::string> once{};    ///< those of its kinds that run at most once
};

class stand_in final : public caf_shim::actor_base {
public:
  stand_in(caf::actor_config& cfg, stand_in_setup with);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void hand_on(const crew_messages::hand_over& m);
  void order(wire::order_kind what, std::vector<attempt_name> whom);
  void worked(wire::worked& m);
  void said(wire::said& m);

  stand_in_setup with_;
  caf::actor log_;
  worker_id id_ = 0; ///< 0: not enlisted yet
  bool leaving_ = false;
  std::vector<node_messages::node_worked> early_worked_; ///< heard before it was enlisted
  std::vector<node_messages::node_said> early_said_;
  std::set<std::pair<task_id, std::uint32_t>> has_; ///< attempts that it was given: of one task two, when one got stuck
};

} // namespace stint
