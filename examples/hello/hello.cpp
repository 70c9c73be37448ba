/// The smallest useful program: one task that waits its turn behind another one.
#include <iostream>

#include <stint/stint.hpp>

// [hello]
int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg); // the one line before the actor system
  caf::actor_system system{cfg};
  stint::list tasks{system, {.workers = 2}};

  auto publish = [](stint::context& job) {
    job.print("publishing\n");
    job.progress(1, 1, "done");
    return stint::succeeded(200, R"({"files":3})");
  };
  stint::spec what;
  what.name = "publish stable";
  what.claims = {stint::exclusive(stint::key{"publish", "debian", "stable/updates"})};
  auto first = tasks.submit(what, publish);
  auto second = tasks.submit(what, publish); // same key: waits its turn, is not refused
  if (!first || !second)
    return 1;

  for (auto id : {*first, *second}) {
    auto done = tasks.wait(id);
    std::cout << "task " << id << ": " << to_string(done->state) << ", code " << done->code << ", said "
              << tasks.output(id)->text;
  }
  std::cout << "value " << *tasks.value(*second) << "\n";
}
// [hello]
