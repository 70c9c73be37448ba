#include <stint/ledger.hpp>

#include <bit>
#include <set>
#include <unordered_set>

#include <stint/digest.hpp>
#include <stint/plant.hpp>
#include <stint/validate.hpp>

namespace stint {

namespace {

/// A fingerprint of what a submission asks for, to tell a repetition from another task under the same key. It goes into
/// stores, so it is the same in every build.
std::uint64_t fingerprint(const spec& s) {
  digest d;
  d.add(s.name).add(s.kind).add(s.args).add(s.queue);
  d.add(s.claims.size());
  for (const auto& c : s.claims)
    d.add(c.key).add(static_cast<std::uint64_t>(c.mode)).add(c.units);
  d.add(s.tags.size());
  for (const auto& t : s.tags)
    d.add(t);
  d.add(static_cast<std::uint64_t>(s.priority + 2));
  const auto time = [&d](std::optional<nanos> t) {
    d.add(std::uint64_t{t.has_value()}).add(t ? static_cast<std::uint64_t>(t->count()) : 0);
  };
  time(s.timeout);
  time(s.start_within);
  time(s.run_at ? std::optional{s.run_at->time_since_epoch()} : std::nullopt);
  time(s.delay);
  d.add(s.retry.max_attempts);
  time(s.retry.backoff);
  d.add(std::bit_cast<std::uint64_t>(s.retry.factor));
  time(s.retry.max_backoff);
  d.add(std::bit_cast<std::uint64_t>(s.retry.jitter));
  if (!s.labels.empty()) { // else as it was before there were any
    const auto labels = set_of(s.labels);
    d.add(labels.size());
    for (const auto& label : labels)
      d.add(label);
  }
  return d.value();
}

/// The same of a submission whose first task has the key for all.
std::uint64_t fingerprint(std::span<const new_task> batch) {
  digest d;
  d.add(batch.size());
  for (const auto& t : batch)
    d.add(fingerprint(*t.what));
  return d.value();
}

} // namespace

ledger::ledger(ledger_options options)
    : options_(std::move(options)), tasks_(options_.limits), dice_(options_.seed), kept_(options_.limits),
      window_(options_.stored ? options_.limits.finished_in_memory : all_in_memory), unsaved_(options_.stored) {
  ready_.queue(tasks_.add_queue("default"));
}

void ledger::know_kind(const std::string& kind, bool once) {
  if (!check_word(kind, errc::unknown_kind, "the kind", options_.limits))
    return; // no task could name it
  const auto n = tasks_.kinds.number(kind);
  if (kinds_.size() <= n)
    kinds_.resize(n + 1);
  if (once || kinds_[n] == knowledge::none)
    kinds_[n] = once ? knowledge::once : knowledge::again;
}

result<unit_t> ledger::check_new(const new_task& t, std::size_t& fresh, named& names) const {
  const auto& s = *t.what;
  names = {tasks_.queues.find(s.queue), s.kind.empty() ? 0 : tasks_.kinds.find(s.kind)};
  const bool known = known_kind(names.kind) != knowledge::none;
  if (auto ok = check_spec(s, options_.limits, {names.queue != 0, known}); !ok)
    return ok;
  if (s.kind.empty() && t.body == 0)
    return {errc::body_missing, "task '" + s.name + "' has neither a body nor a kind"};
  if (!s.kind.empty() && t.body != 0)
    return {errc::body_and_kind, "task '" + s.name + "' has a body and the kind '" + s.kind + "'"};
  // Before all that may have changed since: a repetition gets its first answer, which may have been lost.
  if (!s.idempotency_key.empty())
    if (auto i = idempotent_.find(s.idempotency_key); i != idempotent_.end()) {
      if (i->second.hash != fingerprint(s))
        return {errc::idempotency_conflict, "key '" + s.idempotency_key + "' belongs to task "
                                              + std::to_string(i->second.id)};
      return unit; // not a new one
    }
  if (!s.kind.empty() && !known)
    return {errc::unknown_kind, "'" + s.kind + "'"};
  if (names.queue == 0 && tasks_.queues.size() > options_.limits.queues)
    return {errc::too_many_queues, "'" + s.queue + "' would be one more than " + std::to_string(options_.limits.queues)};
  if (draining_ || (names.queue != 0 && ready_.queue(names.queue).draining))
    return {errc::queue_draining, "'" + s.queue + "'"};
  if (!s.claims.empty())
    if (auto ok = claims_.check(s.claims); !ok)
      return ok;
  ++fresh;
  return unit;
}

result<submitted> ledger::submit(std::span<const new_task> batch, moment now, effects& fx, bool as_one) {
  submitted out;
  out.ids.reserve(batch.size());
  if (as_one && !batch.empty()) { // before all that may have changed since
    const auto& key = batch.front().what->idempotency_key;
    if (key.empty() || std::any_of(batch.begin() + 1, batch.end(), [](const auto& t) { return !t.what->idempotency_key.empty(); }))
      return {errc::idempotency_conflict, "of a submission as one, the first task has a key and no other"};
    if (auto known = idempotent_.find(key); known != idempotent_.end()) {
      if (known->second.hash != fingerprint(batch))
        return {errc::idempotency_conflict, "key '" + key + "' belongs to task " + std::to_string(known->second.id)};
      for (const auto& t : batch) {
        out.ids.push_back(known->second.id + out.ids.size()); // they were made one after the other
        if (t.body != 0)
          fx.dropped.push_back(t.body);
      }
      out.version = version_;
      return out;
    }
  }
  if (stopping_)
    return {errc::list_stopping};
  if (batch.size() > options_.limits.batch)
    return {errc::batch_too_large, std::to_string(batch.size()) + " tasks, the limit is "
                                     + std::to_string(options_.limits.batch)};
  std::size_t fresh = 0;
  std::unordered_map<std::string_view, std::size_t> keys; // of this very batch
  std::unordered_set<std::string_view> new_queues;
  std::set<std::pair<std::uint32_t, label_set>> new_ways;
  named_.resize(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& s = *batch[i].what;
    auto ok = check_new(batch[i], fresh, named_[i]);
    if (ok && !s.idempotency_key.empty()) {
      auto [first, is_first] = keys.try_emplace(s.idempotency_key, i);
      if (!is_first && fingerprint(*batch[first->second].what) != fingerprint(s))
        ok = {errc::idempotency_conflict, "key '" + s.idempotency_key + "' stands twice in one submission"};
      else if (!is_first && !idempotent_.contains(s.idempotency_key))
        --fresh;
    }
    if (ok && named_[i].queue == 0 && new_queues.insert(s.queue).second
        && new_queues.size() + tasks_.queues.size() > options_.limits.queues + 1)
      ok = {errc::too_many_queues, "the submission names " + std::to_string(new_queues.size())
                                     + " new queues, of " + std::to_string(options_.limits.queues) + " in all"};
    if (ok && !s.labels.empty() && !idempotent_.contains(s.idempotency_key)) {
      std::pair way{named_[i].kind, set_of(s.labels)};
      if (routes_.find(way.first, way.second) == 0 && new_ways.insert(std::move(way)).second
          && new_ways.size() + routes_.size() > options_.limits.label_sets)
        ok = {errc::too_many_label_sets, std::to_string(new_ways.size() + routes_.size()) + " different ones, the limit is "
                                           + std::to_string(options_.limits.label_sets)};
    }
    if (!ok) {
      auto e = ok.error();
      return {e.code, batch.size() == 1 ? e.text : "task " + std::to_string(i) + ": " + e.text};
    }
  }
  if (pending_ + fresh > options_.limits.pending)
    return {errc::too_many_pending, std::to_string(pending_) + " unfinished, " + std::to_string(fresh)
                                      + " more would pass the limit of " + std::to_string(options_.limits.pending)};
  const auto whole = as_one && !batch.empty() ? fingerprint(batch) : 0; // now: names are moved away below
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& t = batch[i];
    auto& s = *t.what;
    if (!s.idempotency_key.empty())
      if (auto first = idempotent_.find(s.idempotency_key); first != idempotent_.end()) {
        out.ids.push_back(first->second.id);
        if (t.body != 0)
          fx.dropped.push_back(t.body);
        continue;
      }
    const bool put_off = s.delay > nanos{0} || (s.run_at && *s.run_at > now.wall);
    const auto queue = named_[i].queue != 0 ? named_[i].queue : tasks_.add_queue(s.queue);
    auto& r = tasks_.add(std::move(s.name), queue, named_[i].kind, put_off ? state::scheduled : state::waiting);
    unsaved_.before_creation(r.id);
    ready_.queue(r.queue);
    r.priority = static_cast<std::int8_t>(s.priority);
    r.submitted = now.wall;
    r.body = t.body;
    r.once = known_kind(r.kind) == knowledge::once;
    r.live = lives_.make();
    auto& l = *r.live;
    l.id = r.id;
    l.queue = r.queue;
    l.since = now.steady;
    if (has_extra(s, t.retry_of)) {
      auto& x = r.more();
      if (!s.idempotency_key.empty()) {
        s.name = r.name;
        idempotent_[s.idempotency_key] = {r.id, as_one ? whole : fingerprint(s), as_one};
      }
      keep(x, s, t.retry_of);
      tasks_.index_tags(r);
      if (s.start_within) {
        l.deadline = later(now, *s.start_within).steady;
        schedule_.add(l.deadline, due_for::deadline, r.id, 0);
      }
    }
    set_out(r);
    claims_.plan(l, r.extra ? std::span<const claim>{r.extra->claims} : std::span<const claim>{});
    ++pending_;
    r.version = ++version_;
    fx.changed.push_back(r.id);
    tell(r, r.state, now, fx, true);
    if (!put_off) {
      enter_waiting(r, now, fx, true);
    } else if (s.run_at) {
      l.due = *s.run_at;
      schedule_.add(*s.run_at, due_for::start, r.id, r.version);
    } else {
      l.due = later(now, s.delay).wall;
      schedule_.add(later(now, s.delay).steady, due_for::start, r.id, r.version);
    }
    out.ids.push_back(r.id);
  }
  out.version = version_;
  return out;
}

