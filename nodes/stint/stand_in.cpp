#include <stint/stand_in.hpp>

#include <iterator>
#include <limits>

namespace stint {

using namespace node_messages;

stand_in::stand_in(caf::actor_config& cfg, stand_in_setup with) : actor_base(cfg), with_(std::move(with)) {}

caf::behavior stand_in::make_behavior() {
  caf_shim::ask(*this, with_.owner, crew_messages::enlist{caf::actor_cast<caf::actor>(this), with_.node, with_.lease, with_.kinds,
                                                          with_.labels, with_.has, with_.once})
    .then(
      [this](const crew_messages::enlisted& m) {
        id_ = m.id;
        log_ = m.log;
        for (const auto& a : m.goes_on)
          has_.emplace(a.id, a.attempt);
        if (leaving_)
          caf_shim::tell(*this, with_.owner, crew_messages::leaving{id_});
        for (auto& s : std::exchange(early_said_, {}))
          said(s.what);
        for (auto& w : std::exchange(early_worked_, {}))
          worked(w.what);
      },
      [this](const caf::error& why) {
        // With something on it, it had better ask again; and it must know when there is no place for it.
        if (auto no = from_caf(why); !with_.has.empty() || no.code == errc::peer_refused)
          caf_shim::tell(*this, with_.gateway, not_enlisted{with_.session, std::move(no)});
        quit();
      });
  return {
    [this](const crew_messages::hand_over& m) { hand_on(m); },
    [this](const crew_messages::stop_attempt& m) { order(wire::order_kind::stop, {m.who}); },
    [this](const crew_messages::take_back& m) { order(wire::order_kind::take_back, m.whom); },
    [this](const crew_messages::replace_runner& m) { order(wire::order_kind::replace, {m.who}); },
    [this](const crew_messages::heard& m) {
      caf_shim::tell(*this, with_.gateway,
                     to_peer{with_.session, wire::frame::settled, wire::encode(wire::settled{m.whom})});
    },
    [this](node_worked& m) { id_ != 0 ? worked(m.what) : early_worked_.push_back(std::move(m)); },
    [this](node_said& m) { id_ != 0 ? said(m.what) : early_said_.push_back(std::move(m)); },
    [this](const retire& m) {
      if (!m.soon)
        return quit();
      leaving_ = true;
      if (id_ != 0)
        caf_shim::tell(*this, with_.owner, crew_messages::leaving{id_});
    },
  };
}

void stand_in::hand_on(const crew_messages::hand_over& m) {
  wire::start out;
  std::size_t bytes = 0;
  const auto send = [&] {
    caf_shim::tell(*this, with_.gateway, to_peer{with_.session, wire::frame::start, wire::encode(out)});
    out.attempts.clear();
    bytes = 0;
  };
  for (std::size_t i = 0; i < m.attempts.size(); ++i) {
    const auto& a = m.attempts[i]->what();
    has_.emplace(a.id, a.attempt);
    out.attempts.push_back({with_.slot, a.id, a.attempt, a.epoch, a.fencing_token, a.name, m.kinds.at(i), a.args});
    bytes += a.name.size() + a.args.size();
    if (bytes >= wire::frame_fill)
      send();
  }
  if (!out.attempts.empty())
    send();
}

void stand_in::order(wire::order_kind what, std::vector<attempt_name> whom) {
  const wire::order out{what, with_.slot, std::move(whom)};
  caf_shim::tell(*this, with_.gateway, to_peer{with_.session, wire::frame::order, wire::encode(out)});
}

void stand_in::worked(wire::worked& m) {
  crew_messages::worked out;
  out.from = id_;
  for (auto& r : m.reports) {
    if (r.what > static_cast<std::uint32_t>(attempt_report::kind::freed))
      continue;
    attempt_report a;
    a.what = static_cast<attempt_report::kind>(r.what);
    a.id = r.id;
    a.attempt = r.attempt;
    a.epoch = r.epoch;
    a.outcome = std::move(r.outcome);
    a.began = r.began;
    a.took = r.took;
    a.printed = r.printed;
    const auto mine = has_.find({r.id, r.attempt});
    // A body that is gone on without frees claims by its name alone.
    if (a.what == attempt_report::kind::freed && mine == has_.end())
      continue;
    if (mine != has_.end() && a.what != attempt_report::kind::begun)
      has_.erase(mine);
    out.reports.push_back(std::move(a));
  }
  caf_shim::tell(*this, with_.owner, std::move(out));
}

/// What nobody here was asked to do has nothing to say.
void stand_in::said(wire::said& m) {
  const auto behind = has_.upper_bound({m.id, std::numeric_limits<std::uint32_t>::max()});
  const auto newest = behind == has_.begin() ? has_.end() : std::prev(behind);
  if (newest == has_.end() || newest->first != m.id || (m.attempt != 0 && m.attempt != newest->second))
    return;
  if (!m.output.empty())
    caf_shim::tell(*this, log_, crew_messages::append{m.id, std::move(m.output)});
  if (m.progress || m.detail)
    caf_shim::tell(*this, with_.owner,
                   crew_messages::noted{m.id, newest->second, std::move(m.progress), std::move(m.detail)});
}

void stand_in::on_exit() {
  with_ = {};
  log_ = nullptr;
  actor_base::on_exit();
}

} // namespace stint
