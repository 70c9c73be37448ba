#include <stint/memory_store.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include <stint/detail/memory_output.hpp>
#include <stint/detail/stored_filter.hpp>

namespace stint {

namespace {

/// What a task takes, its texts and a round sum for the rest.
std::uint64_t bytes_of(const stored_task& t) {
  std::uint64_t n = sizeof(stored_task) + t.what.name.size() + t.what.kind.size() + t.what.queue.size()
                    + t.what.args.size() + t.what.idempotency_key.size() + t.error.size() + t.value.size()
                    + t.detail.size() + t.progress.text.size();
  for (const auto& c : t.what.claims)
    n += sizeof c + c.key.size();
  for (const auto& tag : t.what.tags)
    n += sizeof tag + tag.size();
  for (const auto& e : t.errors)
    n += sizeof e + e.text.size();
  return n;
}

std::size_t number(state s) { return static_cast<std::size_t>(s); }

error mistake(task_id id, const std::string& what) {
  return {errc::invalid_commit, "task " + std::to_string(id) + ": " + what};
}

} // namespace

class memory_shelf {
public:
  struct kept {
    stored_task task;
    memory_output output;
    std::uint64_t bytes = 0; ///< of the task, without its output
  };

  [[nodiscard]] const kept* find(task_id id) const {
    auto i = tasks.find(id);
    return i == tasks.end() ? nullptr : &i->second;
  }

  [[nodiscard]] error missing(task_id id) const {
    if (id == 0 || id > head.last_id)
      return {errc::unknown_task, "no task " + std::to_string(id)};
    return {errc::task_deleted, "task " + std::to_string(id) + " is deleted"};
  }

  /// Looks for a mistake in a batch; changes nothing.
  [[nodiscard]] result<unit_t> check(const store::batch& b) const {
    if (b.epoch != head.epoch)
      return {errc::stale_epoch, "the commit bears epoch " + std::to_string(b.epoch) + ", the store is at "
                                   + std::to_string(head.epoch)};
    if (b.version < head.version || b.last_id < head.last_id)
      return {errc::invalid_commit, "the list went back: version " + std::to_string(head.version) + " to "
                                      + std::to_string(b.version) + ", last id " + std::to_string(head.last_id)
                                      + " to " + std::to_string(b.last_id)};
    std::unordered_map<task_id, task_version> newest;
    for (const auto& t : b.saved) {
      if (t.id == 0 || t.id > b.last_id)
        return mistake(t.id, "the last id is " + std::to_string(b.last_id));
      if (t.version == 0 || t.version > b.version)
        return mistake(t.id, "version " + std::to_string(t.version) + " of " + std::to_string(b.version));
      const auto* old = find(t.id);
      if (old == nullptr && t.id <= head.last_id)
        return mistake(t.id, "it was removed");
      auto& before = newest.try_emplace(t.id, old != nullptr ? old->task.version : 0).first->second;
      if (t.version < before)
        return mistake(t.id, "version " + std::to_string(before) + " goes back to " + std::to_string(t.version));
      before = t.version;
    }
    std::unordered_map<task_id, std::uint64_t> ends;
    for (const auto& p : b.printed) {
      const auto* old = find(p.id);
      if (old == nullptr && !newest.contains(p.id))
        continue;
      auto& end = ends.try_emplace(p.id, old != nullptr ? old->output.total() : 0).first->second;
      if (p.offset < end)
        return mistake(p.id, "output at " + std::to_string(p.offset) + " of " + std::to_string(end));
      end = p.offset + p.text.size();
    }
    return unit;
  }

  void apply(const store::batch& b) {
    head.version = b.version;
    head.last_id = b.last_id;
    for (const auto& t : b.saved)
      save(t);
    for (const auto& p : b.printed)
      on_output(p.id, [&p](memory_output& out) { out.append(p.offset, p.text); });
    for (const auto& c : b.cut)
      on_output(c.id, [&c](memory_output& out) { out.cut(c.from, c.to); });
    for (auto id : b.removed)
      remove(id);
    for (const auto& s : b.settings)
      if (s.plain())
        settings.erase({s.of, s.name});
      else
        settings[{s.of, s.name}] = s;
  }

  store::opened head;
  bool in_use = false;
  std::map<task_id, kept> tasks;
  std::set<std::pair<std::uint64_t, task_id>> unfinished; ///< by rank
  std::map<std::string, task_id> keys;
  std::map<std::pair<setting_of, std::string>, stored_setting> settings;
  std::array<std::set<std::pair<wall_time, task_id>>, state_count> ended; ///< the terminal ones, by their end
  store::usage used;

private:
  void save(const stored_task& t) {
    auto& k = tasks[t.id];
    if (k.task.id != 0)
      leave(k);
    k.task = t;
    k.bytes = bytes_of(t);
    enter(k);
  }

  void remove(task_id id) {
    if (auto i = tasks.find(id); i != tasks.end()) {
      leave(i->second);
      tasks.erase(i);
    }
  }

  template <class F>
  void on_output(task_id id, F&& change) {
    auto i = tasks.find(id);
    if (i == tasks.end())
      return;
    auto& sum = used.bytes[number(i->second.task.state)];
    sum -= i->second.output.kept();
    change(i->second.output);
    sum += i->second.output.kept();
  }

