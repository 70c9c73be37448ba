/// What the envelopes between an owner's gateway and the links of clients and nodes have in them.
///
/// Wire     protocol 2. Frames and questions are numbered for good: new ones go to the end of their lists.
/// Units    bytes; nanoseconds.
///
///   link (client or node)              gateway
///     |-- hello{role, kinds, labels} ---->|   answers: welcome{epoch, lease} or refused{code, text}
///     |-- ask{number, what, body} ------->|   ... accepted{number, ids} of a run ... answer{number, code, text, body}
///     |-- beat{number} ------------------>|   heard{number}: the lease runs from when the beat was sent
///     |<-- start / order{stop, take_back, replace}
///     |-- worked{slot, reports} --------->|   ... settled{whom}: these ends are committed; until then they are said again
///     |-- said{slot, output, ...} ------->|
///     |-- listen{number, from, ...} ----->|   ... told{number, events, tasks, ...}; taken{number, messages}
///     |-- leave{soon} ------------------->|   it is to be given nothing more
///     |-- leave{} ----------------------->|   nothing runs here any more; ... leave{}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <stint/codec.hpp>
#include <stint/ledger.hpp>
#include <stint/runner_port.hpp>

namespace stint::wire {

inline constexpr std::uint32_t protocol_number = 2;
inline constexpr const char* protocol_name = "stint/2";

/// Bytes of text after which many attempts or reports go on in the next frame. A byte of text may take six in JSON, and the
/// last text that still goes in may be as long as args or a value may be.
inline constexpr std::size_t frame_fill = std::size_t{2} * 1024 * 1024;

enum class frame : std::uint32_t { hello = 1, welcome, refused, ask, answer, beat, heard, start, order, worked, said,
                                   listen = 12, unlisten, taken, told, leave = 20, settled, drained, accepted };
enum class role : std::uint32_t { client, node };
BOOST_DESCRIBE_ENUM(role, client, node)

/// What a node has of an owner before: it runs, or has ended unheard, which `worked` says as soon as it is welcome.
struct kept {
  std::uint32_t slot = 0;
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
  std::uint64_t fencing_token = 0;
  bool begun = false;
  wall_time began{};
  nanos ran{};
};

struct hello {
  wire::role role = role::client;
  std::string name; ///< for people: host and process
  std::vector<std::string> kinds;
  std::vector<std::string> labels;
  std::uint32_t slots = 0;
  std::uint64_t number = 0; ///< comes back with the welcome: one of an earlier link says nothing
  std::uint64_t boot = 0; ///< drawn by a node or a client when it starts: the same one is the same. 0: it does not say
  std::vector<kept> has{};
  std::vector<std::string> once{}; ///< those of its kinds that run at most once
};
/// How much output an owner lets a node have on its way: more would keep beats and outcomes waiting behind it on a slow link.
inline constexpr std::size_t output_window = std::size_t{256} * 1024;

/// `life`: another one means another owner, whose versions are other versions. `settles`: it says what it has committed.
struct welcome {
  std::uint64_t epoch = 0;
  nanos lease{};
  nanos beat{};
  std::uint64_t life = 0;
  std::uint64_t number = 0;
  bool settles = false;
  std::size_t window = 0; ///< bytes of output that may be on their way; 0: this owner does not count them
};
struct refused { errc code = errc::none; std::string text; };
/// Of these two the body goes behind the rest, as it is.
struct ask { std::uint64_t number = 0; std::uint32_t what = 0; std::string body; };
struct answer { std::uint64_t number = 0; errc code = errc::none; std::string text; std::string body; };
/// What a `run` has submitted: to be asked for by these from now on.
struct accepted { std::uint64_t number = 0; std::vector<task_id> ids; };
struct beat { std::uint64_t number = 0; };
struct leave { bool soon = false; };

struct new_attempt {
  std::uint32_t slot = 0;
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
  std::uint64_t fencing_token = 0;
  std::string name;
  std::string kind;
  std::string args;
};
struct start { std::vector<new_attempt> attempts; };

enum class order_kind : std::uint32_t { stop, take_back, replace };
BOOST_DESCRIBE_ENUM(order_kind, stop, take_back, replace)
struct order { order_kind what = order_kind::stop; std::uint32_t slot = 0; std::vector<attempt_name> whom; };

struct report {
  std::uint32_t what = 0; ///< an attempt_report::kind
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
  stint::outcome outcome;
  wall_time began{};
  nanos took{};
  std::uint64_t printed = 0; ///< bytes; of a finished one
};
struct worked { std::uint32_t slot = 0; std::vector<report> reports; };
struct settled { std::vector<attempt_name> whom; };
/// Bytes of output that have come since the last one.
struct drained { std::uint64_t bytes = 0; };
struct said {
  std::uint32_t slot = 0;
  task_id id = 0;
  std::uint32_t attempt = 0; ///< 0: the newest
  std::string output;
  std::optional<stint::progress> progress;
  std::optional<std::string> detail;
};

/// A subscriber of the link's process; `owed`: messages of an earlier link that it has not worked off.
struct listen {
  std::uint64_t number = 0;
  task_version from = 0;
  stint::filter filter;
  std::size_t credit = 0;
  bool notices = false;
  std::size_t owed = 0;
};
struct unlisten { std::uint64_t number = 0; };
struct taken { std::uint64_t number = 0; std::size_t messages = 0; };
enum class told_kind : std::uint32_t { started, refused, tasks, snapshot_end, events, notices, reset, closed };
BOOST_DESCRIBE_ENUM(told_kind, started, refused, tasks, snapshot_end, events, notices, reset, closed)
/// Events are those of (from, version]. tasks, events and notices are what `taken` counts.
struct told {
  std::uint64_t number = 0;
  told_kind what = told_kind::started;
  task_version version = 0;
  task_version from = 0;
  errc code = errc::none;
  std::string text;
  std::vector<stint::task> tasks;
  std::vector<stint::event> events;
  std::vector<stint::notice> notices;
};

BOOST_DESCRIBE_STRUCT(kept, (), (slot, id, attempt, epoch, fencing_token, begun, began, ran))
BOOST_DESCRIBE_STRUCT(hello, (), (role, name, kinds, labels, slots, number, boot, has, once))
BOOST_DESCRIBE_STRUCT(welcome, (), (epoch, lease, beat, life, number, settles, window))
BOOST_DESCRIBE_STRUCT(refused, (), (code, text))
BOOST_DESCRIBE_STRUCT(ask, (), (number, what))
BOOST_DESCRIBE_STRUCT(answer, (), (number, code, text))
BOOST_DESCRIBE_STRUCT(accepted, (), (number, ids))
BOOST_DESCRIBE_STRUCT(beat, (), (number))
BOOST_DESCRIBE_STRUCT(leave, (), (soon))
BOOST_DESCRIBE_STRUCT(new_attempt, (), (slot, id, attempt, epoch, fencing_token, name, kind, args))
BOOST_DESCRIBE_STRUCT(start, (), (attempts))
BOOST_DESCRIBE_STRUCT(order, (), (what, slot, whom))
BOOST_DESCRIBE_STRUCT(report, (), (what, id, attempt, epoch, outcome, began, took, printed))
BOOST_DESCRIBE_STRUCT(worked, (), (slot, reports))
BOOST_DESCRIBE_STRUCT(settled, (), (whom))
BOOST_DESCRIBE_STRUCT(drained, (), (bytes))
BOOST_DESCRIBE_STRUCT(said, (), (slot, id, attempt, output, progress, detail))
BOOST_DESCRIBE_STRUCT(listen, (), (number, from, filter, credit, notices, owed))
BOOST_DESCRIBE_STRUCT(unlisten, (), (number))
BOOST_DESCRIBE_STRUCT(taken, (), (number, messages))
BOOST_DESCRIBE_STRUCT(told, (), (number, what, version, from, code, text, tasks, events, notices))

} // namespace stint::wire

namespace stint {

BOOST_DESCRIBE_STRUCT(attempt_name, (), (id, attempt, epoch))

} // namespace stint
