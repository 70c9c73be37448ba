#include <stint/ledger.hpp>

#include <algorithm>

namespace stint {

namespace {

constexpr std::size_t most_blockers = 20;
constexpr std::uint64_t most_ahead = 10'000;

std::string ms(nanos d) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()) + " ms";
}

std::string quoted(const label_set& labels) {
  std::string out = labels.size() == 1 ? "label" : "labels";
  for (std::size_t i = 0; i < labels.size(); ++i)
    out += (i == 0 ? " '" : i + 1 == labels.size() ? " and '" : ", '") + labels[i] + "'";
  return out;
}

std::string whom(const blocker& b, task_id asked) {
  const auto named = std::to_string(b.id) + (b.name.empty() ? "" : " (" + b.name + ")");
  if (b.lost)
    return (b.id == asked ? "its own earlier attempt" : "an earlier attempt of " + named)
           + ", whose node is out of reach, till that one's lease is over;";
  return (b.stuck ? "the stuck body of " : "") + named;
}

} // namespace

result<explanation> ledger::explain(task_id id, moment now) const {
  explanation e;
  e.version = version_;
  e.id = id;
  if (const auto ended = tasks_.outside(id)) {
    e.state = *ended;
    e.text = to_string(*ended);
    return e;
  }
  const auto* r = tasks_.find(id);
  if (r == nullptr)
    return tasks_.missing(id);
  e.state = r->state;
  e.reason = reason_of(*r);
  auto name_them = [this](std::vector<blocker>& bs) {
    for (auto& b : bs)
      if (const auto* other = tasks_.find(b.id))
        b.name = other->name;
  };
  bool cut = false;
  if (r->live) {
    e.waits_for = claims_.in_the_way_of(*r->live, now.steady, most_blockers + 1); // one more tells that there are more
    cut = e.waits_for.size() > most_blockers;
    e.waits_for.resize(std::min(e.waits_for.size(), most_blockers));
    e.holds_back = claims_.held_back_by(*r->live, now.steady, most_blockers);
  }
  bool stuck_holds = false;
  if (auto s = stuck_.find(id); s != stuck_.end())
    for (const auto& body : s->second)
      if (!body.freed) {
        stuck_holds = true;
        for (auto& b : claims_.held_back_by(*body.live, now.steady, most_blockers))
          if (b.id != id
              && std::none_of(e.holds_back.begin(), e.holds_back.end(), [&](const auto& other) { return other.id == b.id; }))
            e.holds_back.push_back(std::move(b));
      }
  name_them(e.waits_for);
  name_them(e.holds_back);
  const auto queue = "'" + tasks_.queue_name(*r) + "'";
  switch (r->state) {
    case state::scheduled:
      e.text = r->attempt == 0 ? "scheduled: it is not due yet" : "scheduled: it runs again when its pause is over";
      return e;
    case state::running:
    case state::cancelling:
      if (const auto a = away_.find(id); a != away_.end()) {
        e.text = "its node had it when the list restarted, and may come back with it for "
                 + ms(std::max(a->second.until - now.steady, nanos{0}));
        return e;
      }
      if (r->state == state::cancelling) {
        e.text = "asked to stop, its body has not returned yet";
        return e;
      }
      e.text = !r->live->begun ? "handed over, its body has not begun yet" : "running";
      if (r->stopping != stop_reason::none)
        e.text += ", asked to stop (" + std::string{to_string(r->stopping)} + ")";
      return e;
    case state::quarantined:
      e.text = "quarantined after " + std::to_string(r->deaths) + " deaths; release or cancel it by hand";
      return e;
    case state::waiting: break;
    default:
      e.text = std::string{to_string(r->state)};
      if (r->has_stuck)
        e.text += stuck_holds ? "; a stuck body of it still holds its claims"
                              : "; a stuck body of it still runs, without its claims";
      return e;
  }
  e.waiting_for = now.steady - r->live->since;
  switch (e.reason) {
    case wait_reason::no_worker:
      e.text = r->kind != 0 ? "no worker for kind '" + tasks_.kind_name(*r) + "'"
               : r->extra && !r->extra->labels.empty() ? "no worker of this process" : "no worker is connected";
      if (r->extra && !r->extra->labels.empty())
        e.text += " with " + quoted(r->extra->labels);
      break;
    case wait_reason::paused: e.text = paused_ ? "the list is paused" : "queue " + queue + " is paused"; break;
    case wait_reason::alone:
      e.text = "a suspect of " + std::to_string(r->deaths) + " deaths runs alone in its process: it waits for one that runs nothing";
      break;
    case wait_reason::claims: {
      if (auto beyond = claims::out_of_reach(*r->live); !beyond.empty()) {
        e.text += "asks for " + beyond + ": raise the capacity or cancel it";
        break;
      }
      if (e.waits_for.empty()) {
        e.text += "waits for its claims";
        break;
      }
      const auto& b = e.waits_for.front();
      e.text += b.key.empty() ? "everything" : "'" + b.key + "'";
      e.text += (b.holds ? " is held (" : " is wanted before (") + b.mode + ") by " + whom(b, id) + " since " + ms(b.since);
      if (cut)
        e.text += ", and at least " + std::to_string(e.waits_for.size()) + " more stand in the way";
      else if (e.waits_for.size() > 1)
        e.text += ", and " + std::to_string(e.waits_for.size() - 1) + " more stand in the way";
      break;
    }
    default: {
      e.ahead = ready_.ahead_of(*r->live, most_ahead, [&](route_id route) {
        return crew_.compete(r->live->route, route);
      });
      e.text = e.reason == wait_reason::limit
                 ? "queue " + queue + " runs as many tasks as its limit allows"
                 : "all workers are busy";
      e.text += "; " + std::to_string(e.ahead) + " go first";
    }
  }
  return e;
}

