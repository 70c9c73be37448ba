#include <stint/node_actor.hpp>

#include <limits>
#include <random>

#include <stint/validate.hpp>

namespace stint {

using namespace node_messages;

namespace {

/// What no frame could carry ends as a value past the list's limit does: an answer that never arrives would cost the node
/// its link, and whatever runs there its attempt.
void fit(outcome& o) {
  if (o.value.size() > wire::frame_fill)
    o = discarded("value_too_large: " + std::to_string(o.value.size()) + " bytes, from a node at most "
                  + std::to_string(wire::frame_fill));
  if (o.error.size() > wire::frame_fill)
    o.error = whole_characters(o.error, wire::frame_fill);
}

} // namespace

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
  return {wire::role::node, process_name(), kinds_->names(), labels_, static_cast<std::uint32_t>(slots_.size()), 0, boot_};
}

void node_actor::linked(const wire::welcome& w) {
  lease_.emplace(lease_times{w.beat, w.lease}, greeted_);
  every_ = w.beat;
  if (!std::exchange(beating_, true))
    beat();
}

/// Nothing that ran counts any more: others have it, or will soon.
void node_actor::unlinked() {
  lease_.reset();
  stop_bodies();
  has_.clear();
  leave_when_idle();
}

void node_actor::stop_bodies() {
  for (const auto& [id, r] : has_)
    caf_shim::tell(*this, slots_[r.slot].who, crew_messages::stop_attempt{r.name}); // not begun: comes back
}

/// What runs here is told to stop; when it has, and the list has heard so, it gives all of it to others at once.
void node_actor::leave() {
  leaving_ = true;
  if (up() && lease_)
    transmit(wire::frame::leave, wire::leave{true});
  stop_bodies();
  leave_when_idle();
}

void node_actor::leave_when_idle() {
  if (!leaving_ || !has_.empty())
    return;
  if (up() && lease_)
    transmit(wire::frame::leave, wire::leave{}); // its answer ends this, or the end of the link
  else
    quit();
}

void node_actor::beat() {
  beating_ = false;
  if (!lease_ || !may_speak())
    return;
  transmit(wire::frame::beat, wire::beat{lease_->beat(env_->now().steady)});
  beating_ = true;
  // As often as the owner wants, and when the lease ends.
  const auto now = env_->now().steady;
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), std::clamp(lease_->ends() - now, nanos{1}, every_),
                       beat_now{});
}

/// A lease that has run out, perhaps while this process was stopped, ends everything that ran under it.
bool node_actor::may_speak() {
  if (!lease_)
    return false;
  if (!lease_->over(env_->now().steady))
    return true;
  reopen({errc::link_lost, "the list did not hear in time: what runs here is told to stop"});
  return false;
}

void node_actor::hear(wire::frame what, const std::string& body) {
  auto bad = [this](const error& e) { reopen(e); };
  if (what == wire::frame::heard) {
    auto b = wire::decode<wire::beat>(body);
    if (b && lease_)
      lease_->heard(b->number);
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

void node_actor::begin(wire::start& m) {
  if (!may_speak())
    return;
  for (auto& a : m.attempts) {
    if (a.slot >= slots_.size())
      continue;
    if (leaving_) {
      transmit(wire::frame::worked,
               wire::worked{a.slot, {{static_cast<std::uint32_t>(attempt_report::kind::returned), a.id, a.attempt, a.epoch,
                                      {}, {}, {}}}});
      continue;
    }
    const auto* k = kinds_->find(a.kind);
    if (k == nullptr) {
      wire::report r{static_cast<std::uint32_t>(attempt_report::kind::finished), a.id, a.attempt, a.epoch,
                     discarded("the node has no kind '" + a.kind + "'"), env_->now().wall, nanos{0}, 0};
      transmit(wire::frame::worked, wire::worked{a.slot, {std::move(r)}});
      continue;
    }
    has_[{a.id, a.attempt}] = {{a.id, a.attempt, a.epoch}, a.slot};
    auto& s = slots_[a.slot].starts.add(slots_[a.slot].port);
    s.id = a.id;
    s.attempt = a.attempt;
    s.epoch = a.epoch;
    s.fencing_token = a.fencing_token;
    s.name = std::move(a.name);
    s.args = std::move(a.args);
    s.run = k->run.borrowed();
  }
  for (auto& s : slots_)
    if (!s.starts.empty())
      caf_shim::tell(*this, s.who, crew_messages::hand_over{s.starts.take()});
}

void node_actor::obey(const wire::order& m) {
  if (m.slot >= slots_.size())
    return;
  const auto& who = slots_[m.slot].who;
  if (m.what == wire::order_kind::take_back) {
    caf_shim::tell(*this, who, crew_messages::take_back{m.whom});
    return;
  }
  for (const auto& a : m.whom)
    if (m.what == wire::order_kind::stop)
      caf_shim::tell(*this, who, crew_messages::stop_attempt{a});
    else
      caf_shim::tell(*this, who, crew_messages::replace_runner{a});
}

void node_actor::worked(crew_messages::worked& m) {
  if (!may_speak())
    return;
  wire::worked out;
  out.slot = static_cast<std::uint32_t>(m.from - 1);
  std::size_t bytes = 0;
  const auto send = [&] {
    transmit(wire::frame::worked, out);
    out.reports.clear();
    bytes = 0;
  };
  for (auto& r : m.reports) {
    const auto mine = has_.find({r.id, r.attempt});
    if (mine == has_.end() || mine->second.name.epoch != r.epoch)
      continue;
    // What ended because this node leaves is no outcome: the task goes on elsewhere.
    if (leaving_ && r.what == attempt_report::kind::finished && r.outcome.kind != outcome_kind::succeeded) {
      has_.erase(mine);
      continue;
    }
    fit(r.outcome);
    bytes += r.outcome.value.size() + r.outcome.error.size();
    out.reports.push_back({static_cast<std::uint32_t>(r.what), r.id, r.attempt, r.epoch, std::move(r.outcome), r.began,
                           r.took, r.printed});
    if (r.what != attempt_report::kind::begun)
      has_.erase(mine);
    if (bytes >= wire::frame_fill)
      send();
  }
  if (!out.reports.empty())
    send();
  leave_when_idle();
}

void node_actor::said(wire::said m) {
  const auto behind = has_.upper_bound({m.id, m.attempt != 0 ? m.attempt : std::numeric_limits<std::uint32_t>::max()});
  if (behind == has_.begin() || std::prev(behind)->first.first != m.id || !may_speak())
    return;
  m.slot = std::prev(behind)->second.slot; // of the newest, or of the one that it names
  transmit(wire::frame::said, m);
}

void node_actor::on_exit() {
  leaving_ = false;
  unlinked();
  for (auto& s : slots_)
    caf_shim::end(*this, s.who);
  slots_.clear();
  link::on_exit();
}

} // namespace stint
