/// The tutorial on listening: a snapshot of what there is, then every transition in order, and how far running tasks are.
#include <iostream>
#include <latch>

#include <stint/stint.hpp>

// [listener]
stint::listener printer(std::latch& known, std::latch& ended) {
  stint::listener ear;
  ear.snapshot = [](const std::vector<stint::task>& tasks) {
    for (const auto& t : tasks)
      std::cout << "there is " << t.name << ": " << to_string(t.state) << "\n";
  };
  ear.snapshot_end = [&known](stint::task_version) { known.count_down(); };
  ear.events = [&ended](const stint::event_batch& batch) {
    for (const auto& e : batch.events) {
      if (e.deleted) // its last event; it had ended before
        continue;
      std::cout << e.name << " ";
      if (e.created)
        std::cout << "is new, " << to_string(e.to) << "\n";
      else
        std::cout << to_string(e.from) << " -> " << to_string(e.to) << "\n";
      if (terminal(e.to))
        ended.count_down();
    }
  };
  ear.notices = [](const std::vector<stint::notice>& notices) {
    for (const auto& n : notices)
      if (n.progress)
        std::cout << "task " << n.id << " has done " << n.progress->done << " of " << n.progress->total << "\n";
  };
  ear.reset = [](const std::string&) { std::cout << "forget what you know, a new snapshot follows\n"; };
  return ear;
}
// [listener]

// [subscribe]
void subscribe(stint::list& tasks, std::latch& known, std::latch& ended) {
  stint::spec what;
  what.tags = {"shown"};
  what.name = "before";
  tasks.wait(*tasks.submit(what, [] {})).value();

  stint::filter shown;
  shown.tag = "shown";
  auto subscription = tasks.subscribe(printer(known, ended), 0, shown);
  known.wait();

  what.name = "after";
  tasks.submit(what, [](stint::context& job) { job.progress(3, 4); }).value();
  what.tags.clear();
  what.name = "not shown";
  tasks.submit(what, [] {}).value();
  ended.wait();
}
// [subscribe]

int main() {
  std::latch known{1}; // what callbacks use must outlive the subscription
  std::latch ended{1};
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::list tasks{system, {.workers = 1}};
  subscribe(tasks, known, ended);
}
