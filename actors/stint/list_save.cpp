#include <stint/list_actor.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <stint/fault_point.hpp>
#include <stint/plant.hpp>

namespace stint {

using namespace crew_messages;

namespace {

/// How long a stop waits for one commit: a disk that is only slow has answered by then, one that hangs, such as a file server
/// that is gone, may never.
constexpr nanos commit_patience = std::chrono::seconds{10};

} // namespace

/// Lets what has gathered leave: at once when nothing has to be saved for it, else when it is.
void list_actor::depart() {
  if (saving_) {
    if (to_save() && !std::exchange(said_more_, true))
      caf_shim::tell(*this, keeper_, gathered{});
    watch_commit();
    stop_in_trouble();
    return;
  }
  gather_stopped();
  next_.to = ledger_.version();
  if (!fx_.events.empty()) {
    next_.from = told_;
    told_ = next_.to;
  }
  if (!keeper_ || !to_save()) {
    perform(next_);
    return;
  }
  // What a body printed is on the disk with its task's end. The log has it before the end is reported; of an end that came
  // otherwise, such as that of a body which ignored its token, it may have some whose news is on its way here.
  const bool by_log = std::exchange(printed_, false) || fx_.ended.size() != silent_ends_;
  silent_ends_ = 0;
  text_due_ = false;
  saving_ = true;
  said_more_ = false;
  ++commits_;
  watch_commit();
  auto what = make_batch();
  if (planted(plant::answer_unsaved))
    perform(next_);
  std::swap(next_, leaving_);
  ledger_.cut();
  fault_point("list.decided");
  caf_shim::tell(*this, by_log ? log_ : keeper_, save{std::move(what), caf::actor_cast<caf::actor>(this)});
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
  b->settings = fx_.settings;
  return b;
}

void list_actor::is_saved() {
  tell_saved(); // of the commit before, if there was no time for it
  saving_ = false;
  trouble_.reset();
  gave_up_ = false;
  all_left_ = ledger_.committed();
  fault_point("list.saved");
  std::swap(leaving_, saved_);
  to_tell_ = true;
  // What has gathered meanwhile goes next, unless a turn is on its way that adds to it; first, when the disk can work on it
  // while this leaves.
  if (!turn_pending_ && to_save()) {
    depart();
    if (leave_lent_thread()) { // the keeper's, which has that to do
      caf_shim::tell(*this, caf::actor_cast<caf::actor>(this), crew_messages::tell_saved{});
      return;
    }
  }
  tell_saved();
}

/// Lets what the last commit has saved leave.
void list_actor::tell_saved() {
  if (!std::exchange(to_tell_, false))
    return;
  perform(saved_);
  fault_point("list.told");
  if (!turn_pending_ && !saving_)
    depart();
  tell_left();
  if (!all_left_)
    changed();
}

/// A commit that neither ends nor fails must not keep a stop from ending.
void list_actor::watch_commit() {
  if (!ledger_.stopping() || watched_commit_ == commits_)
    return;
  watched_commit_ = commits_;
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), commit_patience,
                       save_trouble{"the store has not answered for "
                                      + std::to_string(commit_patience / std::chrono::seconds{1}) + " s",
                                    commits_});
}

/// A list that cannot save must still be able to end. What it has not saved it has told nobody: for the next one it never
/// happened, unless a commit that hung went through after all. It only waits for bodies that run, and for stuck ones unless no stop does.
void list_actor::stop_in_trouble() {
  if (!trouble_ || !ledger_.stopping())
    return;
  order_in_trouble();
  const bool wait_for_stuck = std::all_of(stops_.begin(), stops_.end(), [](const auto& s) { return s.second; });
  for (const auto& [id, m] : workers_)
    if (m.runner && (m.runner->current() || m.port->debtor()) && (wait_for_stuck || !ledger_.stuck_with(id)))
      return;
  if (!std::exchange(gave_up_, true))
    with_.env->log(log_level::warning, "the list ends without what cannot be saved (" + *trouble_ + "): " + unsaved_tasks());
  const auto why = to_caf({errc::io_failed, *trouble_});
  leaving_.refuse(to_caf({errc::io_failed, *trouble_ + "; what was being saved may be there at the next start"}));
  next_.refuse(why);
  refuse_askers(why);
}

/// What a stop asks of workers tells nobody anything, so it need not be saved; without it bodies would go on for ever.
void list_actor::order_in_trouble() {
  const auto on_its_way = [this](const auto& o) { // not handed over, so nobody could take it back
    const auto is = [&o](const start_order& s) { return s.id == o.id && s.attempt == o.attempt; };
    return std::any_of(leaving_.fx.start.begin(), leaving_.fx.start.end(), is)
           || std::any_of(next_.fx.start.begin(), next_.fx.start.end(), is);
  };
  for (auto* d : {&leaving_, &next_}) {
    std::erase_if(d->fx.stop, [&](const stop_order& o) {
      auto w = workers_.find(o.worker);
      if (w == workers_.end() || on_its_way(o))
        return false;
      caf_shim::tell(*this, w->second.who, stop_attempt{name_of(o)});
      return true;
    });
    std::erase_if(d->fx.recall, [&](const recall_order& o) {
      auto w = workers_.find(o.worker);
      if (w == workers_.end() || on_its_way(o))
        return false;
      caf_shim::tell(*this, w->second.who, take_back{{name_of(o)}});
      return true;
    });
  }
}

/// Names what has changed since the last commit, the first few of it.
std::string list_actor::unsaved_tasks() const {
  constexpr std::size_t most = 10;
  std::set<task_id> ids;
  for (const auto* d : {&leaving_, &next_}) {
    ids.insert(d->fx.changed.begin(), d->fx.changed.end());
    ids.insert(d->fx.removed.begin(), d->fx.removed.end());
  }
  std::string out;
  std::size_t n = 0;
  for (auto i = ids.begin(); i != ids.end() && n < most; ++i, ++n) {
    const auto* r = ledger_.find(*i);
    out += (n == 0 ? "task " : ", ") + std::to_string(*i) + (r == nullptr ? " (deleted)" : " (" + r->name + ")");
  }
  if (ids.size() > most)
    out += " and " + std::to_string(ids.size() - most) + " more";
  return out;
}

/// Answers a question about what may not be saved yet with the next departure.
bool list_actor::unsettled() const { return keeper_ && (saving_ || to_save()); }

bool list_actor::to_save() const {
  return !fx_.changed.empty() || !fx_.removed.empty() || !fx_.settings.empty() || text_due_;
}

/// Text goes with the next commit. A list in which nothing else happens makes one for it.
void list_actor::hear_of_text() {
  printed_ = true;
  if (!std::exchange(text_waits_, true))
    caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), longest_unsaved_text, crew_messages::save_text{});
}

void list_actor::save_text() {
  text_waits_ = false;
  text_due_ = printed_;
  changed();
}

} // namespace stint
