#include <stint/remote_ear.hpp>

namespace stint {

namespace {

/// Bytes of records in one frame, so that no frame comes near its limit, whatever has to be escaped.
constexpr std::size_t part_bytes = 128 * 1024;

std::size_t weight(const task& t) {
  auto n = 400 + t.name.size() + t.kind.size() + t.queue.size() + t.error.size() + t.progress.text.size();
  for (const auto& c : t.claims)
    n += 40 + c.key.size();
  for (const auto& tag : t.tags)
    n += 4 + tag.size();
  for (const auto& e : t.errors)
    n += 60 + e.text.size();
  return n;
}

std::size_t weight(const event& e) {
  auto n = 200 + e.name.size() + e.queue.size() + e.kind.size() + e.error.size();
  for (const auto& tag : e.tags)
    n += 4 + tag.size();
  return n;
}

std::size_t weight(const notice& n) { return 100 + (n.progress ? n.progress->text.size() : 0); }

} // namespace

remote_ear::remote_ear(caf::actor_config& cfg, remote_ear_setup with)
    : actor_base(cfg), with_(std::move(with)),
      window_(with_.ask.credit, limits{}.stream_window, with_.ask.owed) {}

caf::behavior remote_ear::make_behavior() {
  protocol::subscribe ask{caf::actor_cast<caf::actor>(this), with_.ask.from, with_.ask.filter, with_.ask.credit,
                          with_.ask.notices};
  caf_shim::ask(*this, with_.owner, std::move(ask))
    .then(
      [this](const protocol::subscribed& m) {
        number_ = m.number;
        auto out = of(wire::told_kind::started);
        out.version = m.version;
        say(out);
        pass_on();
      },
      [this](const caf::error& e) {
        const auto ours = from_caf(e);
        auto out = of(wire::told_kind::refused);
        out.code = ours.code;
        out.text = ours.text;
        say(out);
        over();
      });
  return {
    [this](protocol::events& m) { hear(std::move(m)); },
    [this](protocol::snapshot& m) { hear(std::move(m)); },
    [this](protocol::snapshot_end& m) { hear(m); },
    [this](protocol::notices& m) { hear(std::move(m)); },
    [this](protocol::reset& m) { hear(std::move(m)); },
    [this](protocol::closed& m) { hear(m); },
    [this](const node_messages::taken& m) {
      if (const auto credit = window_.taken(m.messages); credit != 0 && !orphan_)
        caf_shim::tell(*this, with_.owner, protocol::credit{number_, credit});
      pass_on();
    },
    [this](const node_messages::orphaned&) {
      orphan_ = true;
      waiting_.clear();
      caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), with_.linger, node_messages::forgotten{});
    },
    [this](const node_messages::forgotten&) { quit(); },
  };
}

/// An orphan gives no credit: the list soon keeps nothing for it.
void remote_ear::hear(heard what) {
  if (orphan_) {
    if (std::holds_alternative<protocol::closed>(what))
      quit();
    return;
  }
  waiting_.push_back(std::move(what));
  pass_on();
}

/// What the hub says may be here before the list's answer; the client hears that first.
void remote_ear::pass_on() {
  while (number_ != 0 && !waiting_.empty()) {
    const auto done = std::visit([this](const auto& m) { return pass(m); }, waiting_.front());
    if (!done)
      return;
    waiting_.pop_front();
    passed_ = 0;
  }
}

/// Sends as many parts as may go; true: all of it went. The list's credit is due when the last part has been worked off.
template <class T>
bool remote_ear::pass_records(const std::vector<T>& all, std::vector<T> wire::told::*where, wire::told out) {
  const auto to = out.version;
  while (window_.open()) {
    auto& part = out.*where;
    part.clear();
    std::size_t bytes = 0;
    for (; passed_ < all.size() && bytes < part_bytes; ++passed_) {
      bytes += weight(all[passed_]);
      part.push_back(all[passed_]);
    }
    const auto done = passed_ == all.size();
    if constexpr (std::is_same_v<T, event>)
      out.version = done ? to : part.back().version;
    window_.sent(bytes, done ? 1 : 0);
    say(out);
    if (done)
      return true;
    out.from = out.version;
  }
  return false;
}

bool remote_ear::pass(const protocol::snapshot& m) {
  return pass_records(m.tasks, &wire::told::tasks, of(wire::told_kind::tasks));
}

bool remote_ear::pass(const protocol::events& m) {
  const auto& all = m.batch->events;
  auto out = of(wire::told_kind::events);
  out.from = passed_ == 0 ? m.batch->from : all[passed_ - 1].version;
  out.version = m.batch->to;
  return pass_records(all, &wire::told::events, std::move(out));
}

bool remote_ear::pass(const protocol::notices& m) {
  return pass_records(*m.batch, &wire::told::notices, of(wire::told_kind::notices));
}

bool remote_ear::pass(const protocol::snapshot_end& m) {
  auto out = of(wire::told_kind::snapshot_end);
  out.version = m.version;
  say(out);
  return true;
}

bool remote_ear::pass(const protocol::reset& m) {
  auto out = of(wire::told_kind::reset);
  out.text = m.why;
  say(out);
  return true;
}

bool remote_ear::pass(const protocol::closed&) {
  say(of(wire::told_kind::closed));
  over();
  return true;
}

wire::told remote_ear::of(wire::told_kind what) const {
  wire::told out;
  out.number = with_.ask.number;
  out.what = what;
  return out;
}

void remote_ear::say(const wire::told& out) {
  if (orphan_)
    return;
  caf_shim::tell(*this, with_.gateway, node_messages::to_peer{with_.session, wire::frame::told, wire::encode(out)});
}

void remote_ear::over() {
  caf_shim::tell(*this, with_.gateway, node_messages::ear_over{with_.session, with_.ask.number});
  quit();
}

void remote_ear::on_exit() {
  with_ = {};
  waiting_.clear();
  actor_base::on_exit();
}

} // namespace stint
