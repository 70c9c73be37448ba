/// Workers in this process for a list in another one: they run registered kinds.
///
/// Owner    whoever declares it; it must end before its actor system does. Its end tells what runs to stop and joins;
///          for what has ended it waits until the list has it, a lease at most.
/// Threads  construct and destroy it on a plain thread; each slot has a thread.
/// Errors   start_error for wrong options. A list that is not there is looked for until it is.
/// Units    see lease_times; the owner says which.
/// Example  stint::registry kinds;
///          stint::add_command(kinds);
///          stint::worker_node node{system, {"build.example", 7100}, kinds, 4};
///          stint::worker_node card{system, {"build.example", 7100}, kinds, 1, {}, {"gpu"}};
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stint/at.hpp>
#include <stint/body.hpp>
#include <stint/environment.hpp>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

namespace stint {

class worker_node {
public:
  /// `labels`: what its slots have, such as "gpu"; tasks may ask for it.
  worker_node(caf::actor_system& system, at where, registry kinds, std::uint32_t slots, log_fn log = {},
              std::vector<std::string> labels = {});
  ~worker_node();
  worker_node(const worker_node&) = delete;
  worker_node& operator=(const worker_node&) = delete;

private:
  caf::actor_system* system_;
  std::shared_ptr<environment> env_;
  caf::actor node_;
};

} // namespace stint
