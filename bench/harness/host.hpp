/// An actor system with as many scheduler threads as a question asks for, made anew for each contestant.
///
/// Owner    the contestant; everything spawned in it has ended before it goes.
/// Threads  `threads` of CAF's; an idle system's threads still look for work now and then, so none outlives its round.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <stint/stint.hpp>

#include <rivals/bare_messages.hpp>

namespace stint::bench {

class host {
public:
  explicit host(std::size_t threads = 2) : system_(prepared(threads)) {}

  [[nodiscard]] caf::actor_system& system() noexcept { return system_; }

private:
  caf::actor_system_config& prepared(std::size_t threads) {
    stint::configure(config_);
    caf_shim::register_types<caf::id_block::stint_bench>(config_);
    caf_shim::set_option(config_, "scheduler.max-threads", threads);
    return config_;
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
};

} // namespace stint::bench
