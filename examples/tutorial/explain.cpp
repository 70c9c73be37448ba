/// The tutorial on control: cancel, queues, priorities, stuck bodies and an orderly stop, with the reasons asked for.
#include <iostream>
#include <latch>

#include <stint/stint.hpp>

using namespace std::chrono_literals;

// [options]
stint::options set_up() {
  stint::options with;
  with.workers = 2;
  with.cancel_grace = 20ms; // short, for the sake of this example
  with.log = [](stint::log_level, const std::string& text) { std::cerr << text << "\n"; };
  return with;
}
// [options]

// [until_told]
/// A body that works until it is told to stop, and says when it has begun.
auto until_told(std::latch& begun) {
  return [&begun](stint::context& job) {
    begun.count_down();
    std::latch told{1};
    std::stop_callback hear{job.stop_token(), [&told] { told.count_down(); }};
    told.wait();
    return stint::cancelled("told to stop");
  };
}
// [until_told]

// [cancel]
void cancel(stint::list& tasks) {
  std::latch begun{1};
  stint::spec what;
  what.name = "index";
  what.claims = {stint::exclusive("index")};
  auto running = tasks.submit(what, until_told(begun));
  auto waiting = tasks.submit(what, [] {});
  begun.wait();
  std::cout << tasks.explain(*running)->holds_back.size() << " waits for task " << *running << "\n";

  tasks.cancel(*waiting).value(); // has not begun: ends at once
  std::cout << "task " << *waiting << ": " << to_string(tasks.get(*waiting)->state) << "\n";
  tasks.cancel(*running).value(); // is told to stop, and ends when its body returns
  auto done = tasks.wait(*running);
  std::cout << "task " << *running << ": " << to_string(done->state) << ", " << done->error << "\n";
}
// [cancel]

// [queues]
void queues(stint::list& tasks) {
  tasks.limit_queue("nightly", 1).value(); // makes the queue; or options.queue_limits
  tasks.pause("nightly").value();

  std::string order; // needs no lock: the queue runs one at a time
  std::vector<stint::task_id> ids;
  for (int priority : {-1, 0, 2}) {
    stint::spec what;
    what.name = "nightly";
    what.queue = "nightly";
    what.priority = priority;
    ids.push_back(*tasks.submit(what, [&order, priority] { order += " " + std::to_string(priority); }));
  }
  std::cout << tasks.explain(ids.front())->text << "\n";

  tasks.resume("nightly").value();
  tasks.drain("nightly").value(); // takes nothing new, returns when the queue is empty
  std::cout << "ran in this order:" << order << "\n";

  stint::spec late;
  late.name = "late";
  late.queue = "nightly";
  std::cout << to_string(tasks.submit(late, [] {}).code()) << "\n";
  tasks.resume("nightly").value();
}
// [queues]

// [stuck]
void stuck(stint::list& tasks) {
  std::latch begun{1};
  std::latch released{1};
  stint::spec what;
  what.name = "deaf";
  what.claims = {stint::exclusive("tape")};
  auto deaf = tasks.submit(what, [&] {
    begun.count_down();
    released.wait(); // hears no stop token
  });
  begun.wait();
  tasks.cancel(*deaf).value();
  auto ended = tasks.wait(*deaf); // after options.cancel_grace
  std::cout << "deaf: " << to_string(ended->state) << ", " << ended->error << (ended->stuck ? ", stuck\n" : "\n");

  what.name = "next";
  auto next = tasks.submit(what, [] {});
  auto e = tasks.explain(*next);
  std::cout << "next waits for " << (e->waits_for.front().stuck ? "the stuck body of " : "")
            << e->waits_for.front().name << "\n";
  released.count_down(); // or tasks.release_stuck(*deaf), when you know that it does no harm any more
  std::cout << "next: " << to_string(tasks.wait(*next)->state) << "\n";
}
// [stuck]

// [stop]
void stop(stint::list& tasks) {
  std::latch begun{2};
  stint::spec what;
  what.name = "long";
  tasks.submit(what, until_told(begun)).value();
  tasks.submit(what, until_told(begun)).value();
  begun.wait(); // both workers are busy
  auto third = tasks.submit(what, until_told(begun));

  auto left = tasks.stop(0s); // no grace: the stop tokens are set at once
  std::cout << "finished " << left->finished << ", interrupted " << left->interrupted << ", unstarted "
            << left->unstarted << ", stuck " << left->stuck.size() << "\n";
  std::cout << "third: " << to_string(tasks.get(*third)->state) << ", " << tasks.get(*third)->error << "\n";
  std::cout << to_string(tasks.submit(what, [] {}).code()) << "\n";
}
// [stop]

int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::list tasks{system, set_up()};
  cancel(tasks);
  queues(tasks);
  stuck(tasks);
  stop(tasks);
}
