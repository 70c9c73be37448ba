#include <stint/step_system.hpp>

#include <stint/caf_step.hpp>
#include <stint/configure.hpp>

namespace stint::test {

namespace {

/// What the real list does with a refused declaration; a question that is never answered is one, too.
void need(const std::optional<result<protocol::changed>>& ok) {
  if (!ok)
    throw start_error{{errc::invalid_option, "the list did not answer a declaration"}};
  if (!*ok)
    throw start_error{ok->error()};
}

} // namespace

struct step_system::inside {
  caf_step step;
};

step_system::step_system(std::shared_ptr<test_environment> env)
    : env_(std::move(env)), inside_(std::make_unique<inside>()) {}

step_system::~step_system() {
  for (auto& l : lists_)
    caf::anon_send_exit(l, caf::exit_reason::user_shutdown);
  lists_.clear();
  run();
}

caf::actor_system& step_system::system() { return inside_->step.system(); }

caf::actor step_system::spawn_list(options with) {
  auto setup = set_up_list(system(), with, env_);
  setup.workers = with.only_nodes ? 0 : with.workers == 0 ? 1 : with.workers;
  auto tasks = system().spawn<list_actor>(std::move(setup));
  lists_.push_back(tasks);
  run();
  for (const auto& [key, n] : with.capacities)
    need(ask<protocol::changed>(tasks, protocol::declare{key, n}));
  for (const auto& [queue, n] : with.queue_limits)
    need(ask<protocol::changed>(tasks, protocol::limit_queue{queue, n}));
  return tasks;
}

bool step_system::step() { return inside_->step.deliver(); }
bool step_system::step(dice& order) { return inside_->step.deliver(order.roll()); }

std::size_t step_system::run() {
  std::size_t n = 0;
  while (step())
    ++n;
  return n;
}

void step_system::advance_only(nanos d) {
  env_->clock.advance(d);
  inside_->step.advance(d);
}

std::size_t step_system::advance(nanos d) {
  advance_only(d);
  return run();
}

} // namespace stint::test
