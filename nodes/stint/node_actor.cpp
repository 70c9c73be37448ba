#include <stint/node_actor.hpp>

#include <algorithm>
#include <random>

namespace stint {

using namespace node_messages;

node_actor::node_actor(caf::actor_config& cfg, at where, registry kinds, std::vector<std::string> labels,
                       std::uint32_t slots, std::shared_ptr<environment> env)
    : link(cfg, std::move(where), std::move(env)), kinds_(std::make_shared<const registry>(std::move(kinds))),
      labels_(set_of(std::move(labels))), slots_(slots) {
  std::random_device dice;
  boot_ = std::uint64_t{dice()} << 32 | dice() | 1;
}

caf::behavior node_actor::make_behavior() {
  hire();
  open();
  return {
    [this](const envelope& e) { heard(e); },
    [this](connected& m) { is_connected(m); },
    [this](const connect_now&) { connect(); },
    [this](const await_link&) { return wait_for_link(); },
    [this](const beat_now&) { beat(); },
    [this](const await_welcome& m) { look_for_welcome(m); },
    [this](const leave_now&) { leave(); },
    [this](crew_messages::worked& m) { worked(m); },
    [this](crew_messages::noted& m) { said({0, m.id, m.attempt, {}, std::move(m.how_far), std::move(m.detail)}); },
    [this](crew_messages::append& m) { said({0, m.id, 0, std::move(m.text), {}, {}}); },
  };
}

void node_actor::hire() {
  const limits bounds;
  const auto me = caf::actor_cast<caf::actor>(this);
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    auto& s = slots_[i];
    s.port = std::make_shared<runner_port>(runner_rooms{bounds.output, bounds.detail}, kinds_);
    s.runner = env_->make_runner(s.port);
    s.who = system().spawn<worker>(worker_setup{i + 1, me, me, env_, s.port, s.runner});
  }
}

wire::hello node_actor::greeting() {
  greeted_ = env_->now().steady;
  // What came back unbegun is not here any more.
  std::erase_if(has_, [](const auto& h) { return h.second.end && !is_outcome(*h.second.end); });
  wire::hello h{wire::role::node, process_name(), kinds_->names(), labels_, static_cast<std::uint32_t>(slots_.size()), 0, boot_, {}, {}};
  for (const auto& k : h.kinds)
    if (kinds_->find(k)->at_most_once)
      h.once.push_back(k);
  for (const bool begun : {true, false}) // in the order in which they run
    for (auto& [id, r] : has_) {
      if ((r.begun || r.end) != begun)
        continue;
      const auto ran = r.end ? r.end->took : r.begun ? greeted_ - r.began_at : nanos{0};
      h.has.push_back({r.slot, r.name.id, r.name.attempt, r.name.epoch, r.fencing_token, begun,
                       r.end ? r.end->began : r.began, ran});
      r.unsaid = false;
    }
  return h;
}

void node_actor::linked(const wire::welcome& w) {
  env_->log(log_level::info, "joined " + where_.host + ":" + std::to_string(where_.port) + " with "
                               + std::to_string(slots_.size()) + (slots_.size() == 1 ? " slot" : " slots"));
  lease_.emplace(lease_times{w.beat, w.lease}, greeted_);
  every_ = w.beat;
  length_ = w.lease;
  settles_ = w.settles;
  credit_.begin(w.window);
  if (!settles_) { // it has not even asked what runs here
    give_bodies_up();
    has_.clear();
  }
  if (leaving_)
    transmit(wire::frame::leave, wire::leave{true});
  catch_up();
  if (!std::exchange(beating_, true))
    beat();
}

/// Whoever owns the list next may want what runs here; one that does not ask has given it to others.
void node_actor::unlinked() {
  hold_ports();
  if (!settles_)
    lease_.reset();
  if (!lease_)
    drop_what_runs();
  leave_when_idle();
}

/// They are told to stop. Whichever does not, its slot goes on without it: the list takes it for free.
void node_actor::give_bodies_up() {
  stop_bodies();
  for (const auto& [id, r] : has_)
    if (!r.end)
      caf_shim::tell(*this, slots_[r.slot].who, crew_messages::replace_runner{r.name});
}

void node_actor::drop_what_runs() {
  give_bodies_up();
  std::erase_if(has_, [](const auto& h) { return !h.second.end || !is_outcome(*h.second.end); });
}

nanos node_actor::longest_pause() const {
  return lease_ ? nanos{std::chrono::milliseconds{500}} : link::longest_pause(); // what runs here waits for its owner
}

void node_actor::stop_bodies() {
  for (const auto& [id, r] : has_)
    if (!r.end)
      caf_shim::tell(*this, slots_[r.slot].who, crew_messages::stop_attempt{r.name}); // not begun: comes back
}

/// What runs here is told to stop; when it has, and the list has heard so, it gives all of it to others at once.
void node_actor::leave() {
  leaving_ = true;
  patient_until_ = env_->now().steady + length_;
  if (up() && lease_)
    transmit(wire::frame::leave, wire::leave{true});
  stop_bodies();
  leave_when_idle();
}

/// What runs is waited for, and for a lease also that somebody has heard what came of it.
void node_actor::leave_when_idle() {
  if (!leaving_)
    return;
  const bool runs = std::any_of(has_.begin(), has_.end(), [](const auto& h) { return !h.second.end; });
  if (lease_ && (runs || (!has_.empty() && env_->now().steady < patient_until_)))
    return;
  if (lease_ && up())
    transmit(wire::frame::leave, wire::leave{}); // its answer ends this, or the end of the link
  else
    quit();
}

void node_actor::beat() {
  beating_ = false;
  if (!holds())
    return;
  const auto now = env_->now().steady;
  if (up())
    transmit(wire::frame::beat, wire::beat{lease_->beat(now)});
  beating_ = true;
  // As often as the owner wants, and when the lease ends.
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), std::clamp(lease_->ends() - now, nanos{1}, every_),
                       beat_now{});
  leave_when_idle();
}

/// A lease that has run out, perhaps while this process was stopped, ends everything that ran under it.
bool node_actor::holds() {
  if (lease_ && lease_->over(env_->now().steady))
    lease_ran_out();
  return lease_.has_value();
}

void node_actor::lease_ran_out() {
  lease_.reset();
  drop_what_runs();
  // Also when an owner has just been told that it runs here.
  if (greeted())
    reopen({errc::link_lost, "the list did not hear in time: what runs here is told to stop"});
  leave_when_idle();
}

void node_actor::hear(wire::frame what, const std::string& body) {
  auto bad = [this](const error& e) { reopen(e); };
  if (what == wire::frame::heard) {
    auto b = wire::decode<wire::beat>(body);
    if (b && lease_)
      lease_->heard(b->number);
  } else if (what == wire::frame::settled) {
    auto m = wire::decode<wire::settled>(body);
    m ? settled(*m) : bad(m.error());
  } else if (what == wire::frame::drained) {
    auto m = wire::decode<wire::drained>(body);
    m ? drained(*m) : bad(m.error());
  } else if (what == wire::frame::leave) {
    quit();
  } else if (what == wire::frame::start) {
    auto m = wire::decode<wire::start>(body);
    m ? begin(*m) : bad(m.error());
  } else if (what == wire::frame::order) {
    auto m = wire::decode<wire::order>(body);
    m ? obey(*m) : bad(m.error());
  }
}

void node_actor::on_exit() {
  leaving_ = false;
  lease_.reset();
  stop_bodies();
  has_.clear();
  for (auto& s : slots_)
    caf_shim::end(*this, s.who);
  slots_.clear();
  link::on_exit();
}

} // namespace stint
