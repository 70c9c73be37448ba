/// The tutorial on what is kept of finished tasks: few successes, and failures for somebody to look into.
#include <iostream>

#include <stint/stint.hpp>

// [bounds]
stint::options with_bounds() {
  using namespace std::chrono_literals;
  stint::options with;
  with.limits.finished = {.tasks = 3, .age = 24h, .bytes = 256 << 20};
  with.limits.finished_of[stint::state::failed] = {.tasks = 1'000, .age = 24h * 30, .bytes = 64 << 20};
  return with;
}
// [bounds]

// [many]
void many(stint::list& tasks) {
  for (int i = 1; i <= 10; ++i) {
    stint::spec what;
    what.name = "check " + std::to_string(i);
    auto id = tasks.submit(what, [i] { return i % 2 == 0 ? stint::succeeded() : stint::failed("broken"); });
    tasks.wait(*id).value();
  }
  const auto left = tasks.counts().value().tasks;
  std::cout << left[stint::state::succeeded] << " successes and " << left[stint::state::failed] << " failures are kept\n";
}
// [many]

int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::list tasks{system, with_bounds()};
  many(tasks);
}
