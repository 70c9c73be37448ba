// Finished tasks beyond the window: they leave memory when the store has their ends, and come back to be decided about.
#include <stint/ledger.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include <stint/plant.hpp>

namespace stint {

namespace {

/// Of one step, as for the deletions: a busy list catches up, and no turn is held up for long.
constexpr std::size_t least_step = 64;
constexpr std::size_t greatest_step = 16'384;

} // namespace

/// How many finished tasks are in memory.
std::size_t ledger::finished_inside() const {
  std::size_t n = 0;
  for (std::size_t s = 0; s < state_count; ++s)
    if (terminal(static_cast<state>(s)))
      n += tasks_.in(static_cast<state>(s)).size();
  return n;
}

/// Lets one step of finished tasks go whose ends the store has; returns false when more could go.
bool ledger::let_go_finished() {
  if (!window_.on())
    return true;
  const auto most = std::clamp(2 * std::exchange(ended_since_, 0), least_step, greatest_step);
  auto inside = finished_inside();
  const bool all = window_.let_go(most, [&inside] { return inside; }, [&](task_id id) {
    auto* r = tasks_.find(id);
    if (r == nullptr || !terminal(r->state))
      return true; // deleted
    if (unsaved_.find(id) != nullptr && !planted(plant::leaves_unsaved))
      return false; // so are all that ended after it
    // A callable may be retried by hand for as long as its task is there, and a stuck body is a part of the answer.
    if (r->body != 0 || r->has_stuck)
      return true;
    if (planted(plant::key_leaves) && r->extra)
      idempotent_.erase(r->extra->terms->idempotency_key);
    tasks_.let_go(*r);
    newly_outside_.push_back(id);
    --inside;
    return true;
  });
  window_.tidy(inside, [this](task_id id) { return tasks_.find(id) != nullptr; });
  return all;
}

void ledger::take_in(stored_task s) {
  if (!tasks_.outside(s.id)) // somebody was faster, or has deleted it
    return;
  const auto id = s.id;
  auto& r = tasks_.take_in(id, std::move(s.what.name), s.what.queue, s.what.kind);
  STINT_ASSERT(r.state == s.state, id, static_cast<unsigned>(s.state));
  fill(r, s);
  window_.add_first(id);
}

void ledger::remove_condemned(const std::vector<task_id>& read, moment now, effects& fx) {
  for (auto id : read)
    if (auto* r = tasks_.find(id)) {
      erase(*r, now, fx);
    } else {
      if (tasks_.outside(id))
        fx.warnings.push_back("task " + std::to_string(id) + " is past its bounds, but cannot be read from the store: it stays there");
      kept_.acquit(id);
    }
  look_at_kept(now.steady);
}

void ledger::restore(const outside_task& t, const std::string& queue) {
  STINT_ASSERT(version_ == 0 && terminal(t.state), t.id, static_cast<unsigned>(t.state));
  tasks_.restore_outside(t.id, queue, t.state);
  ready_.queue(tasks_.add_queue(queue));
  ended_.push_back(t);
}

void ledger::restore_key(std::string key, task_id id, std::uint64_t fingerprint) {
  if (!planted(plant::key_forgotten) && !planted(plant::key_leaves))
    idempotent_[std::move(key)] = {id, fingerprint, false};
}

page_request ledger::outside_part(page_request ask, const page& inside) const {
  ask.cursor = tasks_.first_outside(ask, inside.next);
  if (ask.cursor != 0)
    std::erase_if(ask.filter.ids, [this](task_id id) { return !tasks_.outside(id); });
  return ask;
}

task told_of(const stored_task& s) {
  task t;
  t.id = s.id;
  t.version = s.version;
  t.name = s.what.name;
  t.kind = s.what.kind;
  t.queue = s.what.queue;
  t.claims = s.what.claims;
  t.tags = s.what.tags;
  t.labels = s.what.labels;
  t.state = s.state;
  t.priority = s.what.priority;
  t.attempt = s.attempt;
  t.charged = s.charged;
  t.max_attempts = s.what.retry.max_attempts;
  t.deaths = s.deaths;
  t.fencing_token = s.fence;
  t.code = s.code;
  t.error = s.error;
  t.errors = s.errors;
  t.progress = s.progress;
  t.retry_of = s.retry_of;
  t.submitted = s.submitted;
  t.started = s.started;
  t.ended = s.ended;
  return t;
}

page merge(page inside, const std::vector<stored_task>& outside, task_id next, const page_request& ask) {
  if (planted(plant::half_a_page))
    return inside;
  const bool upwards = ask.order == page_order::oldest_first;
  const auto before = [upwards](task_id a, task_id b) { return upwards ? a < b : a > b; };
  const auto end = inside.next == 0 || (next != 0 && before(next, inside.next)) ? next : inside.next;
  std::map<task_id, task> all;
  for (auto& t : inside.tasks)
    all.emplace(t.id, std::move(t));
  for (const auto& s : outside)
    if (s.version <= inside.version && !all.contains(s.id))
      all.emplace(s.id, told_of(s));
  page out;
  out.version = inside.version;
  out.next = end;
  const auto take = [&](task& t) {
    if (end != 0 && !before(t.id, end))
      return false;
    if (out.tasks.size() == ask.limit) {
      out.next = t.id;
      return false;
    }
    out.tasks.push_back(std::move(t));
    return true;
  };
  if (upwards) {
    for (auto i = all.begin(); i != all.end() && take(i->second); ++i)
      ;
  } else {
    for (auto i = all.rbegin(); i != all.rend() && take(i->second); ++i)
      ;
  }
  return out;
}

} // namespace stint
