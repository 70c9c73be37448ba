/// Every message the list understands, and its answer.
///
/// Owner    messages are values; a body inside one is shared.
/// Threads  send them from any actor; plain threads use stint::list.
/// Errors   a refused request is answered with a caf::error whose code is a stint::errc; from_caf() reads it back.
/// Wire     local only: none of these may be sent to an actor of another process.
///
///   asker                          list
///     |-- submit{...} -------------->|   answers: submitted{ids, version}
///     |-- wait{ids, mode} ---------->|   ... answers when they settle: wait_result
///     |-- get{id} ------------------>|   answers: task
///     |-- cancel{id, if_version} --->|   answers: changed{version, count}
///     |-- subscribe{who, from} ----->|   answers: subscribed{number}; `who` gets snapshot, events, notices, reset, closed
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <caf/actor.hpp>
#include <stint/body.hpp>
#include <stint/caf.hpp>
#include <stint/error.hpp>
#include <stint/event.hpp>
#include <stint/query.hpp>

namespace stint::protocol {

// -- requests, and in the comment their answers ---------------------------------------------------------------------------

/// `as_one`: the first task's idempotency key stands for all of them, and no other has one. Repeated, it gives the same ids.
struct submit { std::vector<submission> tasks; bool as_one = false; }; // submitted
struct submitted { std::vector<task_id> ids; task_version version = 0; };
/// Many that stand each for itself: one that is refused refuses no other.
struct submit_each { std::vector<submission> tasks; };                      // submitted_each
/// `room`: the submission's, to be used again; what is in it is void.
struct submitted_each { std::vector<task_id> ids; std::vector<refusal> refusals; task_version version = 0; std::vector<submission> room; };
struct cancel { task_id id = 0; task_version if_version = 0; };             // changed
struct cancel_matching { stint::filter filter; };                           // changed
struct retry { task_id id = 0; task_version if_version = 0; };              // submitted
struct release { task_id id = 0; task_version if_version = 0; };            // changed
struct release_stuck { task_id id = 0; task_version if_version = 0; };      // changed
struct remove { task_id id = 0; task_version if_version = 0; };             // changed
struct clear { stint::filter filter; };                                     // changed
struct changed { task_version version = 0; std::uint64_t count = 0; };

struct get { task_id id = 0; };                                             // task
struct get_many { std::vector<task_id> ids; };                              // many
struct many { task_version version = 0; std::vector<waited> tasks; };
struct read_page { page_request ask; };                                     // page
struct counts {};                                                           // totals
struct explain { task_id id = 0; };                                         // explanation
struct read_output { task_id id = 0; std::uint64_t offset = 0; std::size_t limit = 64 * 1024; }; // output_piece
struct read_detail { task_id id = 0; };                                     // json_text
struct read_value { task_id id = 0; };                                      // json_text
struct read_args { task_id id = 0; };                                       // json_text
struct json_text { std::string text; };
struct wait { wait_request ask; };                                          // wait_result
struct run { std::vector<submission> tasks; bool as_one = false; };         // wait_result: submit, then wait for all
struct fence { fence_request ask; };                                        // fence_result

struct pause { std::string queue; };                                        // changed; an empty name: the whole list
struct resume { std::string queue; };                                       // changed
struct drain { std::string queue; };                                        // changed, when the queue is empty
struct limit_queue { std::string queue; std::uint32_t limit = 0; };         // changed
struct declare { std::string key; std::uint32_t capacity = 0; };            // changed
struct nodes {};                                                            // node_list; not_published
struct stop { nanos grace = default_stop_grace; bool wait_for_stuck = true; }; // stopped
struct stopped { std::uint64_t finished = 0, interrupted = 0, unstarted = 0; std::vector<task_id> stuck; };

// -- subscriptions ------------------------------------------------------------------------------------------------------

/// From version 0: a snapshot, then every event. From another: every event after it, or a reset and a snapshot.
struct subscribe {                                                          // subscribed
  caf::actor who;
  task_version from = 0;
  stint::filter filter;
  std::size_t credit = 256;
  bool notices = false; ///< progress, detail and output of running tasks that match, too
};
struct subscribed { std::uint64_t number = 0; task_version version = 0; };
struct unsubscribe { std::uint64_t number = 0; };                           // changed
/// The subscriber has worked off so many messages of snapshot, events and notices, and can take as many more.
struct credit { std::uint64_t number = 0; std::size_t messages = 1; };

/// Told to a subscriber; ignore events that a record already contains (event.version <= task.version).
struct snapshot { std::uint64_t number = 0; std::vector<task> tasks; };
struct snapshot_end { std::uint64_t number = 0; task_version version = 0; };
struct events { std::uint64_t number = 0; shared_events batch; };
/// At most one is on its way to a subscriber; meanwhile the newest of each task is kept. Costs no event its place.
struct notices { std::uint64_t number = 0; shared_notices batch; };
/// Forget what you know: events were missed. A snapshot follows.
struct reset { std::uint64_t number = 0; std::string why; };
/// The last word, after every event: the list has ended, or its store is damaged and a snapshot of it cannot be read.
struct closed { std::uint64_t number = 0; };

} // namespace stint::protocol

