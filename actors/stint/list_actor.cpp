#include <stint/list_actor.hpp>

#include <stint/hub.hpp>
#include <stint/output_log.hpp>
#include <stint/worker.hpp>

namespace stint {

namespace {

/// Answers a command with the version it left behind.
caf::result<protocol::changed> answer(const result<task_version>& r) {
  if (!r)
    return to_caf(r.error());
  return protocol::changed{*r, 1};
}

caf::result<protocol::changed> answer(const result<stint::changed>& r) {
  if (!r)
    return to_caf(r.error());
  return protocol::changed{r->version, r->count};
}

caf::result<protocol::json_text> answer(const result<std::string>& r) {
  if (!r)
    return to_caf(r.error());
  return protocol::json_text{*r};
}

template <class T>
caf::result<T> answer(result<T> r) {
  if (!r)
    return to_caf(r.error());
  return std::move(*r);
}

} // namespace

list_actor::list_actor(caf::actor_config& cfg, list_setup with)
    : actor_base(cfg), with_(std::move(with)), ledger_(with_.rules) {
  for (const auto& name : with_.kinds.names())
    ledger_.know_kind(name, with_.kinds.find(name)->at_most_once);
}

caf::behavior list_actor::make_behavior() {
  log_ = system().spawn<output_log>(ledger_.limits());
  hub_ = system().spawn<hub>(caf::actor_cast<caf::actor>(this), ledger_.limits());
  while (workers_.size() < with_.workers)
    hire();
  using namespace protocol;
  return trapping(
    [this](const caf::error& why) {
      ending_ = true;
      quit(why);
    },
    [this](protocol::submit& m) { return submit(m.tasks); },
    [this](const protocol::cancel& m) { return changed(), answer(ledger_.cancel(m.id, m.if_version, now(), fx_)); },
    [this](const cancel_matching& m) { return changed(), answer(ledger_.cancel_matching(m.filter, now(), fx_)); },
    [this](const protocol::retry& m) { return retry(m); },
    [this](const protocol::release& m) { return changed(), answer(ledger_.release(m.id, m.if_version, now(), fx_)); },
    [this](const release_stuck& m) { return changed(), answer(ledger_.release_stuck(m.id, m.if_version, now(), fx_)); },
    [this](const protocol::remove& m) { return changed(), answer(ledger_.remove(m.id, m.if_version, now(), fx_)); },
    [this](const protocol::clear& m) { return changed(), answer(ledger_.clear(m.filter, now(), fx_)); },
    [this](const protocol::get& m) { return answer(ledger_.get(m.id)); },
    [this](const get_many& m) -> caf::result<many> {
      if (m.ids.size() > ledger_.limits().ids)
        return to_caf({errc::too_many_ids, std::to_string(m.ids.size())});
      many out;
      out.version = ledger_.version();
      out.tasks.reserve(m.ids.size());
      for (auto id : m.ids) {
        auto t = ledger_.get(id);
        out.tasks.push_back(t ? waited{id, errc::none, std::move(*t)} : waited{id, t.code(), {}});
      }
      return out;
    },
    [this](const read_page& m) { return answer(ledger_.read(m.ask)); },
    [this](const protocol::counts&) -> caf::result<totals> { return ledger_.counts(); },
    [this](const protocol::explain& m) { return answer(ledger_.explain(m.id, now())); },
    [this](const read_output& m) -> caf::result<output_piece> {
      if (auto t = ledger_.args(m.id); !t)
        return to_caf(t.error());
      return caf_shim::hand_over<output_piece>(*this, log_, m);
    },
    [this](const read_detail& m) { return answer(ledger_.detail(m.id)); },
    [this](const read_value& m) { return answer(ledger_.value(m.id)); },
    [this](const read_args& m) { return answer(ledger_.args(m.id)); },
    [this](const protocol::wait& m) -> caf::result<wait_result> {
      auto p = make_response_promise<wait_result>();
      const auto number = ++last_wait_;
      if (auto ok = ledger_.wait(number, m.ask, now(), fx_); !ok)
        return to_caf(ok.error());
      waits_.emplace(number, p);
      changed();
      return p;
    },
    [this](const protocol::fence& m) -> caf::result<fence_result> {
      auto p = make_response_promise<fence_result>();
      const auto number = ++last_wait_;
      if (auto ok = ledger_.fence(number, m.ask, now(), fx_); !ok)
        return to_caf(ok.error());
      fences_.emplace(number, p);
      changed();
      return p;
    },
    [this](const protocol::pause& m) { return changed(), answer(ledger_.pause(m.queue, now(), fx_)); },
    [this](const protocol::resume& m) { return changed(), answer(ledger_.resume(m.queue, now(), fx_)); },
    [this](const protocol::drain& m) -> caf::result<protocol::changed> {
      if (auto ok = ledger_.drain(m.queue, now(), fx_); !ok)
        return to_caf(ok.error());
      auto p = make_response_promise<protocol::changed>();
      drains_.emplace_back(p, m.queue);
      changed();
      return p;
    },
    [this](const limit_queue& m) { return changed(), answer(ledger_.limit_queue(m.queue, m.limit, now(), fx_)); },
    [this](const protocol::declare& m) { return changed(), answer(ledger_.declare(m.key, m.capacity, now(), fx_)); },
    [this](const protocol::stop& m) -> caf::result<stopped> {
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
      return protocol::changed{ledger_.version(), 1};
    },
    [this](const credit& m) { caf_shim::tell(*this, hub_, m); },
    [this](crew_messages::worked& m) {
      ledger_.report(m.from, m.reports, now(), fx_);
      changed();
    },
    [this](crew_messages::noted& m) {
      if (m.how_far)
        ledger_.note_progress(m.id, m.attempt, std::move(*m.how_far));
      if (m.detail)
        ledger_.note_detail(m.id, m.attempt, std::move(*m.detail));
    },
    [this](const crew_messages::orphan_look& m) {
      hear_orphan(0, *orphans_.at(m.index).port);
      changed();
    },
    [this](const crew_messages::detached& m) {
      subscriptions_.erase(m.number);
      if (subscriptions_.empty())
        ledger_.observe(false);
    },
    [this](const crew_messages::turn&) { turn(); },
    [this](const crew_messages::tick& m) {
      armed_.erase(armed_.find(m.armed));
      ledger_.tick(now(), fx_);
      changed();
    });
}

body_id list_actor::keep(std::shared_ptr<const body> b) {
  bodies_.emplace(++last_body_, std::move(b));
  return last_body_;
}

caf::result<protocol::submitted> list_actor::submit(std::vector<submission>& tasks) {
  std::vector<new_task> batch;
  batch.reserve(tasks.size());
  std::vector<body_id> mine;
  auto forget = [&] {
    for (auto b : mine)
      bodies_.erase(b);
  };
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto& t = tasks[i];
    if (!t.what.kind.empty())
      if (auto k = with_.kinds.find(t.what.kind); k && k->check)
        if (auto ok = k->check(t.what.args); !ok) {
          forget();
          return to_caf({ok.code(), "task " + std::to_string(i) + ": " + ok.error().text});
        }
    const auto run = t.run ? keep(std::make_shared<const body>(std::move(t.run))) : 0;
    mine.push_back(run);
    batch.push_back({std::move(t.what), run, 0});
  }
  auto made = ledger_.submit(std::move(batch), now(), fx_);
  if (!made) {
    forget();
    return to_caf(made.error());
  }
  changed();
  return protocol::submitted{std::move(made->ids), made->version};
}

