/// Which finished tasks a page of a store holds; the same in every store.
///
/// Threads  plain functions.
#pragma once

#include <algorithm>
#include <string>

#include <stint/query.hpp>
#include <stint/state.hpp>
#include <stint/stored_task.hpp>

namespace stint::detail {

inline bool contains(const auto& all, const auto& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

inline bool matches(const stored_task& t, const filter& f) {
  return terminal(t.state) && (f.states.empty() || contains(f.states, t.state))
         && (f.queue.empty() || t.what.queue == f.queue) && (f.kind.empty() || t.what.kind == f.kind)
         && (f.tag.empty() || contains(t.what.tags, f.tag))
         && (f.name_contains.empty() || t.what.name.find(f.name_contains) != std::string::npos)
         && (f.ids.empty() || contains(f.ids, t.id));
}

} // namespace stint::detail