namespace stint {

/// Wraps an error for CAF.
caf::error to_caf(const error& e);

/// Reads an error back; CAF's own errors mean that the list has gone.
error from_caf(const caf::error& e);

} // namespace stint

namespace stint {

/// Lets CAF 1.x carry a code; 0.17 has its own way and never asks.
template <class Inspector>
bool inspect(Inspector& f, errc& code) {
  return f.apply([&code] { return static_cast<std::uint8_t>(code); },
                 [&code](std::uint8_t number) {
                   if (number > static_cast<std::uint8_t>(last_errc))
                     return false;
                   code = static_cast<errc>(number);
                   return true;
                 });
}

} // namespace stint

/// Types are numbered from here; an application that needs these numbers itself defines the offset for all its files.
#ifndef STINT_TYPE_ID_OFFSET
#  define STINT_TYPE_ID_OFFSET 7000
#endif

// clang-format off
#define STINT_PROTOCOL_TYPES(X)                                                                                        \
  X(submit) X(submitted) X(cancel) X(cancel_matching) X(retry) X(release) X(release_stuck) X(remove) X(clear)          \
  X(changed) X(get) X(get_many) X(many) X(read_page) X(counts) X(explain) X(read_output) X(read_detail) X(read_value)  \
  X(read_args) X(json_text) X(wait) X(run) X(fence) X(pause) X(resume) X(drain) X(limit_queue) X(declare) X(stop) X(stopped)  \
  X(subscribe) X(subscribed) X(unsubscribe) X(credit) X(snapshot) X(snapshot_end) X(events) X(reset)  \
  X(notices) X(closed) X(nodes) X(submit_each) X(submitted_each)
#define STINT_ANSWER_TYPES(X)                                                                                          \
  X(task) X(page) X(totals) X(explanation) X(output_piece) X(wait_result) X(fence_result) X(node_list)
// clang-format on

CAF_BEGIN_TYPE_ID_BLOCK(stint, caf::first_custom_type_id + STINT_TYPE_ID_OFFSET)
CAF_ADD_TYPE_ID(stint, (stint::errc))
#define STINT_ADD_PROTOCOL(name) CAF_ADD_TYPE_ID(stint, (stint::protocol::name))
#define STINT_ADD_ANSWER(name) CAF_ADD_TYPE_ID(stint, (stint::name))
STINT_PROTOCOL_TYPES(STINT_ADD_PROTOCOL)
STINT_ANSWER_TYPES(STINT_ADD_ANSWER)
#undef STINT_ADD_PROTOCOL
#undef STINT_ADD_ANSWER
CAF_END_TYPE_ID_BLOCK(stint)

#define STINT_LOCAL_PROTOCOL(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::protocol::name)
#define STINT_LOCAL_ANSWER(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::name)
STINT_PROTOCOL_TYPES(STINT_LOCAL_PROTOCOL)
STINT_ANSWER_TYPES(STINT_LOCAL_ANSWER)
#undef STINT_LOCAL_PROTOCOL
#undef STINT_LOCAL_ANSWER

STINT_ERROR_ENUM(stint::errc, "stint")