  void enter(const kept& k) {
    const auto& t = k.task;
    ++used.tasks.by_state[number(t.state)];
    used.bytes[number(t.state)] += k.bytes + k.output.kept();
    if (terminal(t.state))
      ended[number(t.state)].emplace(t.ended.value_or(wall_time{}), t.id);
    else
      unfinished.emplace(t.rank, t.id);
    if (!t.what.idempotency_key.empty())
      keys[t.what.idempotency_key] = t.id;
  }

  void leave(const kept& k) {
    const auto& t = k.task;
    --used.tasks.by_state[number(t.state)];
    used.bytes[number(t.state)] -= k.bytes + k.output.kept();
    ended[number(t.state)].erase({t.ended.value_or(wall_time{}), t.id});
    unfinished.erase({t.rank, t.id});
    if (auto i = keys.find(t.what.idempotency_key); i != keys.end() && i->second == t.id)
      keys.erase(i);
  }
};

memory_store::memory_store() : memory_store(std::make_shared<memory_shelf>()) {}

memory_store::memory_store(std::shared_ptr<memory_shelf> shelf) : shelf_(std::move(shelf)) {}

memory_store::~memory_store() {
  if (open_)
    shelf_->in_use = false;
}

result<store::opened> memory_store::open() {
  if (shelf_->in_use)
    return errc::store_in_use;
  shelf_->in_use = open_ = true;
  shelf_->head.epoch = next_epoch(shelf_->head.epoch);
  return shelf_->head;
}

result<unit_t> memory_store::close() {
  if (!open_)
    return errc::store_closed;
  shelf_->in_use = open_ = false;
  return unit;
}

result<unit_t> memory_store::commit(const batch& what) {
  if (!open_)
    return errc::store_closed;
  // All that can be wrong is looked for before anything changes: hence all or nothing.
  if (auto ok = shelf_->check(what); !ok)
    return ok;
  shelf_->apply(what);
  return unit;
}

result<std::uint64_t> memory_store::unfinished(const std::function<void(stored_task)>& take) const {
  if (!open_)
    return errc::store_closed;
  for (const auto& [rank, id] : shelf_->unfinished)
    take(shelf_->find(id)->task);
  return std::uint64_t{shelf_->unfinished.size()};
}

result<std::optional<stored_task>> memory_store::keyed(const std::string& idempotency_key) const {
  if (!open_)
    return errc::store_closed;
  auto i = shelf_->keys.find(idempotency_key);
  if (i == shelf_->keys.end())
    return std::optional<stored_task>{};
  return std::optional{shelf_->find(i->second)->task};
}

result<std::vector<stored_setting>> memory_store::settings() const {
  if (!open_)
    return errc::store_closed;
  std::vector<stored_setting> out;
  for (const auto& [of, s] : shelf_->settings)
    out.push_back(s);
  return out;
}

result<stored_task> memory_store::get(task_id id) const {
  if (!open_)
    return errc::store_closed;
  const auto* k = shelf_->find(id);
  if (k == nullptr)
    return shelf_->missing(id);
  return k->task;
}

result<stored_page> memory_store::page(const page_request& ask) const {
  if (!open_)
    return errc::store_closed;
  if (ask.limit == 0)
    return {errc::page_too_large, "a page holds at least one task"};
  if (ask.cursor > shelf_->head.last_id)
    return {errc::invalid_cursor, "no task " + std::to_string(ask.cursor) + " yet"};
  stored_page out;
  const auto add = [&](const stored_task& t) {
    if (!detail::matches(t, ask.filter))
      return true;
    if (out.tasks.size() == ask.limit) {
      out.next = t.id;
      return false;
    }
    out.tasks.push_back(t);
    return true;
  };
  const auto& all = shelf_->tasks;
  if (ask.order == page_order::oldest_first) {
    for (auto i = all.lower_bound(ask.cursor); i != all.end() && add(i->second.task); ++i)
      ;
  } else {
    auto i = std::make_reverse_iterator(ask.cursor == 0 ? all.end() : all.upper_bound(ask.cursor));
    for (; i != all.rend() && add(i->second.task); ++i)
      ;
  }
  return out;
}

result<output_piece> memory_store::output(task_id id, std::uint64_t offset, std::size_t limit) const {
  if (!open_)
    return errc::store_closed;
  const auto* k = shelf_->find(id);
  if (k == nullptr)
    return shelf_->missing(id);
  return k->output.read(offset, limit);
}

result<std::vector<task_id>> memory_store::overdue(const retention& bounds, std::size_t most) const {
  if (!open_)
    return errc::store_closed;
  auto tasks = shelf_->used.tasks[bounds.of];
  auto bytes = shelf_->used.bytes[number(bounds.of)];
  std::vector<task_id> out;
  for (const auto& [when, id] : shelf_->ended[number(bounds.of)]) {
    const bool past = (bounds.tasks && tasks > *bounds.tasks) || (bounds.bytes && bytes > *bounds.bytes)
                      || (bounds.ended_before && when < *bounds.ended_before);
    if (!past || out.size() == most)
      break;
    const auto* k = shelf_->find(id);
    --tasks;
    bytes -= k->bytes + k->output.kept();
    out.push_back(id);
  }
  return out;
}

result<store::usage> memory_store::counts() const {
  if (!open_)
    return errc::store_closed;
  return shelf_->used;
}

} // namespace stint
