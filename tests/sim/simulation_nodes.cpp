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
  nodes_.push_back(sim_node::make(world_->system(), list_, *rules_, ++last_process_, std::move(labels)));
}

/// Its link breaks. What it was handed may begin there and run on; nobody hears of it.
void simulation::lose_node(sim_node& n) {
  n.lost = true;
  caf::anon_send_exit(n.who, caf::exit_reason::user_shutdown);
}

/// Its lease is over, so nothing of it runs any more.
void simulation::node_is_over(sim_node& n) {
  while (!n.runs.empty())
    end_at(n, true, succeeded());
  caf_shim::anon_tell(list_, crew_messages::surely_over{{n.who.id()}});
  std::erase_if(nodes_, [&n](const auto& other) { return other.get() == &n; });
}

void simulation::node_leaves(sim_node& n) {
  while (!n.runs.empty())
    end_at(n, false, some_outcome());
  n.lost = true;
  caf_shim::anon_tell(n.who, crew_messages::close{});
  std::erase_if(nodes_, [&n](const auto& other) { return other.get() == &n; });
}

void simulation::begin_at(sim_node& n) {
  if (n.lost && freed_.contains(n.queue.front().name.id)) { // somebody took it on himself: an overlap is no breach then
    n.queue.pop_front();
    return;
  }
  const auto a = n.begin();
  oracle_->began(a.name.id, a.name.attempt, env_->now(), a.claims, a.alone, n.process);
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
  } else if (!n.in()) {
    return;
  } else if (n.lost) {
    if (chance(6))
      node_is_over(n);
    else if (chance(15))
      caf_shim::anon_tell(list_, crew_messages::only_unlinked{{n.who.id()}});
  } else if (chance(25)) {
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
    if (n->lost)
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
