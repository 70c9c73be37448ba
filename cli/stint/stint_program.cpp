// The stint program: reads the command line and hands over to the verb. One file per verb stands beside this one.
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "batch.hpp"
#include "check.hpp"
#include "export.hpp"
#include "import.hpp"
#include "shown_text.hpp"
#include "signals.hpp"
#ifdef STINT_HAS_NODES
#  include "node_verbs.hpp"
#  include "task_verbs.hpp"
#endif

namespace {

constexpr int bad_input = 2;

constexpr const char* about = "Background tasks: run commands side by side, in an order that their claims allow.";

constexpr const char* more_about_batch = R"(FILE has one JSON object per line; all fields but command are optional:
  {"name": "index main", "command": ["sh", "-c", "make index"],
   "claims": ["repo/main", {"key": "disk", "mode": "shared"}, {"key": "cpu", "units": 2}],
   "env": {"LANG": "C"}, "cwd": ".", "priority": 0, "timeout": "30s", "attempts": 3,
   "tags": ["nightly"], "queue": "default", "delay": "1s"}

What a task prints is kept whole, one file per task: in a new folder under $TMPDIR or /tmp, which is
named at the end and is yours to remove, or where --output-dir says.

A bad line is refused with its number, before anything runs. Ctrl-C stops: SIGTERM to what runs,
and SIGKILL 2 s later; a second Ctrl-C kills at once.

Exit code: 0 all succeeded, 1 some did not, 2 bad input, 130 ended by Ctrl-C.)";

/// App::help() would explain the verb that was found, `help` itself.
std::string about_all(const CLI::App& app) { return app.get_formatter()->make_help(&app, "stint", CLI::AppFormatMode::Normal); }

bool knows(const CLI::App& app, const std::string& verb) {
  try {
    static_cast<void>(app.get_subcommand(verb));
    return true;
  } catch (const CLI::OptionNotFound&) {
    return false;
  }
}

int no_verb(const std::string& name, const CLI::App& app) {
  std::cerr << "stint: there is no verb '" << name << "'\n\n" << about_all(app);
  return bad_input;
}

int run(int argc, char** argv) {
  CLI::App app{about, "stint"};
  app.set_version_flag("--version", "stint " STINT_VERSION);
  app.require_subcommand(1);

  stint::cli::batch_options batch;
  auto* batch_verb = app.add_subcommand("batch", "Run the commands of a file as tasks, and show how they go");
  batch_verb->footer(more_about_batch);
  batch_verb->add_option("FILE", batch.file, "One task per line, as JSON; - for standard input")->required();
  batch_verb->add_option("-j,--workers", batch.workers, "Commands that run at once (default: one for each core)")
    ->check(CLI::Range(1, 1024))
    ->type_name("N");
  batch_verb->add_option("--capacity", batch.capacities, "Units of a counted key, such as cpu=8; may be repeated")
    ->type_name("KEY=UNITS")
    ->allow_extra_args(false);
  auto* output_dir = batch_verb->add_option("--output-dir", batch.output_dir, "Keep the tasks' output in this folder")
                       ->type_name("DIR");
  batch_verb->add_flag("--no-output", batch.no_output, "Keep no output in files; failures still show their last lines")
    ->excludes(output_dir);
  batch_verb->add_flag("--json", batch.json, "Print one JSON line per transition, and nothing else");

#ifdef STINT_HAS_STORE
  std::string file;
  auto* check_verb = app.add_subcommand("check", "Look through a file of tasks: is it whole, and what is in it");
  check_verb->footer("It changes nothing in the file, which no list may have open.\n\nExit code: 0 whole, 1 damaged, 2 not opened.");
  check_verb->add_option("FILE", file, "What a program names as options.store")->required();
  auto* export_verb = app.add_subcommand("export", "Write all that a file of tasks holds as JSON lines");
  export_verb->footer("The file stays as it is, byte for byte; no list may have it open.\n\n"
                      "Exit code: 0 all is written, 1 damaged, 2 not opened or not written.");
  export_verb->add_option("FILE", file, "What a program names as options.store")->required();
  std::string from = "-";
  auto* import_verb = app.add_subcommand("import", "Make a file of tasks of what export wrote");
  import_verb->footer("A file that is there is not touched. A bad line is refused with its number, and nothing is left.\n\n"
                      "Exit code: 0 the file is there, 2 it is not.");
  import_verb->add_option("FILE", file, "The file to make")->required();
  import_verb->add_option("--from", from, "What export wrote (default: standard input)")->type_name("JSONL");
#endif

#ifdef STINT_HAS_NODES
  stint::cli::node_verbs nodes{app};
  stint::cli::task_verbs tasks{app};
#endif

  std::string about_what;
  auto* help_verb = app.add_subcommand("help", "Explain a verb");
  help_verb->add_option("VERB", about_what, "Which one");

  // CLI11 would only say that a verb is missing.
  if (argc > 1 && argv[1][0] != '-' && !knows(app, argv[1]))
    return no_verb(argv[1], app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0)
      return app.exit(e); // --help and --version
    std::cerr << "stint: " << stint::harmless_lines(e.what()) << "\n";
    if (app.get_subcommands().empty())
      std::cerr << "\n" << app.help();
    else
      std::cerr << "stint: see 'stint help " << app.get_subcommands().front()->get_name() << "'" << std::endl;
    return bad_input;
  }

  if (help_verb->parsed()) {
    if (about_what.empty()) {
      std::cout << about_all(app);
      return 0;
    }
    try {
      std::cout << app.get_subcommand(about_what)->help("stint");
      return 0;
    } catch (const CLI::OptionNotFound&) {
      return no_verb(about_what, app);
    }
  }

#ifdef STINT_HAS_STORE
  if (check_verb->parsed())
    return stint::cli::check_file(file);
  if (export_verb->parsed())
    return stint::cli::export_file(file);
  if (import_verb->parsed())
    return stint::cli::import_file(file, from);
#endif

#ifdef STINT_HAS_NODES
  if (const auto code = nodes.ask())
    return *code;
  if (const auto code = tasks.ask())
    return *code;
#endif

  // Before any other thread: they all inherit what is blocked here.
  stint::cli::signals heard;
#ifdef STINT_HAS_NODES
  if (const auto code = nodes.run(heard))
    return *code;
#endif
  return stint::cli::run_batch(batch, heard);
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "stint: " << stint::harmless_lines(e.what()) << std::endl;
    return bad_input;
  }
}
