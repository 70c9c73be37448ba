/// No-op tasks for the rivals, and proof that they did their work: what subject.hpp is for stint.
///
/// Owner    the contestant.
/// Threads  the caller's.
/// Errors   `wrong` when a record is not there or not whole.
#pragma once

#include <utility>
#include <vector>

#include <harness/subject.hpp>
#include <rivals/rival_record.hpp>

namespace stint::bench {

inline rival_task rival_noop(std::size_t i) {
  rival_task t;
  t.name = name_of(i);
  t.run = [] { return rival_result{good_code, {}, {}}; };
  return t;
}

template <class List>
void submit_each(List& tasks, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    tasks.submit(rival_noop(i));
}

template <class List>
void submit_rival_batches(List& tasks, std::size_t count, std::size_t batch) {
  for (std::size_t i = 0; i < count;) {
    std::vector<rival_task> many;
    many.reserve(batch);
    for (; many.size() < batch && i < count; ++i)
      many.push_back(rival_noop(i));
    tasks.submit(std::move(many));
  }
}

template <class List>
void verify_rival(const List& tasks, std::size_t count) {
  for (std::size_t i = 0; i < 97; ++i) {
    const auto found = tasks.get(1 + i * (count - 1) / 96);
    need(found && found->state == rival_state::succeeded && found->code == good_code && found->name.size() == 12,
         "a rival's record is not whole");
  }
}

} // namespace stint::bench
