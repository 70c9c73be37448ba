#include <stint/list_actor.hpp>

#include <algorithm>

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
  watch(w.who, [this, id](const caf::error& why) { node_worker_down(id, !why); });
  far_.emplace(w.who.id(), id);
  workers_.emplace(id, std::move(w));
  // A kind that only nodes have: whether it may run twice is theirs to know.
  for (const auto& k : m.kinds)
    if (kinds_->find(k) == nullptr)
      ledger_.know_kind(k, std::find(m.once.begin(), m.once.end(), k) != m.once.end());
  // Whoever does not say which process it is has one of its own; 0 would be the owner's.
  ledger_.worker_joined(id, m.kinds, now(), fx_, m.node != 0 ? m.node : id, m.labels);
  ledger_.worker_of(id, m.lease);
  ledger_.adopt(id, m.has, now(), fx_);
  changed();
  crew_messages::enlisted in{id, ledger_.epoch(), log_, {}};
  for (const auto& k : m.has)
    if (const auto* r = ledger_.find(k.id); r != nullptr && r->live && r->live->worker == id)
      in.goes_on.push_back({k.id, k.attempt});
  return in;
}

/// Its tasks go to others at once; the claims of what it may still run stay taken until it must have stopped.
void list_actor::node_worker_down(worker_id id, bool in_order) {
  const auto gone = workers_.extract(id);
  if (!gone || ending_)
    return;
  if (in_order) {
    far_.erase(gone.mapped().who.id());
    ledger_.worker_left(id, now(), fx_);
  } else {
    ledger_.worker_lost(id, now(), fx_);
  }
  changed();
}

/// With two gateways the newest one answers for the list.
void list_actor::publish(const caf::actor& gateway) {
  gateways_.push_back(gateway);
  watch(gateway, [this, ended = gateway.id()](const caf::error&) {
    std::erase_if(gateways_, [ended](const auto& g) { return g.id() == ended; });
  });
}

caf::result<node_list> list_actor::nodes() {
  auto answer = make_response_promise<node_list>();
  ask_for_nodes(answer);
  return answer;
}

/// A gateway may have ended, though its end has not been heard of yet: then the one before it answers.
void list_actor::ask_for_nodes(caf::typed_response_promise<node_list> answer) {
  if (gateways_.empty()) {
    answer.deliver(to_caf({errc::not_published, {}}));
    return;
  }
  caf_shim::ask(*this, gateways_.back(), protocol::nodes{})
    .then([answer](const node_list& all) mutable { answer.deliver(all); },
          [this, answer, asked = gateways_.back().id()](const caf::error& e) mutable {
            if (from_caf(e).code != errc::list_gone) {
              answer.deliver(e);
              return;
            }
            std::erase_if(gateways_, [asked](const auto& g) { return g.id() == asked; });
            ask_for_nodes(std::move(answer));
          });
}

crew_messages::what_runs list_actor::what_runs(const std::vector<caf::actor_id>& whom) {
  crew_messages::what_runs out;
  out.version = ledger_.seen_version();
  for (const auto who : whom) {
    auto& one = out.of.emplace_back();
    const auto known = far_.find(who);
    if (known == far_.end())
      continue; // it is about to be enlisted
    for (const auto& a : ledger_.attempts_of(known->second))
      one.push_back({a.id, a.attempt});
  }
  return out;
}

/// Returns the worker of a stand-in that is no more, 0 if there is none. Its end may not have been heard of yet.
worker_id list_actor::lost_worker(caf::actor_id stand_in) {
  const auto known = far_.find(stand_in);
  if (known == far_.end())
    return 0;
  node_worker_down(known->second, false);
  return known->second;
}

void list_actor::surely_over(const std::vector<caf::actor_id>& whom) {
  for (auto who : whom)
    if (const auto id = lost_worker(who); id != 0) {
      far_.erase(who);
      ledger_.worker_over(id, fx_);
      changed();
    }
}

void list_actor::only_unlinked(const std::vector<caf::actor_id>& whom) {
  for (auto who : whom)
    if (const auto id = lost_worker(who); id != 0) {
      ledger_.worker_lived(id, now(), fx_);
      changed();
    }
}

} // namespace stint
