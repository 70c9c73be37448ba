#include <stint/streams.hpp>

namespace stint {

caf::result<protocol::subscribed> streams::subscribe(const protocol::subscribe& m) {
  const limits bounds;
  if (!m.who)
    return to_caf({errc::no_subscriber, {}});
  if (all_.size() >= bounds.client_subscriptions)
    return to_caf({errc::too_many_subscribers, std::to_string(all_.size()) + " of one client"});
  const auto number = ++last_;
  auto& s = all_[number];
  s.who = m.who;
  s.ask.from = m.from;
  s.ask.filter = m.filter;
  s.ask.credit = m.credit;
  s.ask.notices = m.notices;
  auto& numbers = of_[s.who.address()];
  if (numbers.empty()) // an actor may subscribe many times, but is watched once
    self_.watch(s.who, [this, who = s.who.address()](const caf::error&) {
      for (auto gone : std::set<std::uint64_t>{of_[who]})
        if (auto i = all_.find(gone); i != all_.end())
          forget(i);
    });
  numbers.insert(number);
  auto p = self_.make_response_promise<protocol::subscribed>();
  s.asker = p;
  if (up_)
    listen(number, s);
  return p;
}

caf::result<protocol::changed> streams::unsubscribe(std::uint64_t number) {
  auto i = all_.find(number);
  if (i == all_.end())
    return to_caf({errc::unknown_subscription, std::to_string(number)});
  const auto version = i->second.place.version();
  forget(i);
  return protocol::changed{version, 1};
}

void streams::credit(const protocol::credit& m) {
  auto i = all_.find(m.number);
  if (i == all_.end())
    return;
  auto& s = i->second;
  const auto n = std::min(m.messages, s.owed);
  s.owed -= n;
  if (n != 0 && s.ask.number != 0)
    send_(wire::frame::taken, wire::encode(wire::taken{s.ask.number, n}));
}

void streams::listen(std::uint64_t number, stream& s) {
  s.ask.number = ++last_sent_;
  s.ask.owed = s.owed;
  numbers_[s.ask.number] = number;
  send_(wire::frame::listen, wire::encode(s.ask));
}

void streams::linked(std::uint64_t life) {
  up_ = true;
  const auto same = std::exchange(life_, life) == life;
  for (auto& [number, s] : all_) {
    if (!s.asker) { // it has been told something
      auto next = s.place.resume(same);
      s.ask.from = next.from;
      if (next.reset) {
        s.place.reset();
        caf_shim::tell(self_, s.who, protocol::reset{number, std::move(*next.reset)});
      }
    }
    listen(number, s);
  }
}

void streams::unlinked() {
  up_ = false;
  numbers_.clear();
  for (auto& [number, s] : all_)
    s.ask.number = 0;
}

void streams::hear(wire::told m) {
  const auto known = numbers_.find(m.number);
  if (known == numbers_.end())
    return; // it was ended here meanwhile
  const auto number = known->second;
  const auto i = all_.find(number);
  auto& s = i->second;
  switch (m.what) {
    case wire::told_kind::started:
      s.place.started(s.ask.from, m.version);
      if (auto asker = std::exchange(s.asker, std::nullopt))
        asker->deliver(protocol::subscribed{number, m.version});
      return;
    case wire::told_kind::refused: return refused(i, {m.code, std::move(m.text)});
    case wire::told_kind::tasks:
      ++s.owed;
      return caf_shim::tell(self_, s.who, protocol::snapshot{number, std::move(m.tasks)});
    case wire::told_kind::snapshot_end:
      s.place.snapshot_ended();
      return caf_shim::tell(self_, s.who, protocol::snapshot_end{number, m.version});
    case wire::told_kind::events: {
      s.place.told(m.version);
      ++s.owed;
      auto batch = std::make_shared<event_batch>(event_batch{m.from, m.version, std::move(m.events)});
      return caf_shim::tell(self_, s.who, protocol::events{number, std::move(batch)});
    }
    case wire::told_kind::notices: {
      ++s.owed;
      auto batch = std::make_shared<std::vector<notice>>(std::move(m.notices));
      return caf_shim::tell(self_, s.who, protocol::notices{number, std::move(batch)});
    }
    case wire::told_kind::reset:
      s.place.reset();
      return caf_shim::tell(self_, s.who, protocol::reset{number, std::move(m.text)});
    case wire::told_kind::closed: return close(i);
  }
}

/// One that was told something already can only be told that this was the end.
void streams::refused(all::iterator i, const error& why) {
  if (auto asker = std::exchange(i->second.asker, std::nullopt)) {
    asker->deliver(to_caf(why));
    return forget(i);
  }
  env_->log(log_level::warning, "a subscription ends: " + to_string(why));
  close(i);
}

void streams::close(all::iterator i) {
  auto& s = i->second;
  if (auto asker = std::exchange(s.asker, std::nullopt))
    asker->deliver(to_caf({errc::list_gone, {}}));
  else
    caf_shim::tell(self_, s.who, protocol::closed{i->first});
  forget(i);
}

void streams::forget(all::iterator i) {
  const auto number = i->first;
  auto s = std::move(i->second);
  all_.erase(i);
  if (s.asker)
    s.asker->deliver(to_caf({errc::no_subscriber, "it has ended"}));
  if (s.ask.number != 0) {
    numbers_.erase(s.ask.number);
    send_(wire::frame::unlisten, wire::encode(wire::unlisten{s.ask.number}));
  }
  auto& numbers = of_[s.who.address()];
  numbers.erase(number);
  if (!numbers.empty())
    return;
  of_.erase(s.who.address());
  self_.unwatch(s.who);
}

void streams::end() {
  unlinked();
  while (!all_.empty())
    close(all_.begin());
}

} // namespace stint
