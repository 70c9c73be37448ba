// P9: how many records a second can be read by id, from a list with 100,000 finished tasks? Many ids in one message; one
// id a message from an event-based actor that keeps 64 questions open; one by one from a plain thread, for which the
// time of one is what counts.
#include <future>

#include <harness/contest.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>
#include <rivals/bare_client.hpp>
#include <rivals/mutex_list.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t workers = 2;

/// Ids in an order that no cache expects.
std::uint64_t id_at(std::size_t i, std::size_t stored) { return 1 + (i * 48'271) % stored; }

/// A list that is filled once a round.
struct filled {
  explicit filled(std::size_t stored) : tasks{at.system(), keep_all(workers)} {
    submit_batches(tasks, 1, stored, 1'000, body_form::cooperative_kind);
    wait_for_all(tasks);
  }
  host at{workers};
  stint::list tasks;
};

std::vector<double> run_many(std::size_t stored, std::size_t reads, std::size_t in_one) {
  filled list{stored};
  std::size_t seen = 0;
  stopwatch time;
  while (seen < reads) {
    std::vector<stint::task_id> ids;
    ids.reserve(in_one);
    for (std::size_t i = 0; i < in_one; ++i)
      ids.push_back(id_at(seen + i, stored));
    auto got = list.tasks.get(std::move(ids));
    need(got && got->tasks.size() == in_one && got->tasks.back().task.code == good_code, "ids cannot be read");
    seen += in_one;
  }
  return {static_cast<double>(seen) * 1e9 / time.ns()};
}

/// Keeps `window` questions open until it has had `reads` answers.
template <class Question, class Answer>
class reader final : public stint::caf_shim::actor_base {
public:
  reader(caf::actor_config& cfg, caf::actor whom, std::size_t stored, std::size_t reads,
         std::shared_ptr<std::promise<bool>> done)
    : actor_base(cfg), whom_(std::move(whom)), stored_(stored), reads_(reads), done_(std::move(done)) {}

  caf::behavior make_behavior() override {
    constexpr std::size_t window = 64;
    while (asked_ < std::min(window, reads_))
      next();
    return {[](int) {}};
  }

  void on_exit() override {
    whom_ = nullptr;
    actor_base::on_exit();
  }

private:
  void next() {
    Question q;
    q.id = id_at(asked_++, stored_);
    stint::caf_shim::ask(*this, whom_, q)
      .then([this](const Answer&) { heard(); }, [this](caf::error&) { finish(false); });
  }

  void heard() {
    if (++heard_ == reads_)
      finish(true);
    else if (asked_ < reads_)
      next();
  }

  void finish(bool good) {
    if (auto p = std::exchange(done_, nullptr))
      p->set_value(good);
    quit();
  }

  caf::actor whom_;
  std::size_t stored_;
  std::size_t reads_;
  std::size_t asked_ = 0;
  std::size_t heard_ = 0;
  std::shared_ptr<std::promise<bool>> done_;
};

template <class Question, class Answer>
double read_pipelined(host& at, const caf::actor& whom, std::size_t stored, std::size_t reads) {
  auto done = std::make_shared<std::promise<bool>>();
  auto answer = done->get_future();
  stopwatch time;
  at.system().spawn<reader<Question, Answer>>(whom, stored, reads, std::move(done));
  need(answer.get(), "an id cannot be read");
  return static_cast<double>(reads) * 1e9 / time.ns();
}

std::vector<double> run_pipelined(std::size_t stored, std::size_t reads) {
  filled list{stored};
  return {read_pipelined<stint::protocol::get, stint::task>(list.at, list.tasks.actor(), stored, reads)};
}

std::vector<double> run_bare_pipelined(std::size_t stored, std::size_t reads) {
  host at{workers};
  bare_client tasks{at, workers, false};
  for (std::size_t i = 0; i < stored; ++i) {
    tasks.submit(i);
    tasks.wait_until(1'000);
  }
  tasks.wait_until(0);
  return {read_pipelined<bare::get, bare::record>(at, tasks.actor(), stored, reads)};
}

template <class Get>
std::vector<double> one_by_one(std::size_t stored, std::size_t reads, Get get) {
  std::vector<double> us;
  for (std::size_t i = 0; i < reads; ++i) {
    stopwatch time;
    const auto code = get(id_at(i, stored));
    us.push_back(time.ns() / 1e3);
    need(code == good_code, "an id cannot be read");
  }
  return {percentile(us, 0.5), percentile(us, 0.99)};
}

void ask_singles(program& run, std::size_t stored) {
  const auto reads = run.size(20'000, 5'000, 50);
  contest r{run, "P9", "get by id, one by one from a plain thread", {{"p50", "us", false}, {"p99", "us", false}}};
  r.contestant("stint", [=] {
    filled list{stored};
    return one_by_one(stored, reads, [&list](auto id) { return list.tasks.get(id)->code; });
  });
  r.contestant("bare list actor", [=] {
    host at{workers};
    bare_client tasks{at, workers, false};
    for (std::size_t i = 0; i < stored; ++i) {
      tasks.submit(i);
      tasks.wait_until(1'000);
    }
    tasks.wait_until(0);
    return one_by_one(stored, reads, [&tasks](auto id) { return tasks.get(id).code; });
  });
  r.contestant("mutex list", [=] {
    mutex_list tasks{workers};
    submit_rival_batches(tasks, stored, 1'000);
    tasks.wait_all();
    return one_by_one(stored, reads, [&tasks](auto id) { return tasks.get(id)->code; });
  });
  r.against("bare list actor");
  r.expect({.who = "stint", .what = "p50", .value = 30, .stretch = 20});
  r.run();
}

void ask(program& run) {
  const auto stored = run.size(100'000, 100'000, 1'000);
  {
    const auto reads = run.size(1'000'000, 200'000, 1'000);
    contest r{run, "P9", "get, many ids in one message", {{"rate", "ids/s"}}};
    for (const std::size_t in_one : {64, 1'000})
      r.contestant("stint, " + std::to_string(in_one) + " ids", [=] { return run_many(stored, reads, in_one); });
    r.against("stint, 1000 ids");
    r.expect({.who = "stint, 1000 ids", .what = "rate", .value = 2e6, .stretch = 5e6});
    r.run();
  }
  {
    const auto reads = run.size(500'000, 100'000, 1'000);
    contest r{run, "P9", "get by id, from an actor with 64 questions open", {{"rate", "ids/s"}}};
    r.contestant("stint", [=] { return run_pipelined(stored, reads); });
    r.contestant("bare list actor", [=] { return run_bare_pipelined(stored, reads); });
    r.against("bare list actor");
    r.expect({.who = "stint", .what = "rate", .value = 500e3, .stretch = 1e6});
    r.run();
  }
  ask_singles(run, stored);
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "get", &ask); }
