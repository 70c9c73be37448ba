#include "publish.hpp"

#include <chrono>
#include <iostream>
#include <thread>

#include <link_options.hpp>
#include <stint/published.hpp>
#include <stint/remote_list.hpp>
#include <stint/worker_node.hpp>

namespace publisher {

namespace {

using namespace std::chrono_literals;

constexpr auto between_far_looks = 100ms;

stint::cli::link_options link_of(const settings& with) { return {with.connect, with.tls, with.insecure}; }

void say(stint::log_level, const std::string& text) { std::cerr << "publish: " << text << std::endl; }

} // namespace

int publish_elsewhere(const settings& with) {
  stint::cli::link_config cfg{link_of(with)};
  caf::actor_system system{cfg};
  desk desk{with};
  stint::list tasks{system, stint::connect(system, link_of(with).where(), say)};
  // Until one that has our kinds is there, nobody knows them, and a list refuses what it does not know.
  for (bool told = false; !interrupted; std::this_thread::sleep_for(between_far_looks)) {
    const auto all = tasks.counts();
    if (all && all->workers != 0)
      break;
    if (!std::exchange(told, true))
      say(stint::log_level::info, "waits for a worker: publish --work --connect " + with.connect + " ...");
  }
  return interrupted ? 130 : publish_all(tasks, desk, with, std::chrono::system_clock::now());
}

int work_elsewhere(const settings& with) {
  stint::cli::link_config cfg{link_of(with)};
  caf::actor_system system{cfg};
  desk desk{with};
  if (auto ok = desk.read_all(); !ok) {
    say(stint::log_level::error, to_string(ok.error()));
    return 1;
  }
  stint::registry kinds;
  desk.add_kinds(kinds);
  stint::worker_node node{system, link_of(with).where(), std::move(kinds), with.workers, say};
  while (!interrupted)
    std::this_thread::sleep_for(between_far_looks);
  return 0;
}

} // namespace publisher
