/// How a list is set up; every option has a default that an application can start with.
///
/// Owner    copied by the list.
/// Errors   start_error(invalid_option) from the list's constructor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <stint/body.hpp>
#include <stint/environment.hpp>
#include <stint/limits.hpp>
#include <stint/store_choice.hpp>

namespace stint {

struct options {
  std::size_t workers = 0;                       ///< bodies that may run at once; 0: one for each core
  bool only_nodes = false;                       ///< no workers here: all work goes to worker nodes (stint::nodes)
  registry kinds{};                              ///< what can be submitted by name
  std::vector<std::string> labels{};             ///< what the workers here have, such as "gpu"; tasks may ask for it
  store_choice store{};                          ///< none: in memory; a file's name: there, and it goes on after a crash
  stint::limits limits{};                        ///< see <stint/limits.hpp>
  nanos cancel_grace = default_cancel_grace;     ///< from the stop token to "stuck"
  nanos stop_grace = default_stop_grace;         ///< how long ~list lets running tasks go on
  bool abandon_stuck = false;                    ///< at the end, leave threads of stuck bodies behind; else wait for them
  bool free_stuck = false;                       ///< free a stuck body's claims at once (counted as an overlap)
  std::vector<std::pair<std::string, std::uint32_t>> capacities{};   ///< counted keys; wins over the store
  std::vector<std::pair<std::string, std::uint32_t>> queue_limits{}; ///< tasks of a queue that may run at once; wins over the store
  log_fn log{};                                  ///< warnings go here; empty: to stderr
  std::shared_ptr<stint::environment> environment{}; ///< for tests; empty: the machine's clocks and threads
};

} // namespace stint
