#include <stint/list_setup.hpp>

#include <algorithm>
#include <map>

#include <stint/keeper.hpp>

namespace stint {

namespace {

template <class T>
T need(result<T> r) {
  if (!r)
    throw start_error{r.error()};
  return std::move(*r);
}

/// Parts the finished tasks: whole are those of the window, which ended last; of the others there is what the list keeps.
class finished_reader {
public:
  explicit finished_reader(list_setup& into) : into_(into), most_(into.rules.limits.finished_in_memory) {}

  void take(stored_task t) {
    if (most_ == all_in_memory || !t.lost.empty()) { // such a one cannot leave yet
      into_.tasks.push_back(std::move(t));
      return;
    }
    if (newest_.size() == most_ && (most_ == 0 || t.version < newest_.begin()->first)) {
      stays_outside(t);
      return;
    }
    const auto version = t.version;
    newest_.emplace(version, std::move(t));
    if (newest_.size() <= most_)
      return;
    stays_outside(newest_.begin()->second);
    newest_.erase(newest_.begin());
  }

  void end() {
    for (auto& [version, t] : newest_)
      into_.tasks.push_back(std::move(t));
  }

private:
  void stays_outside(stored_task& t) {
    auto& o = into_.outside;
    const auto [queue, fresh] = queues_.try_emplace(t.what.queue, static_cast<std::uint32_t>(o.queues.size()));
    if (fresh)
      o.queues.push_back(t.what.queue);
    o.tasks.emplace_back(outside_task{t.id, t.version, t.ended.value_or(wall_time{}), kept_bytes(t), t.state}, queue->second);
    if (!t.what.idempotency_key.empty())
      o.keys.push_back({std::move(t.what.idempotency_key), t.id, t.fingerprint});
  }

  list_setup& into_;
  std::size_t most_;
  std::map<task_version, stored_task> newest_; ///< a finished task's version is that of its end
  std::map<std::string, std::uint32_t> queues_;
};

void read_all(const store& from, list_setup& into) {
  const std::uint64_t room = into.rules.limits.output;
  into.settings = need(from.settings());
  need(from.unfinished([&](stored_task t) { into.tasks.push_back(std::move(t)); }));
  for (auto& t : into.tasks)
    if (t.attempt != 0)
      if (const auto total = need(from.output(t.id, 0, 0)).total; total != 0) {
        into.printed.emplace_back(t.id, total);
        if (t.away.epoch == 0) // an attempt that died has not told what it printed
          t.printed = std::max(t.printed, std::min(total, room));
      }
  finished_reader finished{into};
  page_request ask;
  ask.order = page_order::oldest_first;
  ask.limit = 1'000;
  do {
    auto p = need(from.page(ask));
    for (auto& t : p.tasks)
      finished.take(std::move(t));
    ask.cursor = p.next;
  } while (ask.cursor != 0);
  finished.end();
  // What is missing has no sum that would not fit: so they are counted.
  stint::tally there;
  for (const auto& t : into.tasks)
    ++there.by_state[static_cast<std::size_t>(t.state)];
  for (const auto& [t, queue] : into.outside.tasks)
    ++there.by_state[static_cast<std::size_t>(t.state)];
  if (there != need(from.counts()).tasks)
    throw start_error{{errc::store_damaged, "not all the tasks are there that were counted"}};
  std::sort(into.tasks.begin(), into.tasks.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::sort(into.outside.tasks.begin(), into.outside.tasks.end(),
            [](const auto& a, const auto& b) { return a.first.id < b.first.id; });
}

} // namespace

list_setup set_up_list(caf::actor_system& system, const options& with, std::shared_ptr<environment> env) {
  list_setup setup;
  setup.rules.limits = with.limits;
  setup.rules.cancel_grace = with.cancel_grace;
  setup.rules.free_stuck = with.free_stuck;
  setup.rules.seed = env->seed();
  setup.rules.epoch = env->seed() >> 12 | 1; // without a store no two lists give an attempt the same name
  setup.kinds = with.kinds;
  setup.env = std::move(env);
  setup.workers = with.workers;
  setup.labels = with.labels;
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
    std::promise<void> closed;
    setup.closed = closed.get_future().share();
    setup.keeper = spawn_keeper(system, kept, setup.head, setup.env, std::move(closed));
  }
  return setup;
}

} // namespace stint
