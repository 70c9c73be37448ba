/// What the envelopes between an owner's gateway and the links of clients and nodes have in them.
///
/// Wire     protocol 1. Frames and questions are numbered for good: new ones go to the end of their lists.
/// Units    bytes; nanoseconds.
///
///   link (client or node)              gateway
///     |-- hello{role, kinds, slots} ----->|   answers: welcome{epoch, lease} or refused{code, text}
///     |-- ask{number, what, body} ------->|   ... answer{number, code, text, body}
///     |-- beat{number} ------------------>|   heard{number}: the lease runs from when the beat was sent
///     |<-- start / order{stop, take_back, replace}
///     |-- worked{slot, reports} --------->|
///     |-- said{slot, output, ...} ------->|
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

inline constexpr std::uint32_t protocol_number = 1;
inline constexpr const char* protocol_name = "stint/1";

/// Bytes of a body. A page of a thousand tasks with all their errors has its place in it, a disk image has not.
inline constexpr std::size_t frame_limit = std::size_t{32} * 1024 * 1024;

enum class frame : std::uint32_t { hello = 1, welcome, refused, ask, answer, beat, heard, start, order, worked, said, leave = 20 };
enum class role : std::uint32_t { client, node };
BOOST_DESCRIBE_ENUM(role, client, node)

struct hello {
  wire::role role = role::client;
  std::string name; ///< for people: host and process
  std::vector<std::string> kinds;
  std::uint32_t slots = 0;
  std::uint64_t boot = 0; ///< drawn by a node when it starts: the same one is the same process
};
struct welcome { std::uint64_t epoch = 0; nanos lease{}; nanos beat{}; };
struct refused { errc code = errc::none; std::string text; };
struct ask { std::uint64_t number = 0; std::uint32_t what = 0; std::string body; };
struct answer { std::uint64_t number = 0; errc code = errc::none; std::string text; std::string body; };
struct beat { std::uint64_t number = 0; };
struct leave {};

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
};
struct worked { std::uint32_t slot = 0; std::vector<report> reports; };
struct said {
  std::uint32_t slot = 0;
  task_id id = 0;
  std::uint32_t attempt = 0; ///< 0: the newest
  std::string output;
  std::optional<stint::progress> progress;
  std::optional<std::string> detail;
};

BOOST_DESCRIBE_STRUCT(hello, (), (role, name, kinds, slots, boot))
BOOST_DESCRIBE_STRUCT(welcome, (), (epoch, lease, beat))
BOOST_DESCRIBE_STRUCT(refused, (), (code, text))
BOOST_DESCRIBE_STRUCT(ask, (), (number, what, body))
BOOST_DESCRIBE_STRUCT(answer, (), (number, code, text, body))
BOOST_DESCRIBE_STRUCT(beat, (), (number))
BOOST_DESCRIBE_STRUCT(leave, (), ())
BOOST_DESCRIBE_STRUCT(new_attempt, (), (slot, id, attempt, epoch, fencing_token, name, kind, args))
BOOST_DESCRIBE_STRUCT(start, (), (attempts))
BOOST_DESCRIBE_STRUCT(order, (), (what, slot, whom))
BOOST_DESCRIBE_STRUCT(report, (), (what, id, attempt, epoch, outcome, began, took))
BOOST_DESCRIBE_STRUCT(worked, (), (slot, reports))
BOOST_DESCRIBE_STRUCT(said, (), (slot, id, attempt, output, progress, detail))

} // namespace stint::wire

namespace stint {

BOOST_DESCRIBE_STRUCT(attempt_name, (), (id, attempt, epoch))

} // namespace stint
