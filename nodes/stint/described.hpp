/// Names the members of what crosses a socket, for the codec.
///
/// Threads  constants only.
/// Wire     members go by their names: one that a peer does not know is passed over, one that it does not send keeps its
///          default. What has its default is not sent. So members may be added, and neither their meaning nor their default
///          ever changes. Enums are numbers, of those named here.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <stint/protocol.hpp>

namespace stint {

BOOST_DESCRIBE_ENUM(claim_mode, exclusive, shared, units)
BOOST_DESCRIBE_ENUM(outcome_kind, succeeded, failed, cancelled, snoozed)
BOOST_DESCRIBE_ENUM(state, scheduled, waiting, running, cancelling, succeeded, failed, cancelled, expired, quarantined)
BOOST_DESCRIBE_ENUM(stop_reason, none, cancel, timeout, drain)
BOOST_DESCRIBE_ENUM(wait_reason, none, claims, capacity, limit, paused, no_worker, alone)
BOOST_DESCRIBE_ENUM(page_order, newest_first, oldest_first)
BOOST_DESCRIBE_ENUM(wait_for, any, all)
BOOST_DESCRIBE_ENUM(peer_role, client, node)

BOOST_DESCRIBE_STRUCT(claim, (), (key, mode, units))
BOOST_DESCRIBE_STRUCT(retry_policy, (), (max_attempts, backoff, factor, max_backoff, jitter))
BOOST_DESCRIBE_STRUCT(spec, (), (name, kind, args, claims, queue, priority, idempotency_key, timeout, start_within, run_at,
                                 delay, retry, tags, labels))
BOOST_DESCRIBE_STRUCT(outcome, (), (kind, code, value, error, retry, snooze, until))
BOOST_DESCRIBE_STRUCT(progress, (), (done, total, text))
BOOST_DESCRIBE_STRUCT(attempt_error, (), (attempt, when, text))
BOOST_DESCRIBE_STRUCT(task, (), (id, version, name, kind, queue, claims, tags, state, reason, stopping, begun, stuck,
                                 priority, attempt, charged, max_attempts, deaths, fencing_token, code, error, errors,
                                 progress, retry_of, submitted, due, started, ended, labels))
BOOST_DESCRIBE_STRUCT(tally, (), (by_state))
BOOST_DESCRIBE_STRUCT(queue_info, (), (name, limit, paused, draining, tasks))
BOOST_DESCRIBE_STRUCT(totals, (), (version, tasks, queues, submitted, deleted, stale, overlaps, stuck, workers))
BOOST_DESCRIBE_STRUCT(filter, (), (states, queue, kind, tag, name_contains, ids))
BOOST_DESCRIBE_STRUCT(page_request, (), (filter, order, limit, cursor))
BOOST_DESCRIBE_STRUCT(page, (), (version, tasks, next))
BOOST_DESCRIBE_STRUCT(output_piece, (), (offset, text, next, total, dropped))
BOOST_DESCRIBE_STRUCT(wait_request, (), (ids, mode, timeout))
BOOST_DESCRIBE_STRUCT(waited, (), (id, code, task))
BOOST_DESCRIBE_STRUCT(wait_result, (), (version, timed_out, settled))
BOOST_DESCRIBE_STRUCT(fence_request, (), (scheduled_too, timeout))
BOOST_DESCRIBE_STRUCT(fence_result, (), (version, timed_out, last, open))
BOOST_DESCRIBE_STRUCT(blocker, (), (id, name, key, mode, holds, stuck, lost, since))
BOOST_DESCRIBE_STRUCT(explanation, (), (version, id, state, reason, text, waits_for, holds_back, ahead, waiting_for))
BOOST_DESCRIBE_STRUCT(event, (), (version, id, created, deleted, from, to, stopping, attempt, code, when, name, queue, kind,
                                  tags, error))
BOOST_DESCRIBE_STRUCT(notice, (), (id, attempt, progress, detail, output))
BOOST_DESCRIBE_STRUCT(running_there, (), (id, attempt))
BOOST_DESCRIBE_STRUCT(peer_info, (), (name, role, linked, slots, kinds, labels, running, silent))
BOOST_DESCRIBE_STRUCT(refused_peers, (), (cause, times))
BOOST_DESCRIBE_STRUCT(node_list, (), (version, peers, refused))

} // namespace stint

namespace stint::protocol {

BOOST_DESCRIBE_STRUCT(submitted, (), (ids, version))
BOOST_DESCRIBE_STRUCT(cancel, (), (id, if_version))
BOOST_DESCRIBE_STRUCT(cancel_matching, (), (filter))
BOOST_DESCRIBE_STRUCT(retry, (), (id, if_version))
BOOST_DESCRIBE_STRUCT(release, (), (id, if_version))
BOOST_DESCRIBE_STRUCT(release_stuck, (), (id, if_version))
BOOST_DESCRIBE_STRUCT(remove, (), (id, if_version))
BOOST_DESCRIBE_STRUCT(clear, (), (filter))
BOOST_DESCRIBE_STRUCT(changed, (), (version, count))
BOOST_DESCRIBE_STRUCT(get, (), (id))
BOOST_DESCRIBE_STRUCT(get_many, (), (ids))
BOOST_DESCRIBE_STRUCT(many, (), (version, tasks))
BOOST_DESCRIBE_STRUCT(read_page, (), (ask))
BOOST_DESCRIBE_STRUCT(counts, (), ())
BOOST_DESCRIBE_STRUCT(explain, (), (id))
BOOST_DESCRIBE_STRUCT(read_output, (), (id, offset, limit))
BOOST_DESCRIBE_STRUCT(read_detail, (), (id))
BOOST_DESCRIBE_STRUCT(read_value, (), (id))
BOOST_DESCRIBE_STRUCT(read_args, (), (id))
BOOST_DESCRIBE_STRUCT(json_text, (), (text))
BOOST_DESCRIBE_STRUCT(wait, (), (ask))
BOOST_DESCRIBE_STRUCT(fence, (), (ask))
BOOST_DESCRIBE_STRUCT(pause, (), (queue))
BOOST_DESCRIBE_STRUCT(resume, (), (queue))
BOOST_DESCRIBE_STRUCT(drain, (), (queue))
BOOST_DESCRIBE_STRUCT(limit_queue, (), (queue, limit))
BOOST_DESCRIBE_STRUCT(declare, (), (key, capacity))
BOOST_DESCRIBE_STRUCT(nodes, (), ())

} // namespace stint::protocol
