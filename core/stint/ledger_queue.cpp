#include <stint/ledger.hpp>

#include <algorithm>
#include <utility>

#include <stint/plant.hpp>
#include <stint/validate.hpp>

namespace stint {

result<std::uint32_t> ledger::known_queue(const std::string& name) const {
  const auto n = tasks_.queues.find(name);
  if (n == 0)
    return {errc::unknown_queue, "'" + name + "'"};
  return n;
}

result<task_version> ledger::pause(const std::string& queue, moment, effects& fx) {
  filter waiting;
  waiting.states = {state::waiting};
  waiting.queue = queue;
  std::uint32_t only = 0;
  if (queue.empty()) {
    if (!std::exchange(paused_, true))
      keep_setting({setting_of::list, {}, 0, true}, fx);
  } else {
    auto n = known_queue(queue);
    if (!n)
      return n.error();
    only = *n;
    if (!std::exchange(ready_.queue(only).paused, true))
      keep_queue(queue, fx);
  }
  if (!planted(plant::paused_keeps_tickets))
    tasks_.each_match(waiting, [this](task_id id) {
      withdraw(*tasks_.find(id));
      return true;
    });
  // What has not begun yet does not begin.
  for (auto& m : crew_.members())
    for (auto* l : m.has)
      if (!l->begun && !l->recalled && (only == 0 || l->queue == only)) {
        l->recalled = true;
        fx.recall.push_back({m.id, l->id, l->attempt, l->epoch});
      }
  return version_;
}

result<task_version> ledger::resume(const std::string& queue, moment, effects& fx) {
  filter waiting;
  waiting.states = {state::waiting};
  waiting.queue = queue;
  if (queue.empty()) {
    if (std::exchange(paused_, false))
      keep_setting({setting_of::list, {}, 0, false}, fx);
    draining_ = false;
  } else {
    auto n = known_queue(queue);
    if (!n)
      return n.error();
    auto& q = ready_.queue(*n);
    q.draining = false;
    if (std::exchange(q.paused, false))
      keep_queue(queue, fx);
  }
  reroute(waiting);
  return version_;
}

result<task_version> ledger::drain(const std::string& queue, moment, effects&) {
  if (queue.empty()) {
    draining_ = true; // queues to come as well
    return version_;
  }
  auto n = known_queue(queue);
  if (!n)
    return n.error();
  ready_.queue(*n).draining = true;
  return version_;
}

result<bool> ledger::drained(const std::string& queue) const {
  auto empty = [this](std::uint32_t n) {
    const auto& t = tasks_.of_queue(n);
    return t[state::scheduled] + t[state::waiting] + t[state::running] + t[state::cancelling] == 0;
  };
  bool all = true;
  if (!queue.empty()) {
    auto n = known_queue(queue);
    if (!n)
      return n.error();
    all = empty(*n);
  } else {
    for (std::uint32_t n = 1; n < tasks_.queues.size(); ++n)
      all = all && empty(n);
  }
  if (!all && over())
    return {errc::list_stopping, "what the queue still has is left to the next list"};
  return all;
}

result<task_version> ledger::limit_queue(const std::string& queue, std::uint32_t limit, moment, effects& fx) {
  if (auto ok = check_word(queue, errc::invalid_queue, "the queue name", options_.limits); !ok)
    return ok.error();
  if (tasks_.queues.find(queue) == 0 && tasks_.queues.size() > options_.limits.queues)
    return {errc::too_many_queues, "'" + queue + "'"};
  const bool is_new = tasks_.queues.find(queue) == 0; // then "no limit" is news as well: the file may know one
  if (std::exchange(ready_.queue(tasks_.add_queue(queue)).limit, limit) != limit || is_new)
    keep_queue(queue, fx);
  return version_;
}

result<task_version> ledger::declare(const std::string& key, std::uint32_t capacity, moment, effects& fx) {
  if (auto ok = check_key(key, options_.limits); !ok)
    return ok.error();
  if (!claims_.declared(key) && claims_.declared() >= options_.limits.declared)
    return {errc::too_many_declared, std::to_string(options_.limits.declared)};
  const auto before = claims_.capacity(key);
  if (auto ok = claims_.declare(key, capacity, woken_); !ok)
    return ok.error();
  if (before != capacity)
    keep_setting({setting_of::capacity, key, capacity, false}, fx);
  woken();
  return version_;
}

void ledger::keep_setting(stored_setting s, effects& fx) const {
  if (options_.stored)
    fx.settings.push_back(std::move(s));
}

void ledger::keep_queue(const std::string& name, effects& fx) const {
  const auto& q = ready_.queue(tasks_.queues.find(name));
  keep_setting({setting_of::queue, name, q.limit, q.paused}, fx);
}

void ledger::reroute(const filter& f) {
  tasks_.each_match(f, [this](task_id id) {
    if (auto& r = *tasks_.find(id); drawable(r))
      draw(r);
    return true;
  });
}

void ledger::stop(nanos grace, moment now, effects& fx) {
  if (!stopping_) {
    stopping_ = true;
    for (const auto& [id, bodies] : stuck_)
      if (holds_up_stop(id, bodies))
        left_.stuck.push_back(id);
    std::sort(left_.stuck.begin(), left_.stuck.end());
    for (auto id : left_.stuck) {
      const auto* r = tasks_.find(id);
      const auto& bodies = stuck_.at(id);
      const bool lost = std::all_of(bodies.begin(), bodies.end(), [](const auto& b) { return b.live->lost; });
      fx.warnings.push_back((lost ? "stop waits for the lease of the node that was lost with task "
                                  : "stop waits for the stuck body of task ")
                            + std::to_string(id) + (r != nullptr ? " (" + r->name + ")" : ""));
    }
    end_unstarted(now, fx);
    left_.interrupted += away_.size(); // they stay as they are, for the next list
    for (auto& m : crew_.members())
      recall(m, fx, 0, false);
  }
  if (grace <= nanos{0})
    set_tokens(now, fx);
  else
    schedule_.add(later(now, grace).steady, due_for::stop, 0, 0);
}

/// What has not started ends with the list, unless a store keeps it.
void ledger::end_unstarted(moment now, effects& fx) {
  filter unstarted;
  unstarted.states = {state::waiting, state::scheduled};
  std::vector<task_id> ids;
  tasks_.each_match(unstarted, [&](task_id id) {
    ids.push_back(id);
    return true;
  });
  left_.unstarted += ids.size();
  // From the back: who leaves last blocks nobody, so nobody is woken only to be ended.
  for (auto i = ids.rbegin(); i != ids.rend(); ++i) {
    auto& r = *tasks_.find(*i);
    if (outlives(r)) {
      withdraw(r);
      continue;
    }
    touch(r);
    r.story().error = "list stopped";
    finish(r, state::cancelled, now, fx);
  }
}

void ledger::set_tokens(moment now, effects& fx) {
  tokens_set_ = true;
  for (auto& m : crew_.members())
    for (auto* l : m.has)
      if (auto& r = *tasks_.find(l->id); r.state == state::running && r.stopping == stop_reason::none)
        ask_to_stop(r, stop_reason::drain, now, fx);
}

/// What was lost with its node a store keeps with its task for the next list; nobody has to wait for its lease.
bool ledger::holds_up_stop(task_id id, const std::vector<stuck_body>& bodies) const noexcept {
  const bool kept = options_.stored && tasks_.find(id) != nullptr;
  return std::any_of(bodies.begin(), bodies.end(), [kept](const auto& b) { return !b.live->lost || !kept; });
}

bool ledger::stopped(bool with_stuck) const noexcept {
  return stopping_ && tasks_.in(state::running).size() + tasks_.in(state::cancelling).size() == away_.size()
         && (!with_stuck || std::none_of(stuck_.begin(), stuck_.end(), [this](const auto& s) { return holds_up_stop(s.first, s.second); }));
}

stop_report ledger::left() const { return left_; }

} // namespace stint
