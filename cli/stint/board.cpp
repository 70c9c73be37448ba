#include "board.hpp"

#include <algorithm>

namespace stint::cli {

board::board(std::size_t tasks) : rows_(tasks), versions_(tasks) {
  for (std::size_t i = 0; i < tasks; ++i)
    rows_[i].id = i + 1;
}

std::string board::note_of(const event& e) {
  switch (e.to) {
  case state::failed:
  case state::cancelled:
  case state::expired:
  case state::quarantined:
    return e.error;
  case state::scheduled:
    // Back from an attempt: to be tried again.
    return e.from == state::running ? "attempt " + std::to_string(e.attempt) + ": " + e.error : std::string{};
  case state::running:
    return e.attempt > 1 ? "attempt " + std::to_string(e.attempt) : std::string{};
  case state::cancelling:
    return "stopping";
  default:
    return {};
  }
}

bool board::apply(const event& e) {
  if (e.id == 0 || e.id > rows_.size() || e.version <= versions_[e.id - 1] || e.deleted)
    return false;
  auto& r = rows_[e.id - 1];
  if (versions_[e.id - 1] != 0) {
    --states_[static_cast<std::size_t>(r.state)];
    settled_ -= settled(r.state) ? 1 : 0;
  }
  if (first_ == wall_time{})
    first_ = e.when;
  last_ = std::max(last_, e.when);
  versions_[e.id - 1] = e.version;
  r.name = e.name;
  r.state = e.to;
  r.note = note_of(e);
  r.progress = {};
  ++states_[static_cast<std::size_t>(e.to)];
  settled_ += settled(e.to) ? 1 : 0;
  if (e.to == state::waiting)
    waiting_.insert(e.id);
  else
    waiting_.erase(e.id);
  changed_.insert(e.id);
  return true;
}

event board::catch_up(const task& t) {
  event e;
  e.version = t.version;
  e.id = t.id;
  if (t.id != 0 && t.id <= rows_.size()) {
    e.created = versions_[t.id - 1] == 0;
    e.from = rows_[t.id - 1].state;
  }
  e.to = t.state;
  e.attempt = t.attempt;
  e.code = t.code;
  e.when = t.ended ? *t.ended : t.started ? *t.started : t.submitted;
  e.name = t.name;
  e.error = t.error;
  return e;
}

std::string board::counted() const {
  std::string text;
  // As in a task's life, the end first: what is done, what went wrong, what is still to come.
  for (auto s : {state::succeeded, state::failed, state::cancelled, state::expired, state::quarantined,
                 state::cancelling, state::running, state::waiting, state::scheduled})
    if (count(s) != 0)
      text += (text.empty() ? "" : ", ") + std::to_string(count(s)) + " " + std::string{to_string(s)};
  return text;
}

} // namespace stint::cli
