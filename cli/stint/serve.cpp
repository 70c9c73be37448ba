#include "serve.hpp"

#include <csignal>
#include <cstdio>
#include <iostream>

#include <poll.h>

#include <stint/command_kind.hpp>
#include <stint/published.hpp>
#include <stint/remote_list.hpp>
#include <stint/worker_node.hpp>

#include "duration.hpp"

namespace stint::cli {

namespace {

/// CAF's threads: these processes pass messages on, bodies have threads of their own.
constexpr std::size_t scheduler_threads = 2;

struct config : caf::actor_system_config {
  explicit config(const link_options& link) {
    caf_shim::set_option(*this, "scheduler.max-threads", scheduler_threads);
    configure(*this, link.security());
  }
};

void until_told_to_end(signals& heard) {
  for (;;) {
    pollfd p{heard.descriptor(), POLLIN, 0};
    ::poll(&p, 1, -1);
    if (const int s = heard.next(); s != 0 && s != SIGWINCH)
      return;
  }
}

nanos duration_or_throw(const std::string& text, const char* option) {
  const auto d = duration_of(text);
  if (!d)
    throw start_error{{errc::invalid_option, std::string{option} + ": '" + text + "' is no duration, such as 3s"}};
  return *d;
}

void say(log_level, const std::string& text) { std::fprintf(stderr, "stint: %s\n", text.c_str()); }

} // namespace

int serve(const serve_options& with, signals& heard) {
  const auto where = with.link.where();
  const auto grace = duration_or_throw(with.stop_grace, "--stop-grace");
  config cfg{with.link};
  caf::actor_system system{cfg};
  options opts;
  opts.only_nodes = true;
  opts.log = say;
  add_command(opts.kinds);
  if (!with.store.empty())
    opts.store = with.store;
  list tasks{system, std::move(opts)};
  publish_options to;
  to.port = where.port;
  to.address = where.host;
  to.times = {duration_or_throw(with.beat, "--beat"), duration_or_throw(with.lease, "--lease")};
  to.log = say;
  published here{system, tasks.actor(), std::move(to)};
  std::cout << "listening on " << where.host << ":" << here.port() << std::endl;
  until_told_to_end(heard);
  // While the workers are connected: what they run ends in order and is no death.
  if (const auto ended = tasks.stop(grace); !ended)
    say(log_level::error, to_string(ended.error()));
  return 0;
}

int run_worker(const worker_options& with, signals& heard) {
  const auto where = with.link.where();
  config cfg{with.link};
  caf::actor_system system{cfg};
  registry kinds;
  add_command(kinds);
  worker_node node{system, where, std::move(kinds), with.slots, say};
  until_told_to_end(heard);
  return 0;
}

int run_command(const run_options& with, signals& heard) {
  const auto where = with.link.where();
  config cfg{with.link};
  caf::actor_system system{cfg};
  list tasks{system, connect(system, where, say)};
  auto id = tasks.submit(command_spec(with.name.empty() ? with.command.front() : with.name, {with.command, {}, {}}));
  if (!id) {
    say(log_level::error, to_string(id.error()));
    return 1;
  }
  std::uint64_t told = 0;
  auto print_new = [&] {
    for (;;) {
      auto piece = tasks.output(*id, told);
      if (!piece || piece->text.empty())
        return;
      std::fwrite(piece->text.data(), 1, piece->text.size(), stdout);
      std::fflush(stdout);
      told = piece->next;
    }
  };
  bool cancelled = false;
  for (;;) {
    auto done = tasks.wait(*id, std::chrono::milliseconds{200});
    print_new();
    if (done) {
      if (!done->error.empty())
        say(log_level::error, "task " + std::to_string(*id) + ": " + done->error);
      if (done->state == state::succeeded)
        return 0;
      return cancelled ? 130 : std::max(1, done->code);
    }
    if (done.code() != errc::timed_out) {
      say(log_level::error, to_string(done.error()));
      return 1;
    }
    if (const int s = heard.next(); s != 0 && s != SIGWINCH) {
      if (cancelled)
        return 130;
      cancelled = true;
      if (auto ok = tasks.cancel(*id); !ok)
        say(log_level::error, to_string(ok.error()));
    }
  }
}

} // namespace stint::cli
