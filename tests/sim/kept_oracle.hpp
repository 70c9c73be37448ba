/// Which finished tasks a simulated list may delete by itself, and how many it may keep, told naively from its bounds.
#pragma once

#include <map>
#include <optional>
#include <set>

#include <stint/ledger.hpp>

namespace stint::sim {

class kept_oracle {
public:
  /// Throws by `fail(text)`.
  using complaint = void (*)(const std::string&);

  kept_oracle(const ledger& rules, complaint fail) : rules_(rules), bounds_(rules.limits()), fail_(fail) {}

  void asked_to_remove(task_id id) { asked_.insert(id); }
  void printed(task_id id, std::size_t bytes) { printed_[id] += bytes; }

  /// Of a task that is not in memory from the beginning.
  void is_outside(const stored_task& t) {
    std::size_t n = 384 + t.what.name.size() + t.printed;
    for (const auto* text : {&t.what.args, &t.what.idempotency_key, &t.error, &t.value, &t.detail, &t.progress.text})
      n += text->size();
    for (const auto& e : t.errors)
      n += e.text.size();
    for (const auto& c : t.what.claims)
      n += c.key.size();
    for (const auto* words : {&t.what.tags, &t.what.labels})
      for (const auto& word : *words)
        n += word.size();
    ends_[t.id] = {t.state, t.version, t.ended.value_or(wall_time{}), n};
  }

  /// At every step.
  void look(moment now) {
    std::set<task_id> vanished;
    for (const auto& [id, e] : ends_)
      if (rules_.find(id) == nullptr && !rules_.outside(id))
        vanished.insert(id);
    bool unsure = false; // somebody ended and went in this very step
    for (task_id id = 1; id <= rules_.last_id(); ++id) {
      const auto* r = rules_.find(id);
      if (r == nullptr) {
        unsure = (open_.erase(id) != 0) || unsure;
        continue;
      }
      if (!terminal(r->state)) {
        open_.insert(id);
        continue;
      }
      if (ends_.contains(id))
        continue;
      if (open_.erase(id) != 0 && r->state == state::succeeded && r->attempt == 1 && r->deaths == 0) {
        const auto want = std::min<std::uint64_t>(printed_[id], bounds_.output);
        need((r->extra ? r->extra->story->printed : 0) == want, id, "printed " + std::to_string(want) + " bytes, counted are others");
      }
      ends_[id] = {r->state, r->version, r->ended, bytes(*r)};
    }
    for (auto& [id, e] : ends_)
      e.when = std::min(e.when, now.wall); // ended in the future, by a clock that was ahead
    // What is outside is condemned first: then it must be past its bounds, for it goes when it has been read.
    std::set<task_id> going = vanished;
    going.insert(rules_.condemned().begin(), rules_.condemned().end());
    for (auto id : going)
      if (!unsure && !asked_.contains(id) && !condemned_.contains(id) && ends_.contains(id))
        may_go(id, going, now);
    condemned_.insert(rules_.condemned().begin(), rules_.condemned().end());
    for (auto id : vanished)
      ends_.erase(id);
  }

  /// When nothing more is to be done.
  void settled() const {
    std::map<std::optional<state>, std::pair<std::size_t, std::size_t>> sums;
    for (const auto& [id, e] : ends_) {
      auto& [tasks, all] = sums[group(e.in)];
      ++tasks;
      all += e.bytes;
    }
    for (const auto& [of, sum] : sums) {
      const auto& b = bounds(of);
      const std::string name{of ? to_string(*of) : "the other"};
      if (b.tasks != 0 && sum.first > b.tasks)
        fail_(std::to_string(sum.first) + " " + name + " tasks are kept, the bound is " + std::to_string(b.tasks));
      if (b.bytes != 0 && sum.second > b.bytes)
        fail_(name + " tasks of " + std::to_string(sum.second) + " bytes are kept, the bound is " + std::to_string(b.bytes));
    }
  }

private:
  struct end {
    state in;
    task_version version;
    wall_time when;
    std::size_t bytes;
  };

  void need(bool holds, task_id id, const std::string& what) const {
    if (!holds)
      fail_("task " + std::to_string(id) + " " + what);
  }

  [[nodiscard]] std::optional<state> group(state s) const {
    return bounds_.finished_of.contains(s) ? std::optional{s} : std::nullopt;
  }
  [[nodiscard]] const retention& bounds(std::optional<state> of) const {
    return of ? bounds_.finished_of.at(*of) : bounds_.finished;
  }

  /// It ended first of its group, and those from it on were too many, too large, or it was too old.
  void may_go(task_id id, const std::set<task_id>& vanished, moment now) const {
    const auto& mine = ends_.at(id);
    const auto& b = bounds(group(mine.in));
    std::size_t tasks = 0, all = 0;
    for (const auto& [other, e] : ends_) {
      if (group(e.in) != group(mine.in))
        continue;
      if (e.version >= mine.version) {
        ++tasks;
        all += e.bytes;
      } else {
        need(vanished.contains(other), id, "is deleted before " + std::to_string(other) + ", which ended before it");
      }
    }
    const bool may = (b.tasks != 0 && tasks > b.tasks) || (b.bytes != 0 && all > b.bytes)
                     || (b.age != nanos{0} && now.wall - mine.when >= b.age);
    need(may, id, "(" + std::string{to_string(mine.in)} + ") is deleted within its bounds: " + std::to_string(tasks)
                    + " tasks, " + std::to_string(all) + " bytes");
  }

  static std::size_t bytes(const record& r) {
    std::size_t n = 384 + r.name.size();
    if (!r.extra)
      return n;
    const auto& x = *r.extra;
    const auto& told = *x.story;
    for (const auto* text : {&x.args, &x.terms->idempotency_key, &told.error, &told.value, &told.detail, &told.progress.text})
      n += text->size();
    for (const auto& e : told.errors)
      n += e.text.size();
    for (const auto& c : x.claims)
      n += c.key.size();
    for (const auto* words : {&x.tags, &x.labels})
      for (const auto& w : *words)
        n += w.size();
    return n + told.printed;
  }

  const ledger& rules_;
  limits bounds_;
  complaint fail_;
  std::map<task_id, end> ends_;
  std::set<task_id> open_;
  std::set<task_id> asked_; ///< by hand
  std::set<task_id> condemned_;
  std::map<task_id, std::uint64_t> printed_;
};

} // namespace stint::sim
