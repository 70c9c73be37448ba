// Finished tasks that are on the disk only: what is asked about them is compared with what was committed.
#include <sim/simulation.hpp>

namespace stint::sim {

using namespace std::chrono_literals;

void simulation::ask_page(page_request ask) {
  auto box = world_->begin_ask<page>(list_, protocol::read_page{ask});
  pages_.emplace_back(std::move(ask), open_question<page>{std::move(box)});
}

/// What else happens to a list with a window.
void simulation::act_outside() {
  const auto id = some_task();
  switch (below(6)) {
    case 0:
    case 1: gets_.push_back({id, rules_->outside(id), {world_->begin_ask<task>(list_, protocol::get{id})}}); break;
    case 2: values_.push_back({id, {world_->begin_ask<protocol::json_text>(list_, protocol::read_value{id})}}); break;
    case 3: {
      page_request ask;
      ask.order = chance(50) ? page_order::oldest_first : page_order::newest_first;
      ask.limit = 1 + below(30);
      ask.cursor = chance(50) ? 0 : 1 + below(rules_->last_id() + 1);
      if (chance(30))
        ask.filter.tag = "tagged";
      if (chance(30))
        ask.filter.states = {state::failed, state::waiting};
      ask_page(std::move(ask));
      break;
    }
    case 4: {
      filter f;
      for (int i = 0; i < 3; ++i) {
        f.ids.push_back(some_task());
        oracle_->kept.asked_to_remove(f.ids.back());
      }
      world_->begin_ask<protocol::changed>(list_, protocol::clear{f});
      break;
    }
    default: {
      if (keyed_.empty())
        break;
      const auto known = std::next(keyed_.begin(), static_cast<std::ptrdiff_t>(below(keyed_.size())));
      protocol::submit m;
      m.tasks.push_back({known->second, known->second.kind.empty() ? some_body() : body{}});
      repeated_.push_back({known->first, {world_->begin_ask<protocol::submitted>(list_, std::move(m))}});
    }
  }
}

/// A finished task is told as it was committed; one that was outside is there, or deleted, or the disk cannot be read.
void simulation::check_told(task_id id, bool was_outside, const result<task>& t) const {
  if (!t) {
    need(!was_outside || t.code() == errc::io_failed || (t.code() == errc::task_deleted && disk_->removed.contains(id)), "task ",
         id, " is outside, and asked for it the list says ", to_string(t.error()));
    return;
  }
  if (!terminal(t->state))
    return;
  const auto d = disk_->tasks.find(id);
  need(d != disk_->tasks.end() || disk_->removed.contains(id), "task ", id, " is told and was never committed");
  auto is = *t;
  is.stuck = false;
  need(d == disk_->tasks.end() || is == told_of(d->second), "task ", id, " is told otherwise than it was committed");
}

void simulation::check_outside() {
  for (auto& g : gets_)
    if (auto& q = g.question; !q.checked && q.box->has_value()) {
      q.checked = true;
      check_told(g.id, g.outside, **q.box);
    }
  for (auto& [id, q] : values_)
    if (!q.checked && q.box->has_value()) {
      q.checked = true;
      const auto& v = **q.box;
      const auto d = disk_->tasks.find(id);
      need(!v || d == disk_->tasks.end() || v->text == d->second.value, "task ", id, " has another value");
    }
  for (auto& [id, q] : repeated_)
    if (!q.checked && q.box->has_value()) {
      q.checked = true;
      const auto& made = **q.box;
      need(made.code() != errc::idempotency_conflict || disk_->removed.contains(id), "the key of task ", id, " is another's");
      need(!made || made->ids.front() == id || disk_->removed.contains(id), "task ", id, " was accepted again as ",
           made ? made->ids.front() : 0);
    }
}

/// While nothing was committed since, a page holds exactly what was.
void simulation::check_page(const page_request& ask, const page& p) const {
  if (p.version != disk_->version)
    return;
  const bool upwards = ask.order == page_order::oldest_first;
  const auto before = [upwards](task_id a, task_id b) { return upwards ? a < b : a > b; };
  std::vector<const stored_task*> wanted;
  for (const auto& [id, t] : disk_->tasks) {
    const auto& f = ask.filter;
    const bool matches = (f.states.empty() || std::find(f.states.begin(), f.states.end(), t.state) != f.states.end())
                         && (f.tag.empty() || std::find(t.what.tags.begin(), t.what.tags.end(), f.tag) != t.what.tags.end());
    if (matches && (ask.cursor == 0 || !before(id, ask.cursor)) && (p.next == 0 || before(id, p.next)))
      wanted.push_back(&t);
  }
  if (!upwards)
    std::reverse(wanted.begin(), wanted.end());
  need(wanted.size() == p.tasks.size(), "a page holds ", p.tasks.size(), " tasks, of ", wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    need(p.tasks[i].id == wanted[i]->id && p.tasks[i].state == wanted[i]->state && p.tasks[i].version == wanted[i]->version
           && p.tasks[i].attempt == wanted[i]->attempt,
         "task ", wanted[i]->id, " is another one on a page");
}

/// While a list begins, what it deletes is looked at with a window only: what is outside is known from the beginning.
void simulation::look_at_kept() {
  if (windowed())
    oracle_->kept.look(env_->now());
}

/// Whoever asked is gone.
void simulation::forget_questions() {
  submissions_.clear();
  waits_.clear();
  fences_.clear();
  pages_.clear();
  explains_.clear();
  releases_.clear();
  gets_.clear();
  values_.clear();
  repeated_.clear();
}

} // namespace stint::sim
