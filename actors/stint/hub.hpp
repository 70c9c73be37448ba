/// The subscribers' hub: every event to everybody who asked, in order, without gaps, or an explicit reset.
///
/// 1. keeps the newest events, for subscribers that come back with a version
/// 2. gives a newcomer a snapshot in chunks while events go on
/// 3. sends each batch as one shared object; filtered ones leave out events but cover every version
/// 4. never waits for a slow subscriber: past its credit it is told nothing, and later what it missed; if that is
///    forgotten, it is told to reset and gets a new snapshot
/// 5. passes notices on: one message on its way at a time, until then the newest of each running task is kept
/// 6. tells a crowd in turns, each of all that happened since its last one (core's crowd.hpp)
/// 7. tells them when the list has ended, after the last event
///
/// Owner    the list; the hub watches the subscribers.
/// Threads  CAF's scheduler.
/// Cost     O(subscribers) per batch, of a crowd per 20 ms; the owner sends one message per batch, whatever their number.
///          Notices cost nothing while nobody wants them: the list looks at a set, the output log at a handle.
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
  hub(caf::actor_config& cfg, caf::actor list, caf::actor log, limits bounds)
      : actor_base(cfg), list_(std::move(list)), log_(std::move(log)), bounds_(bounds) {}

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct subscriber {
    caf::actor who;
    stint::filter filter;
    std::size_t credit = 0;
    std::size_t outstanding = 0;
    task_version told = 0; ///< versions up to here are covered
    task_version seen = 0; ///< those up to here were looked through
    bool behind = false;
    bool in_snapshot = false;
    bool asking = false;   ///< a chunk is under way
    std::uint64_t round = 0; ///< number of the snapshot: a chunk of an older one is not taken
    task_id cursor = 0;
    bool notices = false;
    std::map<task_id, std::uint32_t> running; ///< of those it wants notices of: the attempt
    std::map<task_id, notice> pending;        ///< notices; no more than tasks run
    std::size_t notice_after = 0;             ///< messages to work off until the last notices are; 0: none on its way
  };

  void attach(const crew_messages::attach& m);
  void detach(std::uint64_t number);
  void ended(const caf::actor_addr& who);
  void publish(const shared_events& batch);
  void take_turn();
  void catch_up_all();
  void catch_up(std::uint64_t number, subscriber& s);
  [[nodiscard]] bool remembers(task_version version) const;
  [[nodiscard]] std::deque<shared_events>::const_iterator first_after(task_version version) const;
  [[nodiscard]] shared_events since(task_version version);
  void pass_on(std::uint64_t number, subscriber& s, const shared_events& batch);
  void pass_on_rest(std::uint64_t number, subscriber& s);
  void make_up(std::uint64_t number, subscriber& s);
  void snapshot(std::uint64_t number, subscriber& s);
  void next_chunk(std::uint64_t number);
  void take_notice(notice& n);
  void pass_notices(std::uint64_t number, subscriber& s);
  void follow(subscriber& s, const event_batch& batch);

  caf::actor list_;
  caf::actor log_; ///< tells of output while somebody wants notices
  limits bounds_;
  std::map<std::uint64_t, subscriber> subscribers_;
  std::unordered_map<caf::actor_addr, std::set<std::uint64_t>> numbers_; ///< an actor's subscriptions
  std::deque<shared_events> recent_;
  std::size_t recent_events_ = 0;
  shared_events joined_;          ///< the last that since() had to make
  bool turn_pending_ = false;     ///< some may not have seen the newest
  std::uint64_t last_turn_ = 0;   ///< the last subscription told in it
  task_version newest_ = 0;
  std::size_t noticing_ = 0; ///< subscribers that want notices
  bool passing_ = false;     ///< a pass_notices is under way: what comes before it goes with it
};

/// The running tasks that a filter matches, for a subscriber that wants notices of them.
std::vector<running_body> running_matches(const ledger& tasks, const filter& which);

} // namespace stint
