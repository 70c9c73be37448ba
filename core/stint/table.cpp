#include <stint/table.hpp>

#include <algorithm>
#include <iterator>

namespace stint {

std::uint32_t name_book::number(std::string_view name) {
  if (const auto known = find(name); known != 0 || name.empty())
    return known;
  last_ = static_cast<std::uint32_t>(names_.size());
  names_.emplace_back(name);
  numbers_.emplace(name, last_);
  return last_;
}

std::uint32_t name_book::find(std::string_view name) const {
  if (names_[last_] == name)
    return last_;
  auto i = numbers_.find(name);
  if (i == numbers_.end())
    return 0;
  return last_ = i->second;
}

std::uint32_t table::add_queue(std::string_view name) {
  const auto n = queues.number(name);
  if (by_queue_.size() <= n) {
    by_queue_.resize(n + 1);
    tallies_.resize(n + 1);
  }
  return n;
}

record& table::add(std::string name, std::uint32_t queue, std::uint32_t kind, state s) {
  const auto id = ++last_;
  const auto number = id / chunk_size;
  auto& r = make(id, std::move(name), queue, kind, s);
  ++tallies_[queue].by_state[static_cast<std::size_t>(s)];
  // The chunk before a new one was kept while it took new ids: nobody gives it back if all its tasks are gone.
  if (id % chunk_size == 0 && number > first_chunk_)
    if (auto& before = chunks_[number - first_chunk_ - 1]; before && before->used == 0)
      before.reset();
  return r;
}

/// Makes a record and enters it into the indexes.
record& table::make(task_id id, std::string name, std::uint32_t queue, std::uint32_t kind, state s) {
  const auto number = id / chunk_size;
  if (chunks_.empty())
    first_chunk_ = number;
  if (number < first_chunk_) { // of a task that comes back
    std::vector<std::unique_ptr<chunk>> grown(first_chunk_ - number);
    std::move(chunks_.begin(), chunks_.end(), std::back_inserter(grown));
    chunks_ = std::move(grown);
    first_chunk_ = number;
  }
  while (chunks_.size() <= number - first_chunk_)
    chunks_.push_back(nullptr);
  auto& c = chunks_[number - first_chunk_];
  if (!c)
    c = std::make_unique<chunk>();
  auto& r = c->make(id % chunk_size);
  r.id = id;
  r.name = std::move(name);
  r.queue = queue;
  r.kind = kind;
  r.state = s;
  if (by_kind_.size() <= r.kind)
    by_kind_.resize(r.kind + 1);
  all_.insert(id);
  states_[static_cast<std::size_t>(s)].insert(id);
  by_queue_[r.queue].insert(id);
  by_kind_[r.kind].insert(id);
  return r;
}

void table::index_tags(const record& r) {
  if (r.extra)
    for (const auto& tag : r.extra->tags)
      by_tag_[tag].insert(r.id);
}

error table::missing(task_id id) const {
  STINT_ASSERT(!outside(id), id, last_); // whoever asks for one that is outside has to read it first
  if (id == 0 || id > last_)
    return {errc::unknown_task, "no task " + std::to_string(id)};
  return {errc::task_deleted, "task " + std::to_string(id) + " is deleted"};
}

void table::move(record& r, state to) {
  auto& tally = tallies_[r.queue].by_state;
  states_[static_cast<std::size_t>(r.state)].erase(r.id);
  --tally[static_cast<std::size_t>(r.state)];
  r.state = to;
  states_[static_cast<std::size_t>(to)].insert(r.id);
  ++tally[static_cast<std::size_t>(to)];
}

std::unique_ptr<task_extra> table::erase(record& r) {
  --tallies_[r.queue].by_state[static_cast<std::size_t>(r.state)];
  return end(r);
}

void table::let_go(record& r) {
  outside_[static_cast<std::size_t>(r.state)].insert(r.id);
  end(r);
}

record& table::take_in(task_id id, std::string name, std::string_view queue, std::string_view kind) {
  const auto s = outside(id);
  STINT_ASSERT(s.has_value(), id, last_);
  outside_[static_cast<std::size_t>(*s)].erase(id);
  return make(id, std::move(name), add_queue(queue), kinds.number(kind), *s);
}

void table::restore_outside(task_id id, std::string_view queue, state s) {
  outside_[static_cast<std::size_t>(s)].insert(id);
  ++tallies_[add_queue(queue)].by_state[static_cast<std::size_t>(s)];
}

std::optional<state> table::outside(task_id id) const {
  for (std::size_t i = 0; i < state_count; ++i)
    if (!outside_[i].empty() && outside_[i].contains(id))
      return static_cast<state>(i);
  return std::nullopt;
}

std::size_t table::outside() const noexcept {
  std::size_t n = 0;
  for (const auto& set : outside_)
    n += set.size();
  return n;
}

task_id table::first_outside(const page_request& ask, task_id end) const {
  const auto& f = ask.filter;
  std::vector<const id_set*> any;
  for (std::size_t i = 0; i < state_count; ++i)
    if (!outside_[i].empty()
        && (f.states.empty() || std::find(f.states.begin(), f.states.end(), static_cast<state>(i)) != f.states.end()))
      any.push_back(&outside_[i]);
  if (any.empty())
    return 0;
  id_query query;
  query.require_any(std::move(any));
  id_set wanted;
  if (!f.ids.empty()) {
    for (auto id : f.ids)
      if (outside(id))
        wanted.insert(id);
    query.require_any({&wanted});
  }
  const bool upwards = ask.order == page_order::oldest_first;
  task_id first = 0;
  query.walk(ask.cursor != 0 ? ask.cursor : upwards ? 1 : last_, upwards, [&](task_id id) {
    if (end == 0 || (upwards ? id < end : id > end))
      first = id;
    return false;
  });
  return first;
}

/// Takes a record out of the indexes and ends it.
std::unique_ptr<task_extra> table::end(record& r) {
  const auto id = r.id;
  all_.erase(id);
  states_[static_cast<std::size_t>(r.state)].erase(id);
  by_queue_[r.queue].erase(id);
  by_kind_[r.kind].erase(id);
  if (r.extra)
    for (const auto& tag : r.extra->tags)
      if (auto i = by_tag_.find(tag); i != by_tag_.end()) {
        i->second.erase(id);
        if (i->second.empty())
          by_tag_.erase(i);
      }
  auto rest = std::move(r.extra);
  auto& c = chunks_[id / chunk_size - first_chunk_];
  c->end(id % chunk_size);
  if (c->used != 0)
    return rest;
  // The chunk that new ids go to stays, even when it is empty for a moment.
  if (id / chunk_size != last_ / chunk_size)
    c.reset();
  std::size_t gone = 0;
  while (gone < chunks_.size() && !chunks_[gone])
    ++gone;
  if (gone >= 64) {
    chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(gone));
    first_chunk_ += gone;
  }
  return rest;
}

