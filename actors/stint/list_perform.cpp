#include <stint/list_actor.hpp>

#include <stint/worker.hpp>

namespace stint {

using namespace crew_messages;

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
  perform();
  arm();
}

void list_actor::perform() {
  // First: whoever is answered below finds the reason in the log.
  for (const auto& w : fx_.warnings)
    with_.env->log(log_level::warning, w);
  publish_events(); // before the starts: no notice overtakes the event that its attempt began with
  hand_over_starts();
  for (const auto& o : fx_.stop)
    if (auto w = workers_.find(o.worker); w != workers_.end())
      caf_shim::tell(*this, w->second.who, stop_attempt{o.id, o.attempt});
  for (const auto& o : fx_.recall)
    if (auto w = workers_.find(o.worker); w != workers_.end())
      caf_shim::tell(*this, w->second.who, take_back{o.id, o.attempt});
  for (const auto& o : fx_.replace)
    if (auto w = workers_.find(o.worker); w != workers_.end())
      caf_shim::tell(*this, w->second.who, replace_runner{o.id, o.attempt});
  for (auto& a : fx_.waits)
    if (auto p = waits_.extract(a.wait))
      p.mapped().deliver(std::move(a.answer));
  for (auto& a : fx_.fences)
    if (auto p = fences_.extract(a.wait))
      p.mapped().deliver(std::move(a.answer));
  for (const auto& ended : fx_.dropped)
    if (auto b = bodies_.extract(ended.body); b && ledger_.find(ended.task) != nullptr)
      ended_bodies_[ended.task] = std::move(b.mapped());
  if (!fx_.removed.empty()) {
    for (auto id : fx_.removed)
      ended_bodies_.erase(id);
    caf_shim::tell(*this, log_, forget{std::move(fx_.removed)});
  }
  fx_.clear();
  finish_drains();
  finish_stop();
}

void list_actor::hand_over_starts() {
  std::map<worker_id, std::vector<start>> by_worker;
  for (const auto& o : fx_.start) {
    const auto* r = ledger_.find(o.id);
    if (r == nullptr || !r->live || r->live->worker != o.worker || r->live->attempt != o.attempt)
      continue;
    start s;
    s.id = o.id;
    s.attempt = o.attempt;
    s.epoch = ledger_.epoch();
    s.fencing_token = r->fence;
    s.name = r->name;
    if (r->extra)
      s.args = r->extra->args;
    if (r->kind == 0) {
      s.run = bodies_.at(r->live->body);
    } else {
      auto k = with_.kinds.find(ledger_.kind_of(*r));
      s.run = std::shared_ptr<const body>{k, &k->run};
    }
    by_worker[o.worker].push_back(std::move(s));
  }
  for (auto& [id, starts] : by_worker)
    if (auto w = workers_.find(id); w != workers_.end())
      caf_shim::tell(*this, w->second.who, crew_messages::hand_over{std::move(starts)});
}

void list_actor::publish_events() {
  if (fx_.events.empty())
    return;
  auto batch = std::make_shared<event_batch>();
  batch->from = told_;
  batch->to = ledger_.version();
  batch->events = std::move(fx_.events);
  fx_.events.clear();
  told_ = batch->to;
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

void list_actor::hire() {
  member m;
  const auto id = ++last_worker_;
  m.port = std::make_shared<runner_port>();
  m.runner = with_.env->make_runner(m.port);
  worker_setup setup;
  setup.id = id;
  setup.list = caf::actor_cast<caf::actor>(this);
  setup.log = log_;
  setup.env = with_.env;
  setup.port = m.port;
  setup.runner = m.runner;
  setup.output_room = ledger_.limits().output;
  setup.detail_room = ledger_.limits().detail;
  m.who = system().spawn<worker>(std::move(setup));
  watch(m.who, [this, id](const caf::error&) { worker_down(id); });
  workers_.emplace(id, std::move(m));
  ledger_.worker_joined(id, with_.kinds.names(), now(), fx_);
  changed();
}

void list_actor::worker_down(worker_id id) {
  auto gone = workers_.extract(id);
  if (!gone || ending_)
    return;
  with_.env->log(log_level::warning, "worker " + std::to_string(id) + " died");
  auto& m = gone.mapped();
  // What its bodies had said before it died still counts.
  hear_orphan(id, *m.port);
  // First listen, then look: a body that returns in between is reported, not forgotten.
  m.port->open([me = caf::actor_cast<caf::actor>(this), index = orphans_.size()] {
    caf_shim::anon_tell(me, orphan_look{index});
  });
  std::vector<running_body> bodies;
  if (auto b = m.runner->current())
    bodies.push_back(*b);
  m.who = nullptr;
  orphans_.push_back(std::move(m));
  ledger_.worker_died(id, bodies, now(), fx_);
  hire();
}

/// Takes the news of a worker that is gone; an attempt that is nobody's any more frees the claims of its stuck body.
void list_actor::hear_orphan(worker_id from, runner_port& port) {
  auto news = port.collect();
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
  ledger_.report(from, heard, now(), fx_);
}

void list_actor::finish_drains() {
  std::erase_if(drains_, [this](auto& d) {
    auto done = ledger_.drained(d.second);
    if (!done || !*done)
      return false;
    d.first.deliver(protocol::changed{ledger_.version(), 1});
    return true;
  });
}

void list_actor::finish_stop() {
  std::erase_if(stops_, [this](auto& s) {
    if (!ledger_.stopped(s.second))
      return false;
    auto left = ledger_.left();
    s.first.deliver(protocol::stopped{left.finished, left.interrupted, left.unstarted, std::move(left.stuck)});
    return true;
  });
}

void list_actor::on_exit() {
  ending_ = true;
  const auto gone = to_caf({errc::list_gone, {}});
  for (auto& [id, p] : waits_)
    p.deliver(gone);
  for (auto& [id, p] : fences_)
    p.deliver(gone);
  for (auto& [p, stuck] : stops_)
    p.deliver(gone);
  for (auto& [p, queue] : drains_)
    p.deliver(gone);
  waits_.clear();
  fences_.clear();
  stops_.clear();
  drains_.clear();
  for (auto& [id, m] : workers_) {
    m.port->close();
    caf_shim::end(*this, m.who);
  }
  for (auto& o : orphans_)
    o.port->close();
  workers_.clear();
  orphans_.clear();
  caf_shim::end(*this, log_);
  caf_shim::end(*this, hub_);
  log_ = nullptr;
  hub_ = nullptr;
  bodies_.clear();
  ended_bodies_.clear();
  fx_ = {};
  kept_.emplace(ledger_options{});
  with_ = {};
  actor_base::on_exit();
}

} // namespace stint
