/// The command line of list, show, cancel, retry and release.
///
/// Owner    the program; the options stay where they are while the command line is read.
#pragma once

#include <optional>

#include <CLI/App.hpp>

#include "tasks.hpp"

namespace stint::cli {

class task_verbs {
public:
  /// Adds the verbs.
  explicit task_verbs(CLI::App& app);

  /// Runs the one that was given and returns its exit code; nothing when it was another verb.
  std::optional<int> ask();

private:
  list_options list_;
  show_options show_;
  change_options cancel_;
  change_options retry_;
  change_options release_;
  CLI::App* list_verb_;
  CLI::App* show_verb_;
  CLI::App* cancel_verb_;
  CLI::App* retry_verb_;
  CLI::App* release_verb_;
};

} // namespace stint::cli
