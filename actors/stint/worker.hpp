/// An actor that has bodies run, one at a time, and whose own mailbox is always free.
///
/// 1. takes attempts from the list and gives the blocking ones to its runner
/// 2. runs cooperative bodies itself and begins asynchronous ones
/// 3. gathers what they say and tells list and output log in as few messages as it can
/// 4. gives back what has not begun; passes on the wish to stop
/// 5. goes on without a body that got stuck, and says when that returns
///
/// Owner    the list, which watches it.
/// Threads  runs on CAF's scheduler; only the runner blocks.
/// Order    attempts begin in the order of hand-over.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include <stint/crew_messages.hpp>
#include <stint/environment.hpp>

namespace stint {

struct worker_setup {
  worker_id id = 0;
  caf::actor list;
  caf::actor log;
  std::shared_ptr<environment> env;
  std::shared_ptr<runner_port> port;
  std::shared_ptr<stint::runner> runner;
  std::size_t output_room = 0;
  std::size_t detail_room = 0;
};

class worker final : public caf_shim::actor_base {
public:
  worker(caf::actor_config& cfg, worker_setup with);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void pump();
  void run_here(const attempt_ptr& a);
  void look();
  void take_notes(runner_attempt& a);
  void hear(attempt_report r);
  [[nodiscard]] attempt_ptr held(task_id id, std::uint32_t attempt) const;
  bool give_back(const attempt_ptr& a);
  void tell_list();

  worker_setup with_;
  std::deque<attempt_ptr> queue_;                     ///< not given to the runner yet
  std::unordered_map<task_id, attempt_ptr> has_;      ///< everything that is this worker's
  std::vector<attempt_ptr> stuck_;
  std::size_t in_runner_ = 0;
  attempt_ptr promised_;                              ///< an asynchronous body that owes its outcome
  std::vector<attempt_report> reports_;
};

} // namespace stint
