// Nodes of the story: they join, run what they are handed, get out of reach, are there again, are over or leave in order.
#include <sim/simulation.hpp>

namespace stint::sim {

using namespace std::chrono_literals;

/// Of a node or of a task that only nodes run.
std::vector<std::string> simulation::some_labels() {
  switch (below(4)) {
    case 0: return {"gpu"};
    case 1: return {"big"};
    case 2: return {"big", "gpu"};
    default: return {};
  }
}

void simulation::join_node(std::vector<std::string> labels) {
  nodes_.push_back(sim_node::make(++last_boot_, std::move(labels)));
  nodes_.back()->join(world_->system(), list_, *rules_, *env_);
}

void simulation::forget_node(const sim_node& n) {
  fate_.adopted += n.adopted;
  std::erase_if(nodes_, [&n](const auto& other) { return other.get() == &n; });
}

/// The list has died. Those that were linked to it go on, and so does what was taken back from those out of reach; what only it
/// knew of, such as stuck bodies, is over.
void simulation::leave_nodes_alone() {
  const auto all = std::exchange(nodes_, {});
  for (const auto& n : all) {
    if (n->who)
      caf::anon_send_exit(n->who, caf::exit_reason::user_shutdown);
    if (!disk_ || n->leaving || (!n->lost && !n->in() && !n->until)) {
      fate_.adopted += n->adopted;
      continue;
    }
    if (n->lost) {
      leave_lost_node_alone(n);
      continue;
    }
    n->link.cut(below(n->link.size(sim_link::to_node) + 1), 0);
    n->until = n->until.value_or(env_->now().steady + sim_node::patience - std::chrono::milliseconds{below(3'000)});
    n->loses_its_owner(
      [this, &n](const sim_node::attempt& a) {
        const auto t = disk_->tasks.find(a.name.id);
        return t != disk_->tasks.end() && running(t->second.state) && t->second.attempt == a.name.attempt
               && t->second.away.node == n->boot;
      },
      [](const sim_node::attempt&) {}); // nobody looks until the next life
    fate_.away += n->runs.size() + n->queue.size();
    *n->until -= env_->now().steady.time_since_epoch(); // the next life has another clock
    nodes_.push_back(n);
  }
}

/// It runs on what it was handed, and comes back to nobody. Of what was deleted since nobody knows.
void simulation::leave_lost_node_alone(const std::shared_ptr<sim_node>& n) {
  n->loses_its_owner(
    [this](const sim_node::attempt& a) { return disk_->tasks.contains(a.name.id) && !freed_.contains(a.name.id); },
    [](const sim_node::attempt&) {});
  n->away = false;
  n->ended.clear();
  n->fences_of_ended.clear();
  fate_.adopted += n->adopted;
  fate_.lost += n->runs.size() + n->queue.size();
  if (n->runs.empty() && n->queue.empty())
    return;
  n->until = steady_time{n->until ? n->until->time_since_epoch() - env_->now().steady.time_since_epoch()
                                  : sim_node::patience - std::chrono::milliseconds{below(7'000)}};
  nodes_.push_back(n);
}

/// In the next life, which begins so much later.
void simulation::find_nodes_again(nanos later) {
  const auto all = nodes_;
  for (const auto& n : all) {
    *n->until += env_->now().steady.time_since_epoch() - later;
    for (const auto& a : n->runs)
      oracle_->goes_on(a.name.id, a.name.attempt, a.claims, a.alone, n->boot, env_->now());
    if (*n->until <= env_->now().steady)
      lease_ran_out(*n);
  }
}

/// It stops what it runs, and says nothing of it any more.
void simulation::lease_ran_out(sim_node& n) {
  for (const auto& a : n.runs)
    oracle_->ended(a.name.id, a.name.attempt);
  n.runs.clear();
  n.queue.clear();
  n.free_slot = true;
  n.until.reset();
  if (n.lost)
    forget_node(n);
  else if (!n.away)
    lose_node(n); // what its greeting said is not true any more
  else if (n.ended.empty())
    forget_node(n);
  else
    n.until = steady_time{nanos::max() / 2}; // never: what has ended in time may still be wanted
}

/// Lets time pass, in which leases run out.
void simulation::advance(nanos d) {
  const auto all = nodes_;
  for (const auto& n : all)
    if (n->until && *n->until <= env_->now().steady + d)
      lease_ran_out(*n);
  world_->advance_only(d);
}

/// Something that is on its way to a node or from it arrives.
void simulation::pass_some() {
  if (!nodes_.empty() && chance(60))
    nodes_[below(nodes_.size())]->link.pass(chance(50) ? sim_link::to_node : sim_link::to_list);
}

/// Has everything arrive that is on its way.
void simulation::settle() {
  for (bool any = true; any;) {
    while (world_->step())
      check();
    any = false;
    for (const auto& n : nodes_)
      any = n->link.pass_all() || any;
  }
}

/// Its link breaks. What it was handed may begin there and run on; nobody hears of it.
void simulation::lose_node(sim_node& n) {
  n.link.cut(below(n.link.size(sim_link::to_node) + 1), below(n.link.size(sim_link::to_list) + 1));
  n.lost = true;
  caf::anon_send_exit(n.who, caf::exit_reason::user_shutdown);
}

void simulation::lose_some_nodes() {
  const auto all = nodes_;
  for (const auto& n : all)
    if (n->in() && !n->lost && !n->leaving && chance(60))
      lose_node(*n);
}

/// Its lease is over, so nothing of it runs any more.
void simulation::node_is_over(sim_node& n) {
  while (!n.runs.empty())
    end_at(n, true, succeeded());
  if (n.who) // else its list is gone, too
    caf_shim::anon_tell(list_, crew_messages::surely_over{{n.who.id()}});
  forget_node(n);
}

void simulation::node_leaves(sim_node& n) {
  while (!n.runs.empty())
    end_at(n, false, some_outcome());
  n.link.cut(0, n.link.size(sim_link::to_list)); // its last word is behind what it reported
  n.lost = true;
  caf_shim::anon_tell(n.who, crew_messages::close{});
  forget_node(n);
}

void simulation::begin_at(sim_node& n) {
  if (n.lost && freed_.contains(n.queue.front().name.id)) { // somebody took it on himself: an overlap is no breach then
    n.queue.pop_front();
    return;
  }
  const auto a = n.begin();
  oracle_->began(a.name.id, a.name.attempt, env_->now(), a.claims, a.alone, n.boot);
}

void simulation::end_at(sim_node& n, bool newest, outcome o) {
  const auto a = n.end(newest, std::move(o), some_length());
  oracle_->ended(a.name.id, a.name.attempt);
}

void simulation::play_nodes() {
  if (nodes_.empty() || (nodes_.size() < 3 && chance(4))) {
    join_node(some_labels());
    return;
  }
  auto& n = *nodes_[below(nodes_.size())];
  if (n.can_begin() && chance(70)) {
    begin_at(n);
  } else if (!n.runs.empty() && chance(50)) {
    end_at(n, chance(70), some_outcome());
  } else if (n.away) {
    if (chance(40))
      n.join(world_->system(), list_, *rules_, *env_);
  } else if (!n.in()) {
    return;
  } else if (n.lost) {
    if (chance(6))
      node_is_over(n);
    else if (chance(15))
      caf_shim::anon_tell(list_, crew_messages::only_unlinked{{n.who.id()}});
  } else if (chance(disk_ ? 8 : 25)) {
    lose_node(n);
  } else if (chance(4)) {
    n.leaving = true;
    caf_shim::anon_tell(list_, crew_messages::leaving{n.id});
  } else if (n.leaving ? chance(40) : chance(4)) {
    node_leaves(n);
  }
}

/// For the end of a story: everybody comes back or is over, and works.
void simulation::heal_nodes() {
  const auto all = nodes_;
  bool there = false;
  for (const auto& n : all)
    if (n->away && chance(50))
      lease_ran_out(*n);
    else if (n->away)
      n->join(world_->system(), list_, *rules_, *env_);
    else if (n->lost)
      node_is_over(*n);
    else if (n->leaving)
      node_leaves(*n);
    else
      there = there || n->labels.size() == 2;
  if (!there)
    join_node({"big", "gpu"});
  for (const auto& n : nodes_) {
    if (n->can_begin())
      begin_at(*n);
    while (!n->runs.empty())
      end_at(*n, false, succeeded());
  }
}

} // namespace stint::sim
