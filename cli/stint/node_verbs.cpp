#include "node_verbs.hpp"

#include <CLI/CLI.hpp>

namespace stint::cli {

node_verbs::node_verbs(CLI::App& app)
    : serve_verb_(app.add_subcommand("serve", "Own a list that workers and clients connect to")),
      worker_verb_(app.add_subcommand("worker", "Run commands for a served list")),
      run_verb_(app.add_subcommand("run", "Have a served list run a command, and follow it")),
      nodes_verb_(app.add_subcommand("nodes", "Show who is connected to a served list, and what runs where")),
      certs_verb_(app.add_subcommand("certs", "Make a CA and a certificate, for trying it out")) {
  serve_.link.add_to(*serve_verb_, "--listen", "Address and port to listen at; port 0: any");
  serve_verb_->add_option("--store", serve_.store, "Keep the tasks in this file (default: in memory)")
    ->check([](const std::string& file) { return file.empty() ? "a file's name is wanted" : ""; })
    ->type_name("FILE");
  serve_verb_->add_option("--beat", serve_.beat, "How often workers say that they live (default 3s)")->type_name("TIME");
  serve_verb_->add_option("--lease", serve_.lease, "Silent for so long, a worker counts as dead (default 9s)")->type_name("TIME");
  serve_verb_->add_option("--stop-grace", serve_.stop_grace, "At the end, let commands go on for so long (default 0s)")
    ->type_name("TIME");
  serve_verb_->add_option("--output", serve_.output, "Keep so much of what each command prints, such as 10MB (default 64kB)")
    ->transform(CLI::AsSizeValue(false) & CLI::Range(std::uint64_t{1'024}, std::uint64_t{limits{}.output_total}))
    ->type_name("SIZE");
  serve_verb_->footer("Members of the CA are fully trusted: use one for nothing else.");

  worker_.link.add_to(*worker_verb_, "--connect", "Where the list is served");
  worker_verb_->add_option("--slots", worker_.slots, "Commands that run at once (default 1)")
    ->check(CLI::Range(1, 1024))
    ->type_name("N");
  worker_verb_->add_option("--label", worker_.labels, "What it has, such as gpu, for tasks that ask for it; may be repeated")
    ->type_name("WORD")
    ->allow_extra_args(false);

  run_.link.add_to(*run_verb_, "--connect", "Where the list is served");
  run_verb_->add_option("--name", run_.name, "The task's name (default: the program's)")->type_name("TEXT");
  run_verb_->add_option("--label", run_.labels, "Only on a worker that has this label; may be repeated")
    ->type_name("WORD")
    ->allow_extra_args(false);
  run_verb_->add_option("--claim,--exclusive", run_.exclusive, "A key to have alone, such as repo/main; may be repeated")
    ->type_name("KEY")
    ->allow_extra_args(false);
  run_verb_->add_option("--shared", run_.shared, "A key to share with others that do; may be repeated")
    ->type_name("KEY")
    ->allow_extra_args(false);
  run_verb_->add_option("COMMAND", run_.command, "The program and its arguments, after --")->required();
  run_verb_->footer("Exit code: that of the command; 1 when there is none, 2 when nobody could be asked, 130 after Ctrl-C,\n"
                    "which cancels the task.");

  nodes_.link.add_to(*nodes_verb_, "--connect", "Where the list is served");
  nodes_verb_->add_flag("--json", nodes_.json, "Print one JSON line for each, and nothing else");
  nodes_verb_->footer("Exit code: 0 it was answered, 1 it was not, 2 nobody could be asked.");

  certs_verb_->add_option("DIR", certs_dir_, "Folder for ca.pem, ca.key, cert.pem and key.pem")->required();
}

std::optional<int> node_verbs::ask() {
  if (nodes_verb_->parsed())
    return show_nodes(nodes_);
  return std::nullopt;
}

std::optional<int> node_verbs::run(signals& heard) {
  if (serve_verb_->parsed())
    return serve(serve_, heard);
  if (worker_verb_->parsed())
    return run_worker(worker_, heard);
  if (run_verb_->parsed())
    return run_command(run_, heard);
  if (certs_verb_->parsed())
    return make_certs(certs_dir_);
  return std::nullopt;
}

} // namespace stint::cli
