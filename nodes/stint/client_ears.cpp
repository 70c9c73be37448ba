#include <stint/client_ears.hpp>

#include <stint/remote_ear.hpp>

namespace stint {

void client_ears::listen(std::uint64_t session, wire::listen ask) {
  const limits bounds;
  const auto me = caf::actor_cast<caf::actor>(&gateway_);
  auto& all = of_[session];
  if (all.contains(ask.number))
    return;
  if (all.size() >= bounds.client_subscriptions) {
    wire::told no;
    no.number = ask.number;
    no.what = wire::told_kind::refused;
    no.code = errc::too_many_subscribers;
    no.text = std::to_string(all.size()) + " of one client";
    caf_shim::tell(gateway_, me, node_messages::to_peer{session, wire::frame::told, wire::encode(no)});
    return;
  }
  // What the hub makes of it too: below two, a snapshot would not move.
  ask.credit = std::clamp<std::size_t>(ask.credit, 2, bounds.subscriber_credit);
  const auto number = ask.number;
  all.emplace(number, gateway_.system().spawn<remote_ear>(remote_ear_setup{owner_, me, session, std::move(ask), linger_}));
}

void client_ears::unlisten(std::uint64_t session, std::uint64_t number) {
  auto of = of_.find(session);
  if (of == of_.end())
    return;
  if (auto gone = of->second.extract(number))
    caf_shim::end(gateway_, gone.mapped());
}

void client_ears::taken(std::uint64_t session, const wire::taken& m) {
  auto of = of_.find(session);
  if (of == of_.end())
    return;
  if (auto i = of->second.find(m.number); i != of->second.end())
    caf_shim::tell(gateway_, i->second, node_messages::taken{m.messages});
}

void client_ears::over(std::uint64_t session, std::uint64_t number) {
  if (auto of = of_.find(session); of != of_.end())
    of->second.erase(number);
}

void client_ears::orphan(std::uint64_t session) {
  auto of = of_.extract(session);
  if (!of)
    return;
  auto first = true;
  for (const auto& [number, ear] : of.mapped())
    if (std::exchange(first, false))
      caf_shim::tell(gateway_, ear, node_messages::orphaned{});
    else
      caf_shim::end(gateway_, ear);
}

void client_ears::end() {
  for (const auto& [session, all] : of_)
    for (const auto& [number, ear] : all)
      caf_shim::end(gateway_, ear);
  of_.clear();
  owner_ = nullptr;
}

} // namespace stint
