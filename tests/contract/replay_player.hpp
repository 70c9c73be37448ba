/// Plays seeded random commands on a ledger and tells a store, after each, only what `changed` and `removed` name.
///
/// Owner    one test; it sees both layers, which otherwise only actors/ does.
/// Errors   `difference`, in the round in which store and ledger part.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <stint/memory_store.hpp>

#include "core/desk.hpp"

namespace stint::test {

struct difference : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Which of the saves or removals the store is not told, counted over the story; nothing: it is told all.
struct omission {
  std::optional<std::uint64_t> save;
  std::optional<std::uint64_t> removal;
};

class replay_player {
public:
  explicit replay_player(unsigned seed, omission without = {})
      : random_(seed), without_(without), desk_(0, options()), head_(*store_.open()) {
    desk_.book.know_kind("k", false);
    desk_.book.know_kind("once", true);
    static_cast<void>(desk_.book.declare("cpu", 3, desk_.now, desk_.fx));
    join();
    join();
  }

  void play(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      command();
      keep();
      compare();
    }
    if (roll(2) == 0) {
      desk_.book.stop(roll(2) * 1s, desk_.now, desk_.fx);
      desk_.go();
      keep();
      compare();
    }
  }

  /// Plays a restart: a new owner must find the same.
  void restart() {
    memory_store next(store_.shelf());
    static_cast<void>(store_.close());
    const auto head = *next.open();
    need(head.version == desk_.book.version() && head.last_id == desk_.book.last_id(), "version or last id");
    need(head.epoch > head_.epoch, "epoch");
    compare(next);
    rebuild(next, head);
  }

  std::uint64_t saves = 0;
  std::uint64_t removals = 0;
  std::array<std::uint64_t, state_count> saved_in{}; ///< saves by state

private:
  static ledger_options options() {
    ledger_options o;
    o.limits.finished.tasks = 12; // so that the ledger removes by itself, too
    return o;
  }

  unsigned roll(unsigned n) { return static_cast<unsigned>(random_() % n); }

  static void need(bool good, const std::string& what) {
    if (!good)
      throw difference(what);
  }

  void join() {
    using kinds = std::vector<std::string>;
    alive_.push_back(desk_.join(roll(2) == 0 ? kinds{"k", "once"} : kinds{}));
  }

  /// A task that a worker has, or 0.
  task_id running_one() {
    std::vector<task_id> all;
    for (task_id id = 1; id <= desk_.book.last_id(); ++id)
      if (const auto* r = desk_.book.find(id); r != nullptr && running(r->state) && r->live->worker != 0)
        all.push_back(id);
    return all.empty() ? 0 : all[roll(static_cast<unsigned>(all.size()))];
  }

  void submit() {
    auto s = named("t" + std::to_string(roll(10)));
    s.kind = std::array{"", "", "k", "once"}[roll(4)];
    s.queue = std::array{"default", "q"}[roll(2)];
    s.priority = static_cast<int>(roll(5)) - 2;
    if (roll(3) == 0)
      s.claims.push_back(roll(2) == 0 ? exclusive("a") : shared("a/b"));
    if (roll(6) == 0)
      s.claims.push_back(units("cpu", 1 + roll(3)));
    if (roll(3) == 0)
      s.retry = {1 + roll(4), roll(3) * 1s, 2.0, 1h, 0.5};
    if (roll(5) == 0)
      s.idempotency_key = "key" + std::to_string(roll(5));
    if (roll(5) == 0)
      s.delay = 1s * roll(4);
    if (roll(5) == 0)
      s.run_at = desk_.now.wall + 2s;
    if (roll(5) == 0)
      s.timeout = 2s;
    if (roll(5) == 0)
      s.start_within = 4s;
    if (roll(4) == 0)
      s.tags = {"x"};
    if (roll(6) == 0)
      s.labels = {"gpu"};
    if (roll(4) == 0)
      static_cast<void>(desk_.add_all({s, named("beside"), named("and beside")}));
    else
      static_cast<void>(desk_.try_add(s));
  }