void ledger::transit(record& r, state to, moment now, effects& fx) {
  const auto from = r.state;
  STINT_ASSERT(legal(from, to), static_cast<unsigned>(from), static_cast<unsigned>(to));
  STINT_ASSERT(unsaved_.gathers(r.id), r.id, version_); // `touch` comes before the first change
  tasks_.move(r, to);
  r.version = ++version_;
  fx.changed.push_back(r.id);
  tell(r, from, now, fx);
}

void ledger::add_event(const record& r, state from, moment now, effects& fx, bool created, bool deleted) {
  if (planted(plant::event_skipped) && r.id % 17 == 5 && r.state == state::running)
    return;
  event e;
  e.version = version_;
  e.id = r.id;
  e.created = created;
  e.deleted = deleted;
  e.from = from;
  e.to = r.state;
  e.stopping = r.stopping;
  e.attempt = r.attempt;
  e.code = r.code;
  e.when = now.wall;
  e.name = r.name;
  e.queue = tasks_.queue_name(r);
  e.kind = tasks_.kind_name(r);
  if (r.extra) {
    e.tags = r.extra->tags;
    e.error = r.extra->story->error;
  }
  fx.events.push_back(std::move(e));
}

void ledger::enter_waiting(record& r, moment now, effects&, bool to_the_end) {
  auto& l = *r.live;
  if (to_the_end || l.rank == 0 || planted(plant::take_back_to_the_end)) {
    // A smaller number goes first: priority 2 is 0, priority -2 is 4, above 61 bits of time.
    l.rank = (static_cast<std::uint64_t>(2 - r.priority) << 61) | ++entered_;
    l.since = now.steady;
  }
  l.due = {};
  l.alone = suspect(r);
  if (drawable(r))
    draw(r);
}

bool ledger::drawable(const record& r) const {
  if (stopping_ || paused_ || !crew_.serves(r.live->route))
    return planted(plant::paused_keeps_tickets) && paused_;
  return !ready_.queue(r.queue).paused;
}

void ledger::draw(record& r) {
  auto& l = *r.live;
  if (l.at != claim_holder::stage::planned)
    return;
  if (claims_.draw(l, l.rank))
    ready_.add(l);
}

void ledger::withdraw(record& r) {
  auto& l = *r.live;
  ready_.remove(l);
  if (l.at == claim_holder::stage::ready || l.at == claim_holder::stage::parked) {
    claims_.give_up(l, woken_);
    woken();
  }
}

void ledger::woken() {
  for (auto* h : woken_)
    ready_.add(static_cast<live&>(*h));
  woken_.clear();
}

} // namespace stint
