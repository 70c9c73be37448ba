#include <stint/list_actor.hpp>

#include <algorithm>

#include <stint/fault_point.hpp>
#include <stint/plant.hpp>

namespace stint {

using namespace crew_messages;

/// Lets what has gathered leave: at once when nothing has to be saved for it, else when it is.
void list_actor::depart() {
  if (saving_) {
    stop_in_trouble();
    return;
  }
  gather_stopped();
  next_.to = ledger_.version();
  if (!fx_.events.empty()) {
    next_.from = told_;
    told_ = next_.to;
  }
  if (!keeper_ || (fx_.changed.empty() && fx_.removed.empty())) {
    perform(next_);
    return;
  }
  saving_ = true;
  auto what = make_batch();
  if (planted(plant::answer_unsaved))
    perform(next_);
  std::swap(next_, leaving_);
  ledger_.cut();
  fault_point("list.decided");
  caf_shim::tell(*this, log_, save{std::move(what), caf::actor_cast<caf::actor>(this)});
}

/// Each task that has changed in its newest form, whatever happened in between.
std::shared_ptr<store::batch> list_actor::make_batch() {
  auto b = std::make_shared<store::batch>();
  b->version = ledger_.version();
  b->last_id = ledger_.last_id();
  auto ids = fx_.changed;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  b->saved.reserve(ids.size());
  for (auto id : ids)
    if (ledger_.find(id) != nullptr) // else it was removed in the same turn
      b->saved.push_back(ledger_.stored(id));
  b->removed = fx_.removed;
  return b;
}

void list_actor::is_saved() {
  saving_ = false;
  trouble_.reset();
  ledger_.committed();
  fault_point("list.saved");
  perform(leaving_);
  fault_point("list.told");
  // What has gathered meanwhile goes next, unless a turn is on its way that adds to it.
  if (!turn_pending_)
    depart();
}

/// A list that cannot save must still be able to end. What it has not saved it has told nobody: for the next one it never
/// happened. It only waits for bodies that run.
void list_actor::stop_in_trouble() {
  if (!trouble_ || !ledger_.stopping())
    return;
  for (const auto& [id, m] : workers_)
    if (m.runner->current() || m.port->debtor())
      return;
  const auto why = to_caf({errc::io_failed, *trouble_});
  for (auto* d : {&leaving_, &next_}) {
    for (auto& s : d->stopped)
      s.first.deliver(why);
    d->stopped.clear();
  }
  for (auto& s : stops_)
    s.first.deliver(why);
  stops_.clear();
}

/// Answers a question about what may not be saved yet with the next departure.
bool list_actor::unsettled() const { return keeper_ && (saving_ || !fx_.changed.empty() || !fx_.removed.empty()); }

} // namespace stint
