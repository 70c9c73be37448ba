#include <stint/ledger.hpp>

#include <stint/plant.hpp>

namespace stint {

void ledger::tick(moment now, effects& fx) {
  while (auto e = schedule_.take(now))
    if (means(e->what, e->id, e->stamp))
      due(*e, now, fx);
  schedule_.prune([this](due_for what, std::uint64_t id, std::uint64_t stamp) { return means(what, id, stamp); });
}

std::optional<steady_time> ledger::next_tick(moment now) const { return schedule_.next(now); }

/// Tells whether an entry of the schedule still means something, or its task or wait has gone on since.
bool ledger::means(due_for what, std::uint64_t id, std::uint64_t stamp) const {
  switch (what) {
    case due_for::wait: return waits_.has(id);
    case due_for::stop: return stopping_ && !tokens_set_;
    case due_for::look: return look_pending_;
    default: break;
  }
  const auto* r = tasks_.find(id);
  if (r == nullptr || !r->live)
    return false;
  const auto& l = *r->live;
  switch (what) {
    case due_for::start: return r->state == state::scheduled && r->version == stamp;
    case due_for::deadline: return r->attempt == 0 || (r->attempt == 1 && running(r->state) && !l.begun);
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
      if (auto i = waits_.fences().find(e.id); i != waits_.fences().end()) {
        fx.fences.push_back({i->first, {version_, true, i->second.last, unsettled_before(i->second)}});
        waits_.fences().erase(i);
      }
      return;
    case due_for::stop: set_tokens(now, fx); return;
    case due_for::look: look_pending_ = false; return; // dispatch() follows every tick
    default: break;
  }
  auto& r = *tasks_.find(e.id);
  auto& l = *r.live;
  switch (e.what) {
    case due_for::start:
      transit(r, state::waiting, now, fx);
      enter_waiting(r, now, fx, true);
      return;
    case due_for::deadline:
      // A task whose attempt was handed over and not begun yet is looked at again when it comes back.
      if (!running(r.state))
        finish(r, state::expired, now, fx);
      return;
    case due_for::timeout:
      if (r.stopping == stop_reason::none)
        ask_to_stop(r, stop_reason::timeout, now, fx);
      return;
    case due_for::grace:
      if (l.begun)
        becomes_stuck(r, now, fx);
      else // it has no body that could be stuck; its worker gives it back or begins it
        schedule_.add(now.steady + options_.cancel_grace, due_for::grace, r.id, l.attempt);
      return;
    default: return;
  }
}

} // namespace stint
