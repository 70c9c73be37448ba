/// The tutorial on failure: attempts, back-off, timeouts, exceptions, giving up early, snoozing, and retry by hand.
#include <iostream>
#include <latch>
#include <stdexcept>

#include <stint/stint.hpp>

using namespace std::chrono_literals;

// [retry]
void retry(stint::list& tasks) {
  stint::spec what;
  what.name = "mirror";
  what.retry.max_attempts = 3;
  what.retry.backoff = 5ms; // then 10 ms, 20 ms...: see retry_policy
  auto id = tasks.submit(what, [](stint::context& job) {
    if (job.attempt() < 3)
      throw std::runtime_error{"the mirror does not answer"};
    return stint::succeeded();
  });
  auto done = tasks.wait(*id);
  std::cout << done->name << ": " << to_string(done->state) << " at attempt " << done->attempt << "\n";
  for (const auto& e : done->errors)
    std::cout << "  attempt " << e.attempt << ": " << e.text << "\n";
}
// [retry]

// [by_hand]
void by_hand(stint::list& tasks) {
  bool key_is_there = false; // the body reads it, and is not running while we write it
  stint::spec what;
  what.name = "sign";
  what.retry.max_attempts = 10;
  auto id = tasks.submit(what, [&key_is_there] {
    return key_is_there ? stint::succeeded() : stint::discarded("no key: trying again would not help");
  });
  auto ended = tasks.wait(*id);
  std::cout << "sign: " << to_string(ended->state) << " after " << ended->attempt << " attempt: " << ended->error
            << "\n";

  key_is_there = true;
  auto again = tasks.retry(*id); // a new task with the same body
  auto done = tasks.wait(*again);
  std::cout << "retry of " << done->retry_of << ": " << to_string(done->state) << ", remembers " << done->errors.size()
            << " error\n";
}
// [by_hand]

// [timeout]
void timeout(stint::list& tasks) {
  stint::spec what;
  what.name = "endless";
  what.timeout = 10ms; // of each attempt
  auto id = tasks.submit(what, [](stint::context& job) {
    std::latch told{1};
    std::stop_callback hear{job.stop_token(), [&told] { told.count_down(); }};
    told.wait(); // a loop would ask job.stop_requested() now and then
    return stint::cancelled();
  });
  auto done = tasks.wait(*id);
  std::cout << "endless: " << to_string(done->state) << ": " << done->error << "\n";
}
// [timeout]

// [snooze]
void snooze(stint::list& tasks) {
  stint::spec what;
  what.name = "when the file is there";
  what.delay = 5ms; // first of all, not before this much time has passed
  auto id = tasks.submit(
    what, [](stint::context& job) { return job.attempt() < 3 ? stint::snoozed(5ms) : stint::succeeded(); });
  auto done = tasks.wait(*id);
  std::cout << "snoozed: " << to_string(done->state) << " at attempt " << done->attempt << ", charged " << done->charged
            << " of " << done->max_attempts << "\n";
}
// [snooze]

int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::list tasks{system, {.workers = 2}};
  retry(tasks);
  by_hand(tasks);
  timeout(tasks);
  snooze(tasks);
}
