/// Plays seeded commits on a store and knows what must be in it afterwards, as plain maps.
///
/// Owner    a trial.
/// Errors   `differs` says the first thing in which a store is not as it should be.
#pragma once

#include <map>
#include <random>
#include <string>

#include <contract/store_owner.hpp>

namespace stint::faults {

struct state_of_store {
  task_version version = 0;
  task_id last_id = 0;
  std::map<task_id, stored_task> tasks;
  std::map<task_id, std::string> texts;

  friend bool operator==(const state_of_store&, const state_of_store&) = default;
};

class store_player {
public:
  explicit store_player(std::mt19937_64& random) : random_(random) {}

  /// Makes a batch of new, changed and removed tasks and of output, and brings `s` to what it will be.
  store::batch next(state_of_store& s) {
    store::batch b;
    for (auto n = roll(5); n > 0; --n) {
      const auto in = static_cast<state>(roll(state_count));
      const bool fresh = s.tasks.size() < 4 || roll(3) == 0;
      const auto id = fresh ? ++s.last_id : any(s);
      auto t = contract::sample(id, ++s.version, in);
      t.rank /= 1 + roll(3);
      t.what.args.assign(roll(8) == 0 ? 6'000 : roll(60), 'a');
      s.tasks[id] = t;
      b.saved.push_back(std::move(t));
    }
    for (const auto& [id, t] : s.tasks)
      if (roll(6) == 0) {
        const std::string text(1 + roll(30), static_cast<char>('a' + roll(26)));
        b.printed.push_back({id, s.texts[id].size(), text});
        s.texts[id] += text;
      }
    if (s.tasks.size() > 12) {
      const auto gone = any(s);
      ++s.version;
      b.removed.push_back(gone);
      s.tasks.erase(gone);
      s.texts.erase(gone);
    }
    b.version = s.version;
    b.last_id = s.last_id;
    return b;
  }

  /// Says how a store that is open differs from `s`; empty: it does not.
  static std::string differs(const store& box, const store::opened& head, const state_of_store& s) {
    if (head.version != s.version || head.last_id != s.last_id)
      return "the head is at version " + std::to_string(head.version) + ", not " + std::to_string(s.version);
    std::map<task_id, stored_task> there;
    const auto take = [&there](stored_task t) { there.emplace(t.id, std::move(t)); };
    if (const auto r = box.unfinished(take); !r)
      return to_string(r.error());
    page_request ask;
    ask.limit = 1'000;
    const auto p = box.page(ask);
    if (!p)
      return to_string(p.error());
    for (const auto& t : p->tasks)
      take(t);
    if (there != s.tasks)
      return std::to_string(there.size()) + " tasks, not the " + std::to_string(s.tasks.size()) + " that were saved";
    for (const auto& [id, t] : s.tasks) {
      const auto one = box.get(id);
      if (!one || !(*one == t))
        return "get " + std::to_string(id) + ": " + to_string(one.error());
      const auto out = box.output(id, 0, 1'000'000);
      const auto i = s.texts.find(id);
      if (!out || out->text != (i == s.texts.end() ? "" : i->second))
        return "output of " + std::to_string(id) + ": " + to_string(out.error());
      const auto k = box.keyed(t.what.idempotency_key);
      if (!k || !*k || !(**k == t))
        return "keyed " + std::to_string(id) + ": " + to_string(k.error());
    }
    const auto c = box.counts();
    if (!c || c->tasks.total() != s.tasks.size())
      return "counts";
    return "";
  }

private:
  std::uint64_t roll(std::uint64_t n) { return random_() % n; }

  task_id any(const state_of_store& s) {
    auto i = s.tasks.begin();
    std::advance(i, roll(s.tasks.size()));
    return i->first;
  }

  std::mt19937_64& random_;
};

} // namespace stint::faults
