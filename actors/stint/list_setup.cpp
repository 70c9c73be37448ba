#include <stint/list_setup.hpp>

#include <algorithm>

#include <stint/keeper.hpp>

namespace stint {

namespace {

template <class T>
T need(result<T> r) {
  if (!r)
    throw start_error{r.error()};
  return std::move(*r);
}

void read_all(const store& from, list_setup& into) {
  const std::uint64_t room = into.rules.limits.output;
  into.settings = need(from.settings());
  need(from.unfinished([&](stored_task t) { into.tasks.push_back(std::move(t)); }));
  for (auto& t : into.tasks)
    if (t.attempt != 0)
      if (const auto total = need(from.output(t.id, 0, 0)).total; total != 0) {
        into.printed.emplace_back(t.id, total);
        t.printed = std::max(t.printed, std::min(total, room)); // an attempt that died has not told what it printed
      }
  page_request ask;
  ask.order = page_order::oldest_first;
  ask.limit = 1'000;
  do {
    auto p = need(from.page(ask));
    std::move(p.tasks.begin(), p.tasks.end(), std::back_inserter(into.tasks));
    ask.cursor = p.next;
  } while (ask.cursor != 0);
  // What is missing has no sum that would not fit: so they are counted.
  stint::tally there;
  for (const auto& t : into.tasks)
    ++there.by_state[static_cast<std::size_t>(t.state)];
  if (there != need(from.counts()).tasks)
    throw start_error{{errc::store_damaged, "not all the tasks are there that were counted"}};
  std::sort(into.tasks.begin(), into.tasks.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
}

} // namespace

list_setup set_up_list(caf::actor_system& system, const options& with, std::shared_ptr<environment> env) {
  list_setup setup;
  setup.rules.limits = with.limits;
  setup.rules.limits.finished_in_memory = all_in_memory; // the list cannot read the others yet
  setup.rules.cancel_grace = with.cancel_grace;
  setup.rules.free_stuck = with.free_stuck;
  setup.rules.seed = env->seed();
  setup.kinds = with.kinds;
  setup.env = std::move(env);
  setup.workers = with.workers;
  setup.capacities = with.capacities;
  setup.queue_limits = with.queue_limits;
  if (const auto& kept = with.store.get()) {
    setup.head = need(kept->open());
    try {
      read_all(*kept, setup);
    } catch (...) {
      static_cast<void>(kept->close());
      throw;
    }
    setup.rules.stored = true;
    setup.rules.epoch = setup.head.epoch;
    setup.keeper = spawn_keeper(system, kept, setup.head, setup.env);
  }
  return setup;
}

} // namespace stint
