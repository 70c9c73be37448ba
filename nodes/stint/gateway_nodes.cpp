#include <stint/gateway.hpp>

#include <utility>

namespace stint {

/// OpenSSL says it on another thread: it is fetched from there, each beat and when somebody asks.
void gateway::look_at_refusals() {
  using namespace node_messages;
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), times_.beat, node_messages::look_at_refusals{});
  caf_shim::ask(*this, tls_witness_, take_refusals{})
    .then([this](const refusals& m) { hear_of(m); }, [](const caf::error&) {});
}

void gateway::hear_of(const node_messages::refusals& m) {
  for (const auto& [cause, times] : m.times)
    if (auto& all = refused_handshakes_[cause]; std::exchange(all, all + times) == 0)
      env_->log(log_level::warning, "refused a TLS handshake: " + cause + "; more of the kind are only counted");
}

caf::result<node_list> gateway::nodes() {
  auto answer = make_response_promise<node_list>();
  if (!tls_witness_)
    tell_nodes(answer);
  else
    caf_shim::ask(*this, tls_witness_, node_messages::take_refusals{})
      .then(
        [this, answer](const node_messages::refusals& m) {
          hear_of(m);
          tell_nodes(answer);
        },
        [this, answer](const caf::error&) { tell_nodes(answer); });
  return answer;
}

/// Who is there is known here; the list says what it gave them.
void gateway::tell_nodes(caf::typed_response_promise<node_list> answer) {
  const auto now = env_->now().steady;
  node_list out;
  crew_messages::ask_what_runs ask;
  std::vector<std::size_t> whose;
  for (const auto& [session, p] : peers_) {
    auto& one = out.peers.emplace_back();
    one.name = p.name;
    one.role = p.role == wire::role::node ? peer_role::node : peer_role::client;
    one.linked = static_cast<bool>(p.who);
    one.slots = static_cast<std::uint32_t>(p.slots.size());
    one.kinds = p.kinds;
    one.labels = p.labels;
    one.silent = now - p.heard;
    for (const auto who : stand_ins(p)) {
      ask.whom.push_back(who);
      whose.push_back(out.peers.size() - 1);
    }
  }
  for (const auto& [cause, times] : refused_handshakes_)
    out.refused.push_back({cause, times});
  caf_shim::ask(*this, owner_, std::move(ask))
    .then(
      [answer, out = std::move(out), whose = std::move(whose)](const crew_messages::what_runs& m) mutable {
        out.version = m.version;
        for (std::size_t i = 0; i < whose.size(); ++i)
          out.peers[whose[i]].running.insert(out.peers[whose[i]].running.end(), m.of[i].begin(), m.of[i].end());
        answer.deliver(std::move(out));
      },
      [answer](const caf::error& e) mutable { answer.deliver(e); });
}

} // namespace stint
