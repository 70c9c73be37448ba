/// The list: the actor that owns every task. It feeds the ledger one message at a time and performs what it decides.
///
/// 1. turns a message into a ledger command with the time of day
/// 2. once a turn, after everything that was in the mailbox, hands over work, performs the gathered effects and only then
///    answers: with a store, when the commit is done; meanwhile the next turns gather
/// 3. keeps bodies and open promises by number: the ledger knows neither
/// 4. watches its workers and replaces one that dies
/// 5. keeps one timer in flight, for the earliest thing that is due
///
/// Owner    stint::list, or a test.
/// Threads  CAF's scheduler, or a plain thread that waits for it (lent_thread); nothing of it is shared.
/// Errors   every open question is answered when it ends, with list_gone.
/// Seed     aptly task/list.go and its mutex.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>

#include <stint/body_shelf.hpp>
#include <stint/crew_messages.hpp>
#include <stint/departure.hpp>
#include <stint/environment.hpp>
#include <stint/lent_thread.hpp>
#include <stint/list_setup.hpp>

namespace stint {

class list_actor final : public lendable_actor {
public:
  list_actor(caf::actor_config& cfg, list_setup with);

  caf::behavior make_behavior() override;
  void on_exit() override;

  /// For tests: the rules and their state; those of a list that has ended are empty.
  [[nodiscard]] const ledger& rules() const noexcept { return ledger_; }
  /// One of this process.
  [[nodiscard]] caf::actor any_worker() const {
    for (const auto& [id, m] : workers_)
      if (m.here)
        return m.who;
    return {};
  }

private:
  struct member {
    caf::actor who;
    std::shared_ptr<runner_port> port;
    std::shared_ptr<stint::runner> runner;
    attempt_batch starts; ///< of this turn
    bool here = true;     ///< false: a worker of another process, which has neither runner nor news in the port
    std::vector<std::string> kinds{}; ///< of the starts, when it is not here
  };

  [[nodiscard]] moment now() const { return with_.env->now(); }
  void changed();
  void turn();
  void depart();
  void perform(departure& d);
  void hand_over_starts(const effects& fx);
  void recall_unbegun(const effects& fx);
  void acknowledge(const effects& fx);
  [[nodiscard]] attempt_name name_of(const auto& order) const {
    return {order.id, order.attempt, order.epoch != 0 ? order.epoch : ledger_.epoch()};
  }
  void publish_events(departure& d);
  std::shared_ptr<store::batch> make_batch();
  void is_saved();
  void tell_saved();
  void watch_commit();
  void stop_in_trouble();
  void order_in_trouble();
  [[nodiscard]] std::string unsaved_tasks() const;
  void refuse_askers(const caf::error& why);
  [[nodiscard]] bool unsettled() const;
  [[nodiscard]] bool to_save() const;
  void hear_of_text();
  void save_text();
  void arm();
  bool hire();
  void worker_down(worker_id id);
  caf::result<crew_messages::enlisted> enlist(const crew_messages::enlist& m);
  void node_worker_down(worker_id id, bool in_order);
  caf::result<node_list> nodes();
  void ask_for_nodes(caf::typed_response_promise<node_list> answer);
  void publish(const caf::actor& gateway);
  [[nodiscard]] crew_messages::what_runs what_runs(const std::vector<caf::actor_id>& whom);
  worker_id lost_worker(caf::actor_id stand_in);
  void surely_over(const std::vector<caf::actor_id>& whom);
  void only_unlinked(const std::vector<caf::actor_id>& whom);
  void take_reports(worker_id from, std::span<attempt_report> reports);
  void hear_orphan(worker_id from, runner_port& port);
  void forget_orphans();
  void take_notes(attempt_notes& n);
  void gather_stopped();
  result<unit_t> check_args(const submission& t) const;
  result<protocol::submitted> submit(std::vector<submission>& tasks, bool as_one = false);
  caf::result<protocol::submitted_each> submit_each(std::vector<submission>& tasks);
  caf::result<wait_result> run(protocol::run& m);
  caf::result<protocol::submitted> retry(const protocol::retry& m);
  result<protocol::submitted> retry_now(const protocol::retry& m);
  caf::result<protocol::subscribed> subscribe(const protocol::subscribe& m);
  void unsubscribed(std::uint64_t number);
  void attach(std::uint64_t number, const protocol::subscribe& m, task_version now);

