// Programs as tasks: the built-in kind `command`.
#include <iostream>

#include <stint/command_kind.hpp>
#include <stint/stint.hpp>

// [command]
int main() {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  stint::options opts;
  stint::add_command(opts.kinds);
  stint::list tasks{system, opts};

  auto built = tasks.submit(stint::command_spec("build", {{"sh", "-c", "echo compiling; echo 'no main()' >&2; exit 3"}}));
  auto wrong = tasks.submit(stint::command_spec("nothing", {{""}})); // refused now, not hours later
  if (!built || wrong)
    return 1;
  auto done = tasks.wait(*built);
  std::cout << done->name << ": " << to_string(done->state) << ", " << done->error << "\n"
            << tasks.output(*built)->text << "refused: " << to_string(wrong.code()) << "\n";
}
// [command]
