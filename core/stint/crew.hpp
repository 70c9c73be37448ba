/// The workers as the owner sees them: what each has, how long its bodies take, how much to give it at once.
///
/// Owner    the ledger.
/// Threads  none: the owner's mailbox is the lock.
/// Units    nanoseconds.
/// Cost     O(workers) per hand-over round; workers are few.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include <stint/plant.hpp>
#include <stint/record.hpp>

namespace stint {

/// A body that runs this long is a long one: nobody is left to wait behind it.
inline constexpr nanos long_body = std::chrono::microseconds{500};
/// The most that a worker of another process is given to do at once. The next task takes a round trip to get there, which with
/// all that it wakes on its way is near 1 ms: one at a time, bodies of 10 ms would leave a tenth of such a worker idle.
inline constexpr nanos most_away = std::chrono::milliseconds{25};
/// A worker that does not even say that a body began may be no more than a thread that waits for a processor.
inline constexpr nanos long_silence = std::chrono::milliseconds{10};
/// So much later than when a body turns out long is seen to what waits behind it while nobody is idle: else all that runs short
/// bodies would be looked at each 500 us, which took 4 % of two processors.
inline constexpr nanos later_while_busy = std::chrono::milliseconds{10};

/// Workers of one process die together. 0: the owner's own.
using process_id = std::uint64_t;

struct crew_member {
  worker_id id = 0;
  process_id process = 0;
  std::vector<bool> routes;   ///< by number; 0, a callable, is for every worker of its process
  label_set labels;
  std::deque<live*> has;      ///< handed over, in the order of hand-over
  steady_time quiet_since{};  ///< of its last report or hand-over
  double body_ns = 0;         ///< smoothed length of its bodies; 0: nothing known
  bool leaving = false;       ///< it ends in order: nothing more is handed to it
  nanos lease{};              ///< of that process; 0: it is none, or nobody said
  bool slow = false;          ///< the body it runs, or the last one, has turned out long
  bool kept = false;          ///< for a suspect, in this round of hand-over
  std::size_t room = 1;       ///< its window() in this round

  [[nodiscard]] bool knows(route_id route) const noexcept { return route < routes.size() && routes[route]; }

  /// Tells whether it has the kind of a way, and all its labels.
  [[nodiscard]] bool takes(const stint::routes::way& w) const {
    const bool all = std::includes(labels.begin(), labels.end(), w.labels.begin(), w.labels.end());
    return knows(plain_route(w.kind)) && (all || planted(plant::labels_ignored));
  }

  /// From which length on a body of its is a long one: elsewhere, where more is waiting behind it, one that takes twice as
  /// long as usual.
  [[nodiscard]] nanos long_here() const noexcept {
    if (process == 0)
      return long_body;
    const nanos twice{static_cast<std::int64_t>(2 * std::min(body_ns, 1e9))};
    return std::clamp(twice, long_body, most_away);
  }

  /// Tasks to have on the way to a worker at once: together they take no longer than one long body, so that short ones
  /// travel in batches and a long one travels alone. Nothing is known at first: then one.
  [[nodiscard]] std::size_t window() const noexcept {
    if (leaving)
      return 0;
    const auto target_ns = static_cast<double>((process == 0 ? long_body : most_away).count());
    constexpr double most = 512;
    if (body_ns <= 0 || slow)
      return 1;
    return static_cast<std::size_t>(std::clamp(target_ns / std::max(body_ns, 100.0), 1.0, most));
  }

  /// Learns from a body that ended; zero is what nobody measured.
  void ran(nanos took) {
    if (took <= nanos{0})
      return;
    slow = took >= long_here();
    const auto ns = static_cast<double>(took.count());
    body_ns = body_ns <= 0 ? ns : body_ns + (ns - body_ns) / 8;
  }

  /// How long the first of what it has, which runs or is about to, has kept the others waiting.
  [[nodiscard]] nanos busy_for(steady_time now) const noexcept {
    return now - (has.front()->begun ? has.front()->begun_at : quiet_since);
  }
  /// When that is too long.
  [[nodiscard]] nanos patience() const noexcept { return has.front()->begun ? long_here() : std::max(long_here(), long_silence); }

  /// Learns from a body that does not end: nothing is put behind it, so what came back from here does not come here
  /// again. How long it takes counts once, when it has ended.
  void still_runs(steady_time now) {
    if (!has.empty() && busy_for(now) >= patience() && !planted(plant::window_forgets))
      slow = true;
  }