  void end(task_id id) {
    switch (roll(7)) {
      case 0: desk_.fail(id); break;
      case 1: desk_.end(id, discarded("hopeless", 4)); break;
      case 2: desk_.end(id, snoozed(1s * roll(3))); break;
      case 3: desk_.end(id, cancelled("enough")); break;
      case 4: desk_.end(id, snoozed_until(desk_.now.wall + 1s)); break;
      default: desk_.end(id, succeeded(2, roll(2) == 0 ? "[1]" : "")); break;
    }
  }

  void work(task_id id) {
    const auto attempt = desk_.has.at(id).attempt;
    switch (roll(6)) {
      case 0: desk_.give_back(id); break;
      case 1: desk_.book.note_progress(id, attempt, {roll(9), 9, "some"}); break;
      case 2: desk_.book.note_detail(id, attempt, std::to_string(roll(100))); break;
      case 3: desk_.begin(id); break;
      default: end(id); break;
    }
  }

  void change() {
    const task_id id = 1 + roll(static_cast<unsigned>(desk_.book.last_id()) + 1);
    auto& book = desk_.book;
    filter some;
    some.tag = "x";
    const auto* r = book.find(id);
    switch (roll(8)) {
      case 0: static_cast<void>(book.cancel(id, 0, desk_.now, desk_.fx)); break;
      case 1: static_cast<void>(book.cancel(running_one(), 0, desk_.now, desk_.fx)); break;
      case 2: static_cast<void>(book.remove(id, 0, desk_.now, desk_.fx)); break;
      case 3: case 4:
        static_cast<void>(book.retry(id, 0, r != nullptr && r->kind == 0 ? 1 : 0, desk_.now, desk_.fx));
        break;
      case 5: static_cast<void>(book.clear(some, desk_.now, desk_.fx)); break;
      case 6: static_cast<void>(book.cancel_matching(some, desk_.now, desk_.fx)); break;
      default: static_cast<void>(book.release_stuck(id, 0, desk_.now, desk_.fx)); break;
    }
    some = {};
    some.states = {state::quarantined};
    const auto quarantined = *book.read({some, page_order::oldest_first, 100, 0});
    for (const auto& t : quarantined.tasks)
      if (roll(4) == 0)
        static_cast<void>(book.release(t.id, 0, desk_.now, desk_.fx));
    desk_.go();
  }

  void lose_a_worker() {
    auto worker = alive_[roll(static_cast<unsigned>(alive_.size()))];
    std::uint32_t deaths = 0; // mostly that of the task with the most deaths: else none would be quarantined
    for (const auto& [id, order] : desk_.has)
      if (const auto* r = desk_.book.find(id); r != nullptr && running(r->state) && r->live->worker != 0
                                                && r->deaths > deaths && roll(10) != 0) {
        worker = r->live->worker;
        deaths = r->deaths;
      }
    // Only a body that had begun dies with its worker; the others go back to their place.
    std::vector<task_id> its;
    for (const auto& [id, order] : desk_.has)
      if (const auto* r = desk_.book.find(id);
          r != nullptr && running(r->state) && r->live->worker == worker && !r->live->begun && roll(10) != 0)
        its.push_back(id);
    for (auto id : its)
      desk_.begin(id);
    std::erase(alive_, worker);
    std::vector<running_body> left;
    for (const auto& [id, order] : desk_.has)
      if (const auto* r = desk_.book.find(id); order.worker == worker && r != nullptr && running(r->state)
                                                && r->live->worker == worker && roll(3) == 0)
        left.push_back({id, order.attempt});
    stuck_.insert(stuck_.end(), left.begin(), left.end());
    desk_.die(worker, left);
    if (alive_.size() < 2)
      join();
  }

  void command() {
    const auto id = running_one();
    const auto what = roll(20);
    if (what < 6)
      submit();
    else if (what < 13 && id != 0)
      work(id);
    else if (what < 14)
      change();
    else if (what < 16)
      desk_.pass(roll(8) * 1s);
    else if (what < 18)
      lose_a_worker();
    else if (what == 18 && alive_.size() < 4)
      join();
    else if (!stuck_.empty())
      free_one();
    else
      pause_or_resume();
  }

