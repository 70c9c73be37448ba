/// A ledger with a window of finished tasks, over a store that is a map: what is outside is read from there.
#pragma once

#include "lives.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace stint::test {

struct windowed : desk {
  explicit windowed(std::size_t window, retention keep = keep_all, std::uint32_t workers = 1)
      : desk(0, options(window, keep)) {
    book.know_kind("k", false);
    for (std::uint32_t i = 0; i < workers; ++i)
      join({"k"});
  }

  static ledger_options options(std::size_t window, retention keep) {
    auto o = with_store();
    o.limits.finished_in_memory = window;
    o.limits.finished = keep;
    return o;
  }

  /// What has changed goes to the store; it is not there yet.
  void cut() {
    for (auto id : fx.changed)
      if (book.find(id) != nullptr)
        batch[id] = book.stored(id);
    removed.insert(removed.end(), fx.removed.begin(), fx.removed.end());
    fx.changed.clear();
    fx.removed.clear();
    book.cut();
  }
  /// It is there; false: more could leave.
  bool committed() {
    for (auto& [id, t] : std::exchange(batch, {}))
      store[id] = std::move(t);
    for (auto id : std::exchange(removed, {}))
      store.erase(id);
    const bool all = book.committed();
    book.audit();
    return all;
  }
  bool commit() {
    cut();
    return committed();
  }

  task_id ended(std::string name, std::string key = {}) {
    auto s = of_kind(std::move(name));
    s.idempotency_key = std::move(key);
    const auto id = add(std::move(s));
    succeed(id);
    return id;
  }

  void take_in(task_id id) {
    if (book.outside(id))
      book.take_in(store.at(id));
  }

  /// Deletes what is past its bounds, as the list does.
  void delete_condemned() {
    const std::vector<task_id> all(book.condemned().begin(), book.condemned().end());
    for (auto id : all)
      take_in(id);
    book.remove_condemned(all, now, fx);
    pass(1ns);
  }

  task get(task_id id) { return book.outside(id) ? told_of(store.at(id)) : *book.get(id); }

  /// What a store answers that looks at `most` rows.
  std::vector<stored_task> stored_page(const page_request& ask, task_id& next, std::size_t most) const {
    std::vector<task_id> ids;
    for (const auto& [id, t] : store)
      ids.push_back(id);
    const bool upwards = ask.order == page_order::oldest_first;
    if (!upwards)
      std::reverse(ids.begin(), ids.end());
    std::vector<stored_task> out;
    next = 0;
    for (auto id : ids) {
      if (upwards ? id < ask.cursor : ask.cursor != 0 && id > ask.cursor)
        continue;
      const auto& t = store.at(id);
      const auto& f = ask.filter;
      const bool matches = terminal(t.state) && (f.states.empty() || std::find(f.states.begin(), f.states.end(), t.state) != f.states.end())
                           && (f.ids.empty() || std::find(f.ids.begin(), f.ids.end(), id) != f.ids.end())
                           && (f.queue.empty() || t.what.queue == f.queue)
                           && t.what.name.find(f.name_contains) != std::string::npos
                           && (f.tag.empty() || std::find(t.what.tags.begin(), t.what.tags.end(), f.tag) != t.what.tags.end());
      if (most-- == 0 || (matches && out.size() == ask.limit)) {
        next = id;
        break;
      }
      if (matches)
        out.push_back(t);
    }
    return out;
  }

  page read(const page_request& ask, std::size_t most = std::numeric_limits<std::size_t>::max()) {
    auto inside = *book.read(ask);
    const auto rest = book.outside_part(ask, inside);
    if (rest.cursor == 0)
      return inside;
    task_id next = 0;
    const auto found = stored_page(ask, next, most);
    return merge(std::move(inside), found, next, ask);
  }

  std::map<task_id, stored_task> store;
  std::map<task_id, stored_task> batch;
  std::vector<task_id> removed;
};

} // namespace stint::test
