#include <stint/gateway.hpp>

#include <stint/configure_nodes.hpp>
#include <stint/stand_in.hpp>
#include <stint/tls_refusals.hpp>
#include <stint/validate.hpp>

namespace stint {

using namespace node_messages;

gateway::gateway(caf::actor_config& cfg, caf::actor owner, std::shared_ptr<environment> env, lease_times times)
    : actor_base(cfg), owner_(std::move(owner)), env_(std::move(env)), times_(times), leases_(times),
      ears_(*this, owner_, times.lease), life_(env_->seed() | 1) {}

caf::behavior gateway::make_behavior() {
  caf_shim::ask(*this, owner_, crew_messages::publish{caf::actor_cast<caf::actor>(this)})
    .then(
      [this](const crew_messages::may_be_found_again& m) {
        keeps_ = m.yes;
        room_ = m.room;
      },
      [](const caf::error&) {});
  if (protected_links(system())) {
    tls_witness_ = spawn_tls_witness(system());
    look_at_refusals();
  }
  return trapping(
    [this](const caf::error& why) {
      if (why) // else somebody who is linked has ended in order
        quit(why);
    },
    [this](envelope& e) { hear(e); },
    [this](to_peer& m) {
      if (auto p = peers_.find(m.session); p != peers_.end() && p->second.who)
        caf_shim::tell(*this, p->second.who,
                       envelope{wire::protocol_number, static_cast<std::uint32_t>(m.what), std::move(m.body)});
    },
    [this](const look_at_leases&) { look(); },
    [this](const node_messages::look_at_refusals&) { look_at_refusals(); },
    [this](const not_enlisted& m) {
      auto p = peers_.find(m.session);
      if (p == peers_.end() || !p->second.who)
        return; // another of its slots has said so
      refuse(p->second.who, errc::peer_refused, m.why.text.empty() ? to_string(m.why) : m.why.text);
      lost(m.session);
    },
    [this](const ear_over& m) { ears_.over(m.session, m.number); },
    [this](const protocol::nodes&) { return nodes(); });
}

void gateway::refuse(const caf::actor& who, errc code, const std::string& why) {
  if (++refused_ <= 100) // more of them are no news
    env_->log(log_level::warning, "gateway: refused a message: " + to_string(error{code, why}));
  transmit(who, wire::frame::refused, wire::refused{code, why});
}

void gateway::hear(envelope& e) {
  const auto who = caf::actor_cast<caf::actor>(current_sender());
  if (!who)
    return;
  if (e.protocol != wire::protocol_number)
    return refuse(who, errc::peer_refused, "it speaks protocol " + std::to_string(e.protocol) + ", this list "
                                             + std::to_string(wire::protocol_number));
  const auto what = static_cast<wire::frame>(e.frame);
  if (what == wire::frame::hello) {
    auto h = wire::decode<wire::hello>(e.body);
    return h ? greet(who, *h) : refuse(who, h.code(), h.error().text);
  }
  const auto known = sessions_.find(who.address());
  if (known == sessions_.end())
    return refuse(who, errc::link_lost, "this list does not know it, or not any more");
  const auto session = known->second;
  auto& p = peers_.at(session);
  auto with = [&](auto body, auto&& fn) {
    if (body)
      fn(*body);
    else
      refuse(who, body.code(), body.error().text);
  };
  switch (what) {
    case wire::frame::ask:
      if (p.role != wire::role::client)
        return refuse(who, errc::bad_message, "a node does not ask");
      return with(wire::decode<wire::ask>(e.body), [&](auto& q) { asked(session, q); });
    case wire::frame::beat: return with(wire::decode<wire::beat>(e.body), [&](auto& b) { beaten(session, p, b); });
    case wire::frame::listen:
      if (p.role != wire::role::client)
        return refuse(who, errc::bad_message, "a node does not listen");
      return with(wire::decode<wire::listen>(e.body), [&](auto& m) { ears_.listen(session, std::move(m)); });
    case wire::frame::unlisten:
      return with(wire::decode<wire::unlisten>(e.body), [&](auto& m) { ears_.unlisten(session, m.number); });
    case wire::frame::taken: return with(wire::decode<wire::taken>(e.body), [&](auto& m) { ears_.taken(session, m); });
    case wire::frame::worked:
      return with(wire::decode<wire::worked>(e.body), [&](auto& w) {
        if (w.slot < p.slots.size())
          caf_shim::tell(*this, p.slots[w.slot], node_worked{std::move(w)});
      });
    case wire::frame::said:
      return with(wire::decode<wire::said>(e.body), [&](auto& s) {
        if (const auto came = p.output.came(s.output.size()); came != 0)
          transmit(who, wire::frame::drained, wire::drained{came});
        if (s.slot < p.slots.size())
          caf_shim::tell(*this, p.slots[s.slot], node_said{std::move(s)});
      });
    case wire::frame::leave:
      if (p.role == wire::role::node)
        return with(wire::decode<wire::leave>(e.body), [&](auto& m) { m.soon ? retiring(p, true) : left(session); });
      [[fallthrough]];
    default: return refuse(who, errc::bad_message, "frame " + std::to_string(e.frame));
  }
}

/// A client has no lease; it only wants to know that somebody is there.
void gateway::beaten(std::uint64_t session, peer& p, const wire::beat& b) {
  p.heard = env_->now().steady;
  if (p.role == wire::role::client || leases_.beat(session, p.heard))
    transmit(p.who, wire::frame::heard, b);
}

void gateway::greet(const caf::actor& who, const wire::hello& h) {
  if (auto old = sessions_.find(who.address()); old != sessions_.end())
    lost(old->second);
  if (h.slots > limits{}.workers)
    return refuse(who, errc::peer_refused, std::to_string(h.slots) + " slots");
  if (auto ok = check_labels(h.labels, limits{}); !ok)
    return refuse(who, errc::peer_refused, to_string(ok.error()));
  take_deaths_back(h.boot);
  if (const auto left = free_slots(); h.role == wire::role::node && h.slots > left)
    return refuse(who, errc::peer_refused, std::to_string(h.slots) + " slots, and the list takes " + std::to_string(left) + " more");
  const auto session = ++last_session_;
  sessions_[who.address()] = session;
  auto& p = peers_[session];
  p.who = who;
  p.boot = h.boot;
  p.name = h.name;
  p.role = h.role;
  p.kinds = h.kinds;
  p.labels = h.labels;
  p.heard = env_->now().steady;
  watch(who, [this, session](const caf::error&) { lost(session); });
  transmit(who, wire::frame::welcome, wire::welcome{1, times_.lease, times_.beat, life_, h.number, keeps_,
                                                             wire::output_window});
  if (h.role != wire::role::node)
    return;
  env_->log(log_level::info, "node " + h.name + " joined with " + std::to_string(h.slots) + (h.slots == 1 ? " slot" : " slots"));
  leases_.join(session, env_->now().steady);
  std::vector<kept_attempt> all;
  std::vector<std::vector<kept_attempt>> by_slot(h.slots);
  for (const auto& k : h.has)
    if (keeps_ && k.slot < h.slots) {
      all.push_back({k.id, k.attempt, k.epoch, k.fencing_token, k.begun, k.began, k.ran});
      by_slot[k.slot].push_back(all.back());
    }
  caf_shim::tell(*this, owner_, crew_messages::node_back{h.boot, times_.lease, std::move(all)});
  for (std::uint32_t slot = 0; slot < h.slots; ++slot)
    p.slots.push_back(system().spawn<stand_in>(stand_in_setup{owner_, caf::actor_cast<caf::actor>(this), session, slot, h.boot,
                                                              times_.lease, h.kinds, h.labels, std::move(by_slot[slot]), h.once}));
  if (!looking_)
    look();
}

/// Nothing is said to it any more, nor heard of it.
void gateway::cut_off(std::uint64_t session, peer& p) {
  if (p.who) {
    unwatch(p.who);
    sessions_.erase(p.who.address());
  }
  p.who = nullptr;
  ears_.orphan(session);
}

/// Its link broke, or it greets anew.
void gateway::lost(std::uint64_t session) {
  auto i = peers_.find(session);
  if (i == peers_.end())
    return;
  auto& p = i->second;
  cut_off(session, p);
  if (p.slots.empty()) { // a client
    peers_.erase(i);
    return;
  }
  env_->log(log_level::info, "node " + p.name + " lost its link");
  end_stand_ins(p);
  leases_.unlink(session);
}

void gateway::retiring(const peer& p, bool soon) {
  for (const auto& s : p.slots)
    caf_shim::tell(*this, s, retire{soon});
}

/// A node has ended in order, and has said all that it had to say.
void gateway::left(std::uint64_t session) {
  auto gone = peers_.extract(session);
  auto& p = gone.mapped();
  env_->log(log_level::info, "node " + p.name + " left");
  transmit(p.who, wire::frame::leave, wire::leave{});
  cut_off(session, p);
  leases_.leave(session);
  retiring(p, false); // behind its reports
  // One that had ended by itself is no worker that left: what it had is free by now at the latest.
  caf_shim::tell_after(*this, owner_, times_.lease, crew_messages::surely_over{stand_ins(p)});
}

std::size_t gateway::free_slots() const {
  std::size_t taken = 0;
  for (const auto& [session, p] : peers_)
    taken += p.who ? p.slots.size() : 0;
  return room_ - std::min(taken, room_);
}

/// A process that joins anew had not died when its link broke.
void gateway::take_deaths_back(std::uint64_t boot) {
  for (auto& [session, p] : peers_) {
    if (boot == 0 || p.boot != boot || p.slots.empty())
      continue;
    if (p.who)
      lost(session);
    caf_shim::tell(*this, owner_, crew_messages::only_unlinked{stand_ins(p)});
  }
}

void gateway::end_stand_ins(peer& p) {
  for (auto& s : p.slots)
    caf_shim::end(*this, s);
}

std::vector<caf::actor_id> gateway::stand_ins(const peer& p) {
  std::vector<caf::actor_id> out;
  for (const auto& s : p.slots)
    out.push_back(s.id());
  return out;
}

void gateway::look() {
  looking_ = false;
  const auto now = env_->now().steady;
  for (const auto& v : leases_.due(now)) {
    auto i = peers_.find(v.who);
    if (i == peers_.end())
      continue;
    auto& p = i->second;
    if (v.silent) {
      env_->log(log_level::warning, "node " + p.name + " is silent: its tasks go to others");
      cut_off(v.who, p);
      end_stand_ins(p);
    }
    caf_shim::tell(*this, owner_, crew_messages::surely_over{stand_ins(p)});
    peers_.erase(i);
  }
  if (const auto next = leases_.next(now)) {
    looking_ = true;
    caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), *next, look_at_leases{});
  }
}

void gateway::on_exit() {
  std::vector<caf::actor_id> all;
  for (auto& [session, p] : peers_) {
    end_stand_ins(p);
    const auto its = stand_ins(p);
    all.insert(all.end(), its.begin(), its.end());
  }
  ears_.end();
  // Nobody is here to say so then, and the list may wait for it.
  if (!all.empty())
    caf_shim::tell_after(*this, owner_, times_.lease, crew_messages::surely_over{std::move(all)});
  peers_.clear();
  waiting_.clear();
  sessions_.clear();
  if (tls_witness_)
    caf_shim::end(*this, tls_witness_);
  tls_witness_ = nullptr;
  owner_ = nullptr;
  actor_base::on_exit();
}

} // namespace stint
