/// A ledger so simple that it can be believed: everything is compared with everything. Shares no code with core/.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include <stint/outcome.hpp>
#include <stint/spec.hpp>
#include <stint/state.hpp>

namespace stint::naive {

// clang-format off
struct job {
  spec what;
  stint::state at = state::waiting;
  stop_reason stopping = stop_reason::none;
  bool begun = false, alone = false;
  std::uint32_t worker = 0, attempt = 0, charged = 0, deaths = 0;
  std::uint64_t entered = 0, turn = 0; nanos deadline{0};
  bool has_slot() const { return at == state::running || at == state::cancelling; }
};
struct stuck_body { task_id id; std::uint32_t attempt; std::vector<claim> holds; std::uint32_t worker = 0; };
struct due { char what; task_id id; std::uint64_t stamp; };
struct model {
  std::map<task_id, job> jobs;
  std::vector<stuck_body> stuck;
  struct hand { bool k, gpu, here = false; // knows the kind "k", has the label "gpu", is of the owner's process
    bool runs(const job& j) const { return (j.what.kind.empty() ? here : k) && (j.what.labels.empty() || gpu); } };
  std::map<std::uint32_t, hand> crew;
  std::map<std::string, std::uint32_t> capacity, limit;
  std::set<std::string> paused; // "" is the whole list
  std::multimap<nanos, due> agenda; // of one moment: in the order of arrival
  nanos now{0};
  std::uint64_t moments = 0;
  void submit(task_id id, spec s) {
    auto& j = (jobs[id] = {.what = std::move(s)});
    if (j.what.start_within)
      agenda.emplace(j.deadline = now + *j.what.start_within, due{'d', id, 0});
    j.what.delay > nanos{0} ? schedule(id, j.what.delay) : enter(j);
  }
  static bool above(const std::string& x, const std::string& y) { return x.empty() || (y + "/").starts_with(x + "/"); }
  static bool clash(const std::vector<claim>& a, const std::vector<claim>& b) {
    for (auto& x : a) for (auto& y : b)
        if ((above(x.key, y.key) || above(y.key, x.key)) && (x.mode != y.mode || x.mode == claim_mode::exclusive))
          return true;
    return false;
  }
  static std::vector<claim> wants(const job& j) { // whoever runs is there, so in the way of who wants everything
    auto w = j.what.claims;
    return w.push_back(shared(".")), w;
  }
  template <class F> std::int64_t count(F f) const {
    return std::count_if(jobs.begin(), jobs.end(), [&](auto& o) { return f(o.second); });
  }
  bool served(const job& j, std::uint32_t by = 0, bool idle = false) const { // by that worker, or any
    return std::any_of(crew.begin(), crew.end(), [&](auto& w) { return w.second.runs(j) && (!by || by == w.first)
      && (!idle || !count([&](auto& o) { return o.has_slot() && o.worker == w.first; })); });
  }
  bool full(const std::string& q) const {
    return limit.contains(q) && count([&](auto& o) { return o.has_slot() && o.what.queue == q; }) >= limit.at(q);
  }
  bool eligible(const job& j) const {
    return j.at == state::waiting && served(j) && !paused.contains("") && !paused.contains(j.what.queue);
  }
  static bool before(const job& a, const job& b) {
    return a.what.priority != b.what.priority ? a.what.priority > b.what.priority : a.entered < b.entered;
  }
  bool blocked(const job& j) const {
    std::vector<std::vector<claim>> first; // of those who hold, and of those who wait ahead
    for (auto& s : stuck) first.push_back(s.holds);
    for (auto& [id, o] : jobs)
      if (o.has_slot() || (&o != &j && eligible(o) && before(o, j)))
        first.push_back(wants(o));
    std::map<std::string, std::uint64_t> taken;
    for (auto& f : first) for (auto& c : f)
        taken[c.key] += c.mode == claim_mode::units ? c.units : 0;
    for (auto& c : j.what.claims)
      if (c.mode == claim_mode::units && taken[c.key] + c.units > capacity.at(c.key))
        return true;
    return std::any_of(first.begin(), first.end(), [&](auto& f) { return clash(f, wants(j)); });
  }
  virtual bool place(const job& j, std::uint32_t w) const { return served(j, w, !w); } // at that worker, or an idle one
  task_id next(std::uint32_t w = 0) const { // who must start now, or who may be given to this worker; or 0
    task_id best = 0;
    for (auto& [id, j] : jobs)
      if (eligible(j) && (!best || before(j, jobs.at(best))) && !full(j.what.queue) && place(j, w) && !blocked(j))
        best = id;
    return best;
  }
  void finish(task_id id, const outcome& o) {
    auto& j = jobs.at(id);
    const bool won = o.kind == outcome_kind::succeeded, lost = o.kind == outcome_kind::failed;
    const bool late = j.stopping == stop_reason::timeout && !won, asked = j.at == state::cancelling;
    j.charged += won || lost || late;
    if (lost || late)
      return fail(id, lost ? o.retry && !asked : true);
    const bool over = won || asked || o.kind == outcome_kind::cancelled;
    over ? put(j, won ? state::succeeded : state::cancelled) : schedule(id, o.snooze);
  }
  void give_back(job& j) { // to its old place
    const bool expired = --j.attempt == 0 && j.at == state::running && j.deadline > nanos{0} && now >= j.deadline;
    put(j, expired ? state::expired : j.at == state::cancelling ? state::cancelled : state::waiting);
  }
  void cancel(task_id id) {
    auto& j = jobs.at(id);
    if (!j.has_slot())
      put(j, state::cancelled);
    else if (std::exchange(j.at, state::cancelling) == state::running)
      stop(id, stop_reason::cancel);
  }
  void die(task_id id) { // with its worker; if it goes on, at its old place
    auto& j = jobs.at(id);
    j.alone = ++j.deaths >= 2;
    put(j, j.at == state::cancelling ? state::cancelled : j.deaths >= 3 ? state::quarantined : state::waiting);
  }
  void tick() {
    while (!agenda.empty() && agenda.begin()->first <= now) {
      const auto [what, id, stamp] = agenda.extract(agenda.begin()).mapped();
      auto& j = jobs.at(id);
      if (what == 's' && j.at == state::scheduled && j.turn == stamp)
        enter(j);
      else if (what == 'd' && (j.at == state::scheduled || j.at == state::waiting) && j.attempt == 0)
        put(j, state::expired);
      const bool its = j.has_slot() && j.attempt == stamp, asked = j.stopping != stop_reason::none;
      if (what == 't' && its && j.begun && !asked)
        stop(id, stop_reason::timeout);
      else if (what == 'g' && its && asked)
        j.begun ? give_up_on(id) : stop(id, j.stopping);
    }
  }
  void give_up_on(task_id id) { // its body is stuck
    auto& j = jobs.at(id);
    stuck.push_back({id, j.attempt, wants(j), j.worker});
    j.at == state::cancelling ? put(j, state::cancelled) : (++j.charged, fail(id, true));
  }
  void put(job& j, state s) { j.at = s, j.begun = false, j.alone = j.deaths >= 2, j.stopping = stop_reason::none; }
  void enter(job& j) { put(j, state::waiting), j.entered = ++moments; }
  void schedule(task_id id, nanos rest) {
    put(jobs.at(id), state::scheduled), agenda.emplace(now + rest, due{'s', id, ++jobs.at(id).turn});
  }
  void fail(task_id id, bool again) {
    auto& j = jobs.at(id);
    again && j.charged < j.what.retry.max_attempts ? schedule(id, j.what.retry.backoff) : put(j, state::failed);
  }
  void stop(task_id id, stop_reason why) {
    jobs.at(id).stopping = why, agenda.emplace(now + std::chrono::seconds{5}, due{'g', id, jobs.at(id).attempt});
  }
};

} // namespace stint::naive
