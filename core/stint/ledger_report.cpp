#include <stint/ledger.hpp>

#include <algorithm>
#include <utility>

#include <stint/plant.hpp>
#include <stint/validate.hpp>

namespace stint {

void ledger::report(worker_id from, std::span<attempt_report> what, moment now, effects& fx) {
  auto* m = crew_.find(from);
  if (m != nullptr)
    m->quiet_since = now.steady;
  for (auto& a : what) {
    if (a.what == attempt_report::kind::freed) {
      body_returned(from, a, fx);
      continue;
    }
    if (a.what == attempt_report::kind::finished && m != nullptr && m->lease != nanos{0}) // also one that comes too late
      fx.heard.push_back({from, a.id, a.attempt, a.epoch});
    auto* r = tasks_.find(a.id);
    const bool current = r != nullptr && running(r->state) && r->live->worker == from && a.epoch == epoch_of(*r->live)
                         && (r->live->attempt == a.attempt || planted(plant::skip_attempt_check));
    if (!current || m == nullptr) {
      // The outcome and the verdict "stuck" may cross on their way: then the body has returned after all.
      if (a.what == attempt_report::kind::finished)
        body_returned(from, a, fx);
      else
        ++stale_;
      continue;
    }
    auto& l = *r->live;
    switch (a.what) {
      case attempt_report::kind::begun:
        if (l.begun)
          break; // said again, to an owner that may not have heard it
        l.begun = true;
        l.begun_at = now.steady;
        r->started = a.began;
        if (r->extra && r->extra->terms->timeout) {
          if (planted(plant::wall_clock_timeout))
            schedule_.add(now.wall + *r->extra->terms->timeout, due_for::timeout, r->id, a.attempt);
          else
            schedule_.add(later(now, *r->extra->terms->timeout).steady, due_for::timeout, r->id, a.attempt);
        }
        break;
      case attempt_report::kind::finished:
        touch(*r);
        r->started = a.began;
        if (a.printed != 0) {
          auto& printed = r->story().printed; // no more of it is kept, however often it runs
          const std::uint64_t room = options_.limits.output;
          printed += std::min(a.printed, room - std::min(printed, room));
        }
        m->ran(a.took);
        let_go(*r, *m);
        outcome_of(*r, a, now, fx);
        break;
      case attempt_report::kind::returned:
        touch(*r);
        let_go(*r, *m);
        give_back(*r, now, fx);
        break;
      case attempt_report::kind::freed: break;
    }
  }
}

/// Takes slot and claims back from an attempt that ended.
void ledger::let_go(record& r, crew_member& m) {
  auto& l = *r.live;
  if (!planted(plant::slot_leak) || r.id % 11 != 3)
    m.drop(&l);
  --ready_.queue(r.queue).running;
  l.worker = 0;
  claims_.release(l, woken_);
  woken();
}

void ledger::outcome_of(record& r, const attempt_report& what, moment now, effects& fx) {
  const auto& o = what.outcome;
  const bool asked = r.state == state::cancelling || r.stopping == stop_reason::drain;
  r.live->begun = false;
  // A body whose token is set gives up in whatever words. Only "never again" says more than that it was told to stop.
  const bool final = o.kind == outcome_kind::succeeded || (o.kind == outcome_kind::failed && !o.retry);
  if (r.stopping == stop_reason::drain && r.state == state::running && !final && outlives(r)) {
    interrupted(r, now, fx);
    return;
  }
  r.code = o.code;
  switch (o.kind) {
    case outcome_kind::succeeded:
      ++r.charged;
      if (o.value.size() > options_.limits.value) {
        failed_attempt(r, "value_too_large: " + std::to_string(o.value.size()) + " bytes, the limit is "
                            + std::to_string(options_.limits.value),
                       o.code, false, now, fx);
        return;
      }
      if (!o.value.empty())
        r.story().value = o.value;
      if (r.extra && !r.extra->story->error.empty())
        r.story().error.clear();
      if (stopping_)
        ++left_.finished;
      finish(r, state::succeeded, now, fx);
      return;
    case outcome_kind::failed:
      ++r.charged;
      if (stopping_)
        ++left_.finished;
      failed_attempt(r, (r.stopping == stop_reason::timeout ? "timed out: " : "") + o.error, o.code, o.retry && !asked, now, fx);
      return;
    case outcome_kind::cancelled:
    case outcome_kind::snoozed:
      if (r.stopping == stop_reason::timeout && !asked) {
        ++r.charged;
        failed_attempt(r, "timed out", o.code, true, now, fx);
        return;
      }
      if (o.kind == outcome_kind::cancelled || asked || (stopping_ && !outlives(r))) {
        if (r.stopping == stop_reason::drain || (stopping_ && o.kind == outcome_kind::snoozed)) {
          ++left_.interrupted;
          r.story().error = "list stopped";
        } else if (!o.error.empty()) {
          r.story().error = whole_characters(o.error, options_.limits.error_text);
        }
        finish(r, state::cancelled, now, fx);
        return;
      }
      r.stopping = stop_reason::none;
      transit(r, state::scheduled, now, fx);
      if (o.until) {
        r.live->due = *o.until;
        schedule_.add(*o.until, due_for::start, r.id, r.version);
      } else {
        const auto again = later(now, o.snooze);
        r.live->due = again.wall;
        schedule_.add(again.steady, due_for::start, r.id, r.version);
      }
      return;
  }
}

void ledger::keep_error(record& r, std::string text, moment now) {
  if (const auto all = text.size(); all > options_.limits.error_text) {
    text.resize(whole_characters(text, options_.limits.error_text).size());
    text += " [" + std::to_string(all - text.size()) + " bytes more]";
  }
  auto& x = r.story();
  x.error = text;
  // The first error tells how it began, the newest ones how it goes on.
  if (x.errors.size() >= options_.limits.error_history && x.errors.size() > 1)
    x.errors.erase(x.errors.begin() + 1);
  x.errors.push_back({r.attempt, now.wall, std::move(text)});
}

void ledger::failed_attempt(record& r, const std::string& text, std::int32_t code, bool again, moment now,
                            effects& fx) {
  r.code = code;
  keep_error(r, text, now);
  const auto& retry = r.extra->terms->retry;
  const bool left = planted(plant::retry_once_more) ? r.charged <= retry.max_attempts : r.charged < retry.max_attempts;
  if (!again || !left || (stopping_ && !outlives(r))) {
    finish(r, state::failed, now, fx);
    return;
  }
  r.stopping = stop_reason::none;
  transit(r, state::scheduled, now, fx);
  const auto next = later(now, backoff(retry, r.charged, dice_));
  r.live->due = next.wall;
  schedule_.add(next.steady, due_for::start, r.id, r.version);
}

/// An attempt that never began: to its old place, with the same number.
void ledger::give_back(record& r, moment now, effects& fx) {
  auto& l = *r.live;
  --r.attempt;
  l.begun = false;
  l.recalled = false;
  if (r.state == state::cancelling) {
    finish(r, state::cancelled, now, fx);
    return;
  }
  if (stopping_ && !outlives(r)) {
    r.story().error = "list stopped";
    ++left_.unstarted;
    finish(r, state::cancelled, now, fx);
    return;
  }
  r.stopping = stop_reason::none;
  transit(r, state::waiting, now, fx);
  if (l.deadline != steady_time{} && now.steady >= l.deadline && r.attempt == 0) {
    finish(r, state::expired, now, fx);
    return;
  }
  left_.unstarted += stopping_ ? 1 : 0;
  enter_waiting(r, now, fx, false);
}

/// A body that a stop ended: the next list runs it again from its old place, and it is not charged for this attempt.
void ledger::interrupted(record& r, moment now, effects& fx) {
  ++left_.interrupted;
  if (planted(plant::stop_charged))
    ++r.charged;
  run_again(r, now, fx);
}

/// Puts a task whose attempt came to nothing back into its old place, unless its kind runs at most once.
void ledger::run_again(record& r, moment now, effects& fx) {
  if (r.once) {
    r.story().error = "interrupted";
    finish(r, state::failed, now, fx);
    return;
  }
  r.stopping = stop_reason::none;
  transit(r, state::waiting, now, fx);
  enter_waiting(r, now, fx, false);
}

/// A body that ignored its token past the grace: its task ends, its claims stay with it.
void ledger::becomes_stuck(record& r, moment now, effects& fx) {
  touch(r);
  auto& l = *r.live;
  const auto attempt = l.attempt;
  fx.replace.push_back({l.worker, r.id, attempt, l.epoch});
  nanos lease{};
  if (auto* m = crew_.find(l.worker)) {
    lease = m->lease;
    m->drop(&l);
    // What would run behind it comes back: its worker goes on without it, and its key stays taken.
    for (auto* next : m->has)
      if (next->follows && !next->begun && !std::exchange(next->recalled, true))
        fx.recall.push_back({m->id, next->id, next->attempt, next->epoch});
  }
  --ready_.queue(r.queue).running;
  set_stuck(r, true, lease);
  woken();
  r.live->worker = 0;
  const std::string stuck = "body ignored its stop token";
  fx.warnings.push_back("task " + std::to_string(r.id) + " (" + r.name + "), attempt " + std::to_string(attempt)
                        + ": " + stuck + "; it keeps its claims until it returns");
  if (stopping_)
    left_.stuck.push_back(r.id);
  if (r.state == state::running && r.stopping == stop_reason::timeout) {
    ++r.charged;
    failed_attempt(r, "timed out: " + stuck, 1, true, now, fx);
    return;
  }
  if (r.state == state::running && r.stopping == stop_reason::drain && outlives(r)) {
    interrupted(r, now, fx);
    return;
  }
  r.story().error = stuck;
  if (r.stopping == stop_reason::drain) {
    r.story().error = "list stopped: " + stuck;
    ++left_.interrupted;
  }
  finish(r, state::cancelled, now, fx);
}

/// A stuck body frees its claims by its name, said by its own worker; a dead worker's orphans have none (0).
void ledger::body_returned(worker_id from, const attempt_report& what, effects& fx) {
  const auto dropped = drop_stuck(what.id, [&](const auto& b) {
    return b.live->attempt == what.attempt && what.epoch == epoch_of(*b.live) && (from == 0 || b.live->worker == from);
  }, fx);
  stale_ += dropped == 0 ? 1 : 0;
}

/// Forgets the stuck bodies of a task that `over` names; returns how many there were.
std::size_t ledger::drop_stuck(task_id id, const std::function<bool(const stuck_body&)>& over, effects& fx) {
  const auto found = stuck_.find(id);
  if (found == stuck_.end())
    return 0;
  auto& bodies = found->second;
  const auto before = bodies.size();
  for (std::size_t i = before; i-- > 0;) {
    auto& b = bodies[i];
    if (!over(b))
      continue;
    if (!b.freed)
      claims_.release(*b.live, woken_);
    if (b.lease != nanos{0})
      store_anew(id, fx);
    woken();
    claims_.unplan(*b.live);
    bodies.erase(bodies.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const auto dropped = before - bodies.size();
  stuck_count_ -= dropped;
  if (!bodies.empty())
    return dropped;
  stuck_.erase(found);
  if (auto* r = tasks_.find(id)) {
    r->has_stuck = false;
    if (terminal(r->state)) // it could not leave until now
      window_.add(id);
  }
  return dropped;
}

bool ledger::stuck_with(worker_id id) const {
  return std::any_of(stuck_.begin(), stuck_.end(), [id](const auto& bodies) {
    return std::any_of(bodies.second.begin(), bodies.second.end(), [id](const auto& b) { return b.live->worker == id; });
  });
}

void ledger::finish(record& r, state to, moment now, effects& fx) {
  r.ended = now.wall;
  r.live->due = {};
  withdraw(r);
  transit(r, to, now, fx);
  claims_.unplan(*r.live);
  arrive(r);
  r.live.reset();
  r.stopping = stop_reason::none;
  --pending_;
  fx.ended.push_back(r.id);
  kept_.add(r);
  window_.add(r.id);
  ++ended_now_;
  ++ended_since_;
  settled(r, fx);
}

void ledger::settled(record& r, effects& fx) {
  if (waits_.anybody_for(r.id) && !(planted(plant::lost_wait) && r.state == state::failed))
    waits_.settle({r.id, errc::none, describe(r)}, version_, fx);
}

} // namespace stint
