#include "replay_check.hpp"

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include <caf/actor_system_config.hpp>

#include <stint/ledger.hpp>
#include <stint/sqlite_store.hpp>
#include <stint/stint.hpp>

namespace stint::faults {

namespace {

using namespace std::chrono_literals;

/// A store that holds a commit up, before anything of it is done, until somebody has looked at the file.
class held_store final : public store {
public:
  held_store(const std::string& file, bool forget) : in_({file}), forget_(forget) {}

  result<opened> open() override { return in_.open(); }
  result<unit_t> commit(const batch& what) override {
    {
      std::unique_lock lock{mutex_};
      if (countdown_ > 0 && --countdown_ == 0) {
        held_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !held_; });
      }
    }
    if (!forget_)
      return in_.commit(what);
    auto less = what;
    std::erase_if(less.saved, [](const auto& t) { return t.state == state::succeeded && t.id % 10 == 3; });
    return in_.commit(less);
  }
  result<std::uint64_t> unfinished(const std::function<void(stored_task)>& take) const override { return in_.unfinished(take); }
  result<std::optional<stored_task>> keyed(const std::string& key) const override { return in_.keyed(key); }
  result<stored_task> get(task_id id) const override { return in_.get(id); }
  result<stored_page> page(const page_request& ask) const override { return in_.page(ask); }
  result<output_piece> output(task_id id, std::uint64_t offset, std::size_t limit) const override {
    return in_.output(id, offset, limit);
  }
  result<std::vector<task_id>> overdue(const retention& bounds, std::size_t most) const override {
    return in_.overdue(bounds, most);
  }
  result<usage> counts() const override { return in_.counts(); }
  result<std::vector<stored_setting>> settings() const override { return in_.settings(); }
  store_mode mode() const noexcept override { return in_.mode(); }
  result<unit_t> close() override { return in_.close(); }

  /// Has the n-th commit from now held up, and waits for it.
  void hold(std::uint64_t nth) {
    std::unique_lock lock{mutex_};
    countdown_ = nth;
    changed_.wait(lock, [this] { return held_; });
  }
  void go_on() {
    const std::lock_guard lock{mutex_};
    held_ = false;
    changed_.notify_all();
  }

private:
  sqlite_store in_;
  bool forget_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t countdown_ = 0;
  bool held_ = false;
};

using dump = std::map<task_id, std::string>;

std::int64_t ns(const std::optional<wall_time>& t) { return t ? t->time_since_epoch().count() : -1; }

/// All of a task that outlives its process, in one line. What a running attempt says of itself is saved with its end.
std::string line(const task& t) {
  std::ostringstream out;
  out << t.id << ' ' << t.version << ' ' << t.name << ' ' << t.kind << ' ' << t.queue << ' ' << to_string(t.state) << ' '
      << t.priority << ' ' << t.attempt << ' ' << t.charged << ' ' << t.max_attempts << ' ' << t.deaths << ' ' << t.fencing_token
      << ' ' << t.code << ' ' << t.retry_of << ' ' << ns(t.submitted) << ' ' << ns(t.due) << ' ' << ns(t.ended) << " '" << t.error
      << '\'';
  for (const auto& c : t.claims)
    out << " claim " << c.key << ' ' << static_cast<int>(c.mode) << ' ' << c.units;
  for (const auto& tag : t.tags)
    out << " tag " << tag;
  for (const auto& label : t.labels)
    out << " label " << label;
  for (const auto& e : t.errors)
    out << " error " << e.attempt << ' ' << e.when.time_since_epoch().count() << " '" << e.text << '\'';
  if (!running(t.state))
    out << " started " << ns(t.started) << " at " << t.progress.done << '/' << t.progress.total << ' ' << t.progress.text;
  return out.str();
}

/// Args and value of a task, or why it has none.
std::string texts(const result<std::string>& args, const result<std::string>& value) {
  return " args " + (args ? *args : to_string(args.error())) + " value " + (value ? *value : to_string(value.error()));
}

dump of_list(const list& tasks, replay_report& sum) {
  dump out;
  page_request ask;
  ask.order = page_order::oldest_first;
  ask.limit = 500;
  do {
    const auto p = tasks.page(ask).value();
    for (const auto& t : p.tasks) {
      sum.running += running(t.state) ? 1 : 0;
      out.emplace(t.id, line(t) + (t.id % 16 == 0 ? texts(tasks.args(t.id), tasks.value(t.id)) : ""));
    }
    ask.cursor = p.next;
  } while (ask.cursor != 0);
  return out;
}

