/// Every task and every rule: the list actor feeds it commands with the time of day, and performs the effects it returns.
///
/// 1. takes submissions, all or nothing          ledger_submit.cpp
/// 2. decides who goes next, and where            ledger_dispatch.cpp
/// 3. takes what workers report, fenced           ledger_report.cpp
/// 4. cancels, retries, releases, deletes         ledger_change.cpp
/// 5. acts when something is due                  ledger_due.cpp
/// 6. answers questions, waits and fences         ledger_ask.cpp
/// 7. pauses, drains and stops in order           ledger_queue.cpp
/// 8. says what a store keeps of a task           ledger_store.cpp
/// 9. goes on from what a store kept              ledger_restore.cpp
/// 10. shows readers what is committed            ledger_unsaved.cpp
/// 11. takes back what lost nodes had             ledger_lost.cpp
/// 12. sends tasks the way that their labels want ledger_route.cpp
/// 13. goes on with what nodes ran meanwhile      ledger_adopt.cpp
/// 14. lets old finished tasks go, to a store     ledger_window.cpp
///
/// Owner    the list actor, or a test; effects are appended to the object given.
/// Threads  none: the owner's mailbox is the lock.
/// Errors   values, named in <stint/error.hpp>; an impossible state ends the process, in release builds too.
/// Units    every command is given one reading of both clocks; nothing here asks for the time.
/// Cost     a transition costs the keys of the task touched, whatever the number of tasks there are or were.
/// Durable  everything a restart needs is in the records named by `effects::changed`.
/// Seed     aptly task/list.go.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <stint/attempts.hpp>
#include <stint/claims.hpp>
#include <stint/crew.hpp>
#include <stint/effects.hpp>
#include <stint/kept.hpp>
#include <stint/ledger_types.hpp>
#include <stint/ready.hpp>
#include <stint/retry.hpp>
#include <stint/routes.hpp>
#include <stint/schedule.hpp>
#include <stint/stored_task.hpp>
#include <stint/table.hpp>
#include <stint/unsaved.hpp>
#include <stint/waits.hpp>
#include <stint/window.hpp>

namespace stint {

class ledger {
public:
  explicit ledger(ledger_options options);

  // -- submit -------------------------------------------------------------------------------------------------------
  result<submitted> submit(std::span<const new_task> batch, moment now, effects& fx, bool as_one = false); ///< see protocol::submit

  // -- change; `if_version` 0 means any -------------------------------------------------------------------------------
  result<task_version> cancel(task_id id, task_version if_version, moment now, effects& fx);
  result<changed> cancel_matching(const filter& f, moment now, effects& fx);
  /// Submits a finished task anew; `body` must be given again for a callable.
  result<task_id> retry(task_id id, task_version if_version, body_id body, moment now, effects& fx);
  result<task_version> release(task_id id, task_version if_version, moment now, effects& fx);
  /// Frees the claims of a task's stuck bodies, once; the task itself does not move.
  result<task_version> release_stuck(task_id id, task_version if_version, moment now, effects& fx);
  result<task_version> remove(task_id id, task_version if_version, moment now, effects& fx);
  result<changed> clear(const filter& f, moment now, effects& fx);
  void note_progress(task_id id, std::uint32_t attempt, stint::progress p);
  void note_detail(task_id id, std::uint32_t attempt, std::string detail);

  // -- queues and keys; an empty name means the whole list --------------------------------------------------------------
  result<task_version> pause(const std::string& queue, moment now, effects& fx);
  result<task_version> resume(const std::string& queue, moment now, effects& fx);
  result<task_version> drain(const std::string& queue, moment now, effects& fx);
  result<task_version> limit_queue(const std::string& queue, std::uint32_t limit, moment now, effects& fx);
  result<task_version> declare(const std::string& key, std::uint32_t capacity, moment now, effects& fx);
  [[nodiscard]] result<bool> drained(const std::string& queue) const;

