// Which way a task goes to a worker: that of its kind, or one that only workers with its labels serve.
#include <stint/ledger.hpp>

namespace stint {

/// Puts a new task on its way, for as long as it is unfinished.
void ledger::set_out(record& r) {
  auto& l = *r.live;
  if (!r.extra || r.extra->labels.empty()) {
    l.route = plain_route(r.kind);
    return;
  }
  const auto before = routes_.size();
  l.route = routes_.enter(r.kind, r.extra->labels, r.id);
  if (routes_.size() != before)
    crew_.open(l.route, routes_.at(l.route));
}

void ledger::arrive(const record& r) {
  if (has_labels(r.live->route) && routes_.leave(r.live->route, r.id))
    crew_.close(r.live->route);
}

/// Calls `f` for the waiting tasks of a route, and may for others; of 0 for all that wait.
void ledger::each_waiting_on(route_id route, const std::function<void(record&)>& f) {
  if (!has_labels(route)) {
    filter waiting;
    waiting.states = {state::waiting};
    waiting.kind = tasks_.kinds.name(kind_of_plain(route));
    tasks_.each_match(waiting, [&](task_id id) {
      f(*tasks_.find(id));
      return true;
    });
    return;
  }
  id_query query;
  query.require_any({&routes_.at(route).tasks});
  query.require_any({&tasks_.in(state::waiting)});
  query.walk(1, true, [&](task_id id) {
    f(*tasks_.find(id));
    return true;
  });
}

} // namespace stint
