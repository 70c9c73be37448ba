/// An actor that has bodies run, one at a time, and whose own mailbox is always free.
///
/// 1. takes attempts from the list and gives the blocking ones to its runner
/// 2. runs cooperative bodies itself and begins asynchronous ones
/// 3. gathers what they say and tells list and output log in as few messages as it can
/// 4. gives back what has not begun; passes on the wish to stop
/// 5. goes on without a body that got stuck
///
/// Owner    the list, which watches it.
/// Threads  CAF's scheduler, or a lent thread, which runs no bodies here; only the runner blocks.
/// Order    attempts begin in the order of hand-over.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include <stint/crew_messages.hpp>
#include <stint/environment.hpp>
#include <stint/lent_thread.hpp>

namespace stint {

struct worker_setup {
  worker_id id = 0;
  caf::actor list;
  caf::actor log;
  std::shared_ptr<environment> env;
  std::shared_ptr<runner_port> port;
  std::shared_ptr<stint::runner> runner;
};

class worker final : public lendable_actor {
public:
  worker(caf::actor_config& cfg, worker_setup with);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void take(std::vector<attempt_ptr>& fresh);
  void go_on();
  bool pump();
  void run_here(attempt_ptr a, moment& clock);
  void begin_here(const attempt_ptr& a);
  void gather();
  void tell_notes(attempt_notes& n);
  void hear(attempt_report& r);
  void stop_one(const attempt_name& who);
  bool give_back(const attempt_name& who);
  void go_without(const attempt_name& who);
  void tell_list();

  worker_setup with_;
  std::deque<attempt_ptr> queue_;    ///< not given to the runner yet
  std::size_t in_runner_ = 0;        ///< given to it and not heard of again
  std::vector<attempt_name> stuck_;  ///< gone on without; they do not count in in_runner_
  attempt_ptr promised_;             ///< an asynchronous body that owes its outcome
  stint::steady_time promised_at_{};
  std::vector<attempt_report> reports_;
};

} // namespace stint
