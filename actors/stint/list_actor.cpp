#include <stint/list_actor.hpp>

#include <stint/answer.hpp>
#include <stint/hub.hpp>
#include <stint/output_log.hpp>
#include <stint/submit_each.hpp>
#include <stint/validate.hpp>
#include <stint/worker.hpp>

namespace stint {

namespace {

caf::result<protocol::json_text> answer_text(const result<std::string>& r) {
  if (!r)
    return to_caf(r.error());
  return protocol::json_text{*r};
}

result<protocol::json_text> text(const std::string& s) { return protocol::json_text{s}; }

} // namespace

list_actor::list_actor(caf::actor_config& cfg, list_setup with)
    : lendable_actor(cfg), with_(std::move(with)), kept_(std::in_place, with_.rules), ledger_(*kept_), fx_(next_.fx),
      keeper_(std::move(with_.keeper)),
      kinds_(std::make_shared<const registry>(std::move(with_.kinds))) {
  for (const auto& name : kinds_->names()) {
    const auto& k = *kinds_->find(name);
    ledger_.know_kind(name, k.at_most_once);
    kinds_check_ = kinds_check_ || k.check;
  }
  if (!keeper_)
    return;
  // Before the tasks: their claims are planned as they come, and the first turn starts what may run. A refusal is told when
  // the list says it again.
  for (const auto& [key, n] : with_.capacities)
    static_cast<void>(ledger_.declare(key, n, now(), fx_));
  for (const auto& [queue, n] : with_.queue_limits)
    static_cast<void>(ledger_.limit_queue(queue, n, now(), fx_));
  restore_all();
}

caf::behavior list_actor::make_behavior() {
  log_ = system().spawn<output_log>(ledger_.limits(), caf::actor_cast<caf::actor>(this), keeper_, std::move(with_.printed));
  hub_ = system().spawn<hub>(caf::actor_cast<caf::actor>(this), log_, ledger_.limits());
  for (std::size_t i = 0; i < with_.workers; ++i)
    hire();
  if (keeper_) // also without workers: what was restored is saved, and falls due
    changed();
  using namespace protocol;
  return trapping(
    [this](const caf::error& why) {
      if (!why)
        return; // somebody who is linked has ended in order
      ending_ = true;
      quit(why);
    },
    // CAF looks for a message's handler from the top: the frequent ones stand first.
    [this](protocol::submit& m) -> caf::result<protocol::submitted> {
      auto made = submit(m.tasks, m.as_one);
      return made ? answer_later(std::move(made)) : to_caf(made.error());
    },
    [this](protocol::submit_each& m) { return submit_each(m.tasks); },
    [this](crew_messages::worked& m) {
      take_reports(m.from, m.reports);
      changed();
    },
    [this](const crew_messages::printed&) { hear_of_text(); },
    [this](const crew_messages::save_text&) { save_text(); },
    [this](const crew_messages::turn&) { turn(); },
    [this](const protocol::cancel& m) { return decide(m.id, [this, m] { return ledger_.cancel(m.id, m.if_version, now(), fx_); }); },
    [this](const cancel_matching& m) { return answer_later(ledger_.cancel_matching(m.filter, now(), fx_)); },
    [this](const protocol::retry& m) { return retry(m); },
    [this](const protocol::release& m) { return decide(m.id, [this, m] { return ledger_.release(m.id, m.if_version, now(), fx_); }); },
    [this](const release_stuck& m) {
      return decide(m.id, [this, m] { return ledger_.release_stuck(m.id, m.if_version, now(), fx_); });
    },
    [this](const protocol::remove& m) { return decide(m.id, [this, m] { return ledger_.remove(m.id, m.if_version, now(), fx_); }); },
    [this](const protocol::clear& m) { return clear(m.filter); },
    [this](const protocol::get& m) {
      return ledger_.outside(m.id) ? answer_about<task>(m.id, [](const stored_task& s) -> result<task> { return told_of(s); })
                                   : answer(ledger_.get(m.id));
    },
    [this](const protocol::get_many& m) { return get_many(m.ids); },
    [this](const protocol::read_page& m) { return read_page(m.ask); },
    [this](const protocol::counts&) -> caf::result<totals> { return ledger_.counts(); },
    [this](const protocol::explain& m) -> caf::result<explanation> {
      if (!unsettled())
        return answer(ledger_.explain(m.id, now()));
      auto p = make_response_promise<explanation>();
      next_.explained.emplace_back(p, ledger_.explain(m.id, now()));
      changed();
      return p;
    },
    [this](const read_output& m) -> caf::result<output_piece> {
      if (auto ok = ledger_.seen(m.id); !ok)
        return to_caf(ok.error());
      return caf_shim::hand_over<output_piece>(*this, log_, m);
    },
    [this](const read_detail& m) {
      return ledger_.outside(m.id) ? answer_about<json_text>(m.id, [](const stored_task& s) { return text(s.detail); })
                                   : answer_text(ledger_.detail(m.id));
    },
    [this](const read_value& m) {
      return ledger_.outside(m.id) ? answer_about<json_text>(m.id, [](const stored_task& s) { return text(s.value); })
                                   : answer_text(ledger_.value(m.id));
    },
    [this](const read_args& m) {
      return ledger_.outside(m.id) ? answer_about<json_text>(m.id, [](const stored_task& s) { return text(s.what.args); })
                                   : answer_text(ledger_.args(m.id));
    },
    [this](const protocol::wait& m) { return wait(m.ask); },
    [this](protocol::run& m) { return run(m); },
    [this](const protocol::fence& m) -> caf::result<fence_result> {
      const auto number = ++last_wait_;
      if (auto ok = ledger_.fence(number, m.ask, now(), fx_); !ok)
        return to_caf(ok.error());
      auto p = make_response_promise<fence_result>();
      fences_.emplace(number, p);
      changed();
      return p;
    },
    [this](const protocol::pause& m) { return answer_later(ledger_.pause(m.queue, now(), fx_)); },
    [this](const protocol::resume& m) { return answer_later(ledger_.resume(m.queue, now(), fx_)); },
    [this](const protocol::drain& m) -> caf::result<protocol::changed> {
      if (draining_ == ledger_.limits().waits)
        return to_caf({errc::too_many_waits, std::to_string(draining_) + " drains"});
      if (auto ok = ledger_.drain(m.queue, now(), fx_); !ok)
        return to_caf(ok.error());
      auto p = make_response_promise<protocol::changed>();
      drains_[m.queue].push_back(p);
      ++draining_;
      changed();
      return p;
    },
    [this](const limit_queue& m) { return answer_later(ledger_.limit_queue(m.queue, m.limit, now(), fx_)); },
    [this](const protocol::declare& m) { return answer_later(ledger_.declare(m.key, m.capacity, now(), fx_)); },
    [this](const protocol::stop& m) -> caf::result<stopped> {
      if (stops_.size() == ledger_.limits().waits)
        return to_caf({errc::too_many_waits, std::to_string(stops_.size()) + " stops"});
      auto p = make_response_promise<stopped>();
      ledger_.stop(m.grace, now(), fx_);
      stops_.emplace_back(p, m.wait_for_stuck);
      changed();
      return p;
    },
    [this](const protocol::subscribe& m) { return subscribe(m); },
    [this](const unsubscribe& m) -> caf::result<protocol::changed> {
      if (!subscriptions_.contains(m.number))
        return to_caf({errc::unknown_subscription, std::to_string(m.number)});
      caf_shim::tell(*this, hub_, crew_messages::detach{m.number});
      unsubscribed(m.number);
      return protocol::changed{ledger_.version(), 1};
    },
    [this](const credit& m) { caf_shim::tell(*this, hub_, m); },
    [this](crew_messages::noted& m) {
      if (!noticing_.empty())
        caf_shim::tell(*this, hub_, crew_messages::noticed{{m.id, m.attempt, m.how_far, m.detail.has_value(), {}}});
      if (m.how_far)
        ledger_.note_progress(m.id, m.attempt, std::move(*m.how_far));
      if (m.detail)
        ledger_.note_detail(m.id, m.attempt, std::move(*m.detail));
    },
    [this](const crew_messages::orphan_look& m) {
      if (auto o = orphans_.find(m.of); o != orphans_.end())
        hear_orphan(0, *o->second.port);
      forget_orphans();
      changed();
    },
    [this](const crew_messages::enlist& m) { return enlist(m); },
    [this](const crew_messages::node_back& m) {
      ledger_.node_is_back(m.node, m.has, m.lease, now(), fx_);
      changed();
    },
    [this](const crew_messages::surely_over& m) { surely_over(m.whom); },
    [this](const crew_messages::only_unlinked& m) { only_unlinked(m.whom); },
    [this](const crew_messages::leaving& m) { ledger_.worker_leaving(m.from); },
    [this](const crew_messages::publish& m) {
      publish(m.gateway);
      const auto own = std::count_if(workers_.begin(), workers_.end(), [](const auto& w) { return w.second.here; });
      return crew_messages::may_be_found_again{static_cast<bool>(keeper_), ledger_.limits().workers - static_cast<std::size_t>(own)};
    },
    [this](const crew_messages::ask_what_runs& m) { return what_runs(m.whom); },
    [this](const protocol::nodes&) { return nodes(); },
    [this](const crew_messages::detached& m) { unsubscribed(m.number); },
    [this](const crew_messages::saved&) { is_saved(); },
    [this](const crew_messages::tell_saved&) { tell_saved(); },
    [this](crew_messages::save_trouble& m) {
      if (m.commit != 0 && (!saving_ || m.commit != commits_))
        return; // it came to an end
      trouble_ = std::move(m.why);
      stop_in_trouble();
    },
    [this](const crew_messages::tick& m) {
      armed_.erase(armed_.find(m.armed));
      ledger_.tick(now(), fx_);
      changed();
    });
}

caf::result<protocol::changed> list_actor::answer_later(const result<task_version>& r) {
  return answer_later(r ? result<stint::changed>{stint::changed{*r, 1}} : result<stint::changed>{r.error()});
}

caf::result<protocol::changed> list_actor::answer_later(const result<stint::changed>& r) {
  if (!r && !unsettled())
    return to_caf(r.error());
  auto p = make_response_promise<protocol::changed>();
  answer_later(p, r);
  return p;
}

void list_actor::answer_later(const caf::typed_response_promise<protocol::changed>& whom, const result<stint::changed>& r) {
  next_.changed.emplace_back(whom, r ? result<protocol::changed>{protocol::changed{r->version, r->count}} : r.error());
  changed();
}

caf::result<protocol::submitted> list_actor::answer_later(result<protocol::submitted> r) {
  if (!r && !unsettled())
    return to_caf(r.error());
  auto p = make_response_promise<protocol::submitted>();
  answer_later(p, std::move(r));
  return p;
}

void list_actor::answer_later(const caf::typed_response_promise<protocol::submitted>& whom, result<protocol::submitted> r) {
  next_.submitted.emplace_back(whom, std::move(r));
  changed();
}

/// Runs the application's own check, which may throw.
result<unit_t> list_actor::check_args(const submission& t) const {
  if (t.what.kind.empty())
    return unit;
  const auto* k = kinds_->find(t.what.kind);
  if (k == nullptr || !k->check)
    return unit;
  try {
    return k->check(t.what.args);
  } catch (const std::exception& e) {
    return {errc::malformed_args, std::string{"the check of its kind threw: "} + e.what()};
  } catch (...) {
    return {errc::malformed_args, "the check of its kind threw"};
  }
}

result<protocol::submitted> list_actor::submit(std::vector<submission>& tasks, bool as_one) {
  if (trouble_)
    return {errc::io_failed, *trouble_};
  if (kinds_check_)
    for (std::size_t i = 0; i < tasks.size(); ++i)
      if (auto ok = check_args(tasks[i]); !ok)
        return {ok.code(), "task " + std::to_string(i) + ": " + ok.error().text};
  std::vector<new_task> batch;
  batch.reserve(tasks.size());
  for (auto& t : tasks)
    batch.push_back({&t.what, t.run ? bodies_.put(std::move(t.run)) : body_id{0}, 0});
  auto made = ledger_.submit(batch, now(), fx_, as_one);
  if (!made) {
    for (const auto& t : batch)
      bodies_.drop(t.body);
    return made.error();
  }
  return protocol::submitted{std::move(made->ids), made->version};
}

caf::result<protocol::submitted_each> list_actor::submit_each(std::vector<submission>& tasks) {
  if (trouble_)
    return to_caf({errc::io_failed, *trouble_});
  std::vector<new_task> batch;
  batch.reserve(tasks.size());
  for (auto& t : tasks)
    batch.push_back({&t.what, t.run ? bodies_.put(std::move(t.run)) : body_id{0}, 0});
  std::vector<error> errors;
  for (std::size_t i = 0; kinds_check_ && i < tasks.size(); ++i)
    if (auto ok = check_args(tasks[i]); !ok) {
      errors.resize(tasks.size());
      errors[i] = ok.error();
    }
  auto made = stint::submit_each(ledger_, batch, std::move(errors), now(), fx_); // the time after the checks, which may take some
  for (const auto& r : made.refusals)
    bodies_.drop(batch[r.index].body);
  auto p = make_response_promise<protocol::submitted_each>();
  next_.submitted_each.emplace_back(p, protocol::submitted_each{std::move(made.ids), std::move(made.refusals), made.version,
                                                                  std::move(tasks)});
  changed();
  return p;
}

/// What cannot be waited for is not submitted; but one that its key finds outside has to be read first, and that may fail.
caf::result<wait_result> list_actor::run(protocol::run& m) {
  if (auto ok = ledger_.can_wait(m.tasks.size()); !ok)
    return to_caf(ok.error());
  auto made = submit(m.tasks, m.as_one);
  if (!made)
    return to_caf(made.error());
  changed();
  return wait({std::move(made->ids)});
}

caf::result<protocol::subscribed> list_actor::subscribe(const protocol::subscribe& m) {
  if (subscriptions_.size() >= ledger_.limits().subscribers)
    return to_caf({errc::too_many_subscribers, std::to_string(ledger_.limits().subscribers)});
  if (m.from > ledger_.version())
    return to_caf({errc::version_mismatch, "the list is at version " + std::to_string(ledger_.version())});
  if (!m.who)
    return to_caf({errc::no_subscriber, {}});
  if (auto ok = check_filter(m.filter, ledger_.limits()); !ok)
    return to_caf(ok.error());
  const auto number = ++last_subscription_;
  if (subscriptions_.empty()) // nobody was told anything for a while
    told_ = ledger_.version();
  subscriptions_.insert(number);
  ledger_.observe(true);
  auto p = make_response_promise<protocol::subscribed>();
  next_.attaching.emplace_back(p, std::pair{number, m});
  if (!saving_)
    depart();
  return p;
}

/// What has happened up to `now` was told; this subscriber hears of what comes after.
void list_actor::attach(std::uint64_t number, const protocol::subscribe& m, task_version now) {
  std::vector<running_body> running;
  if (m.notices) {
    noticing_.insert(number);
    running = running_matches(ledger_, m.filter);
  }
  caf_shim::tell(*this, hub_, crew_messages::attach{number, m, now, std::move(running)});
}

void list_actor::unsubscribed(std::uint64_t number) {
  subscriptions_.erase(number);
  noticing_.erase(number);
  if (subscriptions_.empty())
    ledger_.observe(false);
}

} // namespace stint