  void drop(const live* l) {
    if (!has.empty() && has.front() == l) { // they end in the order of hand-over
      has.pop_front();
      return;
    }
    auto i = std::find(has.begin(), has.end(), l);
    if (i != has.end())
      has.erase(i);
  }
};

class crew {
public:
  /// Returns the routes that nobody served before; 0 stands for everything, when this is the first worker.
  /// A worker of another process runs no callables.
  std::vector<route_id> join(worker_id id, const std::vector<std::uint32_t>& kinds, label_set labels, const routes& asked,
                             steady_time now, process_id process = 0) {
    std::vector<route_id> fresh;
    auto& m = members_.emplace_back();
    m.id = id;
    m.process = process;
    m.labels = std::move(labels);
    m.quiet_since = now;
    auto add = [&](route_id route) {
      if (!m.knows(route) && serve(m, route) == 1)
        fresh.push_back(route);
    };
    if (process == 0)
      add(plain_route(0));
    else
      ++elsewhere_;
    for (auto kind : kinds)
      add(plain_route(kind));
    asked.each([&](route_id route, const routes::way& w) {
      if (m.takes(w))
        add(route);
    });
    if (members_.size() == 1)
      fresh.assign(1, 0);
    return fresh;
  }

  [[nodiscard]] const crew_member* find(worker_id id) const {
    for (const auto& m : members_)
      if (m.id == id)
        return &m;
    return nullptr;
  }
  [[nodiscard]] crew_member* find(worker_id id) { return const_cast<crew_member*>(std::as_const(*this).find(id)); }

  /// A way with labels is there, or there again.
  void open(route_id route, const routes::way& w) {
    for (auto& m : members_)
      if (m.takes(w))
        serve(m, route);
  }

  /// Nobody asks for a way with labels any more.
  void close(route_id route) {
    for (auto& m : members_)
      if (m.knows(route))
        m.routes[route] = false;
    if (route < serving_.size())
      serving_[route] = 0;
  }

  /// Returns the routes that nobody serves any more; 0 stands for everything, when this was the last worker.
  std::vector<route_id> leave(worker_id id) {
    std::vector<route_id> gone;
    auto i = std::find_if(members_.begin(), members_.end(), [id](const auto& m) { return m.id == id; });
    if (i == members_.end())
      return gone;
    for (route_id route = 0; route < i->routes.size(); ++route)
      if (i->routes[route] && --serving_[route] == 0)
        gone.push_back(route);
    if (!i->knows(0))
      --elsewhere_;
    members_.erase(i);
    if (members_.empty())
      gone.assign(1, 0);
    return gone;
  }

  /// Tells whether some worker can run what goes this way; 0 is a callable, for every worker of its own process.
  [[nodiscard]] bool serves(route_id route) const noexcept { return route < serving_.size() && serving_[route] != 0; }

  /// Tells whether every worker runs callables, and so everything that a callable waits for too.
  [[nodiscard]] bool all_here() const noexcept { return elsewhere_ == 0; }

  /// Keeps a process for a suspect, or for whom it runs already: nothing more goes to its workers in this round.
  void keep(process_id process) {
    for (auto& m : members_)
      if (m.process == process) {
        m.kept = true;
        m.room = 0;
      }
  }

  /// Returns a worker for a suspect: of the last process that runs nothing; else of the last that could, which is kept
  /// until it runs nothing; or null. Thus a node goes before the owner's process, and the choice does not change with the load.
  [[nodiscard]] crew_member* for_suspect(route_id route) {
    crew_member* best = nullptr;
    bool best_idle = false;
    for (auto& m : members_) {
      if (m.kept || m.leaving || !m.knows(route) || (best != nullptr && m.process == best->process))
        continue;
      const bool its_idle = m.has.empty() && idle(m.process); // who is busy need not be looked at with all the others
      if (best == nullptr || std::pair{its_idle, m.process} > std::pair{best_idle, best->process}) {
        best = &m;
        best_idle = its_idle;
      }
    }
    return best;
  }

  /// Tells whether nothing has been handed to any worker of a process.
  [[nodiscard]] bool idle(process_id process) const {
    return std::all_of(members_.begin(), members_.end(), [=](const auto& m) { return m.process != process || m.has.empty(); });
  }

  /// Tells whether some worker can run both.
  [[nodiscard]] bool compete(route_id a, route_id b) const {
    return std::any_of(members_.begin(), members_.end(), [&](const auto& m) { return m.knows(a) && m.knows(b); });
  }

  [[nodiscard]] std::vector<crew_member>& members() noexcept { return members_; }
  [[nodiscard]] const std::vector<crew_member>& members() const noexcept { return members_; }

private:
  /// Returns how many serve the route now.
  std::uint32_t serve(crew_member& m, route_id route) {
    if (m.routes.size() <= route)
      m.routes.resize(route + 1);
    if (serving_.size() <= route)
      serving_.resize(route + 1);
    m.routes[route] = true;
    return ++serving_[route];
  }

  std::vector<crew_member> members_;
  std::vector<std::uint32_t> serving_; ///< workers by the route they know
  std::size_t elsewhere_ = 0;          ///< workers of other processes
};

} // namespace stint
