/// A plain thread that runs the actors it has woken, instead of waking one of CAF's threads to do it.
///
/// A question from a thread to an idle actor costs two wake-ups of a sleeping thread, each dearer than most answers. Whoever
/// waits for the answer may as well work the mailbox off; then it costs none. The actor runs on one thread at a time as ever.
///
/// An actor that has a thread of its own lends it likewise, while its context is a lent_place.
///
/// Owner    the thread, for as long as the scope lasts; lendable actors may outlive it.
/// Threads  its own. Who finds the actor running already only enqueues, as always.
/// Order    of each mailbox, as always.
/// Cost     bounded: after some messages of one actor the rest is left to CAF's threads.
#pragma once

#include <cstddef>
#include <vector>

#include <stint/caf.hpp>

namespace stint {

/// Where an actor runs on a lent thread: a part of it, since CAF remembers the place for longer than the thread may last.
/// Whom it wakes runs on the same thread.
class lent_place final : public caf_shim::running_place {
public:
  explicit lent_place(caf::actor_system& system) : running_place(&system), system_(system) {}

private:
  void ready(caf::resumable* who) override;

  caf::actor_system& system_;
};

/// An actor that may run on a lent thread: it runs no code of others there that may take its time.
class lendable_actor : public caf_shim::actor_base {
public:
  explicit lendable_actor(caf::actor_config& cfg) : actor_base(cfg), at_lent_{home_system()} {}

protected:
  /// On a lent thread: has CAF's threads go on after this message, which has left one for them. Returns false elsewhere.
  bool leave_lent_thread() {
    leaves_ = context() == &at_lent_;
    return leaves_;
  }

private:
  friend class lent_thread;

  lent_place at_lent_;
  bool leaves_ = false;
};

class lent_thread final : public caf_shim::running_place {
public:
  /// `most` messages of each actor; the rest is left to CAF's threads.
  explicit lent_thread(std::size_t most = 32);
  /// Runs what has not run yet.
  ~lent_thread() override;

  lent_thread(const lent_thread&) = delete;
  lent_thread& operator=(const lent_thread&) = delete;

  /// Runs the lendable actors that are ready, and those that they make ready, till there are none.
  void run();

  /// The innermost of the calling thread, or null.
  [[nodiscard]] static lent_thread* here() noexcept;

private:
  friend class lent_place;

  void ready(caf::resumable* who) override;
  [[nodiscard]] bool work_off(lendable_actor& who) const;

  std::size_t most_;
  lent_thread* outer_;
  std::vector<lendable_actor*> ready_; ///< in the order in which they became it, each with a reference
};

} // namespace stint
