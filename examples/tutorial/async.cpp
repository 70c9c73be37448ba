/// The tutorial on bodies that hold no thread: cooperative ones, and asynchronous ones that ask another actor.
#include <iostream>

#include <caf/event_based_actor.hpp>
#include <stint/stint.hpp>

// [server]
/// An actor that your program has anyway: told the name of an index, it answers its size.
caf::behavior index_server() {
  return {[](const std::string& name) -> caf::result<std::int32_t> {
    if (name.empty())
      return caf::make_error(caf::sec::invalid_argument);
    return static_cast<std::int32_t>(name.size());
  }};
}
// [server]

// [async]
/// Returns at once; the slot and the claims are held until the promise is kept.
stint::body size_of(caf::actor_system& system, caf::actor server, std::string index) {
  return stint::asynchronous([&system, server, index](stint::context& job, stint::promise owed) {
    system.spawn([=](caf::event_based_actor* self) mutable {
      // self->request(...) in CAF 0.17, self->mail(...).request(...) in 1.x; this compiles with both.
      stint::caf_shim::ask(*self, server, index)
        .then(
          [job, owed](std::int32_t size) mutable {
            job.print("answered\n");
            owed.keep(stint::succeeded(0, std::to_string(size)));
          },
          [owed](const caf::error&) mutable { owed.keep(stint::failed("the server refused")); });
    });
  });
}
// [async]

// [run]
void run(caf::actor_system& system, stint::list& tasks) {
  auto server = system.spawn(index_server);
  stint::spec what;
  what.name = "size";
  auto good = tasks.submit(what, size_of(system, server, "main/binary-amd64"));
  auto bad = tasks.submit(what, size_of(system, server, ""));
  auto lost = tasks.submit(what, stint::asynchronous([](stint::context&, stint::promise) {})); // drops its promise
  auto short_one = tasks.submit(what, stint::cooperative([](stint::context& job) { job.print("no thread needed\n"); }));

  tasks.wait({*good, *bad, *lost, *short_one}).value();
  std::cout << "good: " << *tasks.value(*good) << ", " << tasks.output(*good)->text;
  std::cout << "bad: " << tasks.get(*bad)->error << "\n";
  std::cout << "lost: " << tasks.get(*lost)->error << "\n";
  std::cout << "short: " << tasks.output(*short_one)->text;
}
// [run]

int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::list tasks{system, {.workers = 2}};
  run(system, tasks);
}
