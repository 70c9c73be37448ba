// P14: what does a file cost? Three transitions a task, each on the disk before anybody is told: how many tasks a second
// in batches of 1,000, beside SQLite alone writing the same rows in the same groups; how long one submission takes, beside
// one bare commit; what 64 submitters get together; and how long a start with many stored tasks takes and what they take in
// memory then, with all of them there and with a window, and what it then takes to read one and a page.
#include <malloc.h>

#include <filesystem>
#include <latch>
#include <thread>

#include <harness/contest.hpp>
#include <harness/meter.hpp>
#include <harness/subject.hpp>
#include <rivals/bare_sqlite.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;
constexpr std::size_t batch = 1'000;

/// A file on the disk of the current folder, as in memory there would be nothing to wait for; gone with this object, which
/// is declared before the list that has it open.
class scratch_file {
public:
  scratch_file() { remove(); }
  ~scratch_file() { remove(); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;
  const std::string name = "bench_durable.db";

private:
  void remove() const {
    for (const auto* end : {"", "-wal", "-seal", "-journal"})
      std::filesystem::remove(name + end);
  }
};

stint::options kept(stint::store_mode mode, const std::string& file) {
  auto o = keep_all(workers);
  o.store = {file, mode};
  return o;
}

std::vector<double> run_stint(std::size_t count, stint::store_mode mode) {
  const scratch_file file;
  host at{workers};
  stint::list tasks{at.system(), kept(mode, file.name)};
  const meter used{count};
  submit_batches(tasks, 1, count, batch, body_form::cooperative_kind);
  wait_for_all(tasks);
  auto out = used.read();
  verify(tasks, count);
  return out;
}

std::vector<double> run_bare(std::size_t count) {
  const scratch_file file;
  bare_sqlite db{file.name};
  const meter used{count};
  for (std::size_t i = 0; i < count; i += batch)
    for (int state = 0; state < 3; ++state)
      db.write(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(std::min(i + batch, count)), state);
  return used.read();
}

std::vector<double> percentiles(const std::vector<double>& us) { return {percentile(us, 0.5), percentile(us, 0.99)}; }

stint::submission for_later(std::size_t i) {
  auto s = noop(i, body_form::cooperative_kind);
  s.what.delay = std::chrono::hours{1}; // nothing else runs
  return s;
}

std::vector<double> submit_singly(std::size_t count) {
  const scratch_file file;
  host at{workers};
  stint::list tasks{at.system(), kept(stint::store_mode::durable, file.name)};
  std::vector<double> us;
  for (std::size_t i = 1; i <= count; ++i) {
    auto s = for_later(i);
    const stopwatch time;
    need(tasks.submit(std::move(s.what)).has_value(), "refused");
    us.push_back(time.ns() / 1e3);
  }
  return percentiles(us);
}

std::vector<double> commit_singly(std::size_t count) {
  const scratch_file file;
  bare_sqlite db{file.name};
  std::vector<double> us;
  for (std::size_t i = 1; i <= count; ++i) {
    const stopwatch time;
    db.write(static_cast<std::int64_t>(i), static_cast<std::int64_t>(i), 0);
    us.push_back(time.ns() / 1e3);
  }
  return percentiles(us);
}

/// Submits one task after the other, each when it knows that the one before is kept.
class patient_client final : public stint::caf_shim::actor_base {
public:
  patient_client(caf::actor_config& cfg, caf::actor list, std::size_t count, std::latch& done)
    : actor_base(cfg), list_(std::move(list)), left_(count), done_(done) {}

  caf::behavior make_behavior() override {
    next();
    return {[](int) {}};
  }

  void on_exit() override {
    list_ = nullptr;
    actor_base::on_exit();
  }

private:
  void next() {
    if (left_ == 0) {
      done_.count_down();
      quit();
      return;
    }
    std::vector<stint::submission> one;
    one.push_back(for_later(left_--));
    stint::caf_shim::ask(*this, list_, stint::protocol::submit{std::move(one)})
      .then([this](const stint::protocol::submitted&) { next(); },
            [this](caf::error&) { // then some are missing
              left_ = 0;
              next();
            });
  }

