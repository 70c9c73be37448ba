#include <stint/worker.hpp>

#include <algorithm>

namespace stint {

using namespace crew_messages;

namespace {

/// Cooperative bodies run between two looks at the mailbox.
constexpr std::size_t bodies_per_turn = 64;

} // namespace

worker::worker(caf::actor_config& cfg, worker_setup with) : actor_base(cfg), with_(std::move(with)) {}

caf::behavior worker::make_behavior() {
  with_.port->open([me = caf::actor_cast<caf::actor>(this)] { caf_shim::anon_tell(me, crew_messages::look{}); });
  return {
    [this](hand_over& m) {
      for (auto& s : m.starts) {
        const auto id = s.id;
        auto a = std::make_shared<runner_attempt>(std::move(s), with_.port, with_.output_room, with_.detail_room);
        has_[id] = a;
        queue_.push_back(std::move(a));
      }
      pump();
      tell_list();
    },
    [this](const crew_messages::look&) { look(); },
    [this](const stop_attempt& m) {
      if (auto a = held(m.id, m.attempt); a && !give_back(a))
        a->request_stop();
      tell_list();
    },
    [this](const take_back& m) {
      if (auto a = held(m.id, m.attempt))
        give_back(a);
      tell_list();
    },
    [this](const replace_runner& m) {
      auto a = held(m.id, m.attempt);
      if (!a)
        return;
      has_.erase(m.id);
      stuck_.push_back(a);
      if (promised_ == a) {
        promised_.reset();
      } else {
        --in_runner_;
        with_.runner->replace(a);
      }
      pump();
      tell_list();
    },
  };
}

attempt_ptr worker::held(task_id id, std::uint32_t attempt) const {
  auto i = has_.find(id);
  return i != has_.end() && i->second->what().attempt == attempt ? i->second : nullptr;
}

bool worker::give_back(const attempt_ptr& a) {
  if (auto i = std::find(queue_.begin(), queue_.end(), a); i != queue_.end())
    queue_.erase(i);
  else if (a != promised_ && with_.runner->take_back(a))
    --in_runner_;
  else
    return false;
  reports_.push_back(a->report(attempt_report::kind::returned));
  has_.erase(a->what().id);
  return true;
}

void worker::pump() {
  std::size_t ran = 0;
  while (!queue_.empty() && !promised_) {
    if (queue_.front()->what().run->style == body_style::blocking) {
      std::vector<attempt_ptr> batch;
      while (!queue_.empty() && queue_.front()->what().run->style == body_style::blocking) {
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      in_runner_ += batch.size();
      with_.runner->push(std::move(batch));
      return;
    }
    if (in_runner_ != 0)
      return; // one at a time
    if (ran++ == bodies_per_turn) {
      with_.port->nudge();
      return;
    }
    auto a = std::move(queue_.front());
    queue_.pop_front();
    run_here(a);
  }
}

void worker::run_here(const attempt_ptr& a) {
  const auto began = with_.env->now();
  if (a->what().run->style == body_style::asynchronous) {
    promised_ = a;
    auto r = a->report(attempt_report::kind::begun);
    r.began = began.wall;
    reports_.push_back(std::move(r));
    begin(a, began);
    return;
  }
  auto r = a->report(attempt_report::kind::finished);
  r.outcome = execute(*a);
  r.began = began.wall;
  r.took = with_.env->now().steady - began.steady;
  take_notes(*a);
  has_.erase(a->what().id);
  reports_.push_back(std::move(r));
}

void worker::take_notes(runner_attempt& a) {
  auto n = a.take_notes();
  if (n.output_skipped != 0)
    n.output = "[" + std::to_string(n.output_skipped) + " bytes skipped]\n" + n.output;
  if (!n.output.empty())
    caf_shim::tell(*this, with_.log, append{a.what().id, std::move(n.output)});
  if (n.progress || n.detail)
    caf_shim::tell(*this, with_.list, noted{a.what().id, a.what().attempt, std::move(n.progress), std::move(n.detail)});
}

void worker::look() {
  with_.runner->turn();
  auto news = with_.port->collect();
  with_.runner->turned();
  // What a body said goes before its outcome: whoever waits for the end then reads all of it.
  for (auto& a : news.noted)
    take_notes(*a);
  for (auto& r : news.reports)
    hear(std::move(r));
  pump();
  tell_list();
}

void worker::hear(attempt_report r) {
  auto a = held(r.id, r.attempt);
  if (!a) {
    auto i = std::find_if(stuck_.begin(), stuck_.end(), [&r](const auto& s) {
      return s->what().id == r.id && s->what().attempt == r.attempt;
    });
    if (i == stuck_.end() || r.what != attempt_report::kind::finished)
      return;
    stuck_.erase(i);
    r.what = attempt_report::kind::freed;
    reports_.push_back(std::move(r));
    return;
  }
  if (r.what == attempt_report::kind::finished) {
    has_.erase(r.id);
    if (a == promised_)
      promised_.reset();
    else
      --in_runner_;
    // Begun and finished since the last look: the outcome says it all.
    if (!reports_.empty() && reports_.back().what == attempt_report::kind::begun && reports_.back().id == r.id)
      reports_.pop_back();
  }
  reports_.push_back(std::move(r));
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
  has_.clear();
  stuck_.clear();
  promised_.reset();
  with_ = {};
  actor_base::on_exit();
}

} // namespace stint
