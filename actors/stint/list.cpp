#include <stint/list.hpp>

#include <stint/blocking.hpp>
#include <stint/blocking_ear.hpp>
#include <stint/list_actor.hpp>
#include <stint/runner_thread.hpp>
#include <stint/validate.hpp>

namespace stint {

struct list::inside {
  caf::actor_system* system;
  options with;
  std::shared_ptr<environment> env;
  caf::actor owner;
  caf::actor keeper; ///< with a store
  std::shared_future<void> closed; ///< the store
  bool client = false;

  template <class Answer, class Question>
  result<Answer> ask(Question q) const {
    return ask_and_wait<Answer>(*system, owner, std::move(q));
  }

  /// Returns when the owner has ended, and with a store its keeper has closed that: another list may open it then.
  void end_owner() {
    caf::scoped_actor self{*system};
    caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
    self->wait_for(owner);
    if (keeper) {
      self->wait_for(keeper);
      closed.wait();
    }
    owner = nullptr;
    keeper = nullptr;
  }

  /// Starts setting up; a mistake is told at once.
  template <class T>
  void need(const result<T>& ok) {
    if (!ok) {
      end_owner();
      env->join(false);
      throw start_error{ok.error()};
    }
  }
};

list::list(caf::actor_system& system, options with) : inside_(std::make_unique<inside>()) {
  if (!caf_shim::marked(system, "stint.configured"))
    throw start_error{{errc::not_configured, {}}};
  if (with.only_nodes)
    with.workers = 0;
  else if (with.workers == 0)
    with.workers = runner_thread::cores();
  if (with.workers > with.limits.workers)
    throw start_error{{errc::invalid_option, "more workers than " + std::to_string(with.limits.workers)}};
  if (with.cancel_grace <= nanos{0})
    throw start_error{{errc::invalid_option, "cancel_grace is more than zero"}};
  if (with.stop_grace < nanos{0})
    throw start_error{{errc::invalid_option, "stop_grace is not negative"}};
  if (auto ok = check_kept(with.limits); !ok)
    throw start_error{ok.error()};
  if (auto ok = check_labels(with.labels, with.limits); !ok)
    throw start_error{ok.error()};
  for (const auto& name : with.kinds.names())
    if (auto ok = check_word(name, errc::invalid_option, "the name of a kind", with.limits); !ok)
      throw start_error{ok.error()};
  auto& in = *inside_;
  in.system = &system;
  in.env = with.environment ? with.environment : make_environment(with.log);
  auto setup = set_up_list(system, with, in.env);
  in.keeper = setup.keeper;
  in.closed = setup.closed;
  in.with = std::move(with);
  in.owner = system.spawn<list_actor>(std::move(setup));
  if (auto c = counts(); !c || c->workers != in.with.workers)
    in.need(result<unit_t>{errc::no_thread, std::to_string(c ? c->workers : 0) + " of "
                                              + std::to_string(in.with.workers) + " workers have one"});
  for (const auto& [key, n] : in.with.capacities)
    in.need(declare(key, n));
  for (const auto& [queue, n] : in.with.queue_limits)
    in.need(limit_queue(queue, n));
}

list::list(caf::actor_system& system, caf::actor proxy) : inside_(std::make_unique<inside>()) {
  inside_->system = &system;
  inside_->env = make_environment();
  inside_->owner = std::move(proxy);
  inside_->client = true;
}

list::~list() {
  auto& in = *inside_;
  if (in.client) {
    in.end_owner();
    return;
  }
  // An error only says that the owner has ended already.
  (void) in.ask<protocol::stopped>(protocol::stop{in.with.stop_grace, !in.with.abandon_stuck});
  in.end_owner();
  in.env->join(in.with.abandon_stuck);
}

caf::actor list::actor() const { return inside_->owner; }

result<task_id> list::submit(spec what, body run) {
  std::vector<submission> one;
  one.push_back({std::move(what), std::move(run)});
  auto made = submit(std::move(one));
  if (!made)
    return made.error();
  return made->ids.front();
}

result<protocol::submitted> list::submit(std::vector<submission> tasks) {
  return inside_->ask<protocol::submitted>(protocol::submit{std::move(tasks)});
}

result<protocol::changed> list::cancel(task_id id, task_version v) {
  return inside_->ask<protocol::changed>(protocol::cancel{id, v});
}
result<protocol::changed> list::cancel_matching(filter f) {
  return inside_->ask<protocol::changed>(protocol::cancel_matching{std::move(f)});
}
result<task_id> list::retry(task_id id, task_version v) {
  auto made = inside_->ask<protocol::submitted>(protocol::retry{id, v});
  if (!made)
    return made.error();
  return made->ids.front();
}
result<protocol::changed> list::release(task_id id, task_version v) {
  return inside_->ask<protocol::changed>(protocol::release{id, v});
}
result<protocol::changed> list::release_stuck(task_id id, task_version if_version) {
  return inside_->ask<protocol::changed>(protocol::release_stuck{id, if_version});
}
result<protocol::changed> list::remove(task_id id, task_version v) {
  return inside_->ask<protocol::changed>(protocol::remove{id, v});
}
result<protocol::changed> list::clear(filter f) { return inside_->ask<protocol::changed>(protocol::clear{std::move(f)}); }

result<protocol::changed> list::pause(std::string q) { return inside_->ask<protocol::changed>(protocol::pause{std::move(q)}); }
result<protocol::changed> list::resume(std::string q) { return inside_->ask<protocol::changed>(protocol::resume{std::move(q)}); }
result<protocol::changed> list::drain(std::string q) { return inside_->ask<protocol::changed>(protocol::drain{std::move(q)}); }
result<protocol::changed> list::limit_queue(std::string q, std::uint32_t n) {
  return inside_->ask<protocol::changed>(protocol::limit_queue{std::move(q), n});
}
result<protocol::changed> list::declare(std::string key, std::uint32_t n) {
  return inside_->ask<protocol::changed>(protocol::declare{std::move(key), n});
}

result<task> list::get(task_id id) const { return inside_->ask<task>(protocol::get{id}); }
result<protocol::many> list::get(std::vector<task_id> ids) const {
  return inside_->ask<protocol::many>(protocol::get_many{std::move(ids)});
}
result<page> list::page(page_request ask) const { return inside_->ask<stint::page>(protocol::read_page{std::move(ask)}); }
result<totals> list::counts() const { return inside_->ask<totals>(protocol::counts{}); }
result<explanation> list::explain(task_id id) const { return inside_->ask<explanation>(protocol::explain{id}); }
result<output_piece> list::output(task_id id, std::uint64_t offset, std::size_t limit) const {
  return inside_->ask<output_piece>(protocol::read_output{id, offset, limit});
}

namespace {

result<std::string> text_of(result<protocol::json_text> t) {
  if (!t)
    return t.error();
  return std::move(t->text);
}

} // namespace

result<std::string> list::detail(task_id id) const {
  return text_of(inside_->ask<protocol::json_text>(protocol::read_detail{id}));
}
result<std::string> list::value(task_id id) const {
  return text_of(inside_->ask<protocol::json_text>(protocol::read_value{id}));
}
result<std::string> list::args(task_id id) const {
  return text_of(inside_->ask<protocol::json_text>(protocol::read_args{id}));
}

result<node_list> list::nodes() const { return inside_->ask<node_list>(protocol::nodes{}); }

namespace {

result<task> task_of(waited& w) {
  if (w.code != errc::none)
    return {w.code, "task " + std::to_string(w.id)};
  return std::move(w.task);
}

} // namespace

result<task> list::run(spec what, body run_it) {
  std::vector<submission> one;
  one.push_back({std::move(what), std::move(run_it)});
  auto r = run(std::move(one));
  if (!r)
    return r.error();
  return task_of(r->settled.front());
}

result<wait_result> list::run(std::vector<submission> tasks) {
  return inside_->ask<wait_result>(protocol::run{std::move(tasks)});
}

result<task> list::wait(task_id id, nanos timeout) const {
  auto r = wait(std::vector<task_id>{id}, wait_for::all, timeout);
  if (!r)
    return r.error();
  if (r->settled.empty())
    return {errc::timed_out, "task " + std::to_string(id) + " has not settled"};
  return task_of(r->settled.front());
}

result<wait_result> list::wait(std::vector<task_id> ids, wait_for mode, nanos timeout) const {
  return inside_->ask<wait_result>(protocol::wait{{std::move(ids), mode, timeout}});
}

result<fence_result> list::wait_all(nanos timeout, bool scheduled_too) const {
  return inside_->ask<fence_result>(protocol::fence{{scheduled_too, timeout}});
}

result<protocol::stopped> list::stop(nanos grace) {
  return inside_->ask<protocol::stopped>(protocol::stop{grace, !inside_->with.abandon_stuck});
}

namespace {

/// Hears for a plain thread's callbacks, and gives credit back for each message worked off.
class ear_actor final : public caf_shim::actor_base {
public:
  ear_actor(caf::actor_config& cfg, caf::actor owner, std::shared_ptr<blocking_ear> ear)
      : actor_base(cfg), owner_(std::move(owner)), ear_(std::move(ear)) {}