/// Rebuilds a ledger, as a restart does before it decides anything.
dump of_file(const std::string& file) {
  const auto copy = file + ".copy";
  for (const auto* end : {"", "-wal", "-seal"}) {
    std::filesystem::remove(copy + end);
    if (std::filesystem::exists(file + end))
      std::filesystem::copy_file(file + end, copy + end);
  }
  sqlite_store box({copy});
  const auto head = box.open().value();
  std::map<task_id, stored_task> all;
  const auto take = [&all](stored_task t) { all.emplace(t.id, std::move(t)); };
  static_cast<void>(box.unfinished(take).value());
  page_request ask;
  ask.limit = 1'000;
  do {
    auto p = box.page(ask).value();
    for (auto& t : p.tasks)
      take(std::move(t));
    ask.cursor = p.next;
  } while (ask.cursor != 0);
  ledger_options o;
  o.stored = true;
  o.epoch = head.epoch;
  ledger again(o);
  again.know_kind("work", false);
  for (auto& [id, t] : all)
    again.restore(std::move(t));
  dump out;
  for (task_id id = 1; id <= again.last_id(); ++id)
    if (const auto* r = again.find(id))
      out.emplace(id, line(again.describe(*r)) + (id % 16 == 0 ? texts(again.args(id), again.value(id)) : ""));
  return out;
}

options make_options(std::shared_ptr<held_store> kept) {
  options with;
  with.workers = 2;
  with.limits.finished.tasks = 300;
  with.store = std::move(kept);
  with.kinds.add("work", body{[](context& job) {
                   job.print(job.name());
                   if (job.id() % 8 == 3)
                     return failed("not yet");
                   return succeeded(static_cast<std::int32_t>(job.id() % 5), job.args());
                 }});
  return with;
}

/// Submits until it is told to stop, never far ahead of the workers.
void load(const std::stop_token& stop, list& tasks, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  while (!stop.stop_requested()) {
    std::vector<submission> all(1 + random() % 30);
    for (auto& s : all) {
      s.what.name = "t" + std::to_string(random() % 1'000);
      s.what.kind = "work";
      s.what.retry = {3, 1ms, 1.0, 1ms, 0.0};
      s.what.args = "\"" + std::string(random() % 50, 'x') + "\"";
      if (random() % 4 == 0)
        s.what.claims = {exclusive("key/" + std::to_string(random() % 3)), shared("all")};
      if (random() % 10 == 0)
        s.what.tags = {"tag"};
      if (random() % 10 == 0)
        s.what.delay = 20ms;
    }
    const auto made = tasks.submit(std::move(all));
    if (!made)
      return;
    if (random() % 3 == 0)
      static_cast<void>(tasks.cancel(made->ids[random() % made->ids.size()]));
    static_cast<void>(tasks.wait(made->ids.front()));
  }
}

} // namespace

replay_report compare_at_moments(const std::string& file, std::uint64_t moments, std::uint64_t seed, bool forget) {
  replay_report sum;
  std::mt19937_64 random(seed);
  const auto kept = std::make_shared<held_store>(file, forget);
  caf::actor_system_config cfg;
  caf_shim::set_option(cfg, "scheduler.max-threads", std::size_t{2});
  configure(cfg);
  caf::actor_system system{cfg};
  list tasks{system, make_options(kept)};
  std::vector<std::jthread> loads;
  for (std::uint64_t i = 0; i < 2; ++i)
    loads.emplace_back([&tasks, seed, i](const std::stop_token& stop) { load(stop, tasks, seed + i); });
  for (; sum.moments < moments; ++sum.moments) {
    kept->hold(1 + random() % 20);
    const auto live = of_list(tasks, sum);
    const auto rebuilt = of_file(file);
    if (sum.moments + 1 == moments)
      for (auto& l : loads)
        l.request_stop();
    kept->go_on();
    sum.tasks += live.size();
    if (live == rebuilt)
      continue;
    if (++sum.differ > 3 || forget)
      continue;
    for (const auto& [id, text] : live)
      if (const auto r = rebuilt.find(id); r == rebuilt.end() || r->second != text) {
        std::printf("  list: %s\n  file: %s\n", text.c_str(), r == rebuilt.end() ? "-" : r->second.c_str());
        break;
      }
  }
  return sum;
}

} // namespace stint::faults
