/// What list, workers, hub and output log say to each other; nobody else sends or receives these.
///
/// Wire     local only.
///
///   list                                worker                         runner (thread)
///     |-- hand_over{attempts} ------------>|-- push(attempts) ------------->|
///     |                                    |<------------------- look{} ----|  begun, printed, finished
///     |<-- worked{reports} ----------------|   (any number in one message)
///     |-- stop_attempt / take_back ------->|   not begun: comes back as returned
///     |-- replace_runner{id} ------------->|   a stuck body: reported as freed when it returns
///     |-- heard{whom} -------------------->|   of other processes: these outcomes are committed
#pragma once

#include <optional>
#include <vector>

#include <stint/ledger.hpp>
#include <stint/protocol.hpp>
#include <stint/runner_attempt.hpp>
#include <stint/store.hpp>

namespace stint::crew_messages {

struct hand_over { std::vector<attempt_ptr> attempts; std::vector<std::string> kinds{}; }; // kinds: to other processes
struct stop_attempt { attempt_name who; };
struct take_back { std::vector<attempt_name> whom; };
struct replace_runner { attempt_name who; };
struct heard { std::vector<attempt_name> whom; };
struct look {};
struct worked { worker_id from = 0; std::vector<attempt_report> reports; };
struct noted { task_id id = 0; std::uint32_t attempt = 0; std::optional<progress> how_far; std::optional<std::string> detail; };
struct orphan_look { worker_id of = 0; };

/// A worker of another process, of which `who` is the stand-in; it ends without a reason when the worker has left in order,
/// with one when the worker is lost.
struct enlist { // enlisted
  caf::actor who;
  std::uint64_t node = 0; ///< its process, a number that all workers of it share
  nanos lease{};          ///< for so long that runs what it has without hearing of this list
  std::vector<std::string> kinds;
  std::vector<std::string> labels{};
  std::vector<kept_attempt> has{}; ///< of an owner before
  std::vector<std::string> once{}; ///< those of its kinds that run at most once
};
/// A node has joined; these it still has of an owner before.
struct node_back { std::uint64_t node = 0; nanos lease{}; std::vector<kept_attempt> has; };
struct enlisted {
  worker_id id = 0;
  std::uint64_t epoch = 0;
  caf::actor log;
  std::vector<running_body> goes_on{}; ///< of what it has
};
/// A worker ends in order as soon as what it runs has: it is given nothing more.
struct leaving { worker_id from = 0; };
/// Lost workers, by their stand-ins, cannot run anything any more: what they held is free.
struct surely_over { std::vector<caf::actor_id> whom; };
/// Their process is there again: nobody had died.
struct only_unlinked { std::vector<caf::actor_id> whom; };

/// The list is reachable through this actor, until that ends: it knows who is connected.
struct publish { caf::actor gateway; }; // may_be_found_again
/// Whether a list goes on from a store, so that what nodes run when it dies is worth keeping; and how many workers of theirs it takes.
struct may_be_found_again { bool yes = false; std::size_t room = 0; };
/// What the workers of other processes were given.
struct ask_what_runs { std::vector<caf::actor_id> whom; }; // what_runs
struct what_runs { task_version version = 0; std::vector<std::vector<running_there>> of; };

struct turn {};
struct tick { steady_time armed{}; };

struct append { task_id id = 0; std::string text; };
struct forget { std::vector<task_id> ids; };
struct let_go { std::vector<task_id> ids; }; // their text is in the store
struct printed {}; // there is text again that the store has not
struct save_text {}; // if it still has not

struct attach { std::uint64_t number = 0; protocol::subscribe ask; task_version now = 0; std::vector<running_body> running{}; };
struct detach { std::uint64_t number = 0; };
struct detached { std::uint64_t number = 0; };
struct happened { shared_events batch; };

struct noticed { notice what; };
struct pass_notices {};
struct next_turn {};
struct tell_output { caf::actor whom; };
struct close {};

struct save { std::shared_ptr<store::batch> what; caf::actor whom; };
struct saved {};
struct gathered {};
/// To oneself: the keeper's, and the list's when another thread had better do it.
struct commit_done { caf::actor whom; };
struct tell_saved {};
struct save_trouble { std::string why; std::uint64_t commit = 0; }; // 0: the keeper says so; else while that one lasts
struct save_again { std::uint64_t failures = 0; }; // that there were when it was sent

/// Tasks in the store by their ids, or a page of them, for the list; read between commits. One that is not there is left out, and
/// so is one asked for by its id that is damaged.
struct fetch { std::vector<task_id> ids; std::optional<page_request> page{}; }; // fetched
struct fetched { std::vector<stored_task> tasks; task_id next = 0; };
struct read_some {};

} // namespace stint::crew_messages

// clang-format off
#define STINT_CREW_TYPES(X)                                                                                            \
  X(hand_over) X(stop_attempt) X(take_back) X(replace_runner) X(look) X(worked) X(noted) X(orphan_look) X(turn) X(tick) \
  X(append) X(forget) X(attach) X(detach) X(detached) X(happened) X(noticed) X(pass_notices) X(next_turn) X(tell_output) X(close)   \
  X(save) X(saved) X(gathered) X(commit_done) X(tell_saved) X(save_trouble) X(save_again) X(enlist) X(enlisted) X(surely_over) X(only_unlinked) X(leaving)  \
  X(publish) X(may_be_found_again) X(ask_what_runs) X(what_runs) X(heard) X(node_back) X(fetch) X(fetched) X(read_some) X(let_go)  \
  X(printed) X(save_text)
// clang-format on

CAF_BEGIN_TYPE_ID_BLOCK(stint_crew, caf::first_custom_type_id + STINT_TYPE_ID_OFFSET + 200)
#define STINT_ADD_CREW(name) CAF_ADD_TYPE_ID(stint_crew, (stint::crew_messages::name))
STINT_CREW_TYPES(STINT_ADD_CREW)
#undef STINT_ADD_CREW
CAF_END_TYPE_ID_BLOCK(stint_crew)

#define STINT_LOCAL_CREW(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::crew_messages::name)
STINT_CREW_TYPES(STINT_LOCAL_CREW)
#undef STINT_LOCAL_CREW
