/// A package-repository publisher: real package indexes in, distributions with sums out, each publish one task.
///
/// Several requests for one distribution may come at once: each task claims what it writes, so the second waits for the
/// first and both succeed. The table shows who waits for whom. See README.md in this folder.
#include <csignal>
#include <future>
#include <iostream>
#include <thread>

#include <unistd.h>

#include <stint/stint.hpp>

#include "publish.hpp"
#include "requests.hpp"
#include "screen.hpp"
#include "settings.hpp"
#include "summary.hpp"

namespace publisher {

std::atomic<bool> interrupted = false;

namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 100ms;

/// Lets `clients` threads submit their shares at the same time, as users of a server would.
stint::result<stint::unit_t> submit_all(desk& desk, stint::list& tasks, const settings& with) {
  std::vector<std::future<stint::result<stint::unit_t>>> clients;
  for (std::uint32_t c = 0; c < with.clients; ++c)
    clients.push_back(std::async(std::launch::async, [&desk, &tasks, &with, c]() -> stint::result<stint::unit_t> {
      for (auto i = c; i < with.requests && !interrupted; i += with.clients) {
        if (auto id = desk.submit_publish(tasks, i); !id)
          return id.error();
        if ((i + 1) % with.clean_every == 0 && i + 1 < with.requests)
          if (auto id = desk.submit_clean_up(tasks, i + 1); !id)
            return id.error();
      }
      return stint::unit;
    }));
  stint::result<stint::unit_t> all = stint::unit;
  for (auto& client : clients)
    if (auto one = client.get(); !one)
      all = one;
  if (all && !interrupted)
    if (auto id = desk.submit_clean_up(tasks, with.requests); !id)
      return id.error();
  return all;
}

/// Draws until everything that was submitted has ended. Ctrl-C cancels it, in order: the table stays and shows how.
void watch(const stint::list& tasks, screen& screen, const auto& submitted, const auto& cancel) {
  bool cancelled = false;
  for (bool open = true; open;) {
    const bool all_in = submitted.wait_for(0s) == std::future_status::ready;
    if (all_in) {
      const auto fence = tasks.wait_all(between_looks);
      open = fence ? fence->timed_out : fence.code() == stint::errc::timed_out;
    } else {
      submitted.wait_for(between_looks);
    }
    if (interrupted && !cancelled) {
      cancel();
      cancelled = all_in; // what came in meanwhile is cancelled by the next round
    }
    screen.look();
  }
  screen.finish();
}

int run(const settings& with) {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  stint::caf_shim::set_option(cfg, "scheduler.max-threads", 1); // the bodies have threads of their own
  caf::actor_system system{cfg};

  desk desk{with}; // before the list, so that it outlives the tasks
  stint::options options;
  options.workers = with.workers;
  options.limits.finished = stint::keep_all; // the summary speaks of all, and a request that is repeated finds its task
  desk.add_kinds(options.kinds);
#ifdef STINT_HAS_STORE
  if (!with.store.empty())
    options.store = with.store.string();
#endif
  const stint::wall_time began = std::chrono::system_clock::now();
  stint::list tasks{system, options};
  return publish_all(tasks, desk, with, began);
}

} // namespace

int publish_all(stint::list& tasks, desk& desk, const settings& with, stint::wall_time began) {
  screen screen{tasks, std::cout, STDOUT_FILENO, with.plain};
  // In this order: when the reads are acknowledged, what the restart has decided is committed, and shown.
  stint::result<stint::unit_t> ok = stint::unit;
  if (with.connect.empty()) // workers elsewhere have read theirs
    ok = desk.submit_reads(tasks);
  if (ok)
    ok = release_kept(tasks);
  auto submitted = std::async(std::launch::async, [&] { return ok ? submit_all(desk, tasks, with) : ok; });
  watch(tasks, screen, submitted, [&tasks] { (void)tasks.cancel_matching({}); });
  ok = submitted.get();
  if (!ok)
    std::cerr << "publish: " << to_string(ok.error()) << "\n";

  const bool succeeded = summarize(tasks, {screen.elapsed(), screen.seen_waiting(), began}, with, std::cout);
  const bool whole = verify(with, !interrupted, std::cout);
  if (interrupted)
    return 130;
  return ok && succeeded && whole ? 0 : 1;
}

} // namespace publisher

int main(int argc, char** argv) {
  using namespace publisher;
  settings with;
  if (const auto code = read_settings(argc, argv, with))
    return *code;
  if (with.verify_only)
    return verify(with, false, std::cout) ? 0 : 1;
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  try {
#ifdef STINT_HAS_NODES
    if (!with.connect.empty())
      return with.work ? work_elsewhere(with) : publish_elsewhere(with);
#endif
    return run(with);
  } catch (const std::exception& e) {
    std::cerr << "publish: " << e.what() << "\n";
    return 1;
  }
}
