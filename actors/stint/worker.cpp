#include <stint/worker.hpp>

#include <algorithm>
#include <iterator>

namespace stint {

using namespace crew_messages;

namespace {

/// Cooperative bodies run between two looks at the mailbox, and for how long: then it is told what came of them.
constexpr std::size_t bodies_per_turn = 64;
constexpr nanos turn_time = std::chrono::milliseconds{1};

bool blocks(const attempt_ptr& a) { return a->what().run.style() == body_style::blocking; }

} // namespace

worker::worker(caf::actor_config& cfg, worker_setup with) : lendable_actor(cfg), with_(std::move(with)) {}

caf::behavior worker::make_behavior() {
  with_.port->open([me = caf::actor_cast<caf::actor>(this)] { caf_shim::tell_from(lent_thread::here(), me, crew_messages::look{}); });
  return {
    [this](hand_over& m) {
      take(m.attempts);
      go_on();
    },
    [this](const crew_messages::look&) {
      with_.runner->turn();
      gather();
      with_.runner->turned();
      go_on();
    },
    [this](const stop_attempt& m) {
      if (leave_lent_thread()) { // stop callbacks may want what its caller holds
        caf_shim::tell(*this, caf::actor_cast<caf::actor>(this), m);
        return;
      }
      stop_one(m.who);
      go_on(); // what is taken out of the runner may have held up the next
    },
    [this](const take_back& m) {
      for (const auto& who : m.whom)
        give_back(who);
      go_on();
    },
    [this](const replace_runner& m) {
      if (leave_lent_thread()) { // behind the wish to stop, which has gone that way
        caf_shim::tell(*this, caf::actor_cast<caf::actor>(this), m);
        return;
      }
      go_without(m.who);
      go_on();
    },
  };
}

void worker::take(std::vector<attempt_ptr>& fresh) {
  const bool straight = queue_.empty() && !promised_ && std::all_of(fresh.begin(), fresh.end(), blocks);
  if (straight) {
    in_runner_ += fresh.size();
    with_.runner->push(std::move(fresh));
  } else {
    std::move(fresh.begin(), fresh.end(), std::back_inserter(queue_));
  }
}

/// Has everything run that can, and tells what came of it.
void worker::go_on() {
  // What a body printed here goes before its outcome, as everything that is told.
  if (pump())
    gather();
  tell_list();
}

/// Returns whether bodies ran here.
bool worker::pump() {
  std::size_t ran = 0;
  moment clock;
  stint::steady_time began;
  while (!queue_.empty() && !promised_) {
    if (blocks(queue_.front())) {
      auto end = std::find_if_not(queue_.begin(), queue_.end(), blocks);
      std::vector<attempt_ptr> batch(std::move_iterator{queue_.begin()}, std::move_iterator{end});
      queue_.erase(queue_.begin(), end);
      in_runner_ += batch.size();
      with_.runner->push(std::move(batch));
      break;
    }
    if (in_runner_ != 0)
      break; // one at a time
    if (ran == bodies_per_turn || (ran != 0 && clock.steady - began >= turn_time) || leave_lent_thread()) { // such a thread is not for the bodies of others
      with_.port->nudge();
      break;
    }
    if (ran++ == 0)
      began = (clock = with_.env->now()).steady;
    auto a = std::move(queue_.front());
    queue_.pop_front();
    if (a->what().run.style() == body_style::asynchronous)
      begin_here(a);
    else
      run_here(std::move(a), clock);
  }
  return ran != 0;
}

/// Runs a cooperative body; `clock` is the end of the one before it, and then of this one.
void worker::run_here(attempt_ptr a, moment& clock) {
  auto& r = reports_.emplace_back(report_of(*a, attempt_report::kind::finished));
  r.outcome = execute(a);
  r.printed = a->printed();
  r.began = clock.wall;
  const auto ended = with_.env->now();
  r.took = ended.steady - clock.steady;
  clock = ended;
}

void worker::begin_here(const attempt_ptr& a) {
  const auto began = with_.env->now();
  promised_ = a;
  promised_at_ = began.steady;
  with_.port->owes(a->name());
  auto r = report_of(*a, attempt_report::kind::begun);
  r.began = began.wall;
  reports_.push_back(std::move(r));
  begin(a, began);
}

/// Takes the news: what bodies said goes before outcomes, so that whoever waits for an end can read all of it.
void worker::gather() {
  auto news = with_.port->collect();
  for (auto& n : news.notes)
    tell_notes(n);
  for (auto& r : news.reports)
    hear(r);
  if (reports_.empty())
    reports_ = std::move(news.reports);
  else
    std::move(news.reports.begin(), news.reports.end(), std::back_inserter(reports_));
}

void worker::tell_notes(attempt_notes& n) {
  if (!n.output.empty())
    caf_shim::tell(*this, with_.log, append{n.who.id, std::move(n.output)});
  if (n.progress || n.detail)
    caf_shim::tell(*this, with_.list, noted{n.who.id, n.who.attempt, std::move(n.progress), std::move(n.detail)});
}

void worker::hear(attempt_report& r) {
  if (r.what != attempt_report::kind::finished)
    return;
  const attempt_name who{r.id, r.attempt, r.epoch};
  if (promised_ && promised_->name() == who) {
    r.took = std::max(with_.env->now().steady - promised_at_, nanos{1});
    promised_.reset();
  } else if (stuck_.empty() || std::erase(stuck_, who) == 0) {
    --in_runner_;
  }
}

void worker::stop_one(const attempt_name& who) {
  if (give_back(who))
    return;
  if (promised_ && promised_->name() == who)
    promised_->request_stop();
  else
    with_.runner->request_stop(who);
}

bool worker::give_back(const attempt_name& who) {
  auto i = std::find_if(queue_.begin(), queue_.end(), [&who](const auto& a) { return a->name() == who; });
  if (i != queue_.end())
    queue_.erase(i);
  else if (in_runner_ != 0 && with_.runner->take_back(who))
    --in_runner_;
  else
    return false;
  attempt_report r;
  r.what = attempt_report::kind::returned;
  r.id = who.id;
  r.attempt = who.attempt;
  r.epoch = who.epoch;
  reports_.push_back(std::move(r));
  return true;
}

/// The list has given this body up; what it still says does not count, its end does.
void worker::go_without(const attempt_name& who) {
  if (promised_ && promised_->name() == who) {
    promised_->mute();
    promised_.reset();
    stuck_.push_back(who);
  } else if (auto now = with_.runner->current(); now && now->id == who.id && now->attempt == who.attempt) {
    --in_runner_;
    stuck_.push_back(who);
    with_.runner->replace(who);
  }
}

void worker::tell_list() {
  if (reports_.empty())
    return;
  caf_shim::tell(*this, with_.list, worked{with_.id, std::move(reports_)});
  reports_.clear();
}

void worker::on_exit() {
  with_.port->leave();
  with_.runner->close();
  queue_.clear();
  stuck_.clear();
  if (promised_)
    promised_->request_stop();
  promised_.reset();
  with_ = {};
  actor_base::on_exit();
}

} // namespace stint
