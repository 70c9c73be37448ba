/// The tutorial's first steps: submit, wait, read what a body left, ask about tasks, and see how errors look.
#include <iostream>

#include <stint/stint.hpp>

// [first]
int first(stint::list& tasks) {
  stint::spec what;
  what.name = "count stanzas";
  auto id = tasks.submit(what, [](stint::context& job) {
    job.print("reading the index\n");
    job.progress(3, 3, "stanzas");
    return stint::succeeded(0, R"({"stanzas":3})");
  });
  if (!id) {
    std::cerr << to_string(id.error()) << "\n";
    return 1;
  }
  auto done = tasks.wait(*id);
  std::cout << done->name << ": " << to_string(done->state) << "\n"
            << "progress: " << done->progress.done << " of " << done->progress.total << " " << done->progress.text
            << "\n"
            << "output: " << tasks.output(*id)->text << "value: " << *tasks.value(*id) << "\n";
  return 0;
}
// [first]

// [batch]
void batch(stint::list& tasks) {
  std::vector<stint::submission> many;
  for (auto* name : {"amd64", "arm64", "riscv64"}) {
    stint::spec what;
    what.name = name;
    what.tags = {"index"};
    many.push_back({what, [](stint::context& job) { job.print("done\n"); }});
  }
  auto made = tasks.submit(std::move(many)); // one message: all of them or none
  auto ended = tasks.wait(made->ids);
  std::cout << ended->settled.size() << " have settled\n";

  stint::page_request ask;
  ask.filter.tag = "index";
  ask.order = stint::page_order::oldest_first;
  auto page = tasks.page(ask); // named: a range-for over a temporary's member would outlive it
  for (const auto& t : page->tasks)
    std::cout << "  " << t.name << ": " << to_string(t.state) << "\n";
  std::cout << "succeeded so far: " << tasks.counts()->tasks[stint::state::succeeded] << "\n";
}
// [batch]

// [each]
void each(stint::list& tasks) {
  stint::submitter line{tasks, [](std::uint64_t number, const stint::result<stint::task_id>& id) {
                          if (!id)
                            std::cout << "call " << number << ": " << to_string(id.error()) << "\n";
                        }};
  for (auto* name : {"main", "", "contrib"}) {
    stint::spec what;
    what.name = name;
    line.submit(what, [] {}); // waits only while 4,096 have no answer yet
  }
  std::cout << line.flush().accepted << " accepted\n";
}
// [each]

// [errors]
void errors(stint::list& tasks) {
  auto nameless = tasks.submit(stint::spec{}, [] {});
  std::cout << to_string(nameless.error()) << "\n";

  std::cout << to_string(tasks.get(99).error()) << "\n";
  std::cout << to_string(tasks.cancel(1).error()) << "\n";
  if (tasks.remove(1))
    std::cout << to_string(tasks.get(1).code()) << "\n";
}
// [errors]

// [main]
int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::list tasks{system, {.workers = 2}};
  if (first(tasks) != 0)
    return 1;
  batch(tasks);
  each(tasks);
  errors(tasks);
}
// [main]
