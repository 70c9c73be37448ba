#include <stint/list_actor.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

#include <stint/worker.hpp>

namespace stint {

using namespace crew_messages;

namespace {

template <class Promise, class Answer>
void answer(Promise& whom, Answer& a) {
  if (a.refused == errc::none)
    whom.deliver(std::move(a.answer));
  else
    whom.deliver(to_caf({a.refused, "what is waited for is left to the next list"}));
}

} // namespace

void list_actor::changed() {
  if (turn_pending_)
    return;
  // Goes to the end of the mailbox: everything that is there now becomes one turn.
  turn_pending_ = true;
  caf_shim::tell(*this, caf::actor_cast<caf::actor>(this), crew_messages::turn{});
}

void list_actor::turn() {
  turn_pending_ = false;
  const auto t = now();
  ledger_.tick(t, fx_);
  ledger_.dispatch(t, fx_);
  fetch_condemned();
  tell_left();
  depart();
  arm();
}

void list_actor::perform(departure& d) {
  auto& fx = d.fx;
  // First: whoever is answered below finds the reason in the log.
  for (const auto& w : fx.warnings)
    with_.env->log(log_level::warning, w);
  publish_events(d); // before the starts: no notice overtakes the event that its attempt began with
  hand_over_starts(fx);
  for (const auto& o : fx.stop)
    if (auto w = workers_.find(o.worker); w != workers_.end())
      caf_shim::tell(*this, w->second.who, stop_attempt{name_of(o)});
  recall_unbegun(fx); // before the replacements: nothing begins behind a body that is gone on without
  for (const auto& o : fx.replace)
    if (auto w = workers_.find(o.worker); w != workers_.end())
      caf_shim::tell(*this, w->second.who, replace_runner{name_of(o)});
  acknowledge(fx);
  for (auto& [p, who] : d.attaching) {
    attach(who.first, who.second, d.to);
    p.deliver(protocol::subscribed{who.first, d.to});
  }
  d.attaching.clear();
  // Answers come after everything else that this turn leads to.
  d.answer();
  for (auto& a : fx.waits)
    if (auto p = waits_.extract(a.wait))
      answer(p.mapped(), a);
  for (auto& a : fx.fences)
    if (auto p = fences_.extract(a.wait))
      answer(p.mapped(), a);
  for (auto b : fx.dropped)
    bodies_.drop(b);
  if (!fx.removed.empty())
    caf_shim::tell(*this, log_, forget{std::move(fx.removed)});
  fx.clear();
}

void list_actor::hand_over_starts(const effects& fx) {
  std::uint32_t last_kind = 0; // tasks of one kind come together
  body its_body;
  for (const auto& o : fx.start) {
    const auto* r = ledger_.find(o.id);
    if (r == nullptr || !r->live || r->live->worker != o.worker || r->live->attempt != o.attempt)
      continue;
    auto w = workers_.find(o.worker);
    if (w == workers_.end())
      continue;
    auto& s = w->second.starts.add(w->second.port);
    s.id = o.id;
    s.attempt = o.attempt;
    s.epoch = ledger_.epoch();
    s.fencing_token = r->fence;
    s.name = r->name;
    if (r->extra)
      s.args = r->extra->args;
    if (!w->second.here) {
      w->second.kinds.push_back(ledger_.kind_of(*r));
      continue;
    }
    if (r->kind != 0 && r->kind != last_kind) {
      last_kind = r->kind;
      its_body = kinds_->find(ledger_.kind_of(*r))->run.borrowed();
    }
    s.run = r->kind == 0 ? bodies_.at(r->body) : its_body;
  }
  for (auto& [id, m] : workers_)
    if (!m.starts.empty())
      caf_shim::tell(*this, m.who, crew_messages::hand_over{m.starts.take(), std::exchange(m.kinds, {})});
}

void list_actor::recall_unbegun(const effects& fx) {
  std::map<worker_id, std::vector<attempt_name>> by_worker;
  for (const auto& o : fx.recall)
    by_worker[o.worker].push_back(name_of(o));
  for (auto& [id, whom] : by_worker)
    if (auto w = workers_.find(id); w != workers_.end())
      caf_shim::tell(*this, w->second.who, take_back{std::move(whom)});
}

/// Nodes say what came of an attempt until they know that it is committed.
void list_actor::acknowledge(const effects& fx) {
  std::map<worker_id, std::vector<attempt_name>> by_worker;
  for (const auto& o : fx.heard)
    by_worker[o.worker].push_back(name_of(o));
  for (auto& [id, whom] : by_worker)
    if (auto w = workers_.find(id); w != workers_.end())
      caf_shim::tell(*this, w->second.who, heard{std::move(whom)});
}

void list_actor::publish_events(departure& d) {
  if (d.fx.events.empty())
    return;
  auto batch = std::make_shared<event_batch>();
  batch->from = d.from;
  batch->to = d.to;
  batch->events = std::move(d.fx.events);
  d.fx.events.clear();
  caf_shim::tell(*this, hub_, happened{std::move(batch)});
}

/// One timer in flight: another one only for something that is due earlier than all of them.
void list_actor::arm() {
  const auto t = now();
  auto next = ledger_.next_tick(t);
  if (!next || (!armed_.empty() && *armed_.begin() <= *next))
    return;
  armed_.insert(*next);
  const auto delay = std::max(*next - t.steady, nanos{0});
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), delay, tick{*next});
}

