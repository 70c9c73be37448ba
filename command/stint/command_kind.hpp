/// The built-in kind `command`: a task that runs a program, and fails when the program does.
///
/// Owner    the registry, which goes into options.kinds.
/// Threads  blocking: each running command keeps one runner busy.
/// Errors   malformed_args at submission. An attempt fails with `exit code N` (code N), `killed by signal N` (code 128 + N,
///          as shells have it), or why the program could not be started (code 127 when it was not found, 126 otherwise;
///          never tried again when trying again can't help).
/// Wire     args: {"command": ["sh", "-c", "make"], "env": {"LANG": "C"}, "cwd": "src"}; env and cwd may be left out.
/// Example  stint::add_command(opts.kinds);
///          tasks.submit(stint::command_spec("build", {{"make", "-j2"}}));
///
/// Output is kept as the program wrote it, in whole lines, those of its error stream marked with "! " (line_marker). It
/// may contain anything: who shows it on a terminal has to make it harmless first. The program's environment has
/// STINT_TASK_ID, STINT_ATTEMPT and STINT_FENCING_TOKEN besides ours. A cancelled or timed out command gets SIGTERM, then
/// SIGKILL, with its whole process group (program.hpp). One that was told to stop counts as stopped, whatever it exits
/// with: a server that ends on SIGTERM with 0 has not finished its work.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include <stint/body.hpp>
#include <stint/context.hpp>
#include <stint/program.hpp>

namespace stint {

/// The args of a command.
struct command_args {
  std::vector<std::string> command;                        ///< the program and its arguments
  std::optional<std::map<std::string, std::string>> env{}; ///< added to our environment
  std::optional<std::string> cwd{};                        ///< none: our own
};
BOOST_DESCRIBE_STRUCT(command_args, (), (command, env, cwd))

/// The name that the kind is registered under.
inline constexpr const char* command_name = "command";

struct command_options {
  program_policy policy{}; ///< keep kill_after below the list's cancel grace: a killed command is never stuck
  /// Hears all output besides the list's log, which keeps a part of it; called on the runner's thread.
  std::function<void(const context&, std::string_view)> heard{};
};

/// Makes the kind.
kind command_kind(command_options with = {});

/// Registers it as `command`.
registry& add_command(registry& kinds, command_options with = {});

/// Gives the spec of a command.
spec command_spec(std::string name, const command_args& args);

/// Checks what the types don't say: no empty command, no zero bytes, no broken names of variables.
result<unit_t> check_command(const command_args& args);

/// Says what an end means for the attempt.
outcome outcome_of(const program_end& end);

} // namespace stint
