#include <stint/ledger.hpp>

#include <algorithm>

#include <stint/plant.hpp>

namespace stint {

void ledger::tick(moment now, effects& fx) {
  while (auto e = schedule_.take(now))
    if (means(e->what, e->id, e->stamp))
      due(*e, now, fx);
  schedule_.prune([this](due_for what, std::uint64_t id, std::uint64_t stamp) { return means(what, id, stamp); });
}

/// Returns the moment after `d`, bounded by `limits::longest` and by what a clock can tell: "never", as a duration,
/// must not come out as "at once".
moment ledger::later(moment now, nanos d) const {
  const auto left = std::min(steady_time::max() - std::max(now.steady, steady_time{}),
                             wall_time::max() - std::max(now.wall, wall_time{}));
  return now + std::clamp(d, nanos{0}, std::min(options_.limits.longest, left));
}

std::optional<steady_time> ledger::next_tick(moment now) const { return schedule_.next(now); }

/// Tells whether an entry of the schedule still means something, or its task or wait has gone on since.
bool ledger::means(due_for what, std::uint64_t id, std::uint64_t stamp) const {
  switch (what) {
    case due_for::wait: return waits_.has(id);
    case due_for::stop: return stopping_ && !tokens_set_;
    case due_for::look: return stamp == stamp_of(look_at_) || stamp == stamp_of(late_look_at_);
    case due_for::keep: return keep_at_ != steady_time::max() && stamp == keep_turn_;
    case due_for::lost: return stuck_.contains(id);
    default: break;
  }
  const auto* r = tasks_.find(id);
  if (r == nullptr || !r->live)
    return false;
  const auto& l = *r->live;
  switch (what) {
    case due_for::start: return r->state == state::scheduled && r->version == stamp;
    case due_for::deadline: return r->attempt == 0 || (r->attempt == 1 && running(r->state) && !l.begun);
    case due_for::away: return away_.contains(id) && l.attempt == stamp;
    case due_for::timeout: return r->state == state::running && l.attempt == stamp && l.begun;
    case due_for::grace:
      return running(r->state) && l.attempt == stamp && r->stopping != stop_reason::none && l.worker != 0;
    default: return false;
  }
}

void ledger::due(const due_entry<steady_time>& e, moment now, effects& fx) {
  switch (e.what) {
    case due_for::wait:
      if (waits_.expire(e.id, version_, fx))
        return;
      if (auto f = waits_.take_fence(e.id))
        fx.fences.push_back({e.id, {version_, true, f->last, unsettled_before(*f)}});
      return;
    case due_for::stop: set_tokens(now, fx); return;
    case due_for::look: (e.stamp == stamp_of(look_at_) ? look_at_ : late_look_at_) = {}; return; // dispatch() follows every tick
    case due_for::keep: keep_at_ = steady_time::max(); return;
    case due_for::lost:
      drop_stuck(e.id, [&e](const auto& b) { return b.live->lost && b.live->worker == 0 && b.live->attempt == e.stamp; }, fx);
      return;
    default: break;
  }
  auto& r = *tasks_.find(e.id);
  auto& l = *r.live;
  switch (e.what) {
    case due_for::start:
      touch(r);
      transit(r, state::waiting, now, fx);
      enter_waiting(r, now, fx, true);
      return;
    case due_for::deadline:
      if (!running(r.state)) {
        touch(r);
        finish(r, state::expired, now, fx);
      } else if (r.state == state::running && !l.recalled) { // handed over: it expires when it comes back unbegun
        l.recalled = true;
        fx.recall.push_back({l.worker, r.id, l.attempt, l.epoch});
      }
      return;
    case due_for::away:
      if (now.steady >= away_.at(e.id).until && !planted(plant::adopted_after_lease))
        give_up(r, true, now, fx);
      return;
    case due_for::timeout:
      if (r.stopping == stop_reason::none)
        ask_to_stop(r, stop_reason::timeout, now, fx);
      return;
    case due_for::grace:
      if (l.begun)
        becomes_stuck(r, now, fx);
      else // it has no body that could be stuck; its worker gives it back or begins it
        schedule_.add(later(now, options_.cancel_grace).steady, due_for::grace, r.id, l.attempt);
      return;
    default: return;
  }
}

} // namespace stint
