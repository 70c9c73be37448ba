#include <stint/ledger.hpp>

#include <stint/plant.hpp>

namespace stint {

namespace {

std::optional<wall_time> if_set(wall_time t) { return t == wall_time{} ? std::nullopt : std::optional{t}; }

} // namespace

stored_task ledger::stored(task_id id) const {
  const auto* r = tasks_.find(id);
  STINT_ASSERT(r != nullptr, id, tasks_.last_id());
  stored_task s;
  s.id = r->id;
  s.version = r->version;
  s.what.name = r->name;
  s.what.kind = tasks_.kind_name(*r);
  s.what.queue = tasks_.queue_name(*r);
  s.what.priority = r->priority;
  s.callable = r->kind == 0;
  s.at_most_once = r->once;
  s.state = r->state;
  s.attempt = r->attempt;
  s.charged = r->charged;
  s.deaths = r->deaths;
  s.fence = r->fence;
  s.code = r->code;
  s.submitted = r->submitted;
  s.started = if_set(r->started);
  s.ended = if_set(r->ended);
  if (r->live) {
    s.rank = r->live->rank;
    s.due = if_set(r->live->due);
    if (const auto a = away_.find(id); a != away_.end())
      s.away = a->second.where;
    else if (const auto* m = running(r->state) && !crew_.all_here() ? crew_.find(r->live->worker) : nullptr)
      s.away = m->lease != nanos{0} ? given_away{m->process, epoch_of(*r->live), m->lease} : given_away{};
  }
  if (r->has_stuck && !planted(plant::lost_unsaved))
    for (const auto& b : stuck_.at(id))
      if (b.lease != nanos{0} && !b.freed)
        s.lost.push_back({b.live->attempt, b.lease});
  if (r->extra) {
    const auto& x = *r->extra;
    s.what.args = x.args;
    s.what.claims = x.claims;
    s.what.tags = x.tags;
    s.what.labels = x.labels;
    const auto& asked = *x.terms;
    s.what.idempotency_key = asked.idempotency_key;
    s.what.timeout = asked.timeout;
    s.what.start_within = asked.start_within;
    s.what.run_at = asked.run_at;
    s.what.retry = asked.retry;
    s.retry_of = asked.retry_of;
    const auto& told = *x.story;
    s.error = told.error;
    s.errors = told.errors;
    s.value = told.value;
    s.detail = told.detail;
    s.progress = told.progress;
    s.printed = told.printed;
    // The record keeps no delay, which is a part of the fingerprint: it could not be computed again from here.
    if (auto i = idempotent_.find(asked.idempotency_key); !asked.idempotency_key.empty() && i != idempotent_.end())
      s.fingerprint = i->second.hash;
  }
  return s;
}

} // namespace stint