void table::audit_tags() const {
  for (const auto& [tag, ids] : by_tag_) {
    id_query all;
    all.require_any({&ids});
    STINT_ASSERT(!ids.empty(), ids.size(), last_);
    all.walk(1, true, [this, &tag](task_id id) {
      const auto* r = find(id);
      STINT_ASSERT(r != nullptr && r->extra && std::find(r->extra->tags.begin(), r->extra->tags.end(), tag) != r->extra->tags.end(),
                   id, last_);
      return true;
    });
  }
}

bool table::matches(const record& r, const filter& f) const {
  if (!f.ids.empty() && std::find(f.ids.begin(), f.ids.end(), r.id) == f.ids.end())
    return false;
  if (!f.states.empty() && std::find(f.states.begin(), f.states.end(), r.state) == f.states.end())
    return false;
  if (!f.queue.empty() && queue_name(r) != f.queue)
    return false;
  if (!f.kind.empty() && kind_name(r) != f.kind)
    return false;
  if (!f.tag.empty()
      && (!r.extra || std::find(r.extra->tags.begin(), r.extra->tags.end(), f.tag) == r.extra->tags.end()))
    return false;
  return f.name_contains.empty() || r.name.find(f.name_contains) != std::string::npos;
}

bool table::build(const filter& f, id_query& query) const {
  query.require_any({&all_});
  if (!f.states.empty()) {
    std::vector<const id_set*> any;
    for (auto s : f.states)
      any.push_back(&in(s));
    query.require_any(std::move(any));
  }
  if (!f.queue.empty()) {
    const auto n = queues.find(f.queue);
    if (n == 0 || n >= by_queue_.size())
      return false;
    query.require_any({&by_queue_[n]});
  }
  if (!f.kind.empty()) {
    const auto n = kinds.find(f.kind);
    if (n == 0 || n >= by_kind_.size())
      return false;
    query.require_any({&by_kind_[n]});
  }
  if (!f.tag.empty()) {
    auto i = by_tag_.find(f.tag);
    if (i == by_tag_.end())
      return false;
    query.require_any({&i->second});
  }
  return true;
}

result<page> table::read(const page_request& ask, const std::function<void(const record&, task&)>& describe,
                         const std::function<bool(task_id)>& skip) const {
  if (ask.limit == 0 || ask.limit > bounds_.page)
    return {errc::page_too_large, "a page holds 1 to " + std::to_string(bounds_.page) + " tasks, asked for "
                                    + std::to_string(ask.limit)};
  if (ask.filter.ids.size() > bounds_.ids)
    return {errc::too_many_ids, "the filter names " + std::to_string(ask.filter.ids.size()) + " ids"};
  if (ask.cursor > last_)
    return {errc::invalid_cursor, "no task " + std::to_string(ask.cursor) + " yet"};
  page out;
  const bool upwards = ask.order == page_order::oldest_first;
  id_set wanted;
  for (auto id : ask.filter.ids)
    if (find(id) != nullptr)
      wanted.insert(id);
  id_query query;
  if (!build(ask.filter, query))
    return out;
  if (!ask.filter.ids.empty())
    query.require_any({&wanted});
  const auto from = ask.cursor != 0 ? ask.cursor : upwards ? 1 : last_;
  std::size_t looked = 0;
  std::vector<const record*> found; // first: answers are large, so their room is taken once
  query.walk(from, upwards, [&](task_id id) {
    if (skip && skip(id))
      return true;
    if (found.size() == ask.limit || looked == bounds_.scan) {
      out.next = id;
      return false;
    }
    ++looked;
    const auto& r = *find(id);
    if (ask.filter.name_contains.empty() || r.name.find(ask.filter.name_contains) != std::string::npos)
      found.push_back(&r);
    return true;
  });
  out.tasks.reserve(found.size());
  for (const auto* r : found)
    describe(*r, out.tasks.emplace_back());
  return out;
}

void table::each_match(const filter& f, const std::function<bool(task_id)>& fn) const {
  if (!f.ids.empty()) {
    auto rest = f;
    rest.ids.clear();
    for (auto id : f.ids)
      if (const auto* r = find(id); r != nullptr && matches(*r, rest) && !fn(id))
        return;
    return;
  }
  id_query query;
  if (!build(f, query))
    return;
  query.walk(1, true, [&](task_id id) { return !matches(*find(id), f) || fn(id); });
}

} // namespace stint
