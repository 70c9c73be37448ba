// Workers of other processes that are lost: what they were handed may run on until their lease is over.
#include <stint/ledger.hpp>

#include <algorithm>
#include <utility>

#include <stint/plant.hpp>

namespace stint {

/// Takes everything back from a worker that is out of reach. Whatever was handed to it may run there, whether or not its
/// begin was heard of: so its claims stay, and its number is not given again. The first of it may be what ended the worker
/// before it could say so, so it is charged likewise: else it would go from node to node.
void ledger::worker_lost(worker_id id, moment now, effects& fx) {
  std::vector<task_id> charged;
  const auto* m = crew_.find(id);
  const auto lease = m != nullptr ? m->lease : nanos{0};
  const auto first = m != nullptr && !m->has.empty() && !planted(plant::unheard_uncharged) ? m->has.front()->id : task_id{0};
  part_with(id, [&](record& r) {
    const bool died = r.live->begun || r.id == first;
    if (planted(plant::lost_frees_claims))
      claims_.release(*r.live, woken_);
    else
      set_stuck(r, false, lease); // also without claims: who wants everything for itself waits for it
    if (died) {
      ++r.deaths;
      charged.push_back(r.id);
      keep_error(r, "its node was lost", now);
    }
    return died;
  }, [&](record& r, bool died) { go_on_elsewhere(r, died, "its node was lost", now, fx); });
  if (!charged.empty())
    lost_.emplace(id, std::move(charged));
}

void ledger::worker_leaving(worker_id id) {
  if (auto* m = crew_.find(id))
    m->leaving = true;
}

/// Takes everything back from a worker that has ended in order: nothing of it runs any more, and nobody has died.
void ledger::worker_left(worker_id id, moment now, effects& fx) {
  part_with(id, [&](record& r) {
    claims_.release(*r.live, woken_);
    return false;
  }, [&](record& r, bool died) { go_on_elsewhere(r, died, "its node left", now, fx); });
  worker_over(id, fx);
}

void ledger::go_on_elsewhere(record& r, bool died, const char* why, moment now, effects& fx) {
  if (ends_with_worker(r, why, now, fx))
    return;
  if (died) {
    go_on_after_death(r, "workers", false, now, fx);
    return;
  }
  if (planted(plant::lost_number_reused))
    --r.attempt;
  left_.interrupted += stopping_ ? 1 : 0;
  run_again(r, now, fx); // it may have begun
}

/// The lease of a lost worker is over: nothing of it runs any more, also no body that was stuck before it was lost.
void ledger::worker_over(worker_id id, effects& fx) {
  lost_.erase(id);
  if (planted(plant::lost_never_freed) && id % 3 == 1)
    return;
  std::vector<task_id> all;
  for (const auto& [task, bodies] : stuck_)
    all.push_back(task);
  const auto over = [id](const stuck_body& b) {
    return b.live->worker == id && (b.live->lost || !planted(plant::lost_forgets_stuck));
  };
  for (auto task : all)
    drop_stuck(task, over, fx);
}

/// What the store has of the bodies that outlived their attempts has changed.
void ledger::store_anew(task_id id, effects& fx) {
  if (const auto* r = tasks_.find(id)) {
    touch(*r);
    fx.changed.push_back(id);
  }
}

/// What an owner before this one had taken back from a node: as if this one had.
void ledger::restore_lost(record& r, const lost_attempt& a) {
  auto l = lives_.make();
  l->id = r.id;
  l->queue = r.queue;
  l->attempt = a.attempt;
  l->stuck = l->lost = true;
  plan_restored(r, *l);
  r.has_stuck = true;
  ++stuck_count_;
  stuck_[r.id].push_back({std::move(l), false, std::min(a.lease, longest_lease)}); // of an honest file it is no longer
}

/// The process of a lost worker is there again: only its link had broken, so the deaths that this was taken for are none.
/// What it had been handed stays taken back.
void ledger::worker_lived(worker_id id, moment now, effects& fx) {
  const auto gone = lost_.extract(id);
  if (!gone)
    return;
  for (auto task : gone.mapped()) {
    auto* r = tasks_.find(task);
    if (r == nullptr || terminal(r->state) || r->deaths == 0)
      continue;
    touch(*r);
    --r->deaths;
    fx.changed.push_back(r->id);
    if (r->state == state::quarantined) {
      if (stopping_ && !outlives(*r))
        continue; // whoever still waits now has been ended
      r->story().error.clear();
      transit(*r, state::waiting, now, fx);
      enter_waiting(*r, now, fx, true);
    } else if (!running(r->state)) { // else when it waits again
      r->live->alone = suspect(*r);
    }
  }
}

} // namespace stint
