#include "child.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <random>
#include <thread>

#include <csignal>

#include <caf/actor_system_config.hpp>

#include <stint/fault_point.hpp>
#include <stint/plant.hpp>
#include <stint/stint.hpp>

#include "told.hpp"

namespace stint::faults {

namespace {

using namespace std::chrono_literals;

std::string die_at;
std::atomic<std::uint64_t> visits_left{0};

void visit(std::string_view point) {
  if (point == die_at && visits_left.fetch_sub(1) == 1)
    ::kill(::getpid(), SIGKILL);
}

nanos since(std::chrono::steady_clock::time_point then) { return std::chrono::steady_clock::now() - then; }

options make_options(const child_orders& o) {
  options with;
  with.workers = 2;
  with.limits.finished = keep_all; // a trial looks for every task
  with.limits.finished.tasks = o.prunes_hard ? pruned_hard_to : o.prunes ? pruned_to : 0;
  if (o.windowed)
    with.limits.finished_in_memory = windowed_to;
  if (o.prunes_hard)
    with.limits.finished_of[state::failed] = with.limits.finished;
  with.log = [](log_level, const std::string&) {}; // that a disk fails when its power is cut is no news
  with.store = {o.file, o.relaxed ? store_mode::relaxed : store_mode::durable};
  with.kinds.add("work", body{[pipe = o.pipe](context& job) {
                   say(pipe, told::began, job.id(), job.attempt());
                   job.print(job.name());
                   if (job.id() % 16 == 3)
                     return failed("not yet");
                   return succeeded(0, "\"" + job.name() + "\"");
                 }});
  with.kinds.add("poison", body{[pipe = o.pipe](context& job) {
                   say(pipe, told::began, job.id(), job.attempt());
                   std::abort();
                 }});
  return with;
}

spec make_spec(const std::string& name, std::uint64_t variety) {
  spec s;
  s.name = name;
  s.kind = "work";
  s.idempotency_key = name;
  s.retry = {3, 1ms, 1.0, 1ms, 0.0};
  if (variety % 4 == 1)
    s.claims = {exclusive("key/" + std::to_string(variety % 5))};
  if (variety % 16 == 9)
    s.args.assign(2'000, '1');
  return s;
}

class load {
public:
  load(list& tasks, const child_orders& o) : tasks_(tasks), o_(o), next_(o.first_name) {}

  /// Submits in a loop, in batches of 1 or 32, until the process is killed.
  void submit(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (;;) {
      std::vector<std::string> names(random() % 3 == 0 ? 32 : 1);
      for (auto& n : names)
        n = std::to_string(next_++);
      give(names);
      if (next_ - o_.first_name > 20'000) // it should have been killed long ago
        return;
    }
  }

  void give(const std::vector<std::string>& names) {
    std::vector<submission> all;
    for (const auto& n : names)
      all.push_back({make_spec(n, std::strtoull(n.c_str(), nullptr, 10)), {}});
    const auto made = tasks_.submit(std::move(all));
    if (!made) {
      if (o_.loses_disk && made.code() == errc::io_failed) // and it soon will be gone itself
        ::pause();
      std::fprintf(stderr, "child: refused: %s\n", to_string(made.error()).c_str());
      std::exit(3);
    }
    for (std::size_t i = 0; i < names.size(); ++i)
      say(o_.pipe, told::accepted, made->ids[i], 0, 0, names[i]);
    if (o_.windowed)
      read(made->ids.front() / 2 + 1);
  }

  /// Reads a task that has probably left memory.
  void read(task_id id) {
    const auto t = tasks_.get(id);
    if (o_.loses_disk && t.code() == errc::io_failed)
      ::pause();
    const bool deleted = t.code() == errc::task_deleted && (o_.prunes || o_.prunes_hard);
    if (!deleted && (!t || t->id != id || t->name.empty())) {
      std::fprintf(stderr, "child: task %llu cannot be read: %s\n", static_cast<unsigned long long>(id),
                   t ? "it is another" : to_string(t.error()).c_str());
      std::exit(3);
    }
  }

private:
  list& tasks_;
  const child_orders& o_;
  std::atomic<std::uint64_t> next_;
};

/// Makes tasks that are not due and waits for its end.
int make_open(list& tasks, const child_orders& o) {
  for (std::size_t made = 0; made < o.open_tasks;) {
    std::vector<submission> all;
    for (std::size_t i = 0; i < 1'000 && made < o.open_tasks; ++i, ++made) {
      all.push_back({make_spec("open " + std::to_string(made), 1), {}});
      all.back().what.delay = 1h;
    }
    if (!tasks.submit(std::move(all)))
      return 3;
  }
  say(o.pipe, told::done);
  ::pause();
  return 0;
}

int poison(list& tasks, const child_orders& o) {
  if (tasks.counts()->submitted == 0) {
    std::vector<submission> all;
    for (int i = 0; i < 100; ++i) {
      all.push_back({make_spec("beside " + std::to_string(i), 0), {}});
      all.back().what.idempotency_key.clear();
    }
    all[50].what.kind = "poison";
    if (!tasks.submit(std::move(all)))
      return 3;
  }
  if (!tasks.wait_all())
    return 3;
  const auto c = *tasks.counts();
  say(o.pipe, told::done, 0, c.tasks[state::quarantined], c.tasks[state::succeeded] + c.tasks[state::failed]);
  return 0;
}

} // namespace

int run_child(const child_orders& o) {
  const auto start = std::chrono::steady_clock::now();
  die_at = o.die_at;
  visits_left = o.die_after;
  the_fault_point = visit;
  if (o.early)
    the_plant = plant::answer_unsaved;
  if (o.mixes)
    the_plant = plant::state_bounds_ignored;
  caf::actor_system_config cfg;
  caf_shim::set_option(cfg, "scheduler.max-threads", std::size_t{2});
  configure(cfg);
  caf::actor_system system{cfg};
  try {
    list tasks{system, make_options(o)};
    const auto c = *tasks.counts();
    say(o.pipe, told::ready, 0, static_cast<std::uint64_t>(since(start).count()),
        c.tasks.total() - c.tasks[state::succeeded] - c.tasks[state::failed]);
    if (o.open_tasks != 0)
      return make_open(tasks, o);
    if (o.poison)
      return poison(tasks, o);
    listener ear;
    ear.events = [&o](const event_batch& b) {
      for (const auto& e : b.events)
        if (terminal(e.to) && !e.deleted)
          say(o.pipe, told::finished, e.id, static_cast<std::uint64_t>(e.to), e.version);
    };
    auto sub = tasks.subscribe(std::move(ear), c.version);
    load l{tasks, o};
    for (const auto& name : o.again)
      l.give({name});
    if (o.finish) {
      if (!tasks.wait_all())
        return 3;
      say(o.pipe, told::done);
      return 0;
    }
    std::vector<std::jthread> others;
    for (std::uint64_t i = 1; i < 4; ++i)
      others.emplace_back([&l, seed = o.seed + i] { l.submit(seed); });
    l.submit(o.seed);
    ::pause();
  } catch (const start_error& e) {
    if (!o.may_fail)
      std::fprintf(stderr, "child: %s\n", e.what());
    return 3;
  }
  return 0;
}

} // namespace stint::faults
