/// What can be asked of the list: filters, pages, waits, explanations and pieces of output.
///
/// Threads  plain values.
/// Errors   page_too_large, invalid_cursor, invalid_filter, too_many_ids.
/// Order    pages come in the order of ids, newest or oldest first; a cursor goes on where the last page ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <stint/task.hpp>

namespace stint {

/// Which tasks; empty parts match everything, all given parts must match. An event matches when its task comes into one
/// of the `states` or leaves one, so that a subscriber to `running` hears both ends.
struct filter {
  std::vector<state> states;   ///< any of these
  std::string queue;
  std::string kind;
  std::string tag;
  std::string name_contains;   ///< not indexed: a page looks at a bounded number of records
  std::vector<task_id> ids;    ///< any of these

  friend bool operator==(const filter&, const filter&) = default;
};

enum class page_order : std::uint8_t { newest_first, oldest_first };

struct page_request {
  stint::filter filter;
  page_order order = page_order::newest_first;
  std::size_t limit = 100;
  task_id cursor = 0; ///< 0: from the beginning; else the `next` of the page before
};

struct page {
  task_version version = 0;
  std::vector<task> tasks;
  task_id next = 0; ///< 0: nothing more; else give it as `cursor`. A short page can have a next one
};

/// A piece of what a body printed.
struct output_piece {
  std::uint64_t offset = 0; ///< of the first byte of `text` in everything that was printed
  std::string text;
  std::uint64_t next = 0;   ///< where to go on
  std::uint64_t total = 0;  ///< bytes printed so far, kept or not
  std::uint64_t dropped = 0; ///< bytes between the asked offset and `offset` that are not kept
};

enum class wait_for : std::uint8_t { any, all };

struct wait_request {
  std::vector<task_id> ids;
  wait_for mode = wait_for::all;
  nanos timeout{0}; ///< 0: none
};

/// How one awaited task ended; `code` is task_deleted, unknown_task or none.
struct waited {
  task_id id = 0;
  errc code = errc::none;
  stint::task task; ///< filled when code is none
};

/// Why one of many tasks was not accepted.
struct refusal {
  std::size_t index = 0; ///< its place in the submission; its id there is 0
  error why;
};

/// Answer to a wait: the settled tasks among those asked for.
struct wait_result {
  task_version version = 0;
  bool timed_out = false;
  std::vector<waited> settled;
};

struct fence_request {
  bool scheduled_too = true; ///< wait for scheduled and retrying tasks as well
  nanos timeout{0};          ///< 0: none
};

struct fence_result {
  task_version version = 0;
  bool timed_out = false;
  task_id last = 0;        ///< the fence stands behind this id
  std::uint64_t open = 0;  ///< unsettled tasks in front of it
};

/// One task that stands in another's way, or waits for it.
struct blocker {
  task_id id = 0;
  std::string name;
  std::string key;      ///< the key on which they clash; empty: the root
  std::string mode;     ///< how the blocker holds or wants it
  bool holds = false;   ///< true: holds it; false: stands ahead in the queue
  bool stuck = false;   ///< held by a body that outlived its attempt
  bool lost = false;    ///< likewise, on a node that is out of reach: it ends with the node's lease at the latest
  nanos since{0};       ///< how long it has held or waited
};

/// Answer to `explain`.
struct explanation {
  task_version version = 0;
  task_id id = 0;
  stint::state state = state::waiting;
  wait_reason reason = wait_reason::none;
  std::string text;              ///< one sentence for people
  std::vector<blocker> waits_for;
  std::vector<blocker> holds_back; ///< who waits for this task
  std::uint64_t ahead = 0;       ///< tasks that go first for the same slots, in whatever queue, counted up to a bound
  nanos waiting_for{0};          ///< how long it has waited
};

enum class peer_role : std::uint8_t { client, node };

/// An attempt that runs on a node, or is about to: of several that travelled together the first.
struct running_there {
  task_id id = 0;
  std::uint32_t attempt = 0;
};

/// One process that is connected to a published list, or was and whose lease runs on.
struct peer_info {
  std::string name; ///< its host and process
  peer_role role = peer_role::client;
  bool linked = true; ///< false: its link broke, and what it holds stays held until its lease is over
  std::uint32_t slots = 0;
  std::vector<std::string> kinds; ///< that a node runs
  std::vector<std::string> labels; ///< that a node has
  std::vector<running_there> running;
  nanos silent{0}; ///< since its last heartbeat came
};

/// Strangers whose TLS handshake failed, for one cause.
struct refused_peers {
  std::string cause;
  std::uint64_t times = 0;
};

/// Answer to `nodes`.
struct node_list {
  task_version version = 0;
  std::vector<peer_info> peers; ///< in the order in which they came
  std::vector<refused_peers> refused; ///< since it is published, by cause
};

} // namespace stint
