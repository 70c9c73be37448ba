#include <stint/ledger.hpp>

#include <stint/plant.hpp>

namespace stint {

void ledger::tick(moment now, effects& fx) {
  while (auto e = schedule_.take(now))
    due(*e, now, fx);
}

std::optional<steady_time> ledger::next_tick(moment now) const { return schedule_.next(now); }

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
    case due_for::stop:
      if (stopping_ && !tokens_set_)
        set_tokens(now, fx);
      return;
    case due_for::look: look_pending_ = false; return; // dispatch() follows every tick
    default: break;
  }
  auto* r = tasks_.find(e.id);
  if (r == nullptr || !r->live)
    return;
  auto& l = *r->live;
  switch (e.what) {
    case due_for::start:
      if (r->state != state::scheduled || r->version != e.stamp)
        return;
      transit(*r, state::waiting, now, fx);
      enter_waiting(*r, now, fx, true);
      return;
    case due_for::deadline:
      // A task whose attempt was handed over and not begun yet is looked at again when it comes back.
      if ((r->state == state::waiting || r->state == state::scheduled) && r->attempt == 0)
        finish(*r, state::expired, now, fx);
      return;
    case due_for::timeout:
      if (r->state == state::running && l.attempt == e.stamp && l.begun && r->stopping == stop_reason::none)
        ask_to_stop(*r, stop_reason::timeout, now, fx);
      return;
    case due_for::grace:
      if (!running(r->state) || l.attempt != e.stamp || r->stopping == stop_reason::none || l.worker == 0)
        return;
      if (l.begun)
        becomes_stuck(*r, now, fx);
      else // it has no body that could be stuck; its worker gives it back or begins it
        schedule_.add(now.steady + options_.cancel_grace, due_for::grace, r->id, l.attempt);
      return;
    default: return;
  }
}

} // namespace stint