  // -- workers ----------------------------------------------------------------------------------------------------------
  /// `process`: those of one process die together; 0 is this one, whose workers run callables too.
  void worker_joined(worker_id id, const std::vector<std::string>& kinds, moment now, effects& fx, process_id process = 0,
                     std::vector<std::string> labels = {});
  /// `bodies` still run although their worker is gone: they keep their claims until they return. They and what is known
  /// to have begun are charged with the death; what had not begun goes back to its place, as if it had been given back.
  void worker_died(worker_id id, std::span<const running_body> bodies, moment now, effects& fx);
  /// The same for a worker of another process, which is only out of reach: whatever it was handed may run there, and keeps
  /// its claims until `worker_over` is told. The first of it, and what is known to have begun, is charged with a death.
  void worker_lost(worker_id id, moment now, effects& fx);
  /// Nothing of that worker can run any more.
  void worker_over(worker_id id, effects& fx);
  /// It was no death: takes those back that `worker_lost` has charged, unless `worker_over` was told before.
  void worker_lived(worker_id id, moment now, effects& fx);
  /// It is about to end in order: what it has goes on, and it is given nothing more.
  void worker_leaving(worker_id id);
  /// It ended in order, with nothing running: no death, nothing is held.
  void worker_left(worker_id id, moment now, effects& fx);
  /// That worker's process runs what it has for a lease without its owner: that is stored with its attempts.
  void worker_of(worker_id id, nanos lease);
  /// A node has joined: what it had of an owner before this one, and does not name, it does not run. What it names is kept
  /// for it for a lease from now.
  void node_is_back(std::uint64_t node, std::span<const kept_attempt> all, nanos lease, moment now, effects& fx);
  /// One of its workers has these: what is wanted goes on under its number, the rest is stopped.
  void adopt(worker_id id, std::span<const kept_attempt> what, moment now, effects& fx);
  /// What this worker runs, or may have begun unheard: the first of what it has.
  [[nodiscard]] std::vector<running_body> attempts_of(worker_id id);
  void report(worker_id from, std::span<attempt_report> what, moment now, effects& fx);
  /// Hands over what may start; called once after a round of commands.
  void dispatch(moment now, effects& fx);
  /// Names a kind that may be submitted even while no worker serves it; `once`, which stays: a death ends it as interrupted.
  void know_kind(const std::string& kind, bool once);

  // -- time -------------------------------------------------------------------------------------------------------------
  void tick(moment now, effects& fx);
  [[nodiscard]] std::optional<steady_time> next_tick(moment now) const;

  // -- ask --------------------------------------------------------------------------------------------------------------
  [[nodiscard]] result<task> get(task_id id) const;
  [[nodiscard]] result<page> read(const page_request& ask) const;
  [[nodiscard]] totals counts() const;
  [[nodiscard]] result<explanation> explain(task_id id, moment now) const;
  [[nodiscard]] result<std::string> detail(task_id id) const;
  [[nodiscard]] result<std::string> value(task_id id) const;
  [[nodiscard]] result<std::string> args(task_id id) const;
  [[nodiscard]] result<unit_t> can_wait(std::size_t ids) const;
  /// `read`: those of the tasks that are outside.
  result<unit_t> wait(wait_id w, const wait_request& ask, moment now, effects& fx, const std::map<task_id, task>& read = {});
  result<unit_t> fence(wait_id w, const fence_request& ask, moment now, effects& fx);

  // -- stop: no hand-over, wait for `grace`, set the tokens; `stopped` tells the end ------------------------------------
  void stop(nanos grace, moment now, effects& fx);
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  /// Nothing runs any more; with `with_stuck`, no stuck body either.
  [[nodiscard]] bool stopped(bool with_stuck) const noexcept;
  [[nodiscard]] stop_report left() const;