bool list_actor::hire() {
  member m;
  const auto id = ++last_worker_;
  m.port = std::make_shared<runner_port>(runner_rooms{ledger_.limits().output, ledger_.limits().detail}, kinds_);
  try {
    m.runner = with_.env->make_runner(m.port);
  } catch (const std::system_error& e) {
    with_.env->log(log_level::error, std::string{"no thread for a worker: "} + e.what());
    return false;
  }
  worker_setup setup;
  setup.id = id;
  setup.list = caf::actor_cast<caf::actor>(this);
  setup.log = log_;
  setup.env = with_.env;
  setup.port = m.port;
  setup.runner = m.runner;
  m.who = system().spawn<worker>(std::move(setup));
  watch(m.who, [this, id](const caf::error&) { worker_down(id); });
  workers_.emplace(id, std::move(m));
  ledger_.worker_joined(id, kinds_->names(), now(), fx_, 0, with_.labels);
  changed();
  return true;
}

void list_actor::worker_down(worker_id id) {
  auto gone = workers_.extract(id);
  if (!gone || ending_)
    return;
  with_.env->log(log_level::warning, "worker " + std::to_string(id) + " died");
  auto& m = gone.mapped();
  // First who runs, then the news: a body that returns in between is heard, and none begins any more.
  std::vector<running_body> bodies;
  if (auto b = m.runner->current())
    bodies.push_back(*b);
  if (auto b = m.port->debtor())
    bodies.push_back({b->id, b->attempt});
  hear_orphan(id, *m.port);
  m.port->open([me = caf::actor_cast<caf::actor>(this), id] { caf_shim::anon_tell(me, orphan_look{id}); });
  m.who = nullptr;
  orphans_.emplace(id, std::move(m));
  ledger_.worker_died(id, bodies, now(), fx_);
  forget_orphans();
  hire();
}

/// Takes the news of a worker that is gone; an attempt that is nobody's any more frees the claims of its stuck body.
void list_actor::hear_orphan(worker_id from, runner_port& port) {
  auto news = port.collect();
  for (auto& n : news.notes)
    take_notes(n);
  std::vector<attempt_report> heard;
  for (auto& r : news.reports) {
    const auto* t = ledger_.find(r.id);
    const bool current = from != 0 && t != nullptr && t->live && t->live->worker == from && t->live->attempt == r.attempt;
    if (!current) {
      if (r.what != attempt_report::kind::finished)
        continue;
      r.what = attempt_report::kind::freed;
    }
    heard.push_back(std::move(r));
  }
  take_reports(from, heard);
}

void list_actor::take_reports(worker_id from, std::span<attempt_report> reports) {
  printed_ = printed_ || std::any_of(reports.begin(), reports.end(), [](const auto& r) { return r.printed != 0; });
  const auto before = fx_.ended.size();
  ledger_.report(from, reports, now(), fx_);
  if (!printed_)
    silent_ends_ += fx_.ended.size() - before;
}

void list_actor::take_notes(attempt_notes& n) {
  if (!n.output.empty()) {
    printed_ = true;
    caf_shim::tell(*this, log_, append{n.who.id, std::move(n.output)});
  }
  if (n.progress)
    ledger_.note_progress(n.who.id, n.who.attempt, std::move(*n.progress));
  if (n.detail)
    ledger_.note_detail(n.who.id, n.who.attempt, std::move(*n.detail));
}

/// Lets go of dead workers' runners once no body of theirs is left.
void list_actor::forget_orphans() {
  std::erase_if(orphans_, [this](const auto& o) { return !ledger_.stuck_with(o.first); });
}

/// Answers those who wait for an empty queue or for the end, as soon as that is decided.
void list_actor::gather_stopped() {
  for (auto i = drains_.begin(); i != drains_.end();) {
    auto& [queue, askers] = *i;
    const auto done = ledger_.drained(queue);
    if (done && !*done) {
      ++i;
      continue;
    }
    for (auto& p : askers)
      next_.changed.emplace_back(std::move(p), done ? result<protocol::changed>{protocol::changed{ledger_.version(), 1}}
                                                    : done.error());
    draining_ -= askers.size();
    i = drains_.erase(i);
  }
  std::erase_if(stops_, [this](auto& s) {
    if (!ledger_.stopped(s.second))
      return false;
    auto left = ledger_.left();
    next_.stopped.emplace_back(std::move(s.first), protocol::stopped{left.finished, left.interrupted, left.unstarted,
                                                                     std::move(left.stuck)});
    return true;
  });
}

/// Answers whoever waits for something with an error.
void list_actor::refuse_askers(const caf::error& why) {
  for (auto& [id, p] : waits_)
    p.deliver(why);
  for (auto& [id, p] : fences_)
    p.deliver(why);
  for (auto& [p, stuck] : stops_)
    p.deliver(why);
  for (auto& [queue, askers] : drains_)
    for (auto& p : askers)
      p.deliver(why);
  waits_.clear();
  fences_.clear();
  stops_.clear();
  drains_.clear();
  draining_ = 0;
}

void list_actor::on_exit() {
  ending_ = true;
  const auto gone = to_caf({errc::list_gone, {}});
  for (auto* d : {&saved_, &leaving_, &next_})
    d->refuse(gone);
  refuse_askers(gone);
  for (const auto& [number, otherwise] : std::exchange(fetches_, {}))
    otherwise(gone);
  for (auto& [id, m] : workers_) {
    m.port->close();
    caf_shim::end(*this, m.who);
  }
  for (auto& [id, o] : orphans_)
    o.port->close();
  workers_.clear();
  orphans_.clear();
  caf_shim::end(*this, log_);
  caf_shim::end(*this, keeper_);
  caf_shim::tell(*this, hub_, crew_messages::close{}); // not an exit, which would overtake the last events
  log_ = nullptr;
  keeper_ = nullptr;
  hub_ = nullptr;
  gateways_.clear();
  bodies_ = {};
  fx_ = {};
  leaving_ = {};
  saved_ = {};
  kept_.emplace(ledger_options{});
  with_ = {};
  actor_base::on_exit();
}

} // namespace stint
