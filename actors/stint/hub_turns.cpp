#include <stint/hub.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include <stint/crowd.hpp>

namespace stint {

void hub::publish(const shared_events& batch) {
  if (recent_events_ + batch->events.size() > bounds_.event_history && turn_pending_)
    catch_up_all(); // what is forgotten below has been seen
  newest_ = batch->to;
  recent_.push_back(batch);
  recent_events_ += batch->events.size();
  while (recent_events_ > bounds_.event_history && recent_.size() > 1) {
    recent_events_ -= recent_.front()->events.size();
    recent_.pop_front();
  }
  const bool turns = crowd::in_turns(subscribers_.size());
  for (auto& [number, s] : subscribers_)
    if (!turns || s.notices) // a notice is of a task whose begin the subscriber has heard of
      catch_up(number, s);
  if (turns && !std::exchange(turn_pending_, true))
    caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), crowd::pause, crew_messages::next_turn{});
}

/// Tells the next of a crowd; goes on until all have seen the newest.
void hub::take_turn() {
  turn_pending_ = false;
  auto left = crowd::at_once(subscribers_.size());
  auto i = subscribers_.upper_bound(last_turn_);
  for (std::size_t looked = 0; looked < subscribers_.size(); ++looked, ++i) {
    if (i == subscribers_.end())
      i = subscribers_.begin();
    auto& [number, s] = *i;
    if (s.seen == newest_)
      continue;
    if (left-- == 0) {
      turn_pending_ = true;
      caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), crowd::pause, crew_messages::next_turn{});
      return;
    }
    catch_up(number, s);
    last_turn_ = number;
  }
  joined_ = nullptr;
}

void hub::catch_up_all() {
  for (auto& [number, s] : subscribers_)
    catch_up(number, s);
}

void hub::catch_up(std::uint64_t number, subscriber& s) {
  const auto seen = std::exchange(s.seen, newest_);
  if (recent_.empty() || recent_.back()->to <= seen)
    return;
  pass_notices(number, s); // they are older than the batch
  const auto batch = since(seen);
  follow(s, *batch);
  pass_on(number, s, batch);
}

bool hub::remembers(task_version version) const {
  return version == newest_ || (version < newest_ && !recent_.empty() && recent_.front()->from <= version);
}

std::deque<shared_events>::const_iterator hub::first_after(task_version version) const {
  return std::upper_bound(recent_.begin(), recent_.end(), version,
                          [](task_version v, const shared_events& b) { return v < b->to; });
}

/// Returns all after a version that is remembered and not the newest, as one batch.
shared_events hub::since(task_version version) {
  if (recent_.back()->from == version)
    return recent_.back();
  if (joined_ && joined_->from == version && joined_->to == recent_.back()->to)
    return joined_;
  auto all = std::make_shared<event_batch>();
  all->from = version;
  all->to = recent_.back()->to;
  for (auto i = first_after(version); i != recent_.end(); ++i)
    std::copy_if((*i)->events.begin(), (*i)->events.end(), std::back_inserter(all->events),
                 [version](const event& e) { return e.version > version; });
  return joined_ = std::move(all);
}

} // namespace stint
