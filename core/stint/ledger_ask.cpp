#include <stint/ledger.hpp>

#include <algorithm>
#include <initializer_list>
#include <limits>

#include <stint/plant.hpp>
#include <stint/validate.hpp>

namespace stint {

namespace {

/// Adds what is set by hand, and not stored.
void add_settings(queue_info& to, const task_queue& q, bool paused, bool draining) {
  to.limit = q.limit;
  to.paused = q.paused || paused;
  to.draining = q.draining || draining;
}

} // namespace

void ledger::describe(const record& r, task& t) const {
  t.id = r.id;
  t.version = r.version;
  t.name = r.name;
  t.kind = tasks_.kind_name(r);
  t.queue = tasks_.queue_name(r);
  t.state = r.state;
  t.reason = reason_of(r);
  t.stopping = r.stopping;
  t.begun = r.live && r.live->begun;
  t.stuck = r.has_stuck;
  t.priority = r.priority;
  t.attempt = r.attempt;
  t.charged = r.charged;
  t.deaths = r.deaths;
  t.fencing_token = r.fence;
  t.code = r.code;
  t.submitted = r.submitted;
  if (r.started != wall_time{})
    t.started = r.started;
  if (r.ended != wall_time{})
    t.ended = r.ended;
  if (r.live && r.live->due != wall_time{})
    t.due = r.live->due;
  if (r.extra) {
    const auto& x = *r.extra;
    t.claims = x.claims;
    t.tags = x.tags;
    t.labels = x.labels;
    t.max_attempts = x.terms->retry.max_attempts;
    t.error = x.story->error;
    t.errors = x.story->errors;
    t.progress = x.story->progress;
    t.retry_of = x.terms->retry_of;
  }
}

wait_reason ledger::reason_of(const record& r) const {
  if (r.state != state::waiting || !r.live)
    return wait_reason::none;
  if (!crew_.serves(r.live->route))
    return wait_reason::no_worker;
  if (paused_ || ready_.queue(r.queue).paused)
    return wait_reason::paused;
  if (r.live->at == claim_holder::stage::parked)
    return wait_reason::claims;
  if (ready_.queue(r.queue).full())
    return wait_reason::limit;
  return r.live->alone ? wait_reason::alone : wait_reason::capacity;
}

result<task> ledger::get(task_id id) const {
  if (const auto* e = unsaved_.find(id); e != nullptr && e->what)
    return *e->what;
  if (auto ok = seen_inside(id); !ok)
    return ok.error();
  return describe(*tasks_.find(id));
}

result<page> ledger::read(const page_request& ask) const {
  if (auto ok = check_filter(ask.filter, options_.limits); !ok)
    return ok.error();
  auto p = unsaved_.empty() ? tasks_.read(ask, [this](const record& r, task& t) { describe(r, t); }) : read_committed(ask);
  if (p)
    p->version = seen_version();
  return p;
}

totals ledger::counts() const {
  if (!unsaved_.on())
    return live_counts();
  auto t = committed_;
  // What is set by hand is not stored: it counts at once.
  for (std::uint32_t n = 1; n < tasks_.queues.size(); ++n) {
    if (n > t.queues.size())
      t.queues.push_back({tasks_.queues.name(n), 0, false, false, {}});
    add_settings(t.queues[n - 1], ready_.queue(n), paused_, draining_);
  }
  t.stale = stale_;
  t.overlaps = overlaps_;
  t.stuck = stuck_count_;
  t.workers = static_cast<std::uint32_t>(crew_.members().size());
  return t;
}

totals ledger::live_counts() const {
  totals t;
  t.version = version_;
  for (std::size_t i = 0; i < state_count; ++i)
    t.tasks.by_state[i] = tasks_.count(static_cast<state>(i));
  for (std::uint32_t n = 1; n < tasks_.queues.size(); ++n) {
    t.queues.push_back({tasks_.queues.name(n), 0, false, false, tasks_.of_queue(n)});
    add_settings(t.queues.back(), ready_.queue(n), paused_, draining_);
  }
  t.submitted = tasks_.last_id();
  t.deleted = deleted_;
  t.stale = stale_;
  t.overlaps = overlaps_;
  t.stuck = stuck_count_;
  t.workers = static_cast<std::uint32_t>(crew_.members().size());
  return t;
}

/// Tells whether readers may see a task that is not outside.
result<unit_t> ledger::seen_inside(task_id id) const {
  STINT_ASSERT(!outside(id), id, tasks_.last_id());
  return seen(id);
}

result<std::string> ledger::detail(task_id id) const {
  if (auto ok = seen_inside(id); !ok)
    return ok.error();
  const auto* x = seen_extra(id);
  return x != nullptr ? x->story->detail : std::string{};
}

result<std::string> ledger::value(task_id id) const {
  if (auto ok = seen_inside(id); !ok)
    return ok.error();
  const auto* e = unsaved_.find(id);
  const auto s = e != nullptr ? e->what->state : tasks_.find(id)->state;
  if (!terminal(s))
    return {errc::wrong_state, "task " + std::to_string(id) + " is " + std::string{to_string(s)}
                                 + ", a value comes with its end"};
  const auto* x = seen_extra(id);
  return x != nullptr ? x->story->value : std::string{};
}

result<std::string> ledger::args(task_id id) const {
  if (auto ok = seen_inside(id); !ok)
    return ok.error();
  const auto* x = seen_extra(id);
  return x != nullptr ? x->args : std::string{};
}

/// Tells whether a wait for so many tasks, none of them settled, would be taken.
result<unit_t> ledger::can_wait(std::size_t ids) const {
  const auto& b = options_.limits;
  if (ids == 0)
    return {errc::invalid_filter, "a wait names at least one task"};
  if (ids > b.ids)
    return {errc::too_many_ids, std::to_string(ids) + " ids, the limit is " + std::to_string(b.ids)};
  if (waits_.size() >= b.waits)
    return {errc::too_many_waits, std::to_string(b.waits)};
  return unit;
}

result<unit_t> ledger::wait(wait_id w, const wait_request& ask, moment now, effects& fx,
                            const std::map<task_id, task>& read) {
  const auto& b = options_.limits;
  const auto can = can_wait(ask.ids.size());
  if (!can && can.code() != errc::too_many_waits) // that only when it stays open
    return can;
  if (ask.timeout < nanos{0} || ask.timeout > b.longest)
    return {errc::invalid_timeout, std::to_string(ask.timeout.count()) + " ns"};
  waits::open_wait open;
  open.mode = ask.mode;
  std::unordered_map<task_id, bool> seen;
  for (auto id : ask.ids) {
    if (!seen.try_emplace(id, true).second)
      continue;
    const auto* r = tasks_.find(id);
    if (outside(id))
      open.settled.push_back({id, errc::none, read.at(id)});
    else if (r == nullptr)
      open.settled.push_back({id, tasks_.missing(id).code, {}});
    else if (stint::settled(r->state))
      open.settled.push_back({id, errc::none, describe(*r)});
    else
      open.ids.push_back(id);
  }
  open.left = open.ids.size();
  if (open.left == 0 || (open.mode == wait_for::any && !open.settled.empty())) {
    fx.waits.push_back({w, {version_, false, std::move(open.settled)}});
    return unit;
  }
  if (!can)
    return can;
  waits_.add(w, std::move(open));
  if (ask.timeout > nanos{0})
    schedule_.add(later(now, ask.timeout).steady, due_for::wait, w, 0);
  return unit;
}

result<unit_t> ledger::fence(wait_id w, const fence_request& ask, moment now, effects& fx) {
  if (ask.timeout < nanos{0} || ask.timeout > options_.limits.longest)
    return {errc::invalid_timeout, std::to_string(ask.timeout.count()) + " ns"};
  if (waits_.size() >= options_.limits.waits)
    return {errc::too_many_waits, std::to_string(options_.limits.waits)};
  waits_.add_fence(w, {tasks_.last_id(), ask.scheduled_too});
  if (ask.timeout > nanos{0})
    schedule_.add(later(now, ask.timeout).steady, due_for::wait, w, 0);
  check_fences(fx);
  return unit;
}

/// Opens the fences that nothing unsettled stands before, the lowest first; one that stays closed ends it. Those that
/// wait for scheduled tasks as well stand in a line of their own.
void ledger::check_fences(effects& fx) {
  const auto lowest = [this](std::initializer_list<state> states) {
    auto least = std::numeric_limits<task_id>::max();
    for (auto s : states)
      if (const auto first = tasks_.in(s).first(); first != 0)
        least = std::min(least, first);
    return least;
  };
  const auto unsettled = lowest({state::waiting, state::running, state::cancelling});
  const bool forgets = planted(plant::fence_forgets_scheduled);
  waits_.open_fences(false, unsettled, version_, fx);
  waits_.open_fences(true, forgets ? unsettled : std::min(unsettled, lowest({state::scheduled})), version_, fx);
}

std::uint64_t ledger::unsettled_before(const waits::open_fence& f) const {
  filter open;
  open.states = {state::waiting, state::running, state::cancelling};
  if (f.scheduled_too)
    open.states.push_back(state::scheduled);
  std::uint64_t n = 0;
  tasks_.each_match(open, [&](task_id id) { return id <= f.last && ++n > 0; });
  return n;
}

} // namespace stint
