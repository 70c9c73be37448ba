// Attempts that run at nodes while their owner restarts: their claims are held for a lease, in which the nodes come back.
#include <stint/ledger.hpp>

#include <algorithm>
#include <tuple>

#include <stint/plant.hpp>

namespace stint {

void ledger::worker_of(worker_id id, nanos lease) {
  if (auto* m = crew_.find(id))
    m->lease = lease;
}

/// Goes on with an attempt that its node may still run: the task stays as it was, and nobody else gets its claims.
void ledger::hold(record& r, moment now) {
  const auto& where = away_.at(r.id).where;
  r.live->epoch = where.epoch;
  claims_.grant(*r.live);
  ++ready_.queue(r.queue).running;
  const auto lease = std::min(where.lease, longest_lease); // of an honest file it is no longer
  keep_until(r, later(now, planted(plant::away_too_short) ? lease / 8 : lease).steady);
}

/// An entry of the schedule that comes too early is passed over.
void ledger::keep_until(record& r, steady_time when) {
  auto& a = away_.at(r.id);
  a.until = std::max(a.until, when);
  schedule_.add(a.until, due_for::away, r.id, r.live->attempt);
}

/// Takes an attempt back that its node does not run any more; `died`: nobody knows whether it began, and what came of it.
void ledger::give_up(record& r, bool died, moment now, effects& fx) {
  touch(r);
  away_.erase(r.id);
  --ready_.queue(r.queue).running;
  r.live->epoch = 0;
  claims_.release(*r.live, woken_);
  woken();
  if (died)
    die_with_owner(r, now, fx);
  else if (!ends_with_worker(r, "its node came back without it", now, fx))
    run_again(r, now, fx);
}

void ledger::node_is_back(std::uint64_t node, std::span<const kept_attempt> all, nanos lease, moment now, effects& fx) {
  std::set<std::tuple<task_id, std::uint32_t, std::uint64_t>> named;
  for (const auto& k : all)
    named.emplace(k.id, k.attempt, k.epoch);
  std::vector<record*> gone;
  for (const auto& [id, a] : away_) {
    auto& r = *tasks_.find(id);
    if (node == 0 || a.where.node != node)
      continue;
    if (!named.contains({id, r.live->attempt, r.live->epoch}))
      gone.push_back(&r);
    else if (!planted(plant::away_too_short))
      keep_until(r, later(now, lease).steady); // the node's lease begins anew
  }
  for (auto* r : gone)
    give_up(*r, false, now, fx);
}

void ledger::adopt(worker_id id, std::span<const kept_attempt> what, moment now, effects& fx) {
  auto* m = crew_.find(id);
  if (m == nullptr || planted(plant::adoption_ignored))
    return;
  for (const auto& k : what) {
    const auto a = away_.find(k.id);
    auto* r = a != away_.end() ? tasks_.find(k.id) : nullptr;
    const bool wanted = r != nullptr && m->process != 0 && a->second.where.node == m->process && k.attempt == r->live->attempt
                        && k.epoch == r->live->epoch && k.fence == r->fence
                        && (now.steady < a->second.until || planted(plant::adopted_after_lease));
    if (!wanted) {
      fx.stop.push_back({id, k.id, k.attempt, stop_reason::none, k.epoch});
      continue;
    }
    touch(*r);
    away_.erase(a);
    fx.changed.push_back(r->id); // the lease may be another one now
    auto& l = *r->live;
    l.worker = id;
    l.begun = k.begun;
    l.recalled = false;
    l.follows = !m->has.empty();
    m->quiet_since = now.steady;
    m->has.insert(k.begun ? std::find_if(m->has.begin(), m->has.end(), [](const auto* o) { return !o->begun; })
                          : m->has.end(), &l);
    if (k.begun) {
      const auto ran = std::clamp(k.ran, nanos{0}, options_.limits.longest);
      l.begun_at = now.steady - ran;
      r->started = k.began;
      if (r->extra && r->extra->terms->timeout)
        schedule_.add(later(now, *r->extra->terms->timeout - ran).steady, due_for::timeout, r->id, l.attempt);
    } else if (l.attempt == 1 && r->extra && r->extra->terms->start_within) {
      l.deadline = later(now, r->submitted + *r->extra->terms->start_within - now.wall).steady;
      schedule_.add(l.deadline, due_for::deadline, r->id, 0);
    }
    if (r->state == state::cancelling)
      ask_to_stop(*r, stop_reason::cancel, now, fx);
  }
}

} // namespace stint