  // -- for the shell ----------------------------------------------------------------------------------------------------
  [[nodiscard]] const record* find(task_id id) const { return tasks_.find(id); }
  /// Tells whether a body that got stuck with this worker, or outlived it, has not returned yet.
  [[nodiscard]] bool stuck_with(worker_id id) const;
  /// Says why `find` found nothing.
  [[nodiscard]] error missing(task_id id) const { return tasks_.missing(id); }
  [[nodiscard]] const std::string& kind_of(const record& r) const { return tasks_.kind_name(r); }
  [[nodiscard]] task_id last_id() const noexcept { return tasks_.last_id(); }
  [[nodiscard]] task_version version() const noexcept { return version_; }
  [[nodiscard]] std::uint64_t epoch() const noexcept { return options_.epoch; }
  [[nodiscard]] std::uint64_t stale() const noexcept { return stale_; }
  /// Attempts of an owner before this one whose nodes have not come back yet.
  [[nodiscard]] std::size_t away() const noexcept { return away_.size(); }
  /// Entries that wait for their time; bounded by what is open, not by what there was. For tests.
  [[nodiscard]] std::size_t scheduled() const noexcept { return schedule_.size(); }
  /// Ends of tasks remembered for retention; bounded by what is kept. For tests.
  [[nodiscard]] std::size_t remembered_ends() const noexcept { return kept_.remembered(); }
  [[nodiscard]] const stint::kept& kept_tasks() const noexcept { return kept_; } ///< for tests
  void observe(bool on) noexcept { options_.observed = on; }
  [[nodiscard]] const stint::limits& limits() const noexcept { return options_.limits; }
  [[nodiscard]] task describe(const record& r) const {
    task t;
    describe(r, t);
    return t;
  }
  /// The same into a new task, where it stays: a page holds many.
  void describe(const record& r, task& t) const;
  /// Copies what a restart needs of a task, which must be there: one that `changed` names and `removed` does not.
  [[nodiscard]] stored_task stored(task_id id) const;

  // -- with a store -----------------------------------------------------------------------------------------------------
  /// Takes back what was said in an earlier life of a queue, a key or the list; call for all of it before the tasks and
  /// behind what is declared in this life, which wins: of a queue its limit, of a key its units.
  void restore(const stored_setting& s, effects& fx);
  /// Takes a task back; call for all of them in the order of their ids, before anything else but `know_kind` and the
  /// declarations.
  void restore(stored_task s);
  /// Ends the restoring: decides what becomes of attempts that ran, of bodies that are lost and of what is due.
  void resume(task_version version, task_id last_id, moment now, effects& fx);
  /// A finished task that stays outside, in the same order of ids as the others; its idempotency key, if it has one.
  void restore(const outside_task& t, const std::string& queue);
  void restore_key(std::string key, task_id id, std::uint64_t fingerprint);
  /// What has changed so far goes to the store; `committed` says that it is there. One at a time. Returns false when there is
  /// more to do: then a turn is to follow.
  void cut();
  bool committed();
  /// Tells whether readers may see a task; says why not.
  [[nodiscard]] result<unit_t> seen(task_id id) const;
  /// The version that readers are shown.
  [[nodiscard]] task_version seen_version() const noexcept { return unsaved_.on() ? committed_.version : version_; }

  // -- tasks outside: of those that ended first only the id and the state are in memory --------------------------------------
  /// Before anything else is asked about such a task, or done with it, it has to be read: `take_in` for a change, `told_of`
  /// for an answer. Only `explain` and `seen` know what to say.
  [[nodiscard]] bool outside(task_id id) const { return tasks_.outside(id).has_value(); }
  [[nodiscard]] std::size_t outside() const noexcept { return tasks_.outside(); }
  /// The part of a question that tasks outside may answer, from the first of them on; cursor 0: none. For a page the store is
  /// asked the whole question, as more may leave meanwhile, and `merge` puts the two halves together.
  [[nodiscard]] page_request outside_part(page_request ask, const page& inside) const;
  /// Takes a task in again, to decide about it; it leaves with one of the next commits.
  void take_in(stored_task s);
  /// Tells once of each task that has left since this was asked last.
  [[nodiscard]] std::vector<task_id> take_left() { return std::exchange(newly_outside_, {}); }
  /// Tasks outside that are past their bounds; `remove_condemned` deletes those that were read and taken in.
  [[nodiscard]] const std::deque<task_id>& condemned() const noexcept { return kept_.condemned(); }
  void remove_condemned(const std::vector<task_id>& read, moment now, effects& fx);
  [[nodiscard]] const stint::window& finished_window() const noexcept { return window_; } ///< for tests

