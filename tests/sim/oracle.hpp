/// What must hold at every step of a simulation, checked from outside and naively: it shares no code with the core.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sim/kept_oracle.hpp>
#include <stint/ledger.hpp>
#include <stint/runner_attempt.hpp>

namespace stint::sim {

struct breach : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... Ts>
void need(bool holds, const Ts&... what) {
  if (holds)
    return;
  std::ostringstream out;
  (out << ... << what);
  throw breach{out.str()};
}

inline bool below(std::string_view k, std::string_view above) {
  return above.empty() || k == above || (k.size() > above.size() && k.starts_with(above) && k[above.size()] == '/');
}

/// Naively: two tasks clash when one wants exclusively what the other touches, or a counted key would overflow alone.
inline bool clash(const std::vector<claim>& a, const std::vector<claim>& b) {
  auto one_way = [](const std::vector<claim>& x, const std::vector<claim>& y) {
    for (const auto& c : x) {
      if (c.mode == claim_mode::exclusive) {
        if (c.key.empty())
          return true;
        for (const auto& d : y) {
          if (below(d.key, c.key))
            return true; // y touches something at or below what x has for itself
          if (below(c.key, d.key) && d.mode != claim_mode::units)
            return true; // y has a whole tree that contains x's key
        }
      } else if (c.mode == claim_mode::units) {
        for (const auto& d : y)
          if (d.mode == claim_mode::shared && below(c.key, d.key))
            return true;             // units change what lies below a shared key
      }
    }
    return false;
  };
  return one_way(a, b) || one_way(b, a);
}

inline const std::vector<claim>& claims_of(const record& r) {
  static const std::vector<claim> none;
  return r.extra ? r.extra->claims : none;
}

inline std::vector<std::string> labels_of(const record& r) { return r.extra ? r.extra->labels : std::vector<std::string>{}; }

inline bool has_all(const std::vector<std::string>& labels, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& w) { return std::find(labels.begin(), labels.end(), w) != labels.end(); });
}

/// Of the workers of the list's own process.
inline const std::vector<std::string> labels_here{"here"};

/// The capacity of the only counted key of the simulation.
inline constexpr std::uint32_t sim_capacity = 3;
inline constexpr std::int32_t stale_code = 999'999;

/// What holds for all lives of a list together.
struct history {
  std::set<std::pair<task_id, std::uint32_t>> begun; ///< attempts
  std::set<task_id> quarantined;
};

/// For one life.
class oracle {
public:
  oracle(const ledger& rules, history& before)
      : kept(rules, [](const std::string& what) { throw breach{what}; }), rules_(rules), begun_(before.begun),
        quarantined_(before.quarantined) {}

  kept_oracle kept; ///< of what has ended

  struct executing {
    task_id id;
    std::uint32_t attempt;
    steady_time began;
    std::vector<claim> claims;
    bool alone = false; ///< a suspect
    process_id process = 0;
    bool freed = false; ///< by hand, while its body was stuck
  };

  void began(task_id id, std::uint32_t attempt, moment now) {
    const auto* r = rules_.find(id);
    need(r != nullptr, "task ", id, " began and is not there");
    need(has_all(labels_here, labels_of(*r)), "task ", id, " began without a label that it asks for");
    here_.insert(r->live ? r->live->worker : 0);
    began(id, attempt, now, claims_of(*r), r->deaths >= deaths_to_run_alone, 0);
  }

  /// With what the task wanted when the attempt was handed over.
  void began(task_id id, std::uint32_t attempt, moment now, const std::vector<claim>& wants, bool alone,
             process_id process) {
    need(begun_.emplace(id, attempt).second, "task ", id, " attempt ", attempt, " began twice");
    std::uint64_t units = 0;
    for (const auto& e : now_) {
      if (e.freed)
        continue;
      if (asked_.contains(e.id)) { // allowed if the answer, which is under way, is yes
        if (clash(e.claims, wants))
          suspects_.insert(e.id);
        continue;
      }
      need(!clash(e.claims, wants), "tasks ", e.id, " and ", id, " run together and clash");
      need(process != e.process || outlived(e) || (!alone && !e.alone), "tasks ", e.id, " and ", id,
           " run together in one process, and one of them is a suspect");
      for (const auto& c : e.claims)
        units += c.mode == claim_mode::units ? c.units : 0;
    }
    for (const auto& c : wants)
      if (c.mode == claim_mode::units)
        need(units + c.units <= sim_capacity, "units overdrawn by ", id);
    now_.push_back({id, attempt, now.steady, wants, alone, process});
    mix(id, attempt);
  }

