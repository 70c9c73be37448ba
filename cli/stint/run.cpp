#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <poll.h>

#include <caf/scoped_actor.hpp>

#include <stint/command_kind.hpp>
#include <stint/remote_list.hpp>

#include "follower.hpp"
#include "serve.hpp"

namespace stint::cli {

namespace {

/// How long Ctrl-C waits for a list that does not answer, and how long a second one that comes before the answer.
constexpr int patience_ms = 2'000;
constexpr int little_patience_ms = 300;

void say_all(run_state& state) {
  for (const auto& item : state.said.take())
    if (const auto& text = std::get<std::string>(item); !text.empty())
      say(log_level::error, text);
}

/// Waits for the end; with a signal the task is cancelled, and with a second one, or when nobody answers, this is the end.
int until_it_ends(run_state& state, const caf::actor& follows, signals& heard) {
  bool interrupted = false;
  bool hurries = false;
  for (;;) {
    pollfd both[] = {{heard.descriptor(), POLLIN, 0}, {state.said.descriptor(), POLLIN, 0}};
    const int patience = hurries ? little_patience_ms : patience_ms;
    const int ready = ::poll(both, 2, interrupted && !state.cancelling ? patience : -1);
    say_all(state);
    if (const int code = state.code; code >= 0) {
      say_all(state); // it was put before the code
      return code;
    }
    const int s = heard.next();
    if (s != 0 && s != SIGWINCH && !std::exchange(interrupted, true)) {
      caf::anon_send_exit(follows, caf::exit_reason::user_shutdown);
      continue;
    }
    if (s != 0 && s != SIGWINCH && !state.cancelling && !std::exchange(hurries, true))
      continue;
    if ((s != 0 && s != SIGWINCH) || (ready == 0 && interrupted && !state.cancelling)) {
      if (!state.cancelling)
        say(log_level::error, "the list does not answer: " + shown_name(state.id) + " may go on");
      std::fflush(stdout);
      std::_Exit(130); // threads may wait for a list that does not answer
    }
  }
}

} // namespace

int run_command(const run_options& with, signals& heard) {
  const auto where = with.link.where();
  link_config cfg{with.link};
  caf::actor_system system{cfg};
  auto state = std::make_shared<run_state>();
  auto proxy = start_connecting(system, where, say);
  auto what = command_spec(with.name.empty() ? with.command.front() : with.name, {with.command, {}, {}});
  what.labels = with.labels;
  for (const auto& key : with.exclusive)
    what.claims.push_back(exclusive(key));
  for (const auto& key : with.shared)
    what.claims.push_back(shared(key));
  auto follows = system.spawn<follower, caf::detached>(proxy, std::move(what), state);
  const auto code = until_it_ends(*state, follows, heard);
  if (code == 130 || code == 2) {
    std::fflush(stdout);
    std::_Exit(code); // the proxy may be waiting for a list that does not answer, and connecting cannot be given up
  }
  caf::scoped_actor self{system};
  caf::anon_send_exit(proxy, caf::exit_reason::user_shutdown);
  self->wait_for(proxy);
  return code;
}

} // namespace stint::cli