  caf::actor list_;
  std::size_t left_;
  std::latch& done_;
};

enum class submitters { threads, actors };

std::vector<double> submit_from(submitters kind, std::size_t number, std::size_t count) {
  const scratch_file file;
  host at{workers};
  stint::list tasks{at.system(), kept(stint::store_mode::durable, file.name)};
  const auto each = count / number;
  const stopwatch time;
  if (kind == submitters::actors) {
    std::latch done{static_cast<std::ptrdiff_t>(number)};
    for (std::size_t n = 0; n < number; ++n)
      at.system().spawn<patient_client>(tasks.actor(), each, done);
    done.wait();
  } else {
    std::vector<std::jthread> all;
    for (std::size_t n = 0; n < number; ++n)
      all.emplace_back([&tasks, each] {
        for (std::size_t i = 1; i <= each; ++i)
          need(tasks.submit(for_later(i).what).has_value(), "refused");
      });
  }
  const auto rate = static_cast<double>(each * number) / time.seconds();
  need(tasks.counts()->submitted == each * number, "some are missing");
  return {rate};
}

/// One thread, each task by itself, and none of the answers waited for.
std::vector<double> submit_by_line(std::size_t count) {
  const scratch_file file;
  host at{workers};
  stint::list tasks{at.system(), kept(stint::store_mode::durable, file.name)};
  const stopwatch time;
  stint::submitter line{tasks};
  for (std::size_t i = 1; i <= count; ++i)
    line.submit(for_later(i).what);
  need(line.flush().accepted == count, "refused");
  return {static_cast<double>(count) / time.seconds()};
}

double heap_bytes() {
  const auto m = ::mallinfo2();
  return static_cast<double>(m.uordblks) + static_cast<double>(m.hblkhd);
}

/// Time of a `get`, in us: the median of ids from all over the list.
double read_one(stint::list& tasks, std::size_t stored) {
  std::vector<double> us;
  for (std::size_t i = 0; i < 1'000; ++i) {
    const auto id = 1 + (i * 48'271) % stored;
    const stopwatch time;
    need(tasks.get(id).has_value(), "an id cannot be read");
    us.push_back(time.ns() / 1e3);
  }
  return percentile(us, 0.5);
}

/// Time of a page of 100, in ms: the median of pages from all over the list.
double read_page(stint::list& tasks, std::size_t stored) {
  std::vector<double> ms;
  for (std::size_t i = 0; i < 200; ++i) {
    stint::page_request ask;
    ask.limit = 100;
    ask.order = stint::page_order::oldest_first;
    ask.cursor = 1 + (i * 48'271) % (stored - 100);
    const stopwatch time;
    const auto p = tasks.page(ask);
    need(p && p->tasks.size() == 100, "a page cannot be read");
    ms.push_back(time.ns() / 1e6);
  }
  return percentile(ms, 0.5);
}

std::vector<double> start_with(std::size_t count, std::size_t in_memory) {
  const scratch_file file;
  {
    host at{workers};
    stint::list tasks{at.system(), kept(stint::store_mode::relaxed, file.name)};
    submit_batches(tasks, 1, count, batch, body_form::cooperative_kind);
    wait_for_all(tasks);
  }
  const auto bytes = static_cast<double>(std::filesystem::file_size(file.name)) / static_cast<double>(count);
  host at{workers};
  auto with = kept(stint::store_mode::durable, file.name);
  with.limits.finished_in_memory = in_memory;
  const auto before = heap_bytes();
  const stopwatch time;
  stint::list tasks{at.system(), with};
  need(tasks.counts()->tasks.total() == count, "some are missing"); // its actor has begun
  const auto seconds = time.seconds();
  const auto heap = (heap_bytes() - before) / static_cast<double>(count);
  verify(tasks, count);
  return {seconds, heap, bytes, read_one(tasks, count), read_page(tasks, count)};
}

void ask(program& run) {
  const auto count = run.size(200'000, 50'000, 3'000);
  contest rate{run, "P14", std::to_string(count) + " no-op tasks in batches of 1000, kept in a file", meter::figures()};
  rate.contestant("stint, durable", [count] { return run_stint(count, stint::store_mode::durable); });
  rate.contestant("stint, relaxed", [count] { return run_stint(count, stint::store_mode::relaxed); });
  rate.contestant("bare SQLite, 3 writes", [count] { return run_bare(count); });
  rate.against("bare SQLite, 3 writes");
  rate.expect({.who = "stint, durable", .what = "rate", .value = 60'000});
  rate.expect({.who = "stint, durable", .what = "rate", .rivals = {"bare SQLite, 3 writes"}, .value = 0.4});
  rate.run();

  const auto singles = run.size(1'000, 300, 20);
  contest single{run, "P14", std::to_string(singles) + " submissions, one after the other", {{"p50", "us", false}, {"p99", "us", false}}};
  single.contestant("stint, acknowledged", [singles] { return submit_singly(singles); });
  single.contestant("bare SQLite, one commit", [singles] { return commit_singly(singles); });
  single.against("bare SQLite, one commit");
  single.expect({.who = "stint, acknowledged", .what = "p50", .rivals = {"bare SQLite, one commit"}, .value = 2.5});
  single.run();

  for (const auto& [kind, name] : {std::pair{submitters::actors, "actor"}, {submitters::threads, "thread"}}) {
    const auto one = std::string{"one "} + name;
    const auto all = "64 " + std::string{name} + "s";
    contest many{run, "P14", "single submissions of 64 " + std::string{name} + "s and of one", {{"rate", "tasks/s"}}};
    many.contestant(one, [kind, singles] { return submit_from(kind, 1, singles); });
    many.contestant(all, [kind, singles] { return submit_from(kind, 64, singles * 20); });
    if (kind == submitters::threads)
      many.contestant("one thread with a submitter", [singles] { return submit_by_line(singles * 20); });
    many.expect({.who = all, .what = "rate", .rivals = {one}, .value = 25});
    many.run();
  }

  const auto stored = run.size(1'000'000, 100'000, 2'000);
  contest start{run, "P14", "start with " + std::to_string(stored) + " stored tasks",
                {{"start", "s", false}, {"heap", "B/task", false}, {"file", "B/task", false}, {"get", "us", false},
                 {"page of 100", "ms", false}}};
  start.contestant("stint, durable", [stored] { return start_with(stored, stint::all_in_memory); });
  start.contestant("stint, a window of 1000", [stored] { return start_with(stored, 1'000); });
  start.expect({.who = "stint, durable", .what = "start", .value = 3, .at_full_size_only = true});
  start.expect({.who = "stint, a window of 1000", .what = "heap", .value = 60, .at_full_size_only = true});
  start.expect({.who = "stint, durable", .what = "file", .value = 400});
  for (const auto* who : {"stint, durable", "stint, a window of 1000"}) {
    start.expect({.who = who, .what = "get", .value = 50});
    start.expect({.who = who, .what = "page of 100", .value = 2});
  }
  start.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "durable", &ask); }