  // -- tasks that are in the store only: list_window.cpp
  using fetched_fn = std::function<void(crew_messages::fetched&)>;
  using not_fetched_fn = std::function<void(const caf::error&)>;
  void fetch(crew_messages::fetch what, fetched_fn then, not_fetched_fn otherwise);
  void take_in(crew_messages::fetched& m);
  void fetch_condemned();
  void tell_left();
  [[nodiscard]] caf::error not_stored(task_id id) const;
  template <class T>
  caf::result<T> answer_about(task_id id, result<T> (*what)(const stored_task&));
  caf::result<protocol::changed> decide(task_id id, std::function<result<task_version>()> how);
  caf::result<protocol::many> get_many(const std::vector<task_id>& ids);
  caf::result<page> read_page(const page_request& ask);
  caf::result<wait_result> wait(wait_request ask);
  void fetch_and_wait(const caf::typed_response_promise<wait_result>& whom, wait_request ask, std::map<task_id, task> read);
  caf::result<protocol::changed> clear(const filter& which);
  void clear_outside(const caf::typed_response_promise<protocol::changed>& whom, page_request ask, task_version before,
                     std::uint64_t count);
  void restore_all();

  /// Answers a refusal at once, anything else at the end of the turn; what rests on unsaved changes when they are saved.
  caf::result<protocol::changed> answer_later(const result<task_version>& r);
  caf::result<protocol::changed> answer_later(const result<stint::changed>& r);
  caf::result<protocol::submitted> answer_later(result<protocol::submitted> r);
  void answer_later(const caf::typed_response_promise<protocol::changed>& whom, const result<stint::changed>& r);
  void answer_later(const caf::typed_response_promise<protocol::submitted>& whom, result<protocol::submitted> r);

  list_setup with_;
  std::optional<ledger> kept_; ///< emptied at the end: a timer that is still far away keeps this actor's memory
  ledger& ledger_;             ///< *kept_
  departure next_;    ///< what gathers
  departure leaving_; ///< what waits for its commit
  departure saved_;   ///< what leaves
  effects& fx_;       ///< next_.fx
  caf::actor keeper_; ///< with a store
  bool saving_ = false;
  bool said_more_ = false; ///< the keeper knows that more has gathered
  bool to_tell_ = false;   ///< `saved_` is to leave
  bool all_left_ = true;   ///< from the window, of what that commit let go
  bool printed_ = false;        ///< the log may have text for the next commit
  bool text_waits_ = false;     ///< a look at it is on its way
  bool text_due_ = false;       ///< it is worth a commit of its own
  std::size_t silent_ends_ = 0; ///< that gathered: reported, and their bodies had printed nothing
  std::uint64_t commits_ = 0;         ///< that were begun
  std::uint64_t watched_commit_ = 0;  ///< the one that a stop does not wait for without end
  std::optional<std::string> trouble_; ///< why nothing can be saved at present
  bool gave_up_ = false;               ///< a stop did not wait for that any longer
  std::unordered_map<std::uint64_t, not_fetched_fn> fetches_; ///< that are open: how to say that they fail
  std::uint64_t last_fetch_ = 0;
  bool fetching_ = false;              ///< finished tasks that are to be deleted
  caf::actor log_;
  caf::actor hub_;
  std::vector<caf::actor> gateways_; ///< while the list is published
  std::map<worker_id, member> workers_;
  std::map<worker_id, member> orphans_; ///< runners whose worker died while a body ran
  std::map<caf::actor_id, worker_id> far_; ///< workers of other processes by their stand-ins, until they are surely over
  worker_id last_worker_ = 0;
  std::shared_ptr<const registry> kinds_;
  bool kinds_check_ = false; ///< some kind checks its args
  body_shelf bodies_;
  std::unordered_map<wait_id, caf::typed_response_promise<wait_result>> waits_;
  std::unordered_map<wait_id, caf::typed_response_promise<fence_result>> fences_;
  wait_id last_wait_ = 0;
  std::vector<std::pair<caf::typed_response_promise<protocol::stopped>, bool>> stops_;
  std::map<std::string, std::vector<caf::typed_response_promise<protocol::changed>>> drains_; ///< by queue
  std::size_t draining_ = 0; ///< in all of them
  std::multiset<stint::steady_time> armed_; ///< ticks in flight
  std::set<std::uint64_t> subscriptions_;
  std::set<std::uint64_t> noticing_; ///< those that want notices
  std::uint64_t last_subscription_ = 0;
  task_version told_ = 0; ///< events up to here went to the hub
  bool turn_pending_ = false;
  bool ending_ = false;
};

} // namespace stint
