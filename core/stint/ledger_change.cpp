#include <stint/ledger.hpp>

#include <algorithm>
#include <utility>

#include <stint/validate.hpp>

namespace stint {

namespace {

/// What is past the bounds is deleted in steps of twice what ended in the turn, so that a busy list catches up as well,
/// within these bounds, so that no turn is held up for long. `clear` deletes all it is asked to in one step.
constexpr std::size_t least_step = 64;
constexpr std::size_t greatest_step = 16'384;

error wrong(const record& r, std::string_view wanted) {
  return {errc::wrong_state, "task " + std::to_string(r.id) + " is " + std::string{to_string(r.state)} + ", "
                               + std::string{wanted}};
}

} // namespace

result<record*> ledger::changeable(task_id id, task_version if_version) {
  auto* r = tasks_.find(id);
  if (r == nullptr)
    return tasks_.missing(id);
  if (if_version != 0 && r->version != if_version)
    return {errc::version_mismatch, "task " + std::to_string(id) + " is at version " + std::to_string(r->version)
                                      + ", not " + std::to_string(if_version)};
  return r;
}

result<task_version> ledger::cancel(task_id id, task_version if_version, moment now, effects& fx) {
  auto found = changeable(id, if_version);
  if (!found)
    return found.error();
  auto& r = **found;
  if (terminal(r.state))
    return wrong(r, "only an unfinished task can be cancelled");
  cancel_one(r, now, fx);
  return tasks_.find(id)->version;
}

void ledger::cancel_one(record& r, moment now, effects& fx) {
  if (r.state == state::cancelling)
    return;
  touch(r);
  if (r.state == state::running) {
    r.stopping = stop_reason::cancel;
    transit(r, state::cancelling, now, fx);
    ask_to_stop(r, stop_reason::cancel, now, fx);
    return;
  }
  finish(r, state::cancelled, now, fx);
}

void ledger::ask_to_stop(record& r, stop_reason why, moment now, effects& fx) {
  r.stopping = why;
  if (r.live->worker == 0)
    return; // it is away: whoever comes back with it is told
  fx.stop.push_back({r.live->worker, r.id, r.live->attempt, why, r.live->epoch});
  schedule_.add(later(now, options_.cancel_grace).steady, due_for::grace, r.id, r.live->attempt);
}

result<changed> ledger::cancel_matching(const filter& f, moment now, effects& fx) {
  if (auto ok = check_filter(f, options_.limits); !ok)
    return ok.error();
  std::vector<task_id> ids;
  tasks_.each_match(f, [&](task_id id) {
    const auto s = tasks_.find(id)->state;
    if (!terminal(s) && s != state::cancelling)
      ids.push_back(id);
    return true;
  });
  std::uint64_t count = 0; // a filter may name an id twice
  for (auto id : ids)
    if (auto* r = tasks_.find(id); r != nullptr && !terminal(r->state) && r->state != state::cancelling) {
      cancel_one(*r, now, fx);
      ++count;
    }
  return changed{version_, count};
}

result<task_id> ledger::retry(task_id id, task_version if_version, body_id body, moment now, effects& fx) {
  auto found = changeable(id, if_version);
  if (!found)
    return found.error();
  const auto& r = **found;
  if (!terminal(r.state))
    return wrong(r, "only a finished task can be retried by hand");
  spec s;
  s.name = r.name;
  s.kind = tasks_.kind_name(r);
  s.queue = tasks_.queue_name(r);
  s.priority = r.priority;
  std::vector<attempt_error> errors;
  if (r.extra) {
    s.args = r.extra->args;
    s.claims = r.extra->claims;
    s.tags = r.extra->tags;
    s.labels = r.extra->labels;
    s.retry = r.extra->terms->retry;
    s.timeout = r.extra->terms->timeout;
    s.start_within = r.extra->terms->start_within;
    errors = r.extra->story->errors;
  }
  const new_task again{&s, body, id};
  auto made = submit({&again, 1}, now, fx);
  if (!made)
    return made.error();
  if (!errors.empty())
    tasks_.find(made->ids.front())->story().errors = std::move(errors);
  return made->ids.front();
}

result<task_version> ledger::release(task_id id, task_version if_version, moment now, effects& fx) {
  auto found = changeable(id, if_version);
  if (!found)
    return found.error();
  auto& r = **found;
  if (r.state != state::quarantined)
    return wrong(r, "only a quarantined task can be released");
  if (stopping_)
    return {errc::list_stopping};
  touch(r);
  r.deaths = 0;
  for (auto& [worker, charged] : lost_) // those are forgiven as well
    std::erase(charged, id);
  transit(r, state::waiting, now, fx);
  enter_waiting(r, now, fx, true);
  return r.version;
}

result<task_version> ledger::release_stuck(task_id id, task_version if_version, moment, effects& fx) {
  auto found = stuck_.find(id);
  // A stuck body may outlive its task, which then has no version any more.
  if (auto task = changeable(id, if_version); !task && (found == stuck_.end() || if_version != 0))
    return task.error();
  if (found == stuck_.end()
      || std::all_of(found->second.begin(), found->second.end(), [](const auto& body) { return body.freed; }))
    return {errc::not_stuck, "task " + std::to_string(id) + " has no stuck body that holds claims"};
  for (auto& body : found->second) {
    if (body.freed)
      continue;
    body.freed = true;
    if (body.lease != nanos{0})
      store_anew(id, fx);
    ++overlaps_;
    claims_.release(*body.live, woken_);
    woken();
    fx.warnings.push_back("task " + std::to_string(id) + ": the claims of its stuck body were freed by hand");
  }
  return version_;
}

result<task_version> ledger::remove(task_id id, task_version if_version, moment now, effects& fx) {
  auto found = changeable(id, if_version);
  if (!found)
    return found.error();
  auto& r = **found;
  if (!terminal(r.state))
    return wrong(r, "only a finished task can be deleted");
  erase(r, now, fx);
  return version_;
}

result<changed> ledger::clear(const filter& f, moment now, effects& fx) {
  if (auto ok = check_filter(f, options_.limits); !ok)
    return ok.error();
  std::vector<task_id> ids;
  tasks_.each_match(f, [&](task_id id) {
    if (terminal(tasks_.find(id)->state))
      ids.push_back(id);
    return true;
  });
  std::uint64_t count = 0;
  for (auto id : ids)
    if (auto* r = tasks_.find(id)) {
      erase(*r, now, fx);
      ++count;
    }
  return changed{version_, count};
}

void ledger::erase(record& r, moment now, effects& fx) {
  touch(r);
  ++version_;
  ++deleted_;
  tell(r, r.state, now, fx, false, true);
  fx.removed.push_back(r.id);
  if (r.body != 0)
    fx.dropped.push_back(r.body);
  if (r.extra && !r.extra->terms->idempotency_key.empty())
    if (auto i = idempotent_.find(r.extra->terms->idempotency_key); i != idempotent_.end() && i->second.id == r.id)
      i->second.as_one ? void(gone_keys_.emplace(r.id, i->first)) : void(idempotent_.erase(i));
  // Others of that submission may be there, and its sender may not have heard yet that it was accepted.
  constexpr std::size_t most_gone_keys = 10'000; // a megabyte, and several seconds of the fastest client
  if (gone_keys_.size() > most_gone_keys)
    idempotent_.erase(gone_keys_.extract(gone_keys_.begin()).mapped());
  kept_.drop(r);
  const auto id = r.id;
  unsaved_.before_deletion(id, tasks_.erase(r));
}

/// Deletes finished tasks past their bounds, one step of them, and says when to go on.
void ledger::retain(moment now, effects& fx) {
  const auto most = std::clamp(2 * std::exchange(ended_now_, 0), least_step, greatest_step);
  const bool all = kept_.overdue(
    now.wall, most,
    [this](task_id id) {
      return tasks_.find(id) != nullptr ? whereabouts::inside : outside(id) ? whereabouts::outside : whereabouts::gone;
    },
    [&](task_id id) { erase(*tasks_.find(id), now, fx); });
  if (!all || !let_go_finished())
    look_at_kept(now.steady);
  else if (const auto left = kept_.next(now.wall); left && condemned().empty()) // else when those are deleted
    // On the steady clock: somebody may set the wall clock meanwhile, then this look is early, or late.
    look_at_kept(later(now, *left).steady);
}

/// Looks at what is kept at this time, or before.
void ledger::look_at_kept(steady_time when) {
  if (when >= keep_at_)
    return;
  keep_at_ = when;
  schedule_.add(when, due_for::keep, 0, ++keep_turn_);
}

void ledger::note_progress(task_id id, std::uint32_t attempt, stint::progress p) {
  auto* r = tasks_.find(id);
  if (r == nullptr || r->attempt != attempt || !running(r->state))
    return;
  if (p.text.size() > options_.limits.error_text)
    p.text.resize(whole_characters(p.text, options_.limits.error_text).size());
  r->story().progress = std::move(p);
}

void ledger::note_detail(task_id id, std::uint32_t attempt, std::string detail) {
  auto* r = tasks_.find(id);
  if (r != nullptr && r->attempt == attempt && running(r->state) && detail.size() <= options_.limits.detail)
    r->story().detail = std::move(detail);
}

} // namespace stint
