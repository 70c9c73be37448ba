// P5: how much of its own time does the owner spend on a task, from submission to end, after a million others? Twice:
// what the ledger alone takes, driven with the commands that a list gives it; and all processor time of the list actor's
// thread, which it has for itself here. The second includes CAF's mailbox, the messages it sends and waking the workers,
// so what the issue asks for, the time in its handlers, lies between the two.
#include <pthread.h>

#include <harness/contest.hpp>
#include <harness/driven_ledger.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>
#include <stint/blocking.hpp>
#include <stint/list_actor.hpp>

namespace {

using namespace stint::bench;

constexpr std::size_t batch = driven_ledger::batch;

std::vector<double> run_ledger(std::size_t history, std::size_t count) {
  driven_ledger rules;
  rules.run(history);
  const auto spent = rules.run(count);
  rules.verify();
  return {spent / static_cast<double>(count)};
}

/// The real environment; runners are made by the list in its own thread, which tells whose clock to read.
class spying_environment final : public stint::environment {
public:
  [[nodiscard]] stint::moment now() const override { return real_->now(); }
  [[nodiscard]] std::uint64_t seed() override { return real_->seed(); }
  [[nodiscard]] std::shared_ptr<stint::runner> make_runner(std::shared_ptr<stint::runner_port> port) override {
    known_ = ::pthread_getcpuclockid(::pthread_self(), &clock_) == 0;
    return real_->make_runner(std::move(port));
  }
  void log(stint::log_level level, const std::string& text) override { real_->log(level, text); }
  void join(bool abandon) override { real_->join(abandon); }

  /// Processor time of the list's thread; ask only after the list has answered something.
  [[nodiscard]] double spent() const {
    need(known_, "the list's thread is not known");
    return static_cast<double>(cpu_ns(clock_));
  }

private:
  std::shared_ptr<stint::environment> real_ = stint::make_environment();
  clockid_t clock_{};
  bool known_ = false;
};

std::vector<double> run_thread(std::size_t history, std::size_t count, body_form form) {
  host at{2};
  auto env = std::make_shared<spying_environment>();
  auto with = keep_all(2);
  stint::list_setup setup;
  setup.rules.limits = with.limits;
  setup.kinds = with.kinds;
  setup.env = env;
  setup.workers = with.workers;
  auto owner = at.system().spawn<stint::list_actor, caf::detached>(std::move(setup));
  auto run = [&](std::size_t from, std::size_t tasks) {
    for (std::size_t done = 0; done < tasks; done += batch) {
      std::vector<stint::submission> many;
      many.reserve(batch);
      for (std::size_t i = 0; i < batch; ++i)
        many.push_back(noop(from + done + i, form));
      auto made =
        stint::ask_and_wait<stint::protocol::submitted>(at.system(), owner, stint::protocol::submit{std::move(many)});
      need(made.has_value(), "refused");
    }
    auto fence = stint::ask_and_wait<stint::fence_result>(at.system(), owner, stint::protocol::fence{});
    need(fence && fence->open == 0, "the fence did not hold");
  };
  run(1, history);
  const auto before = env->spent();
  run(history + 1, count);
  const auto spent = env->spent() - before;
  auto totals = stint::ask_and_wait<stint::totals>(at.system(), owner, stint::protocol::counts{});
  need(totals && totals->tasks[stint::state::succeeded] == history + count, "the list lost tasks");
  {
    caf::scoped_actor self{at.system()};
    caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
    self->wait_for(owner);
  }
  owner = nullptr;
  env->join(false);
  return {spent / static_cast<double>(count)};
}

void ask(program& run) {
  const auto large = run.size(1'000'000, 100'000, 2'000);
  const auto count = run.size(200'000, 50'000, 2'000);
  contest r{run, "P5", "the owner's processor time per task, batches of 1000, 2 workers", {{"time", "ns/task", false}}};
  auto after = [](const std::string& who, std::size_t n) { return who + " after " + std::to_string(n); };
  for (auto n : {std::size_t{1'000}, large})
    r.contestant(after("ledger alone,", n), [=] { return run_ledger(n, count); });
  r.contestant(after("list's thread, blocking,", large),
               [=] { return run_thread(large, count, body_form::blocking_kind); });
  r.contestant(after("list's thread, cooperative,", large),
               [=] { return run_thread(large, count, body_form::cooperative_kind); });
  r.against(after("ledger alone,", large));
  r.expect({.who = after("ledger alone,", large), .what = "time", .value = 250, .stretch = 200});
  r.expect(
    {.who = after("list's thread, blocking,", large), .what = "time", .value = 250, .stretch = 200, .wish = true});
  r.expect(
    {.who = after("list's thread, cooperative,", large), .what = "time", .value = 250, .stretch = 200, .wish = true});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "owner_time", &ask); }
