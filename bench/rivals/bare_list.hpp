/// A bare list actor: four messages a task, a hash map, no features. The floor of the framework.
///
/// Owner    a bench spawns it in its own actor system and ends it with an exit message.
/// Threads  CAF's scheduler; its workers too, or a thread each when they are detached (what blocking bodies need).
/// Order    tasks go to the workers in turn, at once: nothing waits at the list.
/// Cost     four messages and one hash look-up at submission, one at the end.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include <rivals/bare_messages.hpp>

namespace stint::bench {

/// Runs a body for each message.
class bare_worker final : public caf_shim::actor_base {
public:
  bare_worker(caf::actor_config& cfg, caf::actor list);
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  caf::actor list_;
};

class bare_list final : public caf_shim::actor_base {
public:
  bare_list(caf::actor_config& cfg, std::size_t workers, bool detached);
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct entry : rival_record {
    caf::actor client;
  };

  std::unordered_map<std::uint64_t, entry> tasks_;
  std::vector<caf::actor> workers_;
  std::size_t wanted_;
  bool detached_;
  std::uint64_t last_ = 0;
};

} // namespace stint::bench
