/// What readers are shown of the tasks that have changed since the last commit: each in its form before the change.
///
/// Owner    the ledger of a list with a store; without one it stays empty.
/// Threads  none: the owner's mailbox is the lock.
/// Cost     one copy of a task for each that changes between two commits; a page looks at all of them.
///
/// Changes gather until `cut`, which is when they are given to the store; then others gather while those are committed.
/// So a task can have two earlier forms; the older one is the committed one.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include <stint/record.hpp>

namespace stint {

struct earlier_form {
  std::optional<task> what;               ///< empty: the task was not there
  std::shared_ptr<const task_extra> rest; ///< args, value and detail of one that is deleted since
};

class unsaved {
public:
  explicit unsaved(bool on) : on_(on) {}

  [[nodiscard]] bool on() const noexcept { return on_; }

  /// Keeps what `describe()` says of a task that is about to change, unless a change of it is gathered already.
  template <class F>
  void before_change(task_id id, F&& describe) {
    if (on_ && !gathering_.contains(id))
      gathering_.emplace(id, earlier_form{describe(), nullptr});
  }

  void before_creation(task_id id) {
    if (on_)
      gathering_.try_emplace(id);
  }

  /// Keeps what only the record of a task knows, which is about to go.
  void before_deletion(task_id id, std::unique_ptr<task_extra> rest) {
    if (!on_ || !rest)
      return;
    const std::shared_ptr<const task_extra> shared = std::move(rest);
    for (auto* g : {&committing_, &gathering_})
      if (auto i = g->find(id); i != g->end() && i->second.what && !i->second.rest)
        i->second.rest = shared;
  }

  /// What has gathered goes to the store.
  void cut() { committing_ = std::exchange(gathering_, {}); }

  /// The store has it.
  void committed() { committing_.clear(); }

  [[nodiscard]] bool gathers(task_id id) const { return !on_ || gathering_.contains(id); }
  [[nodiscard]] bool gathers() const noexcept { return !gathering_.empty(); }

  /// Returns the committed form of a task that has changed since, or null: it is as the ledger has it.
  [[nodiscard]] const earlier_form* find(task_id id) const {
    for (const auto* g : {&committing_, &gathering_})
      if (!g->empty())
        if (auto i = g->find(id); i != g->end())
          return &i->second;
    return nullptr;
  }

  [[nodiscard]] bool empty() const noexcept { return committing_.empty() && gathering_.empty(); }

  /// Calls `fn` with each committed form, once for each task, in no order.
  template <class F>
  void for_each(F&& fn) const {
    for (const auto& [id, form] : committing_)
      fn(id, form);
    for (const auto& [id, form] : gathering_)
      if (!committing_.contains(id))
        fn(id, form);
  }

private:
  using generation = std::unordered_map<task_id, earlier_form>;

  bool on_;
  generation committing_;
  generation gathering_;
};

} // namespace stint