  /// Checks every invariant that can be seen from inside; ends the process on a breach. For tests.
  void audit() const;

private:
  /// An attempt that runs at a node which has not come back since the restart.
  struct away_attempt {
    given_away where;
    steady_time until{}; ///< then it has been told to stop there
  };
  /// What is known of a kind: nothing, that it runs again after a death, or that it does not.
  enum class knowledge : std::uint8_t { none, again, once };
  struct named { std::uint32_t queue = 0; std::uint32_t kind = 0; }; ///< numbers of a new task's; 0: none yet
  struct remembered { task_id id = 0; std::uint64_t hash = 0; bool as_one = false; };

  [[nodiscard]] knowledge known_kind(std::uint32_t n) const noexcept {
    return n != 0 && n < kinds_.size() ? kinds_[n] : knowledge::none;
  }
  void transit(record& r, state to, moment now, effects& fx);
  void tell(const record& r, state from, moment now, effects& fx, bool created = false, bool deleted = false) {
    if (options_.observed)
      add_event(r, from, now, fx, created, deleted);
  }
  void add_event(const record& r, state from, moment now, effects& fx, bool created, bool deleted);
  result<record*> changeable(task_id id, task_version if_version);
  result<unit_t> check_new(const new_task& t, std::size_t& fresh, named& names) const;
  void enter_waiting(record& r, moment now, effects& fx, bool to_the_end);
  void draw(record& r);
  void set_out(record& r);
  void arrive(const record& r);
  void each_waiting_on(route_id route, const std::function<void(record&)>& f);
  void withdraw(record& r);
  [[nodiscard]] bool drawable(const record& r) const;
  [[nodiscard]] wait_reason reason_of(const record& r) const;
  void woken();
  void let_go(record& r, crew_member& m);
  void finish(record& r, state to, moment now, effects& fx);
  void settled(record& r, effects& fx);
  void check_fences(effects& fx);
  [[nodiscard]] std::uint64_t unsettled_before(const waits::open_fence& f) const;
  void cancel_one(record& r, moment now, effects& fx);
  void ask_to_stop(record& r, stop_reason why, moment now, effects& fx);
  void outcome_of(record& r, const attempt_report& what, moment now, effects& fx);
  void failed_attempt(record& r, const std::string& text, std::int32_t code, bool again, moment now, effects& fx);
  void keep_error(record& r, std::string text, moment now);
  void becomes_stuck(record& r, moment now, effects& fx);
  void body_returned(worker_id from, const attempt_report& what, effects& fx);
  std::size_t drop_stuck(task_id id, const std::function<bool(const stuck_body&)>& over, effects& fx);
  void give_back(record& r, moment now, effects& fx);
  void store_anew(task_id id, effects& fx);
  void set_stuck(record& r, bool here = true, nanos lease = {});
  void plan_restored(record& r, live& l);
  void restore_lost(record& r, const lost_attempt& a);
  void part_with(worker_id id, const std::function<bool(record&)>& let_go, const std::function<void(record&, bool)>& go_on);
  void go_on_elsewhere(record& r, bool died, const char* why, moment now, effects& fx);
  bool ends_with_worker(record& r, const char* why, moment now, effects& fx);
  [[nodiscard]] static bool suspect(const record& r);
  void no_longer_served(const std::vector<route_id>& gone);
  void die_with_worker(record& r, moment now, effects& fx);
  void go_on_after_death(record& r, std::string_view whose, bool to_the_end, moment now, effects& fx);
  void resume_one(record& r, moment now, effects& fx);
  void die_with_owner(record& r, moment now, effects& fx);
  void hold(record& r, moment now);
  void keep_until(record& r, steady_time when);
  void give_up(record& r, bool died, moment now, effects& fx);
  [[nodiscard]] std::uint64_t epoch_of(const live& l) const noexcept { return l.epoch != 0 ? l.epoch : options_.epoch; }
  void lose_body(record& r, moment now, effects& fx);
  void interrupted(record& r, moment now, effects& fx);
  void run_again(record& r, moment now, effects& fx);
  /// Tells whether a task outlives a stop: it is stored, and so is what it runs.
  [[nodiscard]] bool outlives(const record& r) const noexcept { return options_.stored && r.kind != 0; }
  /// Tells whether the stop is complete: what has not settled by now is left to the next list, and so is who waits for it.
  [[nodiscard]] bool over() const noexcept { return stopped(false); }
  void touch(const record& r);
  [[nodiscard]] result<unit_t> seen_inside(task_id id) const;
  [[nodiscard]] const task_extra* seen_extra(task_id id) const;
  [[nodiscard]] result<page> read_committed(const page_request& ask) const;
  [[nodiscard]] totals live_counts() const;
  void erase(record& r, moment now, effects& fx);
  void retain(moment now, effects& fx);
  void fill(record& r, stored_task& s);
  [[nodiscard]] std::size_t finished_inside() const;
  bool let_go_finished();
  void look_at_kept(steady_time when);
  [[nodiscard]] moment later(moment now, nanos d) const;
  void recall(crew_member& m, effects& fx, std::size_t keep, bool for_the_idle);
  void rescue_unbegun(moment now, effects& fx);
  [[nodiscard]] bool means(due_for what, std::uint64_t id, std::uint64_t stamp) const;
  void due(const due_entry<steady_time>& e, moment now, effects& fx);
  void set_tokens(moment now, effects& fx);
  [[nodiscard]] bool holds_up_stop(task_id id, const std::vector<stuck_body>& bodies) const noexcept;
  void end_unstarted(moment now, effects& fx);
  [[nodiscard]] result<std::uint32_t> known_queue(const std::string& name) const;
  void reroute(const filter& f);
  void keep_queue(const std::string& name, effects& fx) const;
  void keep_setting(stored_setting s, effects& fx) const;

