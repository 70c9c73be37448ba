/// What a list actor is made of: its options in the form that it needs, and what its store kept.
///
/// Owner    the list actor; made by whoever spawns it.
/// Threads  the caller's; reading a store may take a while.
/// Errors   start_error: what keeps the store from being opened or read.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <stint/ledger.hpp>
#include <stint/options.hpp>

namespace stint {

struct list_setup {
  ledger_options rules;
  registry kinds;
  std::shared_ptr<environment> env;
  std::size_t workers = 1;
  std::vector<std::string> labels{}; ///< of these workers
  std::vector<std::pair<std::string, std::uint32_t>> capacities{};   ///< declared before anything is restored
  std::vector<std::pair<std::string, std::uint32_t>> queue_limits{}; ///< in force before anything is restored

  // -- with a store
  caf::actor keeper{}; ///< has the store
  std::shared_future<void> closed{}; ///< when it has closed that
  store::opened head{};
  std::vector<stored_setting> settings{};                     ///< in force again where options say nothing
  std::vector<stored_task> tasks{};                           ///< in the order of their ids
  struct outside_ones {
    std::vector<std::pair<outside_task, std::uint32_t>> tasks{}; ///< finished ones beyond the window, with numbers of `queues`
    std::vector<std::string> queues{};
    struct key {
      std::string text;
      task_id id = 0;
      std::uint64_t fingerprint = 0;
    };
    std::vector<key> keys{};
  };
  outside_ones outside{};                                     ///< in the order of their ids
  std::vector<std::pair<task_id, std::uint64_t>> printed{};   ///< how much each unfinished task has printed
};

/// Makes the setup of a list; with a store, opens it, reads it and spawns its keeper.
list_setup set_up_list(caf::actor_system& system, const options& with, std::shared_ptr<environment> env);

} // namespace stint