caf::result<protocol::submitted> list_actor::retry(const protocol::retry& m) {
  const auto* r = ledger_.find(m.id);
  body_id again = 0;
  if (r != nullptr && r->kind == 0) {
    // A callable is gone with its task's end, unless the ended task keeps it for this.
    auto i = ended_bodies_.find(m.id);
    if (i == ended_bodies_.end() && terminal(r->state))
      return to_caf({errc::body_missing, "the body of task " + std::to_string(m.id) + " is gone"});
    if (i != ended_bodies_.end())
      again = keep(i->second);
  }
  auto made = ledger_.retry(m.id, m.if_version, again, now(), fx_);
  if (!made) {
    bodies_.erase(again);
    return to_caf(made.error());
  }
  changed();
  return protocol::submitted{{*made}, ledger_.version()};
}

caf::result<protocol::subscribed> list_actor::subscribe(const protocol::subscribe& m) {
  if (subscriptions_.size() >= ledger_.limits().subscribers)
    return to_caf({errc::too_many_subscribers, std::to_string(ledger_.limits().subscribers)});
  if (m.from > ledger_.version())
    return to_caf({errc::version_mismatch, "the list is at version " + std::to_string(ledger_.version())});
  publish_events();
  const auto number = ++last_subscription_;
  subscriptions_.insert(number);
  told_ = ledger_.version();
  ledger_.observe(true);
  caf_shim::tell(*this, hub_, crew_messages::attach{number, m, ledger_.version()});
  return protocol::subscribed{number, ledger_.version()};
}

} // namespace stint
