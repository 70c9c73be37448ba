#include <stint/gateway.hpp>

namespace stint {

/// Who is there is known here; the list says what it gave them.
caf::result<node_list> gateway::nodes() {
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
  auto answer = make_response_promise<node_list>();
  caf_shim::ask(*this, owner_, std::move(ask))
    .then(
      [answer, out = std::move(out), whose = std::move(whose)](const crew_messages::what_runs& m) mutable {
        out.version = m.version;
        for (std::size_t i = 0; i < whose.size(); ++i)
          out.peers[whose[i]].running.insert(out.peers[whose[i]].running.end(), m.of[i].begin(), m.of[i].end());
        answer.deliver(std::move(out));
      },
      [answer](const caf::error& e) mutable { answer.deliver(e); });
  return answer;
}

} // namespace stint
