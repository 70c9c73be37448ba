#include <sim/simulation.hpp>

#include <stint/list_setup.hpp>

namespace stint::sim {

using namespace std::chrono_literals;

/// The list starts, over what its disk has. It is looked at before its first turn: then it has only decided what becomes
/// of what its predecessor left.
void simulation::begin_life() {
  const auto wall = env_ ? env_->now().wall : wall_time{};
  env_ = std::make_shared<test::test_environment>(dice_.roll(), [this](auto port, const auto& clock) {
    runners_.push_back(std::make_shared<sim_runner>(std::move(port), clock));
    return runners_.back();
  });
  const nanos later = std::chrono::milliseconds{chance(50) ? below(3'000) : below(20'000)};
  if (wall != wall_time{}) // a while later, and its steady clock begins anew
    env_->clock.step_wall(wall - env_->now().wall + later);
  world_ = std::make_unique<test::step_system>(env_);
  if (disk_)
    with_.store = store_ = std::make_shared<sim_store>(*disk_);
  auto setup = set_up_list(world_->system(), with_, env_);
  setup.workers = with_.workers;
  list_ = world_->system().spawn<list_actor>(std::move(setup));
  shell_ = static_cast<const list_actor*>(caf::actor_cast<caf::abstract_actor*>(list_));
  rules_ = &shell_->rules();
  oracle_ = std::make_unique<oracle>(*rules_, history_);
  deaths_seen_ = 0;
  find_nodes_again(later);
  if (disk_) {
    for (const auto& [id, t] : disk_->tasks)
      if (rules_->outside(id))
        oracle_->kept.is_outside(t);
    check_restored(*disk_);
  }
  look_at_kept();
  while (runners_.empty()) { // its workers are hired when it first runs
    world_->step();
    look_at_kept();
  }
  if (!disk_) // else it was done before what it restores
    world_->ask<protocol::changed>(list_, protocol::declare{"cpu", sim_capacity});
  listen();
  check();
  if (nodes_.empty())
    join_node(some_labels());
}

/// Ends the process: no message that is on its way arrives, and nobody hears an answer.
void simulation::end_life() {
  dying_ = true;
  if (store_)
    store_->die();
  forget_questions();
  owed_.clear();
  caf::anon_send_exit(ear_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(list_, caf::exit_reason::user_shutdown);
  leave_nodes_alone();
  freed_.clear();
  ear_ = {};
  list_ = {};
  shell_ = nullptr;
  world_.reset();
  runners_.clear();
  dying_ = false;
}

void simulation::crash() {
  ++fate_.crashes;
  check_submitted(); // whoever has heard by now has heard
  for (const auto& s : submissions_)
    if (!s.question.checked)
      keep_unsure(s);
  end_life();
  begin_life();
  submit_again();
}

void simulation::keep_unsure(const submission_asked& s) {
  for (const auto& what : s.what)
    if (!what.idempotency_key.empty())
      unsure_.push_back(what);
}

/// Who has not heard an answer asks again, under the same key.
void simulation::submit_again() {
  for (auto& what : unsure_) {
    protocol::submit m;
    m.tasks.push_back({what, what.kind.empty() ? some_body() : body{}});
    submission_asked asked;
    asked.what.push_back(what);
    asked.question.box = world_->begin_ask<protocol::submitted>(list_, std::move(m));
    submissions_.push_back(std::move(asked));
  }
  unsure_.clear();
}

/// Lets running bodies end, as a stop wants it: some before they are told, some because, some not at all.
bool simulation::end_bodies_for_stop() {
  bool any = !owed_.empty();
  while (!owed_.empty()) {
    oracle_->ended(owed_.back().id, owed_.back().attempt);
    owed_.back().debt.keep(chance(50) ? cancelled() : succeeded());
    owed_.pop_back();
  }
  const auto nodes = nodes_;
  for (const auto& n : nodes) {
    while (!n->lost && !n->runs.empty())
      end_at(*n, true, chance(50) ? cancelled() : succeeded());
    if (n->lost)
      node_is_over(*n);
  }
  for (auto& r : runners_)
    for (const auto& a : {r->running(), r->a_stuck_one()})
      if (a) {
        any = true;
        oracle_->ended(*a);
        r->finish(a, chance(50) ? cancelled() : succeeded(), 1ms);
      }
  return any;
}

/// A stop in order interrupts attempts, and charges nobody for it.
void simulation::stop_in_order() {
  ++fate_.stops;
  disk_->failures = 0;
  struct account {
    std::uint32_t charged;
    std::uint32_t deaths;
    std::size_t errors;
  };
  std::map<task_id, account> charges;
  for (task_id id = 1; id <= rules_->last_id(); ++id)
    if (const auto* r = rules_->find(id); r != nullptr && running(r->state))
      charges[id] = {r->charged, r->deaths, r->extra ? r->extra->story->errors.size() : 0};
  auto stopped = world_->begin_ask<protocol::stopped>(list_, protocol::stop{chance(50) ? 0s : 2s, true});
  for (int round = 0; !stopped->has_value() && round < 400; ++round) {
    while (world_->step(dice_))
      check();
    settle();
    if (round > 2 || chance(50))
      end_bodies_for_stop();
    advance(500ms);
  }
  need(stopped->has_value(), "a stop was never answered");
  check();
  const bool saved = (*stopped)->has_value(); // else it gave up in a trouble that had begun before, and ends like a crash
  need(saved || (*stopped)->error().code == errc::io_failed, "a stop failed");
  for (const auto& [id, t] : disk_->tasks) {
    if (!saved)
      break;
    const auto* r = rules_->find(id);
    const bool away = r != nullptr && running(r->state) && r->live->worker == 0; // it is left to the next one
    need(!running(t.state) || away, "task ", id, " is stopped and stored as ", to_string(t.state));
    const auto was = charges.find(id);
    if (was == charges.end() || t.state != state::waiting)
      continue;
    // A failure before it was told to stop, or its worker's death, counts and leaves its words.
    need(t.errors.size() > was->second.errors || (t.charged == was->second.charged && t.deaths <= was->second.deaths), "task ", id, " was charged for a stop: ",
         t.charged, " attempts for ", was->second.charged, ", ", t.deaths, " deaths for ", was->second.deaths);
  }
  crash();
  --fate_.crashes;
}

/// What happens to a list with a disk, beside the rest.
void simulation::trouble() {
  switch (below(6)) {
    case 0:
      stop_in_order();
      break;
    case 1:
      ++fate_.failed_commits;
      disk_->failures = static_cast<int>(1 + below(4));
      break;
    case 2:
      ++fate_.failed_commits;
      disk_->closes = true;
      disk_->reaches = chance(50);
      break;
    case 3:
      lose_some_nodes();
      if (chance(70)) // else it may die before it has heard of that, or has saved it
        settle();
      [[fallthrough]];
    default: crash();
  }
}

/// What a successor makes of what was committed, told from outside.
void simulation::check_restored(const sim_disk& d) const {
  need(rules_->last_id() == d.last_id, "the last id was ", d.last_id, " and is ", rules_->last_id());
  need(rules_->version() >= d.version, "version ", d.version, " went back to ", rules_->version());
  for (const auto& [id, name] : accepted_)
    need(d.tasks.contains(id) || d.removed.contains(id), "task ", id, " (", name, ") was accepted and is lost");
  for (task_id id = 1; id <= d.last_id; ++id)
    need(there(id) == d.tasks.contains(id), "task ", id, " is not there, or again");
  std::size_t finished = 0;
  for (const auto& [id, t] : d.tasks) {
    if (rules_->outside(id)) {
      need(windowed() && terminal(t.state) && rules_->explain(id, env_->now())->state == t.state, "task ", id, " was ",
           to_string(t.state), " and is outside as another one");
      continue;
    }
    finished += terminal(t.state) && t.lost.empty() ? 1 : 0;
    need(finished <= with_.limits.finished_in_memory, "more finished tasks are in memory than may");
    const auto& r = *rules_->find(id);
    auto is = [&](bool holds) {
      need(holds, "task ", id, " was ", to_string(t.state), " with ", t.deaths, " deaths, charged ", t.charged, ", and is ",
           to_string(r.state), " with ", r.deaths, ", charged ", r.charged);
    };
    need(r.name == t.what.name, "task ", id, " is another one");
    need(labels_of(r) == t.what.labels, "task ", id, " lost its labels");
    need(r.attempt == t.attempt, "task ", id, " had attempt ", t.attempt, " and has ", r.attempt);
    is(r.charged == t.charged);
    const bool away = running(t.state) && t.away.epoch != 0;
    is(r.deaths == t.deaths + (running(t.state) && !away ? 1U : 0U));
    if (terminal(t.state)) {
      is(r.state == t.state && r.version == t.version && r.code == t.code);
    } else if (away) {
      is(r.state == t.state && r.live && r.fence == t.fence);
    } else if (t.state == state::cancelling) {
      is(r.state == state::cancelled);
    } else if (t.callable) {
      is(r.state == state::failed);
    } else if (t.state != state::running) {
      is(r.state == t.state && r.live && r.live->rank == t.rank);
    } else if (t.at_most_once) {
      is(r.state == state::failed);
    } else if (r.deaths >= deaths_to_quarantine) {
      is(r.state == state::quarantined);
    } else {
      is(r.state == state::waiting);
    }
  }
}

void simulation::is_accepted(task_id id, const std::string& name) {
  const auto t = disk_->tasks.find(id);
  need(t != disk_->tasks.end() || disk_->removed.contains(id), "task ", id, " was accepted before it was committed");
  need(t == disk_->tasks.end() || t->second.what.name == name, "task ", id, " is not called ", name);
  accepted_[id] = name;
}

void simulation::check_submitted() {
  for (auto& s : submissions_) {
    if (s.question.checked || !s.question.box->has_value())
      continue;
    s.question.checked = true;
    const auto& made = **s.question.box;
    if (!made) {
      keep_unsure(s); // of a stop without its disk: it may have reached that
      continue;
    }
    need(made->version <= disk_->version, "an answer left before its commit");
    for (std::size_t i = 0; i < s.what.size(); ++i) {
      is_accepted(made->ids[i], s.what[i].name);
      if (!s.what[i].idempotency_key.empty())
        keyed_[made->ids[i]] = s.what[i];
    }
  }
}

/// At every step: what was told is committed, and no commit took anything back.
void simulation::check_saved() {
  need(disk_->wrong.empty(), disk_->wrong);
  check_submitted();
  for (const auto& [id, name] : accepted_)
    need(disk_->tasks.contains(id) || disk_->removed.contains(id), "task ", id, " (", name, ") was accepted and is lost");
}

} // namespace stint::sim
