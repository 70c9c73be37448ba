/// A worker of another process as the simulation plays it: it can get out of reach, and its bodies run on meanwhile.
///
/// Owner    a simulation; the stand-in that the list knows dies with its life.
/// Threads  one.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <vector>

#include <sim/oracle.hpp>
#include <stint/crew_messages.hpp>

namespace stint::sim {

class sim_node {
public:
  struct attempt {
    attempt_name name;
    std::vector<claim> claims;
    bool alone = false;
  };

  caf::actor who;
  worker_id id = 0; ///< 0: not enlisted yet
  process_id process = 0;
  std::vector<std::string> labels;
  std::string wrong; ///< what it should not have been handed
  bool lost = false;
  bool leaving = false; ///< and has said so
  std::deque<attempt> queue;
  std::vector<attempt> runs; ///< the last one, behind those that are gone on without
  bool free_slot = true;

  /// Makes the stand-in, whose answers go to the list.
  static std::shared_ptr<sim_node> make(caf::actor_system& in, caf::actor list, const ledger& rules, process_id process,
                                        std::vector<std::string> labels) {
    auto n = std::make_shared<sim_node>();
    n->list_ = list;
    n->process = process;
    n->labels = std::move(labels);
    n->who = in.spawn([m = n.get(), alive = std::weak_ptr{n}, rules = &rules,
                       has = n->labels](caf::event_based_actor* self) -> caf::behavior {
      const auto reached = [m, alive] { return !alive.expired() && !m->lost; };
      // It asks itself, as a stand-in does: so it knows its number before it hears of any attempt.
      caf_shim::ask(*self, m->list_, crew_messages::enlist{caf::actor_cast<caf::actor>(self), m->process, {"far"}, has})
        .then(
          [m, alive](const crew_messages::enlisted& e) {
            if (!alive.expired())
              m->id = e.id;
          },
          [](const caf::error&) {});
      return {
        [=](const crew_messages::hand_over& h) {
          for (const auto& a : h.attempts)
            if (reached())
              m->take(a->name(), *rules);
        },
        [=](const crew_messages::stop_attempt& s) {
          if (reached())
            m->give_back(s.who);
        },
        [=](const crew_messages::take_back& t) {
          for (const auto& a : t.whom)
            if (reached())
              m->give_back(a);
        },
        [=](const crew_messages::replace_runner&) {
          if (reached())
            m->free_slot = true;
        },
        [self](const crew_messages::close&) { self->quit(); },
      };
    });
    return n;
  }

  [[nodiscard]] bool in() const { return id != 0; }
  [[nodiscard]] bool can_begin() const { return in() && free_slot && !queue.empty(); }

  attempt begin() {
    auto a = queue.front();
    queue.pop_front();
    runs.push_back(a);
    free_slot = false;
    report(a.name, attempt_report::kind::begun);
    return a;
  }
  /// Ends the body that began last, or the oldest one.
  attempt end(bool newest, outcome o, nanos took) {
    const auto i = newest ? runs.end() - 1 : runs.begin();
    const auto a = *i;
    free_slot = free_slot || i + 1 == runs.end();
    runs.erase(i);
    report(a.name, attempt_report::kind::finished, std::move(o), took);
    return a;
  }

private:
  void take(const attempt_name& name, const ledger& rules) {
    const auto* r = rules.find(name.id);
    if (r == nullptr) // it is cancelled and deleted meanwhile
      return;
    if (!has_all(labels, labels_of(*r)))
      wrong = "task " + std::to_string(name.id) + " was handed to a node without its labels";
    queue.push_back({name, claims_of(*r), r->deaths >= deaths_to_run_alone});
  }
  void give_back(const attempt_name& name) {
    if (std::erase_if(queue, [&](const auto& a) { return a.name == name; }) != 0)
      report(name, attempt_report::kind::returned);
  }
  void report(const attempt_name& name, attempt_report::kind what, outcome o = {}, nanos took = nanos{0}) {
    if (lost || !in())
      return;
    attempt_report a;
    a.what = what;
    a.id = name.id;
    a.attempt = name.attempt;
    a.epoch = name.epoch;
    a.outcome = std::move(o);
    a.took = took;
    caf_shim::anon_tell(list_, crew_messages::worked{id, {a}});
  }

  caf::actor list_;
};

} // namespace stint::sim