  /// It began in an earlier life, elsewhere.
  void goes_on(task_id id, std::uint32_t attempt, const std::vector<claim>& wants, bool alone, process_id process, moment now) {
    now_.push_back({id, attempt, now.steady, wants, alone, process});
  }

  void ended(task_id id, std::uint32_t attempt) {
    std::erase_if(now_, [&](const auto& e) { return e.id == id && e.attempt == attempt; });
  }

  void began(const runner_attempt& a, moment now) { began(a.what().id, a.what().attempt, now); }
  void ended(const runner_attempt& a) { ended(a.what().id, a.what().attempt); }

  void asked_to_free(task_id id) { asked_.insert(id); }
  /// The answer to that: only bodies that outlived their attempt may have been freed.
  void freed_by_hand(task_id id, bool yes) {
    asked_.erase(asked_.find(id));
    for (auto& e : now_)
      if (yes && e.id == id && outlived(e))
        e.freed = true;
    if (yes)
      suspects_.erase(id);
    need(asked_.contains(id) || !suspects_.contains(id), "task ", id, " clashed with another, and was not freed");
  }

  /// Who waits for claims is told of at least one who is truly in the way.
  void explained(const explanation& e) const {
    need(!e.text.empty(), "no word about task ", e.id);
    const auto* r = rules_.find(e.id);
    if (e.reason != wait_reason::claims || r == nullptr)
      return;
    bool found = false;
    for (const auto& b : e.waits_for) {
      const auto* o = rules_.find(b.id);
      found = found || o == nullptr; // a stuck body whose task is deleted may have returned since
      found = found || (o != nullptr && in_the_way(claims_of(*o), claims_of(*r)));
      for (const auto& x : now_)
        found = found || (x.id == b.id && in_the_way(x.claims, claims_of(*r)));
    }
    need(found, "task ", e.id, " is said to wait, but for nobody who is in its way: ", e.text);
  }

  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  [[nodiscard]] bool runs(task_id id, std::uint32_t attempt) const {
    for (const auto& e : now_)
      if (e.id == id && e.attempt == attempt)
        return true;
    return false;
  }
  [[nodiscard]] bool anything_runs() const { return !now_.empty(); }
  [[nodiscard]] bool ever_quarantined(task_id id) const { return quarantined_.contains(id); }

  /// Compares with the step before; `somebody_died`: a worker's death was handled in this step.
  void look(moment now, bool somebody_died) {
    rules_.audit();
    kept.look(now);
    std::set<worker_id> unheard; ///< elsewhere, whose end was charged to a task that had not begun: it may have, unheard
    for (task_id id = 1; id <= rules_.last_id(); ++id) {
      const auto* r = rules_.find(id);
      auto seen = seen_.find(id);
      if (r == nullptr) {
        if (seen != seen_.end()) {
          need(terminal(seen->second.state), "task ", id, " vanished before its end");
          seen_.erase(seen);
        }
        continue;
      }
      if (seen != seen_.end() && seen->second.version == r->version) {
        if (r->stopping == stop_reason::timeout && seen->second.stopping != stop_reason::timeout)
          timed_out(*r, now);
        seen->second.stopping = r->stopping;
        seen->second.away = running(r->state) && r->live->worker == 0;
        seen->second.worker = running(r->state) ? r->live->worker : 0;
        continue;
      }
      const bool fresh = seen == seen_.end();
      const auto before = fresh ? last{} : seen->second;
      need(fresh || !terminal(before.state), "task ", id, " changed after its end");
      need(r->code != stale_code, "task ", id, " took the result of an old attempt");
      const auto most = r->extra ? r->extra->terms->retry.max_attempts : 1;
      need(r->charged <= most, "task ", id, " was charged ", r->charged, " of ", most);
      if (r->state == state::quarantined)
        quarantined_.insert(id);
      if (!fresh && before.state == state::running && somebody_died && r->state == state::waiting
          && r->attempt == before.attempt)
        need(r->deaths == before.deaths + 1, "the death of task ", id, "'s worker was not counted");
      if (!fresh && r->deaths > before.deaths)
        need(begun_.contains({id, r->attempt}) || before.away || (!here_.contains(before.worker) && unheard.insert(before.worker).second),
             "task ", id, " was charged with a death before it began");
      mix(id * state_count + static_cast<std::uint64_t>(r->state), r->attempt);
      auto& mine = seen_[id];
      mine = {r->state, r->version, r->attempt, r->deaths, r->stopping, before.rank,
              running(r->state) && r->live->worker == 0, running(r->state) ? r->live->worker : 0};
      if (r->state == state::running && r->live) {
        mine.rank = r->live->rank;
        if (mine.away) // it runs since an earlier life
          continue;
        overtaken(*r);
        alone_behind(*r, now);
        within_limit(*r);
      } else if (r->state == state::waiting && before.state == state::running && r->attempt + 1 == before.attempt) {
        need(r->live->rank == before.rank, "task ", id, " was taken back to another place");
        need(!begun_.contains({id, before.attempt}), "task ", id, " was taken back after it had begun");
      }
    }
  }

private:
  struct last {
    stint::state state = state::waiting;
    task_version version = 0;
    std::uint32_t attempt = 0;
    std::uint32_t deaths = 0;
    stop_reason stopping = stop_reason::none;
    std::uint64_t rank = 0;
    bool away = false; ///< at a node that has not come back: whether it began there nobody knows
    worker_id worker = 0;
  };

