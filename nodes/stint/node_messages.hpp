/// What gateway, links, stand-ins and connectors say to each other inside one process; nobody else sends these.
///
/// Wire     local only.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <stint/crew_messages.hpp>
#include <stint/frames.hpp>

namespace stint::node_messages {

/// A stand-in has something for its node.
struct to_peer { std::uint64_t session = 0; wire::frame what{}; std::string body; };
struct node_worked { wire::worked what; };
struct node_said { wire::said what; };
struct look_at_leases {};
/// The list does not take a slot of a node.
struct not_enlisted { std::uint64_t session = 0; error why; };
/// The node of a stand-in is about to leave, or has left, in order.
struct retire { bool soon = false; };

/// A stream to a client has ended on this side, or its client's link broke.
struct ear_over { std::uint64_t session = 0; std::uint64_t number = 0; };
struct taken { std::size_t messages = 0; };
struct orphaned {};
struct forgotten {};

struct connect_now {};
struct connected { caf::actor peer; error why; };
/// Answered when the first attempt to connect has gone well or not.
struct await_link {};
struct linked { std::uint64_t epoch = 0; };
struct beat_now {};
/// The owner has had its time to answer this greeting.
struct await_welcome { std::uint64_t greeting = 0; };
/// What handshakes have failed since this was last asked: others' with us, by cause; the last one of ours, why.
struct look_at_refusals {};
struct take_refusals {};
struct refusals { std::map<std::string, std::uint64_t> times; };
struct take_trouble {};
struct trouble { std::string why; };
/// End in order: bodies first, then say so.
struct leave_now {};
/// The time of some open wait may be over.
struct look_at_time { steady_time when{}; };

} // namespace stint::node_messages

// clang-format off
#define STINT_NODE_TYPES(X)                                                                                            \
  X(to_peer) X(node_worked) X(node_said) X(look_at_leases) X(connect_now) X(connected) X(await_link)      \
  X(linked) X(beat_now) X(await_welcome) X(ear_over) X(taken) X(orphaned) X(forgotten) X(retire) X(leave_now) X(not_enlisted) \
  X(look_at_time) \
  X(look_at_refusals) X(take_refusals) X(refusals) X(take_trouble) X(trouble)
// clang-format on

CAF_BEGIN_TYPE_ID_BLOCK(stint_node, caf::first_custom_type_id + STINT_TYPE_ID_OFFSET + 450)
#define STINT_ADD_NODE(name) CAF_ADD_TYPE_ID(stint_node, (stint::node_messages::name))
STINT_NODE_TYPES(STINT_ADD_NODE)
#undef STINT_ADD_NODE
CAF_END_TYPE_ID_BLOCK(stint_node)

#define STINT_LOCAL_NODE(name) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::node_messages::name)
STINT_NODE_TYPES(STINT_LOCAL_NODE)
#undef STINT_LOCAL_NODE
