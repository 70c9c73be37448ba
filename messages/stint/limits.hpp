/// Every bound in one place, each with its reason; past a bound the caller gets a named error at once.
///
/// Owner    each list keeps its own copy; `options.limits` replaces the defaults.
/// Units    bytes, counts, or std::chrono durations.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>

#include <stint/state.hpp>
#include <stint/time.hpp>

namespace stint {

/// Bounds on finished tasks; those that ended first are deleted first, as soon as one bound is passed. 0: no such bound.
struct retention {
  /// What a person may still want to look through.
  std::size_t tasks = 10'000;
  /// Since a task's end: a day has the night's work in it when somebody comes in the morning.
  nanos age = std::chrono::hours{24};
  /// Ten thousand ordinary tasks count 4 MB. With as much args, value and output as they may have it would be 2 GB: this is
  /// as much as is kept of the output of all tasks together.
  std::size_t bytes = 256 * 1024 * 1024;

  friend bool operator==(const retention&, const retention&) = default;
};

/// No bound at all: finished tasks stay until they are deleted by hand.
inline constexpr retention keep_all{0, nanos{0}, 0};

/// What a finished task counts before its texts: its record of 128 bytes, its places in the indexes, and what an allocator
/// adds. Measured: 0.36 kB in memory.
inline constexpr std::size_t finished_task_bytes = 384;

/// Finished tasks leave memory only when they are deleted.
inline constexpr std::size_t all_in_memory = std::numeric_limits<std::size_t>::max();

struct limits {
  /// Unfinished tasks. 1,000,000 small tasks are about 400 MB: more than that is a broken producer, not a backlog.
  std::size_t pending = 1'000'000;
  /// Tasks in one submission; one message must not hold the owner for more than some 100 ms.
  std::size_t batch = 100'000;
  /// Bytes of a task's name; it is a label for people, shown in one line.
  std::size_t name = 256;
  /// Bytes of a queue name, a kind name, a tag or a label.
  std::size_t word = 128;
  /// Tags of one task. Each tag has an index, so one that no other task has is dear: a task with such a tag takes about
  /// 1.4 kB instead of 0.36 kB.
  std::size_t tags = 32;
  /// Labels of one task and of one worker. They say what a machine has, and nobody looks through more than a handful.
  std::size_t labels = 32;
  /// Different pairs of a kind and a set of labels that unfinished tasks ask for at once; picking looks at each, as it does
  /// at each queue.
  std::size_t label_sets = 1'000;
  /// Bytes of an idempotency key: room for a URL and a hash.
  std::size_t idempotency_key = 256;
  /// Bytes of args; data belongs elsewhere, args name it.
  std::size_t args = 64 * 1024;
  /// Claims of one task; the cost of a decision grows with them.
  std::size_t claims = 64;
  /// Parts of a key.
  std::size_t key_depth = 16;
  /// Bytes of a key.
  std::size_t key = 512;
  /// Keys with a declared capacity; each stays for good, so a thousand times what a machine has is a mistake.
  std::size_t declared = 10'000;
  /// Queues of a list; picking looks at the open ones.
  std::size_t queues = 1'000;
  /// Bytes of a task's output that are kept, half from its head and half from its tail.
  std::size_t output = 64 * 1024;
  /// Bytes of all kept output together; past it the text that has been silent for longest goes first.
  std::size_t output_total = 256 * 1024 * 1024;
  /// Bytes of a detail, of an outcome's value.
  std::size_t detail = 64 * 1024;
  std::size_t value = 64 * 1024;
  /// Bytes of an error text that are kept (the rest is cut, and says so).
  std::size_t error_text = 4 * 1024;
  /// Errors kept of one task, the first and the newest ones.
  std::size_t error_history = 20;
  /// Tasks on one page.
  std::size_t page = 1'000;
  /// Records that one page message looks at for a text filter before it answers a short page with a cursor.
  std::size_t scan = 20'000;
  /// Ids named in one get, wait or delete message.
  std::size_t ids = 100'000;
  /// Waits, fences, drains and stops served at once, each sort by itself.
  std::size_t waits = 100'000;
  /// Subscribers at once; each costs a buffer.
  std::size_t subscribers = 10'000;
  /// Subscriptions of one client process: a hundred dashboards, each with ten. Past it, it forgets to end them.
  std::size_t client_subscriptions = 1'000;
  /// Bytes, roughly, on their way to one subscriber in another process; past it, what comes waits as what it is in memory.
  std::size_t stream_window = 1024 * 1024;
  /// Event batches that may be on their way to one subscriber unacknowledged; past it, it is told later.
  std::size_t subscriber_credit = 1'024;
  /// Events remembered for subscribers that come back.
  std::size_t event_history = 65'536;
  /// Attempts of one task.
  std::uint32_t attempts = 1'000;
  /// The longest delay, timeout, back-off or deadline: ten years. Beyond it, it is a mistake in units.
  nanos longest = std::chrono::hours{24 * 3653};
  /// Finished tasks that are kept, with a store too.
  retention finished{};
  /// The same for single terminal states, such as failed tasks for a month: a state that is named here has these bounds of
  /// its own, and its tasks do not count in `finished`.
  std::map<state, retention> finished_of{};
  /// Finished tasks that a list with a store has in memory; those that ended before them are answered from the store, by the
  /// same questions, as soon as it has their ends. 0: none. Without a store it says nothing. A callable's task stays, since it
  /// may be retried, and so does one whose body is stuck.
  std::size_t finished_in_memory = all_in_memory;
  /// Workers of one list; each blocking body needs its thread.
  std::size_t workers = 1'024;
};

/// Questions about finished tasks in the store that may wait for it: a second's work. Past it one is refused, too_many_reads.
inline constexpr std::size_t most_reads = 10'000;
/// Tasks that are read between two commits: a millisecond, which nobody who waits for the commit notices. A page counts as
/// many as it may hold, since it looks at more.
inline constexpr std::size_t reads_at_once = 100;

/// So long at most is what a running body prints in memory only: a commit a second is nothing to a disk, and what a killed list
/// loses of it a person sees missing.
inline constexpr nanos longest_unsaved_text = std::chrono::seconds{1};

/// Ids, versions and counted bytes of a file that is imported: beyond it a reader of JSON rounds them. A million tasks a second get
/// there in 285 years.
inline constexpr std::uint64_t greatest_imported = std::uint64_t{1} << 53;
/// From the first id to the last of such a file: a list has 8 bytes of memory for 256 ids, used or not, so here half a GiB.
inline constexpr std::uint64_t farthest_imported = std::uint64_t{1} << 34;

/// Deaths after which a task is put into quarantine, and after which it runs alone in its process.
inline constexpr std::uint32_t deaths_to_quarantine = 3;
inline constexpr std::uint32_t deaths_to_run_alone = 2;

/// A beat costs a message each way, and a busy machine is easily late by this.
inline constexpr nanos least_beat = std::chrono::milliseconds{100};
/// A TLS handshake takes two round trips and some ms, behind as many others as connect at once after an owner's restart. Who
/// is silent for longer keeps a socket, and a core of his process busy on CAF 0.17.6.
inline constexpr nanos longest_handshake = std::chrono::seconds{10};
/// So long at most do claims of a lost node wait; and a sum of a moment and a lease is always a moment.
inline constexpr nanos longest_lease = std::chrono::hours{1};

/// Times a body is given after its stop token was set, and that a stop waits before it sets tokens.
inline constexpr nanos default_cancel_grace = std::chrono::seconds{5};
inline constexpr nanos default_stop_grace = std::chrono::seconds{15};

} // namespace stint