  /// Its task has gone on without it.
  bool outlived(const executing& e) const {
    const auto* r = rules_.find(e.id);
    return r == nullptr || !running(r->state) || r->live->attempt != e.attempt;
  }

  void overtaken(const record& r) const {
    for (task_id id = 1; id <= rules_.last_id(); ++id) {
      const auto* w = rules_.find(id);
      if (w == nullptr || w->state != state::waiting || id == r.id || w->live->rank >= r.live->rank)
        continue;
      const bool ticketed = w->live->at == claim_holder::stage::ready || w->live->at == claim_holder::stage::parked;
      need(!ticketed || !clash(claims_of(*w), claims_of(r)), "task ", r.id, " overtook ", id);
    }
  }

  /// Nothing is handed over behind a body that is known to run for long.
  void alone_behind(const record& r, moment now) const {
    for (task_id id = 1; id <= rules_.last_id(); ++id)
      if (const auto* o = rules_.find(id); o != nullptr && id != r.id && running(o->state) && o->live->begun
                                           && o->live->worker == r.live->worker)
        need(now.steady - o->live->begun_at < std::chrono::microseconds{500}, "task ", r.id, " was put behind ", id);
  }

  void within_limit(const record& r) const {
    const auto totals = rules_.counts();
    const auto limit = r.queue <= totals.queues.size() ? totals.queues[r.queue - 1].limit : 0;
    std::uint64_t runs = 0;
    for (task_id id = 1; limit != 0 && id <= rules_.last_id(); ++id)
      if (const auto* o = rules_.find(id); o != nullptr && o->queue == r.queue && running(o->state))
        ++runs;
    need(limit == 0 || runs <= limit, "queue ", r.queue, " runs ", runs, " of ", limit);
  }

  static bool in_the_way(const std::vector<claim>& a, const std::vector<claim>& b) {
    auto counted = [](const std::vector<claim>& x) {
      return std::any_of(x.begin(), x.end(), [](const auto& c) { return c.mode == claim_mode::units; });
    };
    return clash(a, b) || (counted(a) && counted(b));
  }

  void mix(std::uint64_t a, std::uint64_t b) { digest_ = ((digest_ ^ a) * 1099511628211ULL ^ b) * 1099511628211ULL; }

  void timed_out(const record& r, moment now) const {
    for (const auto& e : now_)
      if (e.id == r.id && e.attempt == r.attempt)
        need(r.extra && now.steady - e.began >= *r.extra->terms->timeout, "task ", r.id, " timed out too early");
  }

  const ledger& rules_;
  std::vector<executing> now_;
  std::set<worker_id> here_; ///< workers of the list's own process that have begun something
  std::set<std::pair<task_id, std::uint32_t>>& begun_;
  std::multiset<task_id> asked_;
  std::set<task_id> suspects_;
  std::uint64_t digest_ = 14695981039346656037ULL;
  std::set<task_id>& quarantined_;
  std::map<task_id, last> seen_;
};

} // namespace stint::sim
