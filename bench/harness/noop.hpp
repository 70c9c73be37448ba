/// What every no-op task of a bench has: its name, its code, and limits that let nothing of it be dropped.
///
/// Threads  plain values.
#pragma once

#include <cstddef>
#include <string>

#include <stint/limits.hpp>

namespace stint::bench {

/// Code of a body that did its work: a result that a record must have kept.
inline constexpr int good_code = 200;

/// Returns a name of 12 characters.
inline std::string name_of(std::size_t i) {
  std::string name = "task-0000000";
  for (auto at = name.size(); i != 0 && at > 5; i /= 10)
    name[--at] = static_cast<char>('0' + i % 10);
  return name;
}

/// Returns limits under which every record is kept and no task is refused.
inline limits unbounded() {
  limits l;
  l.finished = keep_all;
  l.pending = 20'000'000;
  return l;
}

} // namespace stint::bench
