/// What the structs of an export consist of: `each_field(object, f)` calls `f(name, member)` for each member.
///
/// Threads  pure functions.
/// Wire     the names and the order of an export's fields; format 1.
#pragma once

#include <concepts>
#include <type_traits>

#include <stint/sqlite_transfer.hpp>

// The namespace of the structs, where whoever converts them looks for it.
namespace stint {

template <class C, class F>
  requires std::same_as<std::remove_const_t<C>, claim>
void each_field(C& c, F&& f) {
  f("key", c.key);
  f("mode", c.mode);
  f("units", c.units);
}
template <class R, class F>
  requires std::same_as<std::remove_const_t<R>, retry_policy>
void each_field(R& r, F&& f) {
  f("max_attempts", r.max_attempts);
  f("backoff_ns", r.backoff);
  f("factor", r.factor);
  f("max_backoff_ns", r.max_backoff);
  f("jitter", r.jitter);
}
template <class E, class F>
  requires std::same_as<std::remove_const_t<E>, attempt_error>
void each_field(E& e, F&& f) {
  f("attempt", e.attempt);
  f("when_ns", e.when);
  f("text", e.text);
}
template <class L, class F>
  requires std::same_as<std::remove_const_t<L>, lost_attempt>
void each_field(L& l, F&& f) {
  f("attempt", l.attempt);
  f("lease_ns", l.lease);
}
template <class P, class F>
  requires std::same_as<std::remove_const_t<P>, progress>
void each_field(P& p, F&& f) {
  f("done", p.done);
  f("total", p.total);
  f("text", p.text);
}

template <class P, class F>
  requires std::same_as<std::remove_const_t<P>, stored_text>
void each_field(P& p, F&& f) {
  f("at", p.offset);
  f("text", p.text);
}

/// The order is that of the line; `id` comes first.
template <class T, class F>
  requires std::same_as<std::remove_const_t<T>, transfer_task>
void each_field(T& one, F&& f) {
  auto& t = one.task;
  f("id", t.id);
  f("version", t.version);
  f("name", t.what.name);
  f("state", t.state);
  f("kind", t.what.kind);
  f("args", t.what.args);
  f("claims", t.what.claims);
  f("queue", t.what.queue);
  f("priority", t.what.priority);
  f("idempotency_key", t.what.idempotency_key);
  f("timeout_ns", t.what.timeout);
  f("start_within_ns", t.what.start_within);
  f("run_at_ns", t.what.run_at);
  f("delay_ns", t.what.delay);
  f("retry", t.what.retry);
  f("tags", t.what.tags);
  f("labels", t.what.labels);
  f("callable", t.callable);
  f("at_most_once", t.at_most_once);
  f("fingerprint", t.fingerprint);
  f("rank", t.rank);
  f("attempt", t.attempt);
  f("charged", t.charged);
  f("deaths", t.deaths);
  f("fence", t.fence);
  f("code", t.code);
  f("error", t.error);
  f("errors", t.errors);
  f("value", t.value);
  f("detail", t.detail);
  f("progress", t.progress);
  f("retry_of", t.retry_of);
  f("submitted_ns", t.submitted);
  f("due_ns", t.due);
  f("started_ns", t.started);
  f("ended_ns", t.ended);
  f("output_bytes", t.printed);
  f("node", t.away.node);
  f("node_epoch", t.away.epoch);
  f("node_lease_ns", t.away.lease);
  f("lost", t.lost);
  f("printed", one.printed);
  f("output", one.output);
}

template <class H, class F>
  requires std::same_as<std::remove_const_t<H>, transfer_head>
void each_field(H& h, F&& f) {
  f("version", h.at.version);
  f("last_id", h.at.last_id);
  f("epoch", h.at.epoch);
  f("tasks", h.tasks);
  f("settings", h.settings);
}

template <class S, class F>
  requires std::same_as<std::remove_const_t<S>, stored_setting>
void each_field(S& s, F&& f) {
  f("of", s.of);
  f("name", s.name);
  f("number", s.number);
  f("paused", s.paused);
}

} // namespace stint
