#include <stint/command_kind.hpp>

#include <cerrno>
#include <utility>

#include <stint/typed_args.hpp>
#include <stint/typed_kind.hpp>

namespace stint {

namespace {

bool has_zero(std::string_view text) { return text.find('\0') != std::string_view::npos; }

result<command_args> read_args(const std::string& text) {
  auto args = json::args_as<command_args>(text);
  if (!args)
    return args;
  if (auto ok = check_command(*args); !ok)
    return ok.error();
  return args;
}

/// Tells whether starting it again later could end differently.
bool may_pass(int error) {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE || error == ETXTBSY || error == EIO;
}

} // namespace

result<unit_t> check_command(const command_args& args) {
  if (args.command.empty())
    return {errc::malformed_args, "command: is empty"};
  if (args.command.front().empty())
    return {errc::malformed_args, "command[0]: the program has no name"};
  for (std::size_t i = 0; i < args.command.size(); ++i)
    if (has_zero(args.command[i]))
      return {errc::malformed_args, "command[" + std::to_string(i) + "]: has a zero byte"};
  if (args.env)
    for (const auto& [name, value] : *args.env)
      if (name.empty() || name.find('=') != std::string::npos || has_zero(name) || has_zero(value))
        return {errc::malformed_args, "env: '" + name + "' is no name of a variable, or its value has a zero byte"};
  if (args.cwd && (args.cwd->empty() || has_zero(*args.cwd)))
    return {errc::malformed_args, "cwd: is empty, or has a zero byte"};
  return unit;
}

outcome outcome_of(const program_end& end) {
  const auto number = std::to_string(end.number);
  switch (end.what) {
    case program_end::how::exited: {
      if (end.stopped) {
        auto o = cancelled("exit code " + number + " after SIGTERM");
        o.code = end.number;
        return o;
      }
      return end.number == 0 ? succeeded() : failed("exit code " + number, end.number);
    }
    case program_end::how::killed: {
      if (!end.stopped)
        return failed("killed by signal " + number, 128 + end.number);
      auto o = cancelled("killed by signal " + number);
      o.code = 128 + end.number;
      return o;
    }
    case program_end::how::not_started: {
      if (end.stopped)
        return cancelled(end.text);
      const int code = end.number == ENOENT ? 127 : 126;
      return may_pass(end.number) ? failed(end.text, code) : discarded(end.text, code);
    }
    case program_end::how::lost: break;
  }
  return failed(end.text);
}

kind command_kind(command_options with) {
  kind k;
  k.check = [](const std::string& text) -> result<unit_t> {
    auto args = read_args(text);
    if (!args)
      return args.error();
    return unit;
  };
  k.run = body{[with = std::move(with)](context& job) -> outcome {
    auto args = read_args(job.args());
    if (!args)
      return discarded(to_string(args.error()));
    program p;
    p.command = std::move(args->command);
    p.env = {{"STINT_TASK_ID", std::to_string(job.id())},
             {"STINT_ATTEMPT", std::to_string(job.attempt())},
             {"STINT_FENCING_TOKEN", std::to_string(job.fencing_token())}};
    if (args->env)
      for (auto& [name, value] : *args->env)
        p.env[name] = std::move(value);
    p.cwd = args->cwd.value_or(std::string{});
    auto policy = with.policy;
    policy.crowded = [&job] { return job.crowded(); };
    return outcome_of(run_program(p, policy, job.stop_token(), [&](std::string_view text) {
      job.print(text);
      if (with.heard)
        with.heard(job, text);
    }));
  }};
  return k;
}

registry& add_command(registry& kinds, command_options with) {
  return kinds.add(command_name, command_kind(std::move(with)));
}

spec command_spec(std::string name, const command_args& args) {
  return json::spec_of(command_name, std::move(name), args);
}

} // namespace stint
