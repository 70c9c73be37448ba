#include "serve.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <poll.h>

#include <stint/command_kind.hpp>
#include <stint/list.hpp>
#include <stint/published.hpp>
#include <stint/worker_node.hpp>

#include "duration.hpp"
#include "news.hpp"

namespace stint::cli {

namespace {

/// A node stops what it runs half a beat before its lease ends, 1.5 s by default: by then a command must be gone.
constexpr nanos kill_after = std::chrono::seconds{1};

void until_told_to_end(signals& heard) {
  for (;;) {
    pollfd p{heard.descriptor(), POLLIN, 0};
    ::poll(&p, 1, -1);
    if (const int s = heard.next(); s != 0 && s != SIGWINCH)
      return;
  }
}

/// Ends the list in order, while its workers are connected: what they run ends and is no death. A second signal leaves no
/// more time for that, with a third this is the end.
void end_in_order(list& tasks, nanos grace, signals& heard) {
  news over;
  std::thread stopping{[&] {
    const auto ended = tasks.stop(grace);
    over.put(ended ? std::string{} : to_string(ended.error()));
  }};
  if (grace > nanos{0})
    say(log_level::info, "stopping, when what runs has ended; a second signal stops that at once");
  for (int signals_more = 0;;) {
    pollfd both[] = {{heard.descriptor(), POLLIN, 0}, {over.descriptor(), POLLIN, 0}};
    ::poll(both, 2, -1);
    if (const auto said = over.take(); !said.empty()) {
      if (const auto& text = std::get<std::string>(said.front()); !text.empty())
        say(log_level::error, text);
      break;
    }
    if (const int s = heard.next(); s != 0 && s != SIGWINCH) {
      if (++signals_more == 2)
        std::_Exit(128 + s);
      say(log_level::info, "what runs is stopped now; once more, and nothing is waited for");
      caf_shim::anon_tell(tasks.actor(), protocol::stop{nanos{0}, true});
    }
  }
  stopping.join();
}

nanos duration_or_throw(const std::string& text, const char* option) {
  const auto d = duration_of(text);
  if (!d)
    throw start_error{{errc::invalid_option, std::string{option} + ": '" + text + "' is no duration, such as 3s"}};
  return *d;
}

} // namespace

int serve(const serve_options& with, signals& heard) {
  const auto where = with.link.where();
  const auto grace = duration_or_throw(with.stop_grace, "--stop-grace");
  publish_options to;
  to.port = where.port;
  to.address = where.host;
  to.times = {duration_or_throw(with.beat, "--beat"), duration_or_throw(with.lease, "--lease")};
  to.log = say;
  link_config cfg{with.link};
  caf::actor_system system{cfg};
  published::check(system, to); // before a file is opened
  options opts;
  opts.only_nodes = true;
  opts.log = say;
  opts.limits.output = with.output;
  add_command(opts.kinds);
  if (!with.store.empty())
    opts.store = with.store;
  list tasks{system, std::move(opts)};
  published here{system, tasks.actor(), std::move(to)};
  std::cout << "listening on " << where.host << ":" << here.port() << std::endl;
  until_told_to_end(heard);
  end_in_order(tasks, grace, heard);
  return 0;
}

int run_worker(const worker_options& with, signals& heard) {
  const auto where = with.link.where();
  link_config cfg{with.link};
  caf::actor_system system{cfg};
  registry kinds;
  command_options commands;
  commands.policy.kill_after = kill_after;
  add_command(kinds, std::move(commands));
  worker_node node{system, where, std::move(kinds), with.slots, say, with.labels};
  until_told_to_end(heard);
  return 0;
}

} // namespace stint::cli
