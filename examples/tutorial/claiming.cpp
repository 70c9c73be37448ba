/// The tutorial on claims: tasks that must not meet, tasks that may, a task that wants everything, and counted keys.
#include <iostream>
#include <latch>

#include <stint/stint.hpp>

// [publish]
stint::spec publish(const std::string& distribution) {
  stint::spec what;
  what.name = "publish " + distribution;
  what.claims = {stint::exclusive(stint::key{"publish", "debian", distribution}), // nobody else publishes it now
                 stint::shared(stint::key{"repo", "main"})};                      // others may read the repo, too
  return what;
}

stint::spec clean_up() {
  stint::spec what;
  what.name = "clean up";
  what.claims = {stint::exclusive(stint::key{})}; // the root: everything
  return what;
}
// [publish]

// [why]
void why(const stint::list& tasks, stint::task_id id) {
  auto e = tasks.explain(id);
  std::cout << "task " << id << ", " << to_string(e->state) << ", lacks " << to_string(e->reason) << ":\n";
  for (const auto& b : e->waits_for)
    std::cout << "  " << (b.key.empty() ? "everything" : b.key) << (b.holds ? " is held by " : " is wanted first by ")
              << b.id << " (" << b.name << "), " << b.mode << "\n";
}
// [why]

// [claims]
void claims(stint::list& tasks) {
  std::latch looked{1};
  auto slow = [&looked] { looked.wait(); };
  auto quick = [] {};

  auto stable = tasks.submit(publish("stable/updates"), slow); // the slash becomes part of the name
  auto again = tasks.submit(publish("stable/updates"), quick); // waits for `stable`
  auto testing = tasks.submit(publish("testing"), quick);      // clashes with nobody: runs at once
  tasks.wait(*testing).value();
  auto cleaning = tasks.submit(clean_up(), quick);     // waits for everybody before it
  auto late = tasks.submit(publish("testing"), quick); // waits for `cleaning`

  for (auto id : {*again, *cleaning, *late})
    why(tasks, id);
  looked.count_down();
  tasks.wait({*stable, *again, *cleaning, *late}).value();
  std::cout << "all done\n";
}
// [claims]

// [units]
void units(stint::list& tasks) {
  tasks.declare("disk", 3).value(); // before its first use; or options.capacities
  std::latch looked{1};
  auto slow = [&looked] { looked.wait(); };

  stint::spec copy;
  copy.name = "copy";
  copy.claims = {stint::units("disk", 2)};
  auto first = tasks.submit(copy, slow);
  auto second = tasks.submit(copy, slow);
  why(tasks, *second);

  copy.claims = {stint::units("disk", 4)};
  std::cout << to_string(tasks.submit(copy, slow).error()) << "\n";
  looked.count_down();
  tasks.wait({*first, *second}).value();
}
// [units]

int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::list tasks{system, {.workers = 4}};
  claims(tasks);
  units(tasks);
}
