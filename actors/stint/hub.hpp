/// The subscribers' hub: every event to everybody who asked, in order, without gaps, or an explicit reset.
///
/// 1. keeps the newest events, for subscribers that come back with a version
/// 2. gives a newcomer a snapshot in chunks while events go on
/// 3. sends each batch as one shared object; filtered ones leave out events but cover every version
/// 4. never waits for a slow subscriber: past its credit it is told to reset and gets a new snapshot
///
/// Owner    the list; the hub watches the subscribers.
/// Threads  CAF's scheduler.
/// Cost     O(subscribers) per batch; the owner sends one message per batch, whatever their number.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include <stint/crew_messages.hpp>
#include <stint/limits.hpp>

namespace stint {

class hub final : public caf_shim::actor_base {
public:
  hub(caf::actor_config& cfg, caf::actor list, limits bounds)
      : actor_base(cfg), list_(std::move(list)), bounds_(bounds) {}

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct subscriber {
    caf::actor who;
    stint::filter filter;
    std::size_t credit = 0;
    std::size_t outstanding = 0;
    task_version told = 0; ///< versions up to here are covered
    bool behind = false;
    bool in_snapshot = false;
    bool asking = false;   ///< a chunk is under way
    std::uint64_t round = 0; ///< number of the snapshot: a chunk of an older one is not taken
    task_id cursor = 0;
  };

  void attach(const crew_messages::attach& m);
  void detach(std::uint64_t number);
  void ended(const caf::actor_addr& who);
  void publish(const shared_events& batch);
  void pass_on(std::uint64_t number, subscriber& s, const shared_events& batch);
  void snapshot(std::uint64_t number, subscriber& s);
  void next_chunk(std::uint64_t number);

  caf::actor list_;
  limits bounds_;
  std::map<std::uint64_t, subscriber> subscribers_;
  std::unordered_map<caf::actor_addr, std::set<std::uint64_t>> numbers_; ///< an actor's subscriptions
  std::deque<shared_events> recent_;
  std::size_t recent_events_ = 0;
  task_version newest_ = 0;
};

} // namespace stint
