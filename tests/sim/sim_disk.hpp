/// The disk of a simulated list: it outlives lists, fails when told, and knows in plain maps what was committed.
///
/// Owner    a simulation. Each life of the list has a sim_store over it, which dies with that life.
/// Threads  one.
/// Errors   `wrong` is the first commit that undoes what an earlier one said; a store cannot complain to its keeper.
/// Durable  a commit is there as a whole once its store has it, whether or not the list has heard so.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <stint/memory_store.hpp>

namespace stint::sim {

class sim_disk {
public:
  /// How the next commits end; each counts down.
  int failures = 0;     ///< as if the disk were full
  bool closes = false;  ///< nobody knows what became of it
  bool reaches = false; ///< when it closes: it is there all the same

  std::uint64_t commits = 0;
  std::string wrong;

  // -- as the last commit left it
  task_version version = 0;
  task_id last_id = 0;
  std::map<task_id, stored_task> tasks;
  std::set<task_id> removed;

  [[nodiscard]] const std::shared_ptr<memory_shelf>& shelf() const { return shelf_; }

  /// Checks a commit against those before it, and takes it in.
  void take(const store::batch& b) {
    ++commits;
    need(b.version >= version, "the version went back to " + std::to_string(b.version));
    need(b.last_id >= last_id, "the last id went back to " + std::to_string(b.last_id));
    for (const auto& t : b.saved) {
      const auto name = "task " + std::to_string(t.id);
      need(!removed.contains(t.id), name + " was deleted and its id is given again");
      const auto old = tasks.find(t.id);
      if (old == tasks.end()) {
        need(t.id > last_id, name + " is new, and its id is not");
        accept(t, b.removed);
      } else {
        const auto& o = old->second;
        need(t.version >= o.version, name + " went back to version " + std::to_string(t.version));
        need(t.version > o.version || t.state == o.state, name + " moved without a version");
        need(!terminal(o.state) || t.version == o.version, name + " is undone");
        need(t.what.name == o.what.name, name + " is another one now");
      }
      tasks.insert_or_assign(t.id, t);
    }
    version = b.version;
    last_id = b.last_id;
    for (auto id : b.removed) {
      removed.insert(id);
      const auto old = tasks.find(id);
      if (old == tasks.end())
        continue; // it came and went within this commit
      if (auto k = keys_.find(old->second.what.idempotency_key); k != keys_.end() && k->second == id)
        keys_.erase(k);
      tasks.erase(old);
    }
  }

private:
  void need(bool holds, const std::string& what) {
    if (!holds && wrong.empty())
      wrong = "commit " + std::to_string(commits) + ": " + what;
  }

  /// A key may be given again once its task is deleted.
  void accept(const stored_task& t, const std::vector<task_id>& deleted) {
    if (t.what.idempotency_key.empty())
      return;
    const auto [first, fresh] = keys_.try_emplace(t.what.idempotency_key, t.id);
    if (std::find(deleted.begin(), deleted.end(), first->second) != deleted.end())
      first->second = t.id;
    else
      need(fresh, "'" + t.what.name + "' is accepted twice, as " + std::to_string(first->second) + " and " + std::to_string(t.id));
  }

  std::shared_ptr<memory_shelf> shelf_ = memory_store{}.shelf();
  std::map<std::string, task_id> keys_;
};

/// One life's way to the disk.
class sim_store final : public memory_store {
public:
  explicit sim_store(sim_disk& on) : memory_store(on.shelf()), disk_(on) {}

  /// Its process is dead: nothing arrives any more.
  void die() {
    static_cast<void>(memory_store::close());
    dead_ = true;
  }

  result<opened> open() override {
    if (dead_)
      return errc::store_closed;
    return memory_store::open();
  }

  result<unit_t> commit(const batch& b) override {
    if (dead_)
      return errc::store_closed;
    if (disk_.failures > 0) {
      --disk_.failures;
      return {errc::io_failed, "no space left"};
    }
    const bool closes = std::exchange(disk_.closes, false);
    if (!closes || disk_.reaches) {
      disk_.take(b);
      if (auto ok = memory_store::commit(b); !ok)
        return ok;
    }
    if (!closes)
      return unit;
    static_cast<void>(memory_store::close());
    return {errc::store_closed, "the disk said no"};
  }

private:
  sim_disk& disk_;
  bool dead_ = false;
};

} // namespace stint::sim
