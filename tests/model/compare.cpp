#include "driver.hpp"

namespace stint::naive {

using namespace std::chrono_literals;

void driver::need(bool good, const std::string& what, std::uint64_t a, std::uint64_t b) const {
  if (!good)
    throw difference{what + " (" + std::to_string(a) + ", " + std::to_string(b) + ")"};
}

std::vector<task_id> driver::those(bool (*which)(const job&)) const {
  std::vector<task_id> out;
  for (const auto& [id, j] : model_.jobs)
    if (which(j))
      out.push_back(id);
  return out;
}

std::optional<task_id> driver::one_of(const std::vector<task_id>& ids, std::uint8_t n) const {
  if (ids.empty())
    return std::nullopt;
  return ids[n % ids.size()];
}

void driver::settle() {
  book_.dispatch(now_, fx_);
  compare_starts();
  compare_recalls();
  book_.audit();
  compare_events();
  compare_waits();
  compare_tasks();
  compare_progress();
  fx_.clear();
}

/// What a worker has, in the order of hand-over; only the first can have begun.
std::vector<task_id> driver::on(worker_id w) const {
  std::vector<task_id> out;
  for (const auto& [id, j] : model_.jobs)
    if (j.has_slot() && j.worker == w)
      out.push_back(id);
  std::sort(out.begin(), out.end(), [this](auto a, auto b) { return handed_.at(a) < handed_.at(b); });
  return out;
}

/// From which length on a body is long: elsewhere, where the next task is a round trip away, what takes twice as long as usual.
nanos driver::long_at(worker_id w) const {
  const auto p = model_.process.find(w);
  const auto u = usual_.find(w);
  if (p == model_.process.end() || p->second == 0 || u == usual_.end())
    return 500us;
  return std::clamp(nanos{static_cast<std::int64_t>(2 * u->second)}, nanos{500us}, nanos{25ms});
}

bool driver::behind_a_long_one(worker_id w) const {
  const auto has = on(w);
  if (has.empty())
    return false;
  return now_.steady - (model_.jobs.at(has[0]).begun ? begun_at_.at(has[0]) : quiet_.at(w)) >= long_at(w);
}

/// Whoever wants one key alone may be given to the worker that has all who hold it, behind them.
bool driver::may_follow(const job& j, worker_id w) const {
  const auto& c = j.what.claims;
  if (j.alone || c.size() != 1 || c[0].mode != claim_mode::exclusive || c[0].key.empty())
    return false;
  auto without = model_;
  bool held = false;
  for (auto& [id, o] : without.jobs)
    if (o.has_slot() && o.worker == w)
      for (const auto& his : o.what.claims)
        if (his == c[0]) {
          o.at = state::succeeded;
          held = true;
        }
  return held && !without.blocked(j);
}

/// Who starts, in which order, and where: so no overlap, first come first served, no starvation, none forgotten. How many
/// a worker is given at once is the ledger's own affair, but for this: only after a short body, and not behind a long one.
void driver::compare_starts() {
  for (const auto& [w, k] : model_.crew)
    if (behind_a_long_one(w))
      quick_.erase(w);
  for (const auto& s : fx_.start) {
    const auto want = model_.next(s.worker);
    auto& j = model_.jobs.at(s.id);
    if (s.id != want) {
      need(model_.eligible(j) && !model_.full(j.what.queue) && may_follow(j, s.worker), "started, and should have", s.id, want);
      need(want == 0 || model::before(j, model_.jobs.at(want)), "followed, and should have waited for", s.id, want);
    }
    need(s.attempt == j.attempt + 1, "attempt", s.attempt, j.attempt + 1);
    const auto ahead = on(s.worker).size();
    need(ahead == 0 || (quick_.contains(s.worker) && ahead < 512), "given to a busy worker", s.worker, ahead);
    if (ahead == 0)
      quiet_[s.worker] = now_.steady;
    handed_[s.id] = ++last_handed_;
    recalled_.erase(s.id);
    j.at = state::running;
    j.worker = s.worker;
    ++j.attempt;
  }
  need(model_.next() == 0, "should have started", model_.next());
}

/// Nobody waits behind a long body while anybody could gain by taking it back; nothing starts after its deadline.
void driver::compare_recalls() {
  for (const auto& r : fx_.recall) {
    const auto& j = model_.jobs.at(r.id);
    if (!j.has_slot()) // it has come back since
      continue;
    need(!j.begun && j.worker == r.worker && j.attempt == r.attempt, "recalled", r.id);
    need(recalled_.insert(r.id).second, "recalled twice", r.id);
  }
  const bool wanted = model_.count([this](const job& j) { return model_.eligible(j); }) != 0;
  for (const auto& [w, k] : model_.crew) {
    const auto has = on(w);
    for (std::size_t i = 1; i < has.size() && behind_a_long_one(w); ++i)
      if (wanted || model_.served(model_.jobs.at(has[i]), 0, true))
        need(recalled_.contains(has[i]), "not recalled", has[i]);
  }
  for (const auto& [id, j] : model_.jobs)
    if (j.at == state::running && !j.begun && j.attempt == 1 && j.deadline > 0ns && model_.now >= j.deadline)
      need(recalled_.contains(id), "not recalled at its deadline", id);
}

/// Every version once and in order; every move is legal; one end for each task, then only its deletion.
void driver::compare_events() {
  for (const auto& e : fx_.events) {
    need(e.version == seen_ + 1, "version", e.version, seen_ + 1);
    seen_ = e.version;
    const auto was = told_.find(e.id);
    need(e.created == (was == told_.end()), "created", e.id);
    if (e.deleted) {
      need(terminal(was->second), "deleted before its end", e.id);
    } else if (!e.created) {
      need(was->second == e.from && legal(e.from, e.to), "move", static_cast<unsigned>(e.from),
           static_cast<unsigned>(e.to));
    }
    told_[e.id] = e.to;
  }
  need(seen_ == book_.version(), "events up to the version", seen_, book_.version());
}

bool driver::met(const open_wait& w) const {
  auto done = [&w](task_id id) { return w.settled.contains(id); };
  if (!w.ids.empty())
    return w.mode == wait_for::all ? std::all_of(w.ids.begin(), w.ids.end(), done)
                                   : std::any_of(w.ids.begin(), w.ids.end(), done);
  return std::all_of(model_.jobs.begin(), model_.jobs.end(), [&](const auto& j) {
    return j.first > w.last || settled(j.second.at) || (!w.scheduled_too && j.second.at == state::scheduled);
  });
}

/// A wait is answered in the very step in which its condition is met.
void driver::compare_waits() {
  for (auto& [id, w] : waits_)
    for (auto t : w.ids)
      if (settled(model_.jobs.at(t).at))
        w.settled.insert(t);
  std::set<wait_id> answered;
  for (const auto& a : fx_.waits)
    need(answered.insert(a.wait).second, "answered twice", a.wait);
  for (const auto& a : fx_.fences)
    need(answered.insert(a.wait).second, "answered twice", a.wait);
  for (auto i = waits_.begin(); i != waits_.end();) {
    need(met(i->second) == answered.contains(i->first), "wait answered", i->first, answered.contains(i->first));
    i = answered.erase(i->first) != 0 ? waits_.erase(i) : std::next(i);
  }
  need(answered.empty(), "an answer nobody waits for");
}

void driver::compare_tasks() {
  std::array<std::uint64_t, state_count> counts{};
  for (const auto& [id, j] : model_.jobs) {
    const auto t = book_.get(id);
    if (deleted_.contains(id)) {
      need(t.code() == errc::task_deleted, "deleted", id);
      continue;
    }
    ++counts[static_cast<std::size_t>(j.at)];
    need(t.has_value(), "there", id);
    need(t->state == j.at, "state of " + std::string{stint::to_string(t->state)}, id, static_cast<unsigned>(j.at));
    need(told_.at(id) == j.at, "told", id);
    need(t->attempt == j.attempt, "attempt", t->attempt, j.attempt);
    need(t->charged == j.charged, "charged", t->charged, j.charged);
    need(t->deaths == j.deaths, "deaths", t->deaths, j.deaths);
    need(t->begun == j.begun, "begun", id);
    need(t->stopping == j.stopping, "stopping", id);
    const bool stuck = std::any_of(model_.stuck.begin(), model_.stuck.end(), [&](const auto& s) { return s.id == id; });
    need(t->stuck == stuck, "stuck", id);
    const auto e = book_.explain(id, now_);
    need(e.has_value() && !e->text.empty(), "explained", id);
    need((e->reason != wait_reason::none) == (j.at == state::waiting), "reason", id);
  }
  const auto c = book_.counts();
  for (std::size_t s = 0; s < state_count; ++s) {
    need(c.tasks.by_state[s] == counts[s], "count", c.tasks.by_state[s], counts[s]);
    page_request ask;
    ask.filter.states = {static_cast<state>(s)};
    const auto p = book_.read(ask);
    need(p && (p->next != 0 || p->tasks.size() == counts[s]), "page", p->tasks.size(), counts[s]);
    for (const auto& t : p->tasks)
      need(model_.jobs.at(t.id).at == t.state && t == *book_.get(t.id), "on a page", t.id);
  }
  need(c.stale == stale_, "stale", c.stale, stale_);
  need(c.stuck == model_.stuck.size(), "stuck", c.stuck, model_.stuck.size());
}

/// No deadlock: while nothing runs, who is first in line may wait only for units that nobody could give, or for a kind.
void driver::compare_progress() {
  if (!model_.stuck.empty() || model_.count([](const job& j) { return j.has_slot(); }) != 0)
    return;
  const job* first = nullptr;
  for (const auto& [id, j] : model_.jobs)
    if (model_.eligible(j) && (first == nullptr || model::before(j, *first)))
      first = &j;
  if (first == nullptr)
    return;
  const auto& wants = first->what.claims;
  need(std::any_of(wants.begin(), wants.end(), [this](const auto& c) {
         return c.mode == claim_mode::units && c.units > model_.capacity.at(c.key);
       }),
       "nothing runs, and the first in line does not start");
}

void driver::finish() {
  for (std::uint8_t q = 0; q < 4; ++q)
    play({19, q, 4, 0}); // resume
  play({19, 0, 0, 0});   // no limit
  play({19, 0, 1, 3});   // capacity 5
  join({true, true, true}); // whatever is asked for
  settle();
  auto open = [this] { return model_.count([](const job& j) { return !settled(j.at); }) != 0 || !model_.stuck.empty(); };
  for (int turns = 0; open(); ++turns) {
    need(turns < 10'000, "everything ends");
    play({28, 0, 1, 0}); // a stuck body returns
    play({10, 0, 7, 0}); // somebody succeeds
    play({24, 1, 1, 1}); // time passes
  }
  need(waits_.empty(), "every wait was answered", waits_.size());
  spec all;
  all.name = "everything";
  all.claims = {exclusive("")};
  add(all);
  settle();
  need(model_.jobs.at(last_).at == state::running, "the next one starts", last_);
}

} // namespace stint::naive
