#include <stint/hub.hpp>

#include <algorithm>
#include <limits>

#include <stint/validate.hpp>

namespace stint {

namespace {

/// Records in one chunk of a snapshot: a short turn for the owner.
constexpr std::size_t chunk_records = 100;

constexpr const char* too_slow = "too slow: events were missed";

/// Until a chunk that could not be read is asked for again.
constexpr nanos before_credit_again = std::chrono::milliseconds{200};

/// Everything but the states; `ids` are in order.
bool about(const filter& f, const event& e) {
  return (f.ids.empty() || std::binary_search(f.ids.begin(), f.ids.end(), e.id)) && (f.queue.empty() || f.queue == e.queue)
         && (f.kind.empty() || f.kind == e.kind)
         && (f.tag.empty() || std::find(e.tags.begin(), e.tags.end(), f.tag) != e.tags.end())
         && (f.name_contains.empty() || e.name.find(f.name_contains) != std::string::npos);
}

bool among(const filter& f, state s) {
  return f.states.empty() || std::find(f.states.begin(), f.states.end(), s) != f.states.end();
}

/// A task that leaves a state is as much news of it as one that comes: else a picture of it stays wrong.
bool wants(const filter& f, const event& e) {
  return (among(f, e.to) || (!e.created && among(f, e.from))) && about(f, e);
}

} // namespace

caf::behavior hub::make_behavior() {
  return {
    [this](const crew_messages::attach& m) { attach(m); },
    [this](const crew_messages::detach& m) { detach(m.number); },
    [this](const crew_messages::happened& m) { publish(m.batch); },
    [this](crew_messages::noticed& m) { take_notice(m.what); },
    [this](const crew_messages::pass_notices&) {
      passing_ = false;
      for (auto& [number, s] : subscribers_)
        pass_notices(number, s);
    },
    [this](const crew_messages::next_turn&) { take_turn(); },
    [this](const crew_messages::close&) {
      catch_up_all();
      for (auto& [number, s] : subscribers_) {
        s.credit = std::numeric_limits<std::size_t>::max(); // nothing more comes after that
        make_up(number, s);
        if (s.behind)
          caf_shim::tell(*this, s.who, protocol::reset{number, too_slow});
        caf_shim::tell(*this, s.who, protocol::closed{number});
      }
      quit();
    },
    [this](const protocol::credit& m) {
      auto i = subscribers_.find(m.number);
      if (i == subscribers_.end())
        return;
      auto& s = i->second;
      s.outstanding -= std::min(s.outstanding, m.messages);
      s.notice_after -= std::min(s.notice_after, m.messages);
      if (s.outstanding <= s.credit / 2)
        make_up(m.number, s);
      if (s.behind && s.outstanding == 0) {
        caf_shim::tell(*this, s.who, protocol::reset{m.number, too_slow});
        snapshot(m.number, s);
      } else if (s.in_snapshot) {
        next_chunk(m.number);
      } else {
        pass_notices(m.number, s);
      }
    },
  };
}

void hub::attach(const crew_messages::attach& m) {
  if (m.now != newest_) { // nobody listened for a while: what is remembered ends before a gap
    catch_up_all();
    recent_.clear();
    recent_events_ = 0;
    newest_ = m.now;
  }
  auto& s = subscribers_[m.number];
  s.who = m.ask.who;
  s.filter = m.ask.filter;
  std::sort(s.filter.ids.begin(), s.filter.ids.end());
  s.credit = std::max<std::size_t>(2, std::min(m.ask.credit, bounds_.subscriber_credit));
  if (m.ask.notices) {
    s.notices = true;
    for (const auto& t : m.running)
      s.running.emplace(t.id, t.attempt);
    if (++noticing_ == 1)
      caf_shim::tell(*this, log_, crew_messages::tell_output{caf::actor_cast<caf::actor>(this)});
  }
  auto& numbers = numbers_[s.who.address()];
  if (numbers.empty()) // an actor may subscribe many times, but is watched once
    watch(s.who, [this, who = s.who.address()](const caf::error&) { ended(who); });
  numbers.insert(m.number);
  if (m.ask.from == 0) {
    snapshot(m.number, s);
    return;
  }
  if (!remembers(m.ask.from)) {
    caf_shim::tell(*this, s.who, protocol::reset{m.number, "version " + std::to_string(m.ask.from)
                                                             + " is not remembered any more"});
    snapshot(m.number, s);
    return;
  }
  s.told = m.ask.from;
  s.seen = newest_;
  pass_on_rest(m.number, s);
}

void hub::detach(std::uint64_t number) {
  auto i = subscribers_.find(number);
  if (i == subscribers_.end())
    return;
  auto who = i->second.who;
  if (i->second.notices && --noticing_ == 0)
    caf_shim::tell(*this, log_, crew_messages::tell_output{});
  subscribers_.erase(i);
  auto& numbers = numbers_[who.address()];
  numbers.erase(number);
  if (numbers.empty()) {
    numbers_.erase(who.address());
    unwatch(who);
  }
  caf_shim::tell(*this, list_, crew_messages::detached{number});
}

void hub::ended(const caf::actor_addr& who) {
  for (auto number : std::set<std::uint64_t>{numbers_[who]})
    detach(number);
}

void hub::pass_on(std::uint64_t number, subscriber& s, const shared_events& batch) {
  if (s.behind || batch->to <= s.told)
    return;
  shared_events mine = batch;
  if (s.filter != stint::filter{} || batch->from != s.told) {
    auto some = std::make_shared<event_batch>();
    some->from = s.told;
    some->to = batch->to;
    for (const auto& e : batch->events)
      if (e.version > s.told && wants(s.filter, e))
        some->events.push_back(e);
    // Nothing for this one: the next batch that has something covers these versions as well.
    if (some->events.empty())
      return;
    mine = std::move(some);
  }
  if (s.outstanding >= s.credit && s.outstanding - s.credit >= (s.notice_after != 0 ? 1U : 0U)) { // notices take no event's place
    s.behind = true;
    return;
  }
  s.told = batch->to;
  ++s.outstanding;
  caf_shim::tell(*this, s.who, protocol::events{number, std::move(mine)});
}

/// Tells all that it has not been told, in the batches that everybody shares, as far as its credit goes.
void hub::pass_on_rest(std::uint64_t number, subscriber& s) {
  for (auto i = first_after(s.told); i != recent_.end() && !s.behind; ++i)
    pass_on(number, s, *i);
}

/// Goes on with who was past its credit, unless what it missed is forgotten.
void hub::make_up(std::uint64_t number, subscriber& s) {
  if (!s.behind || !remembers(s.told))
    return;
  s.behind = false;
  pass_on_rest(number, s);
}

void hub::snapshot(std::uint64_t number, subscriber& s) {
  s.behind = false;
  s.told = newest_;
  s.seen = newest_;
  s.in_snapshot = true;
  s.asking = false;
  ++s.round;
  s.cursor = 0;
  next_chunk(number);
}

void hub::next_chunk(std::uint64_t number) {
  auto i = subscribers_.find(number);
  if (i == subscribers_.end() || i->second.asking || i->second.outstanding + 1 >= i->second.credit)
    return;
  auto& s = i->second;
  s.asking = true;
  page_request ask;
  ask.filter = s.filter;
  ask.order = page_order::oldest_first;
  ask.limit = std::min(chunk_records, bounds_.page);
  ask.cursor = s.cursor;
  caf_shim::ask(*this, list_, protocol::read_page{std::move(ask)})
    .then(
      [this, number, round = s.round](page& p) {
        auto found = subscribers_.find(number);
        if (found == subscribers_.end() || found->second.round != round)
          return;
        auto& who = found->second;
        who.asking = false;
        if (!who.in_snapshot || who.behind)
          return;
        if (!p.tasks.empty()) {
          ++who.outstanding;
          caf_shim::tell(*this, who.who, protocol::snapshot{number, std::move(p.tasks)});
        }
        who.cursor = p.next;
        if (p.next == 0) {
          who.in_snapshot = false;
          caf_shim::tell(*this, who.who, protocol::snapshot_end{number, p.version});
          pass_notices(number, who);
        } else {
          next_chunk(number);
        }
      },
      [this, number, round = s.round](const caf::error& e) {
        const auto why = from_caf(e).code;
        if (why == errc::list_gone) // the last word is under way
          return;
        if (why != errc::io_failed && why != errc::too_many_reads) { // a part of the store is damaged
          if (auto found = subscribers_.find(number); found != subscribers_.end()) {
            caf_shim::tell(*this, found->second.who, protocol::reset{number, to_string(from_caf(e))});
            caf_shim::tell(*this, found->second.who, protocol::closed{number});
          }
          detach(number);
          return;
        }
        // The store of tasks that are not in memory cannot be read just now.
        auto found = subscribers_.find(number);
        if (found == subscribers_.end() || found->second.round != round)
          return;
        found->second.asking = false;
        caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), before_credit_again, protocol::credit{number, 0});
      });
}

