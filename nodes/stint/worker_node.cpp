#include <stint/worker_node.hpp>

#include <caf/scoped_actor.hpp>

#include <stint/loopback.hpp>
#include <stint/node_actor.hpp>
#include <stint/validate.hpp>

namespace stint {

worker_node::worker_node(caf::actor_system& system, at where, registry kinds, std::uint32_t slots, log_fn log,
                         std::vector<std::string> labels)
    : system_(&system), env_(make_environment(std::move(log))) {
  where.host = link_address(system, where.host);
  if (slots == 0 || slots > limits{}.workers)
    throw start_error{{errc::invalid_option, std::to_string(slots) + " slots"}};
  if (auto ok = check_labels(labels, limits{}); !ok)
    throw start_error{ok.error()};
  node_ = system.spawn<node_actor>(std::move(where), std::move(kinds), std::move(labels), slots, env_);
}

worker_node::~worker_node() {
  caf::scoped_actor self{*system_};
  caf_shim::anon_tell(node_, node_messages::leave_now{});
  self->wait_for(node_);
  node_ = nullptr;
  env_->join(false);
}

} // namespace stint
