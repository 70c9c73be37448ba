#include <sim/simulation.hpp>

#include <array>

namespace stint::sim {

using namespace std::chrono_literals;

simulation::simulation(std::uint64_t seed, std::size_t steps, bool stored)
    : dice_(seed), steps_(steps), busy_(seed % 4 == 3), disk_(stored ? std::make_unique<sim_disk>() : nullptr) {
  with_.workers = 1 + below(3);
  with_.labels = labels_here;
  // Tight, so that each bound is met: a task is some 450 bytes.
  with_.limits.output = 300;
  with_.limits.finished = {30, 24h, 16'000};
  with_.limits.finished_of = {{state::failed, {6, 24h, 0}}, {state::cancelled, {0, 12h, 5'000}}};
  with_.capacities = {{"cpu", sim_capacity}};
  if (disk_ && seed % 3 == 0)
    with_.limits.finished_in_memory = seed / 3 % 21;
  if (disk_)
    with_.kinds.add("work", body{[] {}})
      .add("once", kind{body{[] {}}, true, {}})
      .add("short", short_body())
      .add("promised", promised_body());
  begin_life();
}

simulation::~simulation() { end_life(); }

/// Follows every event: no gap, each task goes on from where it was, and all of it is committed.
void simulation::listen() {
  stream_ = std::make_shared<stream>();
  ear_ = world_->system().spawn([s = stream_, owner = list_, disk = disk_.get()](caf::event_based_actor* self) -> caf::behavior {
    return {
      [s, owner, self, disk](const protocol::events& m) {
        const auto& b = *m.batch;
        if ((s->heard && b.from != s->to) || b.events.size() != b.to - b.from)
          s->wrong = "gap in the stream after version " + std::to_string(s->to);
        s->to = b.to;
        s->heard = true;
        for (const auto& e : b.events) {
          if (disk != nullptr && e.version > disk->version)
            s->wrong = "event " + std::to_string(e.version) + " left before its commit";
          if (const auto r = s->snapshot.find(e.id); r != s->snapshot.end() && e.version <= r->second)
            continue; // the record contains it
          auto known = s->states.find(e.id);
          const bool unknown = known == s->states.end();
          if (!e.created && (unknown ? s->complete : known->second != e.from))
            s->wrong = "event " + std::to_string(e.version) + " of task " + std::to_string(e.id) + " goes on from "
                       + std::string{to_string(e.from)} + ", and its task was "
                       + (unknown ? "unknown" : std::string{to_string(known->second)});
          if (!e.created && !e.deleted && !legal(e.from, e.to))
            s->wrong = "event " + std::to_string(e.version) + " tells an illegal move";
          if (e.deleted && !terminal(e.to))
            s->wrong = "event " + std::to_string(e.version) + " tells of a deletion before the end";
          s->states[e.id] = e.to;
          if (e.deleted)
            s->states.erase(e.id);
        }
        caf_shim::tell(*self, owner, protocol::credit{m.number, 1});
      },
      [s, owner, self](const protocol::snapshot& m) {
        for (const auto& t : m.tasks) {
          s->states[t.id] = t.state;
          s->snapshot[t.id] = t.version;
        }
        caf_shim::tell(*self, owner, protocol::credit{m.number, 1});
      },
      [s](const protocol::snapshot_end& m) {
        s->complete = true;
        if (!s->heard)
          s->to = m.version;
      },
      [s](const protocol::reset& m) { s->wrong = "reset: " + m.why; },
    };
  });
  world_->begin_ask<protocol::subscribed>(list_, protocol::subscribe{ear_, 0, {}, 1000});
  while (world_->step())
    look_at_kept();
}

outcome simulation::some_outcome() {
  switch (below(10)) {
    case 0:
    case 1: return failed("no");
    case 2: return snoozed(std::chrono::seconds{1 + below(10)});
    case 3: return cancelled();
    case 4: return discarded("never");
    default: return succeeded(static_cast<std::int32_t>(below(100)));
  }
}

/// How long a body says it took: mostly so short that the next ones travel together.
nanos simulation::some_length() {
  if (busy_ && chance(90))
    return 1us;
  static constexpr std::array<nanos, 6> lengths{100ns, 1us, 20us, 0ns, 1ms, 1s};
  return lengths[below(lengths.size())];
}

body simulation::short_body() {
  return cooperative([this](context& job) {
    if (dying_)
      return succeeded();
    oracle_->began(job.id(), job.attempt(), env_->now());
    print_some(job);
    oracle_->ended(job.id(), job.attempt());
    return some_outcome();
  });
}

body simulation::promised_body() {
  return asynchronous([this](context& job, promise debt) {
    if (dying_)
      return;
    oracle_->began(job.id(), job.attempt(), env_->now());
    print_some(job);
    owed_.push_back({job.id(), job.attempt(), std::move(debt)});
  });
}

/// Of any style. A blocking one is played by its runner, the others by their worker.
body simulation::some_body() {
  switch (busy_ ? 7 : below(8)) {
    case 0: return short_body();
    case 1: return promised_body();
    default: return [] {};
  }
}

void simulation::print_some(context& job) {
  if (!chance(50))
    return;
  const std::string text(1 + below(200), '.');
  oracle_->kept.printed(job.id(), text.size());
  job.print(text);
}

/// Keeps a promise, or drops it, which is a failure.
void simulation::keep_one() {
  const auto i = owed_.begin() + static_cast<std::ptrdiff_t>(below(owed_.size()));
  oracle_->ended(i->id, i->attempt);
  if (!chance(10))
    i->debt.keep(some_outcome());
  owed_.erase(i);
}

void simulation::submit() {
  protocol::submit m;
  submission_asked asked;
  for (auto n = 1 + below(4); n > 0; --n) {
    asked.what.push_back(some_spec());
    m.tasks.push_back({asked.what.back(), asked.what.back().kind.empty() ? some_body() : body{}});
  }
  asked.question.box = world_->begin_ask<protocol::submitted>(list_, std::move(m));
  if (disk_)
    submissions_.push_back(std::move(asked));
}

/// A result of an attempt that is over, as a slow network or a zombie would send it.
void simulation::stale_report() {
  const auto* r = rules_->find(some_task());
  if (r == nullptr || !r->live)
    return;
  const bool adopted = running(r->state) && r->live->epoch != 0; // then only its own epoch speaks for it
  if (!adopted && (r->attempt < 2 || oracle_->runs(r->id, r->attempt - 1)))
    return;
  crew_messages::worked m;
  m.from = r->live->worker == 0 ? 1 : r->live->worker;
  attempt_report a;
  a.id = r->id;
  a.attempt = adopted ? r->attempt : r->attempt - 1;
  a.epoch = rules_->epoch();
  a.outcome = succeeded(stale_code);
  m.reports.push_back(a);
  caf_shim::anon_tell(list_, std::move(m));
}

void simulation::play_bodies() {
  if (!owed_.empty() && chance(30)) {
    keep_one();
    return;
  }
  auto& r = *runners_[below(runners_.size())];
  if (r.can_begin() && chance(70)) {
    oracle_->began(*r.begin(), env_->now());
    return;
  }
  auto a = r.running();
  if (a && chance(20)) {
    context job{a};
    print_some(job);
  }
  if (a && chance(60)) {
    oracle_->ended(*a);
    r.finish(a, some_outcome(), some_length());
  } else if (auto s = r.a_stuck_one(); s && chance(30)) {
    oracle_->ended(*s);
    r.finish(s, some_outcome(), some_length());
  }
}

void simulation::act() {
  if (windowed() && chance(25)) {
    act_outside();
    return;
  }
  switch (below(32)) {
    case 0:
    case 1:
    case 2:
      if (rules_->last_id() < 120)
        submit();
      break;
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8: play_bodies(); break;
    case 9: advance(std::chrono::milliseconds{below(1500)}); break;
    case 10: advance(std::chrono::seconds{below(12)}); break;
    case 11: {
      const auto a = runners_[below(runners_.size())]->running();
      const auto id = busy_ && a ? a->what().id : some_task();
      world_->begin_ask<protocol::changed>(list_, protocol::cancel{id, 0});
      break;
    }
    case 12: {
      const auto id = some_task();
      oracle_->kept.asked_to_remove(id);
      world_->begin_ask<protocol::changed>(list_, protocol::remove{id, 0});
      break;
    }
    case 13: world_->begin_ask<protocol::submitted>(list_, protocol::retry{some_task(), 0}); break;
    case 14:
      waits_.push_back({world_->begin_ask<wait_result>(
        list_, protocol::wait{{{some_task(), some_task()}, chance(50) ? wait_for::any : wait_for::all, 0ns}})});
      break;
    case 15:
      if (chance(40))
        fences_.push_back({world_->begin_ask<fence_result>(list_, protocol::fence{})});
      break;
    case 16: world_->begin_ask<protocol::changed>(list_, protocol::pause{chance(50) ? "other" : ""}); break;
    case 17:
    case 18: world_->begin_ask<protocol::changed>(list_, protocol::resume{chance(50) ? "other" : ""}); break;
    case 19:
      if (chance(30))
        if (auto w = shell_->any_worker())
          caf::anon_send_exit(w, caf::exit_reason::kill);
      break;
    case 20: stale_report(); break;
    case 21: env_->clock.step_wall(std::chrono::hours{static_cast<int>(below(49)) - 24}); break;
    case 22:
      if (chance(30)) {
        const auto id = some_task();
        oracle_->asked_to_free(id);
        freed_.insert(id);
        releases_.push_back({id, {world_->begin_ask<protocol::changed>(list_, protocol::release_stuck{id})}});
      }
      break;
    case 23: {
      const auto id = some_task();
      explains_.push_back({id, {world_->begin_ask<explanation>(list_, protocol::explain{id})}});
      break;
    }
    case 24: {
      page_request ask;
      ask.filter.states = {static_cast<state>(below(state_count))};
      ask.limit = 1 + below(20);
      ask_page(std::move(ask));
      break;
    }
    case 25:
      if (chance(30))
        world_->begin_ask<protocol::changed>(
          list_, protocol::limit_queue{"other", static_cast<std::uint32_t>(below(3))});
      break;
    case 26:
    case 27:
    case 28:
    case 29:
    case 30: play_nodes(); break;
    default:
      if (chance(20)) {
        filter f;
        f.tag = "tagged";
        world_->begin_ask<protocol::changed>(list_, protocol::cancel_matching{f});
      } else {
        world_->begin_ask<protocol::changed>(list_, protocol::release{some_task(), 0});
      }
  }
}

void simulation::deliver() {
  world_->step(dice_);
  pass_some();
  check();
}

std::uint64_t simulation::run() {
  for (std::size_t i = 0; i < steps_; ++i) {
    if (disk_ && below(100) == 0)
      trouble();
    if (chance(35))
      act();
    deliver();
  }
  heal();
  if (disk_) {
    fate_.commits = disk_->commits;
    fate_.accepted = accepted_.size();
    for (const auto& n : nodes_)
      fate_.adopted += n->adopted;
  }
  return hash_;
}

} // namespace stint::sim
