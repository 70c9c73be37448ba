/// The actor that has the store, on a thread of its own: commits what the list sends, and reads what is asked for.
///
///   list                     output log                 keeper (thread)
///     |-- save{batch} ----------------------------------->|  commits; while it fails, tries again
///     |-- save{batch} -------->|-- save{batch, output} -->|  the same, when there is new text
///     |-- gathered{} ------------------------------------>|  meanwhile there is more
///     |<-- saved{} ---------------------------------------|  on the disk: what depends on it may leave
///     |<-- save_trouble{why} -----------------------------|  it is not; the list refuses what is new
///     |-- fetch{ids, page} ------------------------------>|  a few are read at once, then it looks for a commit
///     |<-- fetched{tasks} --------------------------------|  after all that was told as saved
///
/// The list sends the next batch when it hears of the last, so what gathers while the disk works is one commit. When there is one, the
/// list hears of the last on this thread: the disk does not wait until another one is awake.
///
/// Owner    the list; ends after it.
/// Threads  its own, since it waits for a disk; in tests CAF's scheduler.
/// Errors   too_many_reads past `most_reads` of them; io_failed for what is to be read from a store that has to be opened again.
///          What a store throws counts as io_failed; when it is a commit, the store is closed and opened again.
///          Of a commit: told to the list once for each batch, and to the log when a trouble begins and when it has been over for 5 s.
///          stale_epoch for ever, when a store that had to be opened again is not as this list left it.
/// Durable  a batch is told as saved when the store has said so, or has it after being opened again.
#pragma once

#include <deque>
#include <future>
#include <memory>

#include <stint/crew_messages.hpp>
#include <stint/environment.hpp>
#include <stint/lent_thread.hpp>

namespace stint {

class keeper final : public caf_shim::actor_base {
public:
  keeper(caf::actor_config& cfg, std::shared_ptr<store> kept, store::opened head, std::shared_ptr<environment> env,
         std::promise<void> closed);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct open_read {
    crew_messages::fetch what;
    caf::typed_response_promise<crew_messages::fetched> whom;
    crew_messages::fetched got;
    std::size_t done = 0; ///< of its ids
  };

  /// How far a commit brings the store.
  struct told_last {
    task_version version = 0;
    task_id id = 0;
    friend bool operator==(const told_last&, const told_last&) = default;
  };

  void save();
  [[nodiscard]] std::unique_ptr<lent_thread> lend(std::size_t most);
  void read_some();
  [[nodiscard]] result<bool> read_on(open_read& r, std::size_t& room);
  [[nodiscard]] result<unit_t> try_to_save();
  [[nodiscard]] result<bool> open_again();
  void close();

  std::shared_ptr<store> store_;
  std::promise<void> let_go_; ///< kept when the store is closed for good
  store::opened head_;
  std::shared_ptr<environment> env_;
  std::optional<crew_messages::save> open_; ///< the batch in hand
  told_last last_;                          ///< of the last one that is saved
  bool gathered_ = false;                   ///< the list has more by now
  bool closed_ = false;                     ///< the store has to be opened again
  std::optional<error> taken_;              ///< what is there is not ours any more
  std::deque<open_read> reads_;
  lent_place at_lent_; ///< while the list hears of what it says on this thread
  std::uint64_t failures_ = 0;
  std::optional<std::string> told_; ///< the list knows that the batch in hand cannot be saved, for this reason
  bool trouble_ = false; ///< the log says so, until saving has gone well for a while
};

/// Spawns the keeper of a store that is open: on a thread of its own, unless the environment has none. It keeps `closed` when
/// it has closed the store; that it is down may be told before, with CAF 1.x.
caf::actor spawn_keeper(caf::actor_system& system, std::shared_ptr<store> kept, store::opened head,
                        std::shared_ptr<environment> env, std::promise<void> closed = {});

} // namespace stint
