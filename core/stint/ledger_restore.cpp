#include <stint/ledger.hpp>

#include <algorithm>

#include <stint/plant.hpp>

namespace stint {

namespace {

constexpr std::uint64_t moment_of_rank = (std::uint64_t{1} << 61) - 1;

bool has_story(const stored_task& s) {
  static const progress none;
  return !s.error.empty() || !s.errors.empty() || !s.value.empty() || !s.detail.empty() || s.progress != none || s.printed != 0;
}

} // namespace

void ledger::restore(const stored_setting& s, effects& fx) {
  const auto said = [&](const stored_setting& now) { return now.of == s.of && now.name == s.name; };
  switch (s.of) {
    case setting_of::list: paused_ = s.paused; return;
    case setting_of::queue: {
      auto& q = ready_.queue(tasks_.add_queue(s.name));
      q.paused = s.paused;
      if (std::none_of(fx.settings.begin(), fx.settings.end(), said))
        q.limit = s.number;
      else if (s.paused) // what is said now was said without it
        keep_queue(s.name, fx);
      return;
    }
    case setting_of::capacity:
      if (claims_.declared(s.name))
        return;
      if (auto ok = claims_.declare(s.name, s.number, woken_); !ok) {
        fx.warnings.push_back("the capacity of '" + s.name + "' is forgotten: " + to_string(ok.error()));
        keep_setting({setting_of::capacity, s.name, 0, false}, fx);
      }
  }
}

void ledger::restore(stored_task s) {
  STINT_ASSERT(version_ == 0 && s.id > tasks_.last_id(), s.id, tasks_.last_id());
  auto& r = tasks_.restore(s.id, std::move(s.what.name), s.what.queue, s.what.kind, s.state);
  ready_.queue(r.queue);
  fill(r, s);
  for (const auto& a : s.lost)
    restore_lost(r, a);
  if (terminal(r.state)) {
    ended_.push_back({r.id, r.version, r.ended, kept_bytes(r), r.state});
    return;
  }
  ++pending_;
  r.live = lives_.make();
  auto& l = *r.live;
  l.id = r.id;
  l.queue = r.queue;
  set_out(r);
  l.attempt = r.attempt;
  l.rank = s.rank;
  l.due = s.due.value_or(wall_time{});
  l.alone = suspect(r);
  entered_ = std::max(entered_, s.rank & moment_of_rank);
  plan_restored(r, l);
  if (running(r.state) && r.kind != 0 && s.away.epoch != 0)
    away_.emplace(r.id, away_attempt{s.away, {}});
}

/// A key whose capacity nobody declared this time has as many units as its largest claim: that can only be too few.
void ledger::plan_restored(record& r, live& l) {
  const auto claims = r.extra ? std::span<const claim>{r.extra->claims} : std::span<const claim>{};
  for (const auto& c : claims) {
    const auto wrong = c.mode == claim_mode::units ? claims_.check({&c, 1}).code() : errc::none;
    if (wrong == errc::key_not_counted)
      guessed_.insert(c.key);
    else if (wrong != errc::units_exceed_capacity || !guessed_.contains(c.key))
      continue;
    static_cast<void>(claims_.declare(c.key, c.units, woken_));
  }
  claims_.plan(l, claims);
}

/// Writes what a store has of a task into its record, but for what it has only until its end.
void ledger::fill(record& r, stored_task& s) {
  auto& w = s.what;
  r.version = s.version;
  r.priority = static_cast<std::int8_t>(w.priority);
  r.attempt = s.attempt;
  r.charged = s.charged;
  // Who opens the store without the kind must not forget for the next one who has it.
  const auto known = known_kind(r.kind);
  r.once = known == knowledge::none ? s.at_most_once : known == knowledge::once;
  r.deaths = static_cast<std::uint16_t>(std::min<std::uint32_t>(s.deaths, UINT16_MAX));
  r.fence = s.fence;
  r.code = s.code;
  r.submitted = s.submitted;
  r.started = s.started.value_or(wall_time{});
  r.ended = s.ended.value_or(wall_time{});
  if (has_story(s)) {
    auto& told = r.story();
    told.error = std::move(s.error);
    told.errors = std::move(s.errors);
    told.value = std::move(s.value);
    told.detail = std::move(s.detail);
    told.progress = std::move(s.progress);
    told.printed = s.printed;
  }
  if (has_extra(w, s.retry_of)) {
    auto& x = r.more();
    keep(x, w, s.retry_of);
    tasks_.index_tags(r);
    if (const auto& key = x.terms->idempotency_key; !key.empty() && !planted(plant::key_forgotten)) {
      auto& known = idempotent_[key];
      known = {r.id, s.fingerprint, known.id == r.id && known.as_one}; // of one that was outside
    }
  }
}

void ledger::resume(task_version version, task_id last_id, moment now, effects& fx) {
  STINT_ASSERT(last_id >= tasks_.last_id(), last_id, tasks_.last_id());
  guessed_.clear();
  tasks_.go_on_after(planted(plant::last_id_forgotten) ? tasks_.last_id() : last_id);
  version_ = planted(plant::version_goes_back) && version > 0 ? version - 1 : version;
  deleted_ = tasks_.last_id() - tasks_.size() - tasks_.outside();
  // A finished task's version is that of its end: the one order of ends, whatever the wall clock was set to.
  std::sort(ended_.begin(), ended_.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
  for (const auto& t : std::exchange(ended_, {})) {
    kept_.add(t.id, t.state, t.ended, t.bytes);
    if (const auto* r = tasks_.find(t.id); r != nullptr && !r->has_stuck)
      window_.add(t.id);
  }
  committed_ = live_counts();
  std::vector<record*> unfinished;
  filter open;
  open.states = {state::scheduled, state::waiting, state::running, state::cancelling, state::quarantined};
  tasks_.each_match(open, [&](task_id id) {
    unfinished.push_back(tasks_.find(id));
    return true;
  });
  // In the one order, so that those that go back to waiting together keep it among them.
  std::sort(unfinished.begin(), unfinished.end(), [](const record* a, const record* b) {
    return a->live->rank != b->live->rank ? a->live->rank < b->live->rank : a->id < b->id;
  });
  for (auto& [id, bodies] : stuck_)
    for (auto& b : bodies) {
      b.live->since = now.steady; // for readers; the clock of the owner before is gone
      claims_.grant(*b.live);
      schedule_.add(later(now, b.lease).steady, due_for::lost, id, b.live->attempt);
    }
  for (auto* r : unfinished)
    resume_one(*r, now, fx);
}

void ledger::resume_one(record& r, moment now, effects& fx) {
  auto& l = *r.live;
  l.since = now.steady;
  if (away_.contains(r.id)) {
    hold(r, now);
    return;
  }
  if (running(r.state)) {
    die_with_owner(r, now, fx);
    return;
  }
  if (r.kind == 0) {
    lose_body(r, now, fx);
    return;
  }
  // What was told by the steady clock is told by the wall clock once: how much is left of it.
  if (r.state == state::scheduled && !planted(plant::due_forgotten)) {
    if (r.extra && r.extra->terms->run_at && *r.extra->terms->run_at == l.due)
      schedule_.add(l.due, due_for::start, r.id, r.version);
    else
      schedule_.add(later(now, l.due - now.wall).steady, due_for::start, r.id, r.version);
  }
  if (r.attempt == 0 && r.extra && r.extra->terms->start_within) {
    l.deadline = later(now, r.submitted + *r.extra->terms->start_within - now.wall).steady;
    schedule_.add(l.deadline, due_for::deadline, r.id, 0);
  }
}

/// An attempt of the process that died: nobody knows whether its body had begun, so it counts as if it had.
void ledger::die_with_owner(record& r, moment now, effects& fx) {
  touch(r);
  if (!planted(plant::owner_death_uncounted))
    ++r.deaths;
  if (planted(plant::death_charged))
    ++r.charged;
  keep_error(r, "the list died while it ran", now);
  if (r.state == state::cancelling) {
    r.story().error = "the list died while it ran";
    finish(r, state::cancelled, now, fx);
    return;
  }
  if (r.kind == 0) {
    lose_body(r, now, fx);
    return;
  }
  // A suspect lets the others go first, or this list might die of it before anything has been done.
  go_on_after_death(r, "lists or workers", r.deaths >= deaths_to_run_alone, now, fx);
}

/// A callable ends with its process.
void ledger::lose_body(record& r, moment now, effects& fx) {
  touch(r);
  r.story().error = "body lost with its process";
  finish(r, state::failed, now, fx);
}

} // namespace stint
