#include "task_verbs.hpp"

#include <CLI/CLI.hpp>

#include <stint/limits.hpp>

namespace stint::cli {

namespace {

constexpr const char* exit_codes = "Exit code: 0 it was answered, 1 it was refused, 2 nobody could be asked.";

void add_change(CLI::App& verb, change_options& with) {
  with.link.add_to(verb, "--connect", "Where the list is served");
  verb.add_option("ID", with.ids, "Which tasks")->required()->type_name("N");
  verb.footer(exit_codes);
}

} // namespace

task_verbs::task_verbs(CLI::App& app)
    : list_verb_(app.add_subcommand("list", "Show the tasks of a served list, newest first")),
      show_verb_(app.add_subcommand("show", "Show one task of a served list, and why it waits")),
      cancel_verb_(app.add_subcommand("cancel", "Cancel tasks of a served list")),
      retry_verb_(app.add_subcommand("retry", "Submit finished tasks of a served list anew")),
      release_verb_(app.add_subcommand("release", "Let quarantined tasks of a served list run again")) {
  list_.link.add_to(*list_verb_, "--connect", "Where the list is served");
  list_verb_->add_option("--state", list_.states, "Only tasks in this state; may be repeated: any of them")
    ->type_name("STATE")
    ->allow_extra_args(false);
  list_verb_->add_option("--queue", list_.which.queue, "Only tasks of this queue")->type_name("WORD");
  list_verb_->add_option("--kind", list_.which.kind, "Only tasks of this kind")->type_name("WORD");
  list_verb_->add_option("--tag", list_.which.tag, "Only tasks with this tag")->type_name("WORD");
  list_verb_->add_option("--limit", list_.limit, "How many at most (default 20)")
    ->check(CLI::Range(std::size_t{1}, limits{}.page))
    ->type_name("N");
  list_verb_->add_option("--from", list_.from, "Begin with this task and go back from there")->type_name("ID");
  list_verb_->add_flag("--json", list_.json, "Print one JSON line for each, and nothing else");
  list_verb_->footer(exit_codes);

  show_.link.add_to(*show_verb_, "--connect", "Where the list is served");
  show_verb_->add_option("ID", show_.id, "Which task")->required()->type_name("N");
  auto* json = show_verb_->add_flag("--json", show_.json, "Print one JSON line, and nothing else");
  show_verb_->add_flag("--output", show_.output, "Print what it has printed so far, and nothing else")->excludes(json);
  show_verb_->footer(exit_codes);

  add_change(*cancel_verb_, cancel_);
  add_change(*retry_verb_, retry_);
  add_change(*release_verb_, release_);
}

std::optional<int> task_verbs::ask() {
  if (list_verb_->parsed())
    return list_tasks(list_);
  if (show_verb_->parsed())
    return show_task(show_);
  if (cancel_verb_->parsed())
    return change_tasks(task_change::cancel, cancel_);
  if (retry_verb_->parsed())
    return change_tasks(task_change::retry, retry_);
  if (release_verb_->parsed())
    return change_tasks(task_change::release, release_);
  return std::nullopt;
}

} // namespace stint::cli