void ledger::audit() const {
  claims_.audit();
  tasks_.audit_tags();
  std::uint64_t handed = 0;
  for (const auto& m : crew_.members())
    for (const auto* l : m.has) {
      ++handed;
      const auto* r = tasks_.find(l->id);
      STINT_ASSERT(r != nullptr && r->live.get() == l && running(r->state), l->id, m.id);
      STINT_ASSERT(l->at == claim_holder::stage::granted && l->worker == m.id, l->id, m.id);
    }
  const auto busy = tasks_.in(state::running).size() + tasks_.in(state::cancelling).size();
  for (const auto& [id, a] : away_) {
    const auto* r = tasks_.find(id);
    STINT_ASSERT(r != nullptr && running(r->state) && r->live->worker == 0, id, handed);
    STINT_ASSERT(r->live->at == claim_holder::stage::granted, id, static_cast<unsigned>(r->live->at));
  }
  STINT_ASSERT(handed + away_.size() == busy, handed, busy);
  STINT_ASSERT(pending_ + tasks_.in(state::succeeded).size() + tasks_.in(state::failed).size()
                   + tasks_.in(state::cancelled).size() + tasks_.in(state::expired).size()
                 == tasks_.size(),
               pending_, tasks_.size());
  STINT_ASSERT(tasks_.size() + tasks_.outside() + deleted_ == tasks_.last_id(), tasks_.size(), deleted_);
  std::uint64_t standing = 0;
  filter waiting;
  waiting.states = {state::waiting};
  tasks_.each_match(waiting, [&](task_id id) {
    const auto& r = *tasks_.find(id);
    const auto at = r.live->at;
    STINT_ASSERT(at != claim_holder::stage::granted && at != claim_holder::stage::none, id, static_cast<unsigned>(at));
    if (at == claim_holder::stage::ready)
      ++standing;
    // A task that nothing but claims or a slot keeps from running has its tickets, and only such a task.
    STINT_ASSERT((at != claim_holder::stage::planned) == drawable(r), id, static_cast<unsigned>(at));
    return true;
  });
  STINT_ASSERT(standing == ready_.size(), standing, ready_.size());
  routes_.each([this](route_id route, const routes::way& w) {
    const auto takes = [&](const crew_member& m) { return m.takes(w); };
    STINT_ASSERT(std::any_of(crew_.members().begin(), crew_.members().end(), takes) == crew_.serves(route), route, w.kind);
    STINT_ASSERT(!w.tasks.empty() && w.tasks.size() <= pending_, w.tasks.size(), pending_);
    const auto* r = tasks_.find(w.tasks.first());
    STINT_ASSERT(r != nullptr && r->live && r->live->route == route, route, w.kind);
    STINT_ASSERT(r->kind == w.kind && r->extra->labels == w.labels, route, w.kind);
  });
}

} // namespace stint
