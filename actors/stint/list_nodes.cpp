#include <stint/list_actor.hpp>

namespace stint {

/// Takes a worker of another process.
caf::result<crew_messages::enlisted> list_actor::enlist(const crew_messages::enlist& m) {
  if (ending_ || ledger_.stopping())
    return to_caf({errc::list_stopping, {}});
  if (workers_.size() >= ledger_.limits().workers)
    return to_caf({errc::peer_refused, "there are " + std::to_string(workers_.size()) + " workers already"});
  const auto id = ++last_worker_;
  member w;
  w.who = m.who;
  w.here = false;
  w.port = std::make_shared<runner_port>(runner_rooms{ledger_.limits().output, ledger_.limits().detail}, kinds_);
  watch(w.who, [this, id](const caf::error&) { node_worker_down(id); });
  workers_.emplace(id, std::move(w));
  // A kind that only nodes have: whether it may run twice is theirs to know, so it runs again.
  for (const auto& k : m.kinds)
    if (kinds_->find(k) == nullptr)
      ledger_.know_kind(k, false);
  ledger_.worker_joined(id, m.kinds, now(), fx_, false);
  changed();
  return crew_messages::enlisted{id, ledger_.epoch(), log_};
}

/// Its tasks go to others at once; the claims of what it may still run stay taken until it must have stopped.
void list_actor::node_worker_down(worker_id id) {
  if (!workers_.erase(id) || ending_)
    return;
  std::vector<running_body> holding;
  for (const auto& a : ledger_.attempts_of(id))
    if (const auto* r = ledger_.find(a.id); r->extra && !r->extra->claims.empty())
      holding.push_back(a);
  ledger_.worker_died(id, holding, now(), fx_);
  if (!holding.empty())
    lost_.emplace(id, std::move(holding));
  changed();
}

/// With two gateways the newest one answers for the list.
void list_actor::publish(const caf::actor& gateway) {
  if (gateway_)
    unwatch(gateway_);
  gateway_ = gateway;
  watch(gateway, [this](const caf::error&) { gateway_ = nullptr; });
}

caf::result<node_list> list_actor::nodes() {
  if (!gateway_)
    return to_caf({errc::not_published, {}});
  return caf_shim::hand_over<node_list>(*this, gateway_, protocol::nodes{});
}

crew_messages::what_runs list_actor::what_runs(const std::vector<worker_id>& ids) {
  crew_messages::what_runs out;
  out.version = ledger_.seen_version();
  for (const auto id : ids) {
    auto& one = out.of.emplace_back();
    for (const auto& a : ledger_.attempts_of(id))
      one.push_back({a.id, a.attempt});
  }
  return out;
}

void list_actor::surely_over(const std::vector<worker_id>& ids) {
  std::vector<attempt_report> freed;
  for (auto id : ids)
    if (auto gone = lost_.extract(id))
      for (const auto& b : gone.mapped()) {
        attempt_report r;
        r.what = attempt_report::kind::freed;
        r.id = b.id;
        r.attempt = b.attempt;
        r.epoch = ledger_.epoch();
        freed.push_back(std::move(r));
      }
  if (freed.empty())
    return;
  ledger_.report(0, freed, now(), fx_);
  changed();
}

} // namespace stint
