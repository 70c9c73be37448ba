/// The list as a plain thread uses it: makes the owner and its workers, asks them, and stops them in order.
///
/// Owner    whoever declares it; it must end before its actor system does.
/// Threads  every member from any thread, except from bodies' cooperative code or actors: those use actor().
/// Errors   values; what keeps a list from starting throws start_error (not_configured, invalid_option, no_thread).
/// Units    std::chrono; a timeout of zero means none.
/// Cost     one turn of the owner per call, on the calling thread when the owner is idle: submit many at once.
/// Seed     aptly task/list.go.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <stint/context.hpp>
#include <stint/options.hpp>
#include <stint/promise.hpp>
#include <stint/protocol.hpp>
#include <stint/subscription.hpp>

namespace stint {

class list {
public:
  /// Spawns owner and workers in `system`, which must outlive this object.
  explicit list(caf::actor_system& system, options with = {});

  /// A client of an owner elsewhere: `proxy` answers <stint/protocol.hpp>, and is all that ends with this object.
  list(caf::actor_system& system, caf::actor proxy);

  /// Stops in order with the options' grace and joins every thread (see options::abandon_stuck).
  ~list();

  list(const list&) = delete;
  list& operator=(const list&) = delete;

  /// The owner, for actors: they send it the messages of <stint/protocol.hpp>.
  [[nodiscard]] caf::actor actor() const;

  // -- submit ---------------------------------------------------------------------------------------------------------
  /// Submits one task; its body is any callable, or none when the spec has a kind.
  result<task_id> submit(spec what, body run = {});
  /// Submits many in one message: all or none.
  result<protocol::submitted> submit(std::vector<submission> tasks);

  // -- change; `if_version` 0: whatever its version ---------------------------------------------------------------------
  result<protocol::changed> cancel(task_id id, task_version if_version = 0);
  result<protocol::changed> cancel_matching(filter which);
  /// Submits a finished task anew; the new one's retry_of names it.
  result<task_id> retry(task_id id, task_version if_version = 0);
  result<protocol::changed> release(task_id id, task_version if_version = 0);
  result<protocol::changed> release_stuck(task_id id, task_version if_version = 0);
  result<protocol::changed> remove(task_id id, task_version if_version = 0);
  result<protocol::changed> clear(filter which = {});

  // -- queues and keys; an empty name: the whole list -------------------------------------------------------------------
  result<protocol::changed> pause(std::string queue = {});
  result<protocol::changed> resume(std::string queue = {});
  /// Refuses new tasks, lets the others run, returns when the queue is empty; resume() reopens it.
  result<protocol::changed> drain(std::string queue = {});
  result<protocol::changed> limit_queue(std::string queue, std::uint32_t limit);
  result<protocol::changed> declare(std::string key, std::uint32_t capacity);

  // -- ask ------------------------------------------------------------------------------------------------------------
  result<task> get(task_id id) const;
  result<protocol::many> get(std::vector<task_id> ids) const;
  result<stint::page> page(page_request ask = {}) const;
  result<totals> counts() const;
  result<explanation> explain(task_id id) const;
  result<output_piece> output(task_id id, std::uint64_t offset = 0, std::size_t limit = 64 * 1024) const;
  result<std::string> detail(task_id id) const;
  result<std::string> value(task_id id) const;
  result<std::string> args(task_id id) const;
  /// Who is connected to a published list; not_published when it is none.
  result<node_list> nodes() const;

  // -- wait -----------------------------------------------------------------------------------------------------------
  /// Submits a task and waits until it has settled: one question instead of two. What cannot be waited for is not submitted,
  /// unless the list is in another process, which is asked twice.
  result<task> run(spec what, body run = {});
  /// The same with many, and for all of them.
  result<wait_result> run(std::vector<submission> tasks);
  /// Waits until a task has settled; timed_out, task_deleted and unknown_task are errors.
  result<task> wait(task_id id, nanos timeout = nanos{0}) const;
  result<wait_result> wait(std::vector<task_id> ids, wait_for mode = wait_for::all, nanos timeout = nanos{0}) const;
  /// Waits for everything submitted so far.
  result<fence_result> wait_all(nanos timeout = nanos{0}, bool scheduled_too = true) const;

  // -- listen ---------------------------------------------------------------------------------------------------------
  /// From 0: a snapshot, then every event; from another version: every event after it, or a reset.
  result<subscription> subscribe(listener ear, task_version from = 0, filter which = {});

  /// Stops: no new start, `grace` for what runs, then stop tokens. Questions are still answered afterwards.
  result<protocol::stopped> stop(nanos grace = default_stop_grace);

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace stint
