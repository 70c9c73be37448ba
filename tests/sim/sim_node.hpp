/// A worker of another process as the simulation plays it: it can get out of reach, and its bodies run on meanwhile.
///
/// It outlives its list, looks for the next one, and stops by itself when its lease is over. What it and its list say to each
/// other arrives late, and what was not acknowledged is said twice.
///
/// Owner    a simulation; the stand-in that the list knows dies with its life.
/// Threads  one.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <sim/oracle.hpp>
#include <sim/sim_link.hpp>
#include <stint/crew_messages.hpp>
#include <stint/environment.hpp>

namespace stint::sim {

class sim_node {
public:
  struct attempt {
    attempt_name name;
    std::vector<claim> claims;
    bool alone = false;
    std::uint64_t fence = 0;
    bool unsaid = false; ///< that it has begun
  };
  /// Half a beat less than its lease: so long it goes on unheard.
  static constexpr nanos lease = std::chrono::seconds{9};
  static constexpr nanos patience = std::chrono::milliseconds{7'500};

  caf::actor who;
  sim_link link;
  std::uint64_t boot = 0;
  worker_id id = 0; ///< 0: not enlisted yet
  std::vector<std::string> labels;
  std::string wrong; ///< what it should not have been handed
  bool lost = false;
  bool leaving = false; ///< and has said so
  bool away = false;    ///< its owner has died, and it has not found the next one
  std::optional<steady_time> until; ///< then it stops by itself: while it is away, and until it is enlisted again
  std::deque<attempt> queue;
  std::vector<attempt> runs; ///< the last one, behind those that are gone on without
  std::vector<attempt_report> ended; ///< and not acknowledged
  std::vector<std::uint64_t> fences_of_ended;
  bool free_slot = true;
  std::uint64_t adopted = 0;

  static std::shared_ptr<sim_node> make(std::uint64_t boot, std::vector<std::string> labels) {
    auto n = std::make_shared<sim_node>();
    n->boot = boot;
    n->labels = std::move(labels);
    n->alive_ = n;
    return n;
  }

  /// Makes the stand-in, whose answers go to the list; says what it has.
  void join(caf::actor_system& in, caf::actor list, const ledger& rules, const environment& env) {
    list_ = std::move(list);
    env_ = &env;
    greeted_ = env.now().steady;
    away = false;
    link.cut(0, 0); // this is another one
    const auto has = kept();
    caf_shim::anon_tell(list_, crew_messages::node_back{boot, lease, has});
    who = in.spawn([m = this, alive = alive_, rules = &rules, has, own = labels](caf::event_based_actor* self) -> caf::behavior {
      const auto reached = [m, alive] { return !alive.expired() && !m->lost; };
      // It asks itself, as a stand-in does: so it knows its number before it hears of any attempt.
      caf_shim::ask(*self, m->list_,
                    crew_messages::enlist{caf::actor_cast<caf::actor>(self), m->boot, lease, {"far"}, own, has})
        .then(
          [m, alive, rules, has](const crew_messages::enlisted& e) {
            if (!alive.expired())
              m->is_in(e.id, *rules, has);
          },
          [](const caf::error&) {});
      return {
        [=](const crew_messages::hand_over& h) {
          for (const auto& a : h.attempts)
            if (reached())
              m->take(*a, *rules);
        },
        [=](const crew_messages::stop_attempt& s) {
          if (reached())
            m->link.send(sim_link::to_node, [m, whom = s.who] { m->give_back(whom); });
        },
        [=](const crew_messages::take_back& t) {
          for (const auto& a : t.whom)
            if (reached())
              m->link.send(sim_link::to_node, [m, a] { m->give_back(a); });
        },
        [=](const crew_messages::replace_runner& r) {
          if (reached())
            m->link.send(sim_link::to_node, [m, whom = r.who] { m->go_without(whom); });
        },
        [=](const crew_messages::heard& h) {
          for (const auto& w : h.whom)
            if (reached())
              m->link.send(sim_link::to_node, [m, w] { m->forget(w); });
        },
        [self](const crew_messages::close&) { self->quit(); },
      };
    });
  }

  [[nodiscard]] bool in() const { return id != 0; }
  [[nodiscard]] bool can_begin() const { return (in() || until) && free_slot && !queue.empty(); }

  attempt begin() {
    auto a = queue.front();
    queue.pop_front();
    a.unsaid = !in();
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
    if (!lost) {
      ended.push_back(about(a.name, attempt_report::kind::finished, std::move(o), took));
      fences_of_ended.push_back(a.fence);
      tell(ended.back());
    }
    return a;
  }

  /// The owner dies: what the next one will not know stops, and is told to `stopped`.
  template <class Known, class Stopped>
  void loses_its_owner(Known&& known, Stopped&& stopped) {
    std::erase_if(queue, [&](const auto& a) { return !known(a); });
    std::erase_if(runs, [&](const auto& a) { return !known(a) && (stopped(a), true); });
    free_slot = runs.empty();
    id = 0;
    who = {};
    list_ = {};
    away = true;
  }

private:
  [[nodiscard]] std::vector<kept_attempt> kept() const {
    std::vector<kept_attempt> out;
    for (std::size_t i = 0; i < ended.size(); ++i)
      out.push_back({ended[i].id, ended[i].attempt, ended[i].epoch, fences_of_ended[i], true, {}, ended[i].took});
    for (const auto& a : runs)
      out.push_back({a.name.id, a.name.attempt, a.name.epoch, a.fence, true, {}, nanos{0}});
    for (const auto& a : queue)
      out.push_back({a.name.id, a.name.attempt, a.name.epoch, a.fence, false, {}, nanos{0}});
    return out;
  }
  void is_in(worker_id as, const ledger& rules, const std::vector<kept_attempt>& has) {
    if (lost)
      return;
    id = as;
    until.reset(); // it beats now
    for (const auto& k : has)
      if (const auto* r = rules.find(k.id); r != nullptr && running(r->state) && r->live->epoch != 0) {
        adopted += r->live->worker == id ? 1 : 0;
        // When the list heard of it too late, the task is about to be taken back.
        if (r->live->worker == 0 && r->live->attempt == k.attempt && env_->now().steady < greeted_ + lease)
          wrong = "task " + std::to_string(k.id) + " is said to run at a node that is back, and is left to nobody";
      }
    for (auto& a : runs)
      if (std::exchange(a.unsaid, false))
        report(a.name, attempt_report::kind::begun);
    for (const auto& r : ended)
      tell(r);
  }
  void forget(const attempt_name& name) {
    for (std::size_t i = ended.size(); i-- > 0;)
      if (attempt_name{ended[i].id, ended[i].attempt, ended[i].epoch} == name) {
        ended.erase(ended.begin() + static_cast<std::ptrdiff_t>(i));
        fences_of_ended.erase(fences_of_ended.begin() + static_cast<std::ptrdiff_t>(i));
      }
  }
  void take(const runner_attempt& a, const ledger& rules) {
    const auto name = a.name();
    const auto* r = rules.find(name.id);
    if (r == nullptr) // it is cancelled and deleted meanwhile
      return;
    if (!has_all(labels, labels_of(*r)))
      wrong = "task " + std::to_string(name.id) + " was handed to a node without its labels";
    attempt one{name, claims_of(*r), r->deaths >= deaths_to_run_alone, a.what().fencing_token, false};
    link.send(sim_link::to_node, [this, one = std::move(one)] { queue.push_back(one); });
  }
  void go_without(const attempt_name& name) {
    free_slot = free_slot || (!runs.empty() && runs.back().name == name);
  }
  void give_back(const attempt_name& name) {
    if (std::erase_if(queue, [&](const auto& a) { return a.name == name; }) != 0)
      report(name, attempt_report::kind::returned);
  }
  static attempt_report about(const attempt_name& name, attempt_report::kind what, outcome o, nanos took) {
    attempt_report a;
    a.what = what;
    a.id = name.id;
    a.attempt = name.attempt;
    a.epoch = name.epoch;
    a.outcome = std::move(o);
    a.took = took;
    return a;
  }
  void report(const attempt_name& name, attempt_report::kind what) { tell(about(name, what, {}, nanos{0})); }
  void tell(attempt_report a) {
    if (!lost && in())
      link.send(sim_link::to_list,
                [list = list_, from = id, a = std::move(a)] { caf_shim::anon_tell(list, crew_messages::worked{from, {a}}); });
  }

  caf::actor list_;
  const environment* env_ = nullptr; ///< of this life
  steady_time greeted_{};
  std::weak_ptr<sim_node> alive_;
};

} // namespace stint::sim