  caf::behavior make_behavior() override {
    return {
      [this](const protocol::events& m) {
        ear_->call(&listener::events, *m.batch);
        worked_off(m.number);
      },
      [this](const protocol::snapshot& m) {
        ear_->call(&listener::snapshot, m.tasks);
        worked_off(m.number);
      },
      [this](const protocol::notices& m) {
        ear_->call(&listener::notices, *m.batch);
        worked_off(m.number);
      },
      [this](const protocol::snapshot_end& m) { ear_->call(&listener::snapshot_end, m.version); },
      [this](const protocol::reset& m) { ear_->call(&listener::reset, m.why); },
      [this](const protocol::closed&) { quit(); },
    };
  }

  void on_exit() override {
    ear_->end();
    ear_ = nullptr;
    owner_ = nullptr;
    actor_base::on_exit();
  }

private:
  void worked_off(std::uint64_t number) { caf_shim::tell(*this, owner_, protocol::credit{number, 1}); }

  caf::actor owner_;
  std::shared_ptr<blocking_ear> ear_;
};

} // namespace

void subscription::end() {
  const auto ear = std::exchange(ear_, nullptr);
  const auto actor = std::exchange(actor_, nullptr);
  if (!ear)
    return;
  ear->end();
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

result<subscription> list::subscribe(listener l, task_version from, filter which) {
  protocol::subscribe m;
  m.from = from;
  m.filter = std::move(which);
  m.notices = static_cast<bool>(l.notices);
  auto ear = std::make_shared<blocking_ear>(std::move(l), inside_->env);
  m.who = inside_->system->spawn<ear_actor>(inside_->owner, ear);
  subscription s{m.who, ear};
  auto ok = inside_->ask<protocol::subscribed>(std::move(m));
  if (!ok)
    return ok.error();
  return s;
}

} // namespace stint