/// Keeps the newest for each subscriber; what comes of an attempt that has ended, or begins only now, is dropped.
void hub::take_notice(notice& n) {
  if (noticing_ == 0)
    return;
  if (n.progress && n.progress->text.size() > bounds_.error_text)
    n.progress->text.resize(whole_characters(n.progress->text, bounds_.error_text).size());
  for (auto& [number, s] : subscribers_) {
    auto r = s.running.find(n.id);
    if (r == s.running.end() || (n.attempt != 0 && n.attempt != r->second))
      continue;
    auto& newest = s.pending[n.id];
    newest.id = n.id;
    newest.attempt = r->second;
    if (n.progress)
      newest.progress = n.progress;
    newest.detail = newest.detail || n.detail;
    if (n.output)
      newest.output = n.output;
    if (passing_)
      continue;
    passing_ = true; // to the end of the mailbox: what is there now goes as one message
    caf_shim::tell(*this, caf::actor_cast<caf::actor>(this), crew_messages::pass_notices{});
  }
}

void hub::pass_notices(std::uint64_t number, subscriber& s) {
  if (s.pending.empty() || s.notice_after != 0 || s.in_snapshot || s.behind || s.outstanding >= s.credit)
    return;
  auto all = std::make_shared<std::vector<notice>>();
  all->reserve(s.pending.size());
  for (auto& [id, n] : s.pending)
    all->push_back(std::move(n));
  s.pending.clear();
  s.notice_after = ++s.outstanding;
  caf_shim::tell(*this, s.who, protocol::notices{number, std::move(all)});
}

