/// The command line of serve, worker, run, nodes and certs.
///
/// Owner    the program; the options stay where they are while the command line is read.
#pragma once

#include <optional>
#include <string>

#include <CLI/App.hpp>

#include "serve.hpp"

namespace stint::cli {

class node_verbs {
public:
  /// Adds the verbs.
  explicit node_verbs(CLI::App& app);

  /// Runs `nodes`, before signals are blocked: a question has nothing to put in order, so Ctrl-C may just end it.
  std::optional<int> ask();

  /// Runs the one that was given and returns its exit code; nothing when it was another verb.
  std::optional<int> run(signals& heard);

private:
  serve_options serve_;
  worker_options worker_;
  run_options run_;
  nodes_options nodes_;
  std::string certs_dir_;
  CLI::App* serve_verb_;
  CLI::App* worker_verb_;
  CLI::App* run_verb_;
  CLI::App* nodes_verb_;
  CLI::App* certs_verb_;
};

} // namespace stint::cli