  ledger_options options_;
  live_pool lives_; ///< before whatever owns one
  table tasks_;
  stint::claims claims_;
  ready ready_;
  routes routes_;
  crew crew_;
  schedule schedule_;
  stint::waits waits_;
  dice dice_;
  task_version version_ = 0;
  std::uint64_t entered_ = 0; ///< moments of entering `waiting`
  std::uint64_t pending_ = 0;
  std::uint64_t deleted_ = 0;
  std::uint64_t stale_ = 0;
  std::uint64_t overlaps_ = 0;
  std::unordered_map<std::string, remembered> idempotent_;
  std::map<task_id, std::string> gone_keys_; ///< as one, of deleted tasks: still known for a while
  std::vector<knowledge> kinds_; ///< by number
  std::unordered_map<task_id, std::vector<stuck_body>> stuck_;
  std::size_t stuck_count_ = 0;
  std::map<worker_id, std::vector<task_id>> lost_; ///< whom the loss of a worker was charged to, while its lease runs
  std::map<task_id, away_attempt> away_;
  stint::kept kept_;
  std::size_t ended_now_ = 0;                ///< since the last look at what is kept
  steady_time keep_at_ = steady_time::max(); ///< when the next one is due
  std::uint64_t keep_turn_ = 0;
  stint::window window_;
  std::size_t ended_since_ = 0;      ///< since finished tasks were let go
  std::vector<task_id> newly_outside_;
  std::vector<outside_task> ended_;  ///< while tasks are restored: the finished ones, wherever they are
  std::set<std::string> guessed_; ///< while tasks are restored: keys whose capacity nobody has declared
  std::vector<claim_holder*> woken_;
  std::vector<named> named_; ///< of the submission that is being taken
  bool paused_ = false;
  bool draining_ = false;
  bool stopping_ = false;
  bool tokens_set_ = false;
  steady_time look_at_{};      ///< when a worker is idle; 0: no look is due
  steady_time late_look_at_{}; ///< when none is
  stop_report left_;
  unsaved unsaved_;
  totals cut_;       ///< what `counts` answers once the cut is committed
  totals committed_; ///< what it answers now
};

} // namespace stint
