#include <sim/simulation.hpp>

namespace stint::sim {

using namespace std::chrono_literals;

/// Answers are compared while nothing has moved since.
void simulation::check_answers() {
  for (auto& [id, q] : releases_)
    if (!q.checked && q.box->has_value()) {
      q.checked = true;
      oracle_->freed_by_hand(id, (*q.box)->has_value());
    }
  for (auto& [id, q] : explains_)
    if (!q.checked && q.box->has_value()) {
      q.checked = true;
      if (const auto& e = **q.box; e && e->version == rules_->version())
        oracle_->explained(*e);
    }
  for (auto& [ask, q] : pages_)
    if (!q.checked && q.box->has_value()) {
      q.checked = true;
      if (const auto& p = **q.box; p && disk_)
        check_page(ask, *p);
      else if (p && p->version == rules_->seen_version())
        for (const auto& t : p->tasks) {
          const auto now = rules_->get(t.id);
          need(now && now->state == t.state && now->version == t.version && now->attempt == t.attempt, "task ", t.id,
               " is another one on a page");
        }
    }
}

void simulation::check() {
  const auto died = env_->lines.size();
  oracle_->look(env_->now(), died != deaths_seen_);
  deaths_seen_ = died;
  need(stream_->wrong.empty(), stream_->wrong);
  for (const auto& n : nodes_)
    need(n->wrong.empty(), n->wrong);
  if (disk_)
    check_saved();
  for (auto& f : fences_) {
    if (f.checked || !f.box->has_value())
      continue;
    f.checked = true;
    if (!(*f.box)->has_value())
      continue;
    const auto last = (*f.box)->value().last;
    for (task_id id = 1; id <= last; ++id)
      if (const auto* r = rules_->find(id); r != nullptr && !oracle_->ever_quarantined(id))
        need(settled(r->state), "a fence opened before task ", id, " had settled");
  }
  check_answers();
  check_outside();
  mix(rules_->version());
  mix(oracle_->digest());
}

/// Bodies run on while everything else is delivered: then nobody may wait behind one whom another could serve, or whose
/// claims others want.
void simulation::rest() {
  for (int round = 0; round < 4; ++round) {
    settle();
    if (round == 3)
      break;
    for (auto& r : runners_)
      if (r->can_begin())
        oracle_->began(*r->begin(), env_->now());
    advance(20ms);
  }
  bool idle = false;
  for (const auto& r : runners_)
    idle = idle || (!r->closed() && !r->running() && r->waiting() == 0 && owed_.empty()); // whose worker waits for it
  bool wanted = false;
  for (task_id id = 1; id <= rules_->last_id(); ++id)
    if (const auto* r = rules_->find(id); r != nullptr && r->state == state::waiting)
      wanted = wanted || r->live->at == claim_holder::stage::ready || r->live->at == claim_holder::stage::parked;
  for (const auto& r : runners_) {
    const auto a = r->running();
    const auto* first = a && !r->closed() ? rules_->find(a->what().id) : nullptr;
    if (first == nullptr || !first->live || !first->live->begun || env_->now().steady - first->live->begun_at < 20ms)
      continue; // it is not known for long enough
    need(r->waiting() == 0 || (!idle && !wanted), r->waiting(), " tasks wait behind the long body of ", first->id,
         " that would run elsewhere, or that others wait for");
  }
}

void simulation::heal() {
  if (disk_) { // it works again, and the list finds out
    disk_->failures = 0;
    disk_->closes = false;
    for (int i = 0; i < 3; ++i) {
      settle();
      advance(200ms);
    }
  }
  world_->begin_ask<protocol::changed>(list_, protocol::resume{});
  world_->begin_ask<protocol::changed>(list_, protocol::resume{"other"});
  world_->begin_ask<protocol::changed>(list_, protocol::limit_queue{"other", 0});
  rest();
  for (int round = 0; round < 400; ++round) {
    settle();
    bool open = false;
    for (task_id id = 1; id <= rules_->last_id(); ++id)
      if (const auto* r = rules_->find(id))
        open = open || !settled(r->state);
    if (!open && !oracle_->anything_runs() && rules_->counts().stuck == 0 && round > 0)
      break;
    while (!owed_.empty())
      keep_one();
    heal_nodes();
    for (auto& r : runners_) {
      if (r->can_begin())
        oracle_->began(*r->begin(), env_->now());
      for (auto a : {r->running(), r->a_stuck_one()})
        if (a) {
          oracle_->ended(*a);
          r->finish(a, succeeded(), 1ms);
        }
    }
    // Short steps first, so that nothing times out that could have ended. What was due by a wall clock that was set back
    // before a restart is due in days.
    advance(round < 300 ? nanos{500ms} : disk_ ? nanos{4h} : nanos{1min});
  }
  for (task_id id = 1; id <= rules_->last_id(); ++id)
    if (const auto* r = rules_->find(id))
      need(settled(r->state), "task ", id, " never ended: ", to_string(r->state), ", ",
           rules_->explain(id, env_->now())->text);
  oracle_->kept.settled();
  need(rules_->counts().stuck == 0, "claims are held for ever");
  for (auto& w : waits_)
    need(w.box->has_value(), "a wait was never answered");
  for (auto& f : fences_)
    need(f.box->has_value(), "a fence never opened");
  need(stream_->to == rules_->version(), "the stream ended at ", stream_->to, " of ", rules_->version());
  for (task_id id = 1; id <= rules_->last_id(); ++id) {
    const auto* r = rules_->find(id);
    auto told = stream_->states.find(id);
    need(there(id) == (told != stream_->states.end()), "the stream and the list disagree whether ", id, " is there");
    need(!there(id) || told->second == (r != nullptr ? r->state : rules_->explain(id, env_->now())->state),
         "the stream and the list disagree about ", id);
  }
}

} // namespace stint::sim