/// Keeps to the tasks that run: no notice of an attempt comes after its end.
void hub::follow(subscriber& s, const event_batch& batch) {
  if (!s.notices)
    return;
  for (const auto& e : batch.events) {
    if (!running(e.to) || e.deleted) {
      s.running.erase(e.id);
      s.pending.erase(e.id);
    } else if (among(s.filter, e.to) && about(s.filter, e)) {
      s.running[e.id] = e.attempt;
    } else if (s.running.erase(e.id) != 0) {
      s.pending.erase(e.id);
    }
  }
}

std::vector<running_body> running_matches(const ledger& tasks, const filter& which) {
  std::vector<running_body> out;
  page_request ask;
  ask.filter = which;
  std::erase_if(ask.filter.states, [](state s) { return !running(s); });
  if (ask.filter.states.empty() && !which.states.empty())
    return out;
  if (ask.filter.states.empty())
    ask.filter.states = {state::running, state::cancelling};
  ask.limit = tasks.limits().page;
  do {
    auto p = tasks.read(ask);
    if (!p)
      return out;
    for (const auto& t : p->tasks)
      out.push_back({t.id, t.attempt});
    ask.cursor = p->next;
  } while (ask.cursor != 0);
  return out;
}

void hub::on_exit() {
  subscribers_.clear();
  numbers_.clear();
  recent_.clear();
  list_ = nullptr;
  log_ = nullptr;
  actor_base::on_exit();
}

} // namespace stint
