#include <stint/ledger.hpp>

#include <algorithm>
#include <utility>

#include <stint/plant.hpp>

namespace stint {

namespace {

/// What must not begin twice waits behind nothing elsewhere: lost with its node, nobody could tell whether it had begun.
bool has_room(const crew_member& m, const live& l, bool once) {
  return m.has.size() < m.room && m.knows(l.route) && !(once && m.process != 0 && !m.has.empty());
}

/// Returns the worker with the fewest tasks that has room and knows the route, or null.
crew_member* least_busy(crew& all, const live& l, bool once) {
  crew_member* best = nullptr;
  for (auto& m : all.members())
    if (has_room(m, l, once)
        && (best == nullptr || m.has.size() < best->has.size()))
      best = &m;
  return best;
}

} // namespace

void ledger::dispatch(moment now, effects& fx) {
  for (auto& m : crew_.members()) {
    m.still_runs(now.steady);
    m.room = m.window();
    m.kept = false;
  }
  for (auto& m : crew_.members())
    if (!m.has.empty() && m.has.front()->alone)
      crew_.keep(m.process);
  for (const auto& [id, a] : away_)
    if (tasks_.find(id)->live->alone)
      crew_.keep(a.where.node); // which has come back, but has not said so for each of its workers
  std::vector<live*> aside; // suspects for whom a process is kept, or none is left
  std::vector<route_id> busy; // routes whose workers have no room; a round makes none
  auto may_go = [&busy](const live& l) { return l.alone || std::find(busy.begin(), busy.end(), l.route) == busy.end(); };
  while (auto* l = stopping_ ? nullptr : ready_.next(may_go)) {
    auto& r = *tasks_.find(l->id);
    auto* m = l->alone ? crew_.for_suspect(l->route) : least_busy(crew_, *l, r.once);
    if (m == nullptr && !l->alone) {
      // It would wait for ever behind what others are given meanwhile: nothing more goes to one of them until it is idle.
      if (r.once)
        if (auto* next = least_busy(crew_, *l, false))
          next->room = 0;
      if (l->route == 0 && crew_.all_here()) // any worker would do
        break;
      busy.push_back(l->route);
      continue;
    }
    ready_.remove(*l);
    // A more urgent task may have drawn a ticket ahead of this one since it became ready.
    const auto way = claims_.look_again(*l);
    if (!way.open)
      continue;
    if (way.only != 0 && l->alone) {
      claims_.put_back(*l);
      continue;
    }
    if (l->alone && (m == nullptr || !crew_.idle(m->process))) {
      if (m != nullptr)
        crew_.keep(m->process);
      aside.push_back(l);
      continue;
    }
    if (way.only != 0) {
      m = crew_.find(way.only);
      if (m == nullptr || !has_room(*m, *l, r.once)) {
        claims_.put_back(*l);
        continue;
      }
    }
    touch(r);
    claims_.grant(*l, m->id);
    l->follows = way.only != 0;
    ++ready_.queue(r.queue).running;
    l->since = now.steady;
    l->worker = m->id;
    l->begun = false;
    l->recalled = false;
    l->epoch = 0;
    l->attempt = ++r.attempt;
    if (m->has.empty())
      m->quiet_since = now.steady;
    m->has.push_back(l);
    if (l->alone)
      crew_.keep(m->process);
    if (m->has.size() < m->room) {
      claims_.offer_next(*l, woken_);
      woken();
    }
    r.stopping = stop_reason::none;
    transit(r, state::running, now, fx);
    r.fence = version_;
    fx.start.push_back({m->id, r.id, r.attempt});
    if (planted(plant::begin_twice) && r.id % 13 == 7)
      fx.start.push_back({m->id, r.id, r.attempt});
  }
  for (auto* l : aside)
    ready_.add(*l);
  rescue_unbegun(now, fx);
  if (waits_.any_fence())
    check_fences(fx);
  if (over() && waits_.size() != 0)
    waits_.refuse(errc::list_stopping, fx);
  retain(now, fx);
}

void ledger::recall(crew_member& m, effects& fx, std::size_t keep, bool for_the_idle) {
  for (std::size_t i = m.has.size(); i-- > keep;) {
    auto& l = *m.has[i];
    if (l.begun || l.recalled || running(tasks_.find(l.id)->state) == false)
      continue;
    if (for_the_idle && std::none_of(crew_.members().begin(), crew_.members().end(), [&l](const auto& other) {
          return other.has.empty() && !other.leaving && other.knows(l.route);
        }))
      continue; // it would only come back to the same worker
    l.recalled = true;
    fx.recall.push_back({m.id, l.id, l.attempt, l.epoch});
  }
}

/// Nobody waits behind a long body: what has not begun comes back as soon as another worker has nothing to do; and a little later
/// when its claims, its queue's slot or its place may be what others wait for.
void ledger::rescue_unbegun(moment now, effects& fx) {
  const bool wanted = claims_.waiting() != 0;
  bool idle = false;
  bool behind = false;
  for (const auto& m : crew_.members()) {
    idle = idle || (m.has.empty() && !m.leaving);
    behind = behind || m.has.size() > 1;
  }
  if ((!wanted && !idle) || !behind || stopping_ || planted(plant::never_recalled))
    return;
  std::optional<nanos> rest;
  for (auto& m : crew_.members()) {
    if (m.has.size() < 2)
      continue;
    if (const auto left = m.patience() - m.busy_for(now.steady); left > nanos{0})
      rest = std::min(rest.value_or(left), left);
    else
      recall(m, fx, 1, !wanted);
  }
  if (!rest)
    return;
  // Before somebody is idle, which is asked again when it happens, what came back would only get its place among others.
  const auto look = now.steady + *rest + (idle ? nanos{0} : later_while_busy);
  auto& next = idle ? look_at_ : late_look_at_;
  if (next == steady_time{} || look < next) {
    next = look;
    schedule_.add(look, due_for::look, 0, stamp_of(look));
  }
}

void ledger::worker_joined(worker_id id, const std::vector<std::string>& kinds, moment now, effects&, process_id process,
                           std::vector<std::string> labels) {
  std::vector<std::uint32_t> numbers;
  for (const auto& k : kinds)
    numbers.push_back(tasks_.kinds.number(k));
  for (auto route : crew_.join(id, numbers, set_of(std::move(labels)), routes_, now.steady, process))
    each_waiting_on(route, [this](record& r) {
      if (drawable(r))
        draw(r);
    });
}

std::vector<running_body> ledger::attempts_of(worker_id id) {
  std::vector<running_body> out;
  if (const auto* m = crew_.find(id))
    for (const auto* l : m->has)
      if (l->begun || l == m->has.front())
        out.push_back({l->id, l->attempt});
  return out;
}

void ledger::worker_died(worker_id id, std::span<const running_body> bodies, moment now, effects& fx) {
  part_with(id, [&](record& r) {
    const bool still_runs = std::any_of(bodies.begin(), bodies.end(), [&](const auto& b) {
      return b.id == r.id && b.attempt == r.live->attempt;
    });
    const bool began = r.live->begun || still_runs;
    if (still_runs)
      set_stuck(r);
    else
      claims_.release(*r.live, woken_);
    return began;
  }, [&](record& r, bool began) { began ? die_with_worker(r, now, fx) : give_back(r, now, fx); });
}

/// Takes back what a worker that is gone had: `let_go` sees to the claims and tells whether the task died with it, `go_on`
/// decides what becomes of the task.
void ledger::part_with(worker_id id, const std::function<bool(record&)>& let_go,
                       const std::function<void(record&, bool)>& go_on) {
  auto* m = crew_.find(id);
  if (m == nullptr)
    return;
  const auto had = std::exchange(m->has, {});
  const auto unserved = crew_.leave(id);
  for (auto* l : had) {
    auto& r = *tasks_.find(l->id);
    touch(r);
    --ready_.queue(r.queue).running;
    const bool died = let_go(r);
    woken();
    r.live->worker = 0;
    r.live->begun = false;
    r.live->recalled = false;
    go_on(r, died);
  }
  no_longer_served(unserved);
}

/// What nobody serves any more gives its tickets up, so that it blocks nobody. Nothing changes for the others.
void ledger::no_longer_served(const std::vector<route_id>& gone) {
  for (auto route : gone)
    each_waiting_on(route, [this](record& r) {
      if (!crew_.serves(r.live->route))
        withdraw(r);
    });
}

void ledger::die_with_worker(record& r, moment now, effects& fx) {
  if (!planted(plant::death_uncounted))
    ++r.deaths;
  keep_error(r, "worker died", now);
  if (!ends_with_worker(r, "worker died", now, fx))
    go_on_after_death(r, "workers", false, now, fx);
}

/// Ends a task that is to be cancelled, or that a stop does not keep; tells whether it did.
bool ledger::ends_with_worker(record& r, const char* why, moment now, effects& fx) {
  const bool cancelling = r.state == state::cancelling;
  if (!cancelling && (!stopping_ || outlives(r)))
    return false;
  r.story().error = cancelling ? why : "list stopped";
  left_.interrupted += cancelling ? 0 : 1;
  finish(r, state::cancelled, now, fx);
  return true;
}

/// Its old place, unless `to_the_end`: what others want of its keys may not pass what was only unlucky.
void ledger::go_on_after_death(record& r, std::string_view whose, bool to_the_end, moment now, effects& fx) {
  if (r.once) {
    r.story().error = "interrupted";
    finish(r, state::failed, now, fx);
    return;
  }
  r.stopping = stop_reason::none;
  if (r.deaths >= deaths_to_quarantine) {
    r.story().error = "quarantined: " + std::to_string(r.deaths) + " " + std::string{whose} + " died while it ran";
    transit(r, state::quarantined, now, fx);
    settled(r, fx);
    return;
  }
  transit(r, state::waiting, now, fx);
  enter_waiting(r, now, fx, to_the_end);
}

/// It has taken two workers with it: until the third tells, it takes nobody along.
bool ledger::suspect(const record& r) {
  return r.deaths >= deaths_to_run_alone && !planted(plant::suspect_in_company);
}

/// Takes the holdings of a body that goes on without its task, and gives the task a new claim on its keys. One that is not
/// here ends with a lease, so nobody needs to free its claims before.
void ledger::set_stuck(record& r, bool here, nanos lease) {
  auto old = std::move(r.live);
  r.live = lives_.make();
  auto& l = *r.live;
  l.id = old->id;
  l.queue = old->queue;
  l.route = old->route;
  l.since = old->since;
  l.rank = old->rank;
  l.deadline = old->deadline;
  l.attempt = old->attempt;
  claims_.plan(l, r.extra ? std::span<const claim>{r.extra->claims} : std::span<const claim>{});
  old->stuck = true;
  old->lost = !here;
  if (!planted(plant::behind_the_stuck))
    claims::pin(*old);
  r.has_stuck = true;
  const bool free = (options_.free_stuck && here) || planted(plant::stuck_frees_claims);
  if (free) {
    claims_.release(*old, woken_);
    if (options_.free_stuck && here)
      ++overlaps_;
  }
  ++stuck_count_;
  stuck_[r.id].push_back({std::move(old), free, lease});
}

} // namespace stint
