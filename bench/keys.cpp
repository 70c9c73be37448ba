// P4: how many tasks a second when they exclude each other by key? 1, 16 and 1024 keys, one of them a task, in turn.
// Every body looks whether another of its key runs beside it.
#include <atomic>
#include <memory>

#include <harness/contest.hpp>
#include <harness/meter.hpp>
#include <harness/subject.hpp>
#include <rivals/dispatchers.hpp>
#include <rivals/mutex_list.hpp>
#include <rivals/rival_side.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;
constexpr std::size_t batch = 1'000;

/// What a body of one key does; each on its own cache line.
struct alignas(64) cell {
  std::atomic<bool> busy{false};
  std::atomic<bool> overlap{false};
  std::size_t ran = 0; ///< needs no atomic when the key excludes

  void work() {
    if (busy.exchange(true, std::memory_order_acquire))
      overlap = true;
    ++ran;
    busy.store(false, std::memory_order_release);
  }
};

class cells {
public:
  explicit cells(std::size_t keys) : count_(keys), cells_(std::make_unique<cell[]>(keys)) {}

  cell& at(std::size_t task) { return cells_[task % count_]; }
  [[nodiscard]] std::string key(std::size_t task) const { return "key-" + std::to_string(task % count_); }

  void verify(std::size_t tasks) const {
    std::size_t ran = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      need(!cells_[i].overlap, "two tasks of one key ran at once");
      ran += cells_[i].ran;
    }
    need(ran == tasks, std::to_string(ran) + " of " + std::to_string(tasks) + " bodies ran");
  }

private:
  std::size_t count_;
  std::unique_ptr<cell[]> cells_;
};

stint::submission one_of(cells& all, std::size_t i, bool coop) {
  stint::submission s;
  s.what.name = name_of(i);
  s.what.claims.push_back(stint::exclusive(all.key(i)));
  auto work = [mine = &all.at(i)] {
    mine->work();
    return stint::succeeded(good_code);
  };
  s.run = coop ? stint::cooperative(work) : stint::body{work};
  return s;
}

void submit_in_batches(stint::list& tasks, std::size_t count, cells& all, bool coop) {
  for (std::size_t i = 0; i < count;) {
    std::vector<stint::submission> many;
    many.reserve(batch);
    for (; many.size() < batch && i < count; ++i)
      many.push_back(one_of(all, i, coop));
    need(tasks.submit(std::move(many)).has_value(), "refused");
  }
}

void submit_by_line(stint::list& tasks, std::size_t count, cells& all, bool coop) {
  stint::submitter line{tasks};
  for (std::size_t i = 0; i < count; ++i) {
    auto one = one_of(all, i, coop);
    line.submit(std::move(one.what), std::move(one.run));
  }
  need(line.flush().accepted == count, "refused");
}

std::vector<double> run_stint(std::size_t count, std::size_t keys, bool coop, bool pipelined) {
  cells all{keys};
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  const meter used{count};
  (pipelined ? submit_by_line : submit_in_batches)(tasks, count, all, coop);
  wait_for_all(tasks);
  auto out = used.read();
  verify(tasks, count);
  all.verify(count);
  return out;
}

std::vector<double> run_mutex(std::size_t count, std::size_t keys, bool batched) {
  cells all{keys};
  mutex_list tasks{workers};
  const meter used{count};
  std::vector<rival_task> many;
  for (std::size_t i = 0; i < count; ++i) {
    rival_task t;
    t.name = name_of(i);
    t.claims.push_back(all.key(i));
    t.run = [mine = &all.at(i)] {
      mine->work();
      return rival_result{good_code, {}, {}};
    };
    if (!batched) {
      tasks.submit(std::move(t));
      continue;
    }
    many.push_back(std::move(t));
    if (many.size() == batch || i + 1 == count) {
      tasks.submit(std::move(many));
      many = {};
      many.reserve(batch);
    }
  }
  tasks.wait_all();
  auto out = used.read();
  verify_rival(tasks, count);
  all.verify(count);
  return out;
}

std::vector<double> run_strands(std::size_t count, std::size_t keys) {
  std::atomic<std::size_t> ran{0};
  const meter used{count};
  asio_strands(workers, count, keys, [&ran] { ran.fetch_add(1, std::memory_order_relaxed); });
  auto out = used.read();
  need(ran == count, "strands lost tasks");
  return out;
}

void ask(program& run) {
  const auto count = run.size(100'000, 50'000, 2'000);
  for (const std::size_t keys : {1, 16, 1024}) {
    contest r{run, "P4",
              std::to_string(count) + " tasks, " + std::to_string(keys) + " exclusive keys, batches of 1000, 2 workers",
              meter::figures()};
    r.contestant("stint, blocking", [=] { return run_stint(count, keys, false, false); });
    r.contestant("stint, cooperative", [=] { return run_stint(count, keys, true, false); });
    r.contestant("stint, blocking, submitter", [=] { return run_stint(count, keys, false, true); });
    r.contestant("stint, cooperative, submitter", [=] { return run_stint(count, keys, true, true); });
    r.contestant("mutex list, one by one", [=] { return run_mutex(count, keys, false); });
    r.contestant("mutex list, batches", [=] { return run_mutex(count, keys, true); });
    r.contestant("Asio strands", [=] { return run_strands(count, keys); });
    r.against("mutex list, one by one");
    const double least = keys == 1024 ? 2 : 1;
    for (const auto* who : {"stint, blocking", "stint, cooperative", "stint, blocking, submitter", "stint, cooperative, submitter"}) {
      r.expect({.who = who, .what = "rate", .rivals = {"mutex list, one by one"}, .value = least});
      r.expect({.who = who, .what = "rate", .rivals = {"mutex list, batches"}, .value = least, .wish = true});
      r.expect({.who = who, .what = "rate", .rivals = {"Asio strands"}, .value = 0.5, .wish = true});
    }
    r.run();
  }
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "keys", &ask); }
