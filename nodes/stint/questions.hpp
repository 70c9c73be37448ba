/// Which questions of <stint/protocol.hpp> a client may ask from another process, their numbers and their answers.
///
/// Wire     numbers are for good; a question that is taken out leaves a hole. Not there: stop, which is the owner's own.
///          Subscriptions have frames of their own.
#pragma once

#include <boost/describe/class.hpp>

#include <stint/protocol.hpp>

/// X(number, question, answer, again): `again`, asking twice does no harm, so it is asked again after a broken link.
// clang-format off
#define STINT_QUESTIONS(X)                                                                                             \
  X(2, cancel, protocol::changed, false) X(3, cancel_matching, protocol::changed, false)                               \
  X(4, retry, protocol::submitted, false) X(5, release, protocol::changed, false)                                      \
  X(6, release_stuck, protocol::changed, false) X(7, remove, protocol::changed, false)                                 \
  X(8, clear, protocol::changed, false) X(9, get, task, true) X(10, get_many, protocol::many, true)                    \
  X(11, read_page, page, true) X(12, counts, totals, true) X(13, explain, explanation, true)                           \
  X(14, read_output, output_piece, true) X(15, read_detail, protocol::json_text, true)                                 \
  X(16, read_value, protocol::json_text, true) X(17, read_args, protocol::json_text, true)                             \
  X(18, wait, wait_result, true) X(19, fence, fence_result, false) X(20, pause, protocol::changed, true)               \
  X(21, resume, protocol::changed, true) X(22, drain, protocol::changed, true)                                         \
  X(23, limit_queue, protocol::changed, true) X(24, declare, protocol::changed, true)           \
  X(25, nodes, node_list, true)
// clang-format on

namespace stint::wire {

/// A submission goes without bodies: kinds alone can travel. Both have the same body, and are asked again.
inline constexpr std::uint32_t submit_number = 1;
inline constexpr std::uint32_t run_number = 26;
inline constexpr std::uint32_t wait_number = 18; ///< what is left of a run that was accepted

struct submit { std::vector<spec> tasks; bool as_one = false; };
BOOST_DESCRIBE_STRUCT(submit, (), (tasks, as_one))

} // namespace stint::wire