  void free_one() {
    attempt_report a;
    a.what = attempt_report::kind::freed;
    a.id = stuck_.back().id;
    a.attempt = stuck_.back().attempt;
    a.epoch = desk_.book.epoch();
    stuck_.pop_back();
    desk_.tell(0, a);
  }

  void pause_or_resume() {
    const std::string queue = roll(2) == 0 ? "" : "default";
    static_cast<void>(roll(4) == 0 ? desk_.book.pause(queue, desk_.now, desk_.fx)
                                   : desk_.book.resume(queue, desk_.now, desk_.fx));
    desk_.go();
  }

  /// What a keeper does with the effects of a round, and nothing else.
  void keep() {
    store::batch b;
    b.epoch = head_.epoch;
    b.version = desk_.book.version();
    b.last_id = desk_.book.last_id();
    for (auto id : std::set<task_id>(desk_.fx.changed.begin(), desk_.fx.changed.end())) {
      if (desk_.book.find(id) == nullptr) // changed, then removed
        continue;
      if (saves++ == without_.save)
        continue;
      b.saved.push_back(desk_.book.stored(id));
      ++saved_in[static_cast<std::size_t>(b.saved.back().state)];
    }
    for (auto id : desk_.fx.removed)
      if (removals++ != without_.removal)
        b.removed.push_back(id);
    desk_.fx.clear();
    const auto r = store_.commit(b);
    need(r.has_value(), "the commit is refused: " + to_string(r.error()));
  }

  /// Another ledger, made of what the store has, is the same, and goes on.
  void rebuild(const store& where, const store::opened& head) const {
    std::map<task_id, stored_task> all;
    static_cast<void>(where.unfinished([&all](stored_task t) { all.emplace(t.id, std::move(t)); }));
    page_request ask;
    do {
      auto p = *where.page(ask);
      for (auto& t : p.tasks)
        all.emplace(t.id, std::move(t));
      ask.cursor = p.next;
    } while (ask.cursor != 0);
    auto o = options();
    o.stored = true;
    o.epoch = head.epoch;
    ledger again(o);
    again.know_kind("k", false);
    again.know_kind("once", true);
    for (const auto& [id, t] : all)
      again.restore(t);
    for (const auto& [id, t] : all)
      need(again.stored(id) == t, "task " + std::to_string(id) + " is not restored as it was stored");
    effects fx;
    again.resume(head.version, head.last_id, desk_.now, fx);
    again.audit();
    for (const auto& [id, t] : all) {
      const auto now = again.stored(id).state;
      need(!running(now) && (!terminal(t.state) || now == t.state), "task " + std::to_string(id) + " after a restart");
    }
    again.worker_joined(1, {"k", "once"}, desk_.now, fx);
    again.dispatch(desk_.now, fx);
    again.audit();
  }

  void compare() const { compare(store_); }

  void compare(const store& where) const {
    std::set<task_id> seen;
    const auto look = [&](stored_task kept) {
      seen.insert(kept.id);
      const auto name = "task " + std::to_string(kept.id);
      need(desk_.book.find(kept.id) != nullptr, name + " is removed, but not from the store");
      const auto now = desk_.book.stored(kept.id);
      if (running(now.state)) { // what a running attempt says of itself is saved with its next transition
        kept.started = now.started;
        kept.progress = now.progress;
        kept.detail = now.detail;
      }
      need(kept == now, name + " is not as the ledger has it");
    };
    static_cast<void>(where.unfinished(look));
    page_request ask;
    do {
      const auto p = *where.page(ask);
      for (const auto& t : p.tasks)
        look(t);
      ask.cursor = p.next;
    } while (ask.cursor != 0);
    for (task_id id = 1; id <= desk_.book.last_id(); ++id)
      need(desk_.book.find(id) == nullptr || seen.contains(id), "task " + std::to_string(id) + " is not in the store");
    for (std::size_t s = 0; s < state_count; ++s)
      need(desk_.book.counts().tasks.by_state[s] == where.counts()->tasks.by_state[s], "counts differ");
  }

  std::mt19937 random_;
  omission without_;
  desk desk_;
  memory_store store_;
  store::opened head_;
  std::vector<worker_id> alive_;
  std::vector<running_body> stuck_;
};

} // namespace stint::test
