#include <stint/ledger.hpp>

#include <algorithm>

namespace stint {

namespace {

bool contains(const auto& all, const auto& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

bool matches(const task& t, const filter& f) {
  return (f.states.empty() || contains(f.states, t.state)) && (f.queue.empty() || t.queue == f.queue)
         && (f.kind.empty() || t.kind == f.kind) && (f.tag.empty() || contains(t.tags, f.tag))
         && (f.name_contains.empty() || t.name.find(f.name_contains) != std::string::npos)
         && (f.ids.empty() || contains(f.ids, t.id));
}

} // namespace

/// Call before the first change of a task: readers see it as it is now until the change is committed.
void ledger::touch(const record& r) {
  unsaved_.before_change(r.id, [&] { return describe(r); });
}

void ledger::cut() {
  unsaved_.cut();
  cut_ = live_counts();
}

bool ledger::committed() {
  unsaved_.committed();
  committed_ = std::move(cut_);
  return let_go_finished();
}

result<unit_t> ledger::seen(task_id id) const {
  if (const auto* e = unsaved_.find(id)) {
    if (e->what)
      return unit;
    return error{errc::unknown_task, "no task " + std::to_string(id)};
  }
  if (tasks_.find(id) == nullptr && !outside(id))
    return tasks_.missing(id);
  return unit;
}

/// What is stored of a task beside what `describe` says, as readers may see it; null when there is nothing.
const task_extra* ledger::seen_extra(task_id id) const {
  if (const auto* e = unsaved_.find(id); e != nullptr && e->rest)
    return e->rest.get();
  const auto* r = tasks_.find(id);
  return r != nullptr ? r->extra.get() : nullptr;
}

/// A page of committed forms: that of the tasks which have not changed, and those that have in their places.
result<page> ledger::read_committed(const page_request& ask) const {
  auto p = tasks_.read(
    ask, [this](const record& r, task& t) { describe(r, t); }, [this](task_id id) { return unsaved_.find(id) != nullptr; });
  if (!p)
    return p;
  const bool upwards = ask.order == page_order::oldest_first;
  const auto before = [upwards](task_id a, task_id b) { return upwards ? a < b : a > b; };
  unsaved_.for_each([&](task_id id, const earlier_form& e) {
    if (e.what && (ask.cursor == 0 || !before(id, ask.cursor)) && (p->next == 0 || before(id, p->next))
        && matches(*e.what, ask.filter))
      p->tasks.push_back(*e.what);
  });
  std::sort(p->tasks.begin(), p->tasks.end(), [&](const task& a, const task& b) { return before(a.id, b.id); });
  if (p->tasks.size() > ask.limit) {
    p->next = p->tasks[ask.limit].id;
    p->tasks.resize(ask.limit);
  }
  return p;
}

} // namespace stint
