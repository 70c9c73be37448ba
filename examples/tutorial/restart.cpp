/// The tutorial on tasks that outlive their process: what one list has accepted, the next one on its file runs.
#include <filesystem>
#include <iostream>

#include <unistd.h>

#include <stint/stint.hpp>

// [kinds]
stint::registry kinds() {
  stint::registry all;
  all.add("index", [](stint::context& job) { job.print("attempt " + std::to_string(job.attempt()) + " at " + job.args()); });
  return all;
}
// [kinds]

// [before]
int before(caf::actor_system& system, const std::string& file) {
  stint::list tasks{system, {.workers = 1, .kinds = kinds(), .store = file}};
  tasks.pause().value(); // here, so that nothing runs before this list ends
  stint::spec what;
  what.name = "index main";
  what.kind = "index";
  what.args = R"({"part":"main"})";
  what.idempotency_key = "index/main";
  auto id = tasks.submit(what, {});
  if (!id) {
    std::cerr << to_string(id.error()) << "\n";
    return 1;
  }
  std::cout << "accepted " << *id << "\n"; // it is on the disk
  return 0;
}
// [before]

// [after]
void after(caf::actor_system& system, const std::string& file) {
  stint::list tasks{system, {.workers = 1, .kinds = kinds(), .store = file}};
  tasks.resume().value(); // the pause is kept as well
  auto done = tasks.wait(1);
  std::cout << done->name << ": " << to_string(done->state) << ", " << tasks.output(1)->text << "\n";
}
// [after]

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("stint-tutorial-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  int code = 0;
  try {
    caf::actor_system_config cfg;
    stint::configure(cfg);
    caf::actor_system system{cfg};
    code = before(system, folder / "tasks.db");
    if (code == 0)
      after(system, folder / "tasks.db");
  } catch (const stint::start_error& e) {
    std::cerr << e.what() << "\n";
    code = 1;
  }
  std::filesystem::remove_all(folder);
  return code;
}
