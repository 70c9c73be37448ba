#include <stint/step_system.hpp>

#include <stint/caf_step.hpp>
#include <stint/configure.hpp>

namespace stint::test {

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
  list_setup setup;
  setup.rules.limits = with.limits;
  setup.rules.cancel_grace = with.cancel_grace;
  setup.rules.free_stuck = with.free_stuck;
  setup.rules.seed = env_->seed();
  setup.kinds = with.kinds;
  setup.env = env_;
  setup.workers = with.workers == 0 ? 1 : with.workers;
  lists_.push_back(system().spawn<list_actor>(std::move(setup)));
  run();
  return lists_.back();
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
