// What a node is handed, what its workers say of that, and what it says again to an owner that may not have heard it.
#include <limits>

#include <stint/node_actor.hpp>
#include <stint/validate.hpp>

namespace stint {

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

/// Keeps what a body says while nobody can be told.
void gather(wire::said& into, wire::said&& m) {
  if (m.progress)
    into.progress = std::move(m.progress);
  if (m.detail)
    into.detail = std::move(m.detail);
}

/// Gives what is kept of a text, and says how much is not.
std::string all_of(const bounded_text& text) {
  auto begin = text.read(0, text.kept());
  if (begin.next == text.total())
    return std::move(begin.text);
  const auto rest = text.read(begin.next, text.kept());
  if (rest.dropped != 0)
    begin.text += "\n[" + std::to_string(rest.dropped) + " bytes skipped]\n";
  return std::move(begin.text) + rest.text;
}

} // namespace

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
    auto& mine = has_[{a.id, a.attempt}] = {};
    mine.name = {a.id, a.attempt, a.epoch};
    mine.slot = a.slot;
    mine.fencing_token = a.fencing_token;
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
  if (!holds())
    return;
  wire::worked out;
  out.slot = static_cast<std::uint32_t>(m.from - 1);
  std::size_t bytes = 0;
  const auto send = [&] {
    if (up() && !out.reports.empty())
      transmit(wire::frame::worked, out);
    out.reports.clear();
    bytes = 0;
  };
  for (auto& r : m.reports) {
    const auto mine = has_.find({r.id, r.attempt});
    if (mine == has_.end() || mine->second.name.epoch != r.epoch || mine->second.end)
      continue;
    // What ended because this node leaves is no outcome: the task goes on elsewhere.
    if (leaving_ && r.what == attempt_report::kind::finished && r.outcome.kind != outcome_kind::succeeded) {
      has_.erase(mine);
      continue;
    }
    if (up() && r.what == attempt_report::kind::finished) // an end may not overtake what was said before it
      say_early(mine->second);
    fit(r.outcome);
    bytes += r.outcome.value.size() + r.outcome.error.size();
    auto& said = out.reports.emplace_back(wire::report{static_cast<std::uint32_t>(r.what), r.id, r.attempt, r.epoch,
                                                       std::move(r.outcome), r.began, r.took, r.printed});
    if (r.what == attempt_report::kind::begun) {
      mine->second.begun = true;
      mine->second.unsaid = !up();
      mine->second.began = r.began;
      mine->second.began_at = env_->now().steady;
    } else if (up() && (!settles_ || !is_outcome(said))) {
      has_.erase(mine);
    } else {
      mine->second.end = said;
    }
    if (bytes >= wire::frame_fill)
      send();
  }
  send();
  leave_when_idle();
}

void node_actor::said(wire::said m) {
  const auto behind = has_.upper_bound({m.id, m.attempt != 0 ? m.attempt : std::numeric_limits<std::uint32_t>::max()});
  if (behind == has_.begin() || std::prev(behind)->first.first != m.id || !holds())
    return;
  auto& whose = std::prev(behind)->second; // the newest, or the one that it names
  if (!up() || !credit_.open() || whose.early_output.total() != 0) {
    whose.early_output.append(m.output);
    gather(whose.early, std::move(m));
    return hold_ports();
  }
  m.slot = whose.slot;
  credit_.sent(m.output.size());
  transmit(wire::frame::said, m);
  if (!credit_.open())
    hold_ports();
}

/// Says what an attempt could not say before.
void node_actor::say_early(running& r) {
  auto m = std::exchange(r.early, {});
  m.output = all_of(std::exchange(r.early_output, running{}.early_output));
  if (m.output.empty() && !m.progress && !m.detail)
    return;
  m.slot = r.slot;
  m.id = r.name.id;
  m.attempt = r.name.attempt;
  credit_.sent(m.output.size());
  transmit(wire::frame::said, m);
}

/// The owner has had some output: more may go.
void node_actor::drained(const wire::drained& m) {
  credit_.drained(m.bytes);
  for (auto& [id, r] : has_)
    if (up() && credit_.open())
      say_early(r);
  hold_ports();
}

/// Bodies that can wait do so while nothing they print could go.
void node_actor::hold_ports() {
  const bool full = !up() || !credit_.open();
  for (auto& s : slots_)
    s.port->hold(full);
}

/// Says to an owner that has just been met what nobody may have heard: output first, as everybody does.
void node_actor::catch_up() {
  for (auto i = has_.begin(); i != has_.end();) {
    auto& r = i->second;
    say_early(r);
    if (r.end)
      transmit(wire::frame::worked, wire::worked{r.slot, {*r.end}});
    else if (std::exchange(r.unsaid, false))
      transmit(wire::frame::worked,
               wire::worked{r.slot, {{static_cast<std::uint32_t>(attempt_report::kind::begun), r.name.id, r.name.attempt,
                                      r.name.epoch, {}, r.began, {}, 0}}});
    i = r.end && !is_outcome(*r.end) ? has_.erase(i) : std::next(i);
  }
  hold_ports();
}

void node_actor::settled(const wire::settled& m) {
  for (const auto& who : m.whom)
    if (const auto i = has_.find({who.id, who.attempt}); i != has_.end() && i->second.end && i->second.name == who)
      has_.erase(i);
  leave_when_idle();
}

} // namespace stint
