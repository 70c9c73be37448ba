// Tasks beyond the window of finished ones: the list has the keeper read them, and goes on when they are there.
#include <stint/list_actor.hpp>

#include <utility>

#include <stint/answer.hpp>

namespace stint {

namespace {

/// Until what is to be deleted is read again after a failure.
constexpr nanos before_the_next_turn = std::chrono::seconds{1};

} // namespace

void list_actor::restore_all() {
  for (const auto& s : with_.settings)
    ledger_.restore(s, fx_);
  with_.settings = {};
  // In the order of their ids, wherever they are: that is the order of the queues.
  auto out = with_.outside.tasks.begin();
  const auto last_out = with_.outside.tasks.end();
  const auto up_to = [&](task_id id) {
    for (; out != last_out && out->first.id < id; ++out)
      ledger_.restore(out->first, with_.outside.queues[out->second]);
  };
  for (auto& t : with_.tasks) {
    up_to(t.id);
    ledger_.restore(std::move(t));
  }
  up_to(with_.head.last_id + 1);
  for (auto& k : with_.outside.keys)
    ledger_.restore_key(std::move(k.text), k.id, k.fingerprint);
  with_.tasks = {};
  with_.outside = {};
  ledger_.resume(with_.head.version, with_.head.last_id, now(), fx_);
}

void list_actor::fetch(crew_messages::fetch what, fetched_fn then, not_fetched_fn otherwise) {
  const auto number = ++last_fetch_;
  fetches_.emplace(number, std::move(otherwise)); // CAF 0.17 forgets whom an actor that ends has not called back
  caf_shim::ask(*this, keeper_, std::move(what))
    .then(
      [this, number, then = std::move(then)](crew_messages::fetched& m) {
        fetches_.erase(number);
        then(m);
      },
      [this, number](const caf::error& e) {
        if (auto asked = fetches_.extract(number))
          asked.mapped()(e);
      });
}

void list_actor::take_in(crew_messages::fetched& m) {
  for (auto& s : m.tasks)
    ledger_.take_in(std::move(s));
}

/// Why a task was not among those that the store has.
caf::error list_actor::not_stored(task_id id) const {
  if (ledger_.outside(id))
    return to_caf({errc::store_damaged, "task " + std::to_string(id) + " is damaged, or not there any more"});
  return to_caf(ledger_.missing(id));
}

/// Has tasks that are past their bounds read and deletes them, one step at a time.
void list_actor::fetch_condemned() {
  if (fetching_ || ledger_.condemned().empty())
    return;
  fetching_ = true;
  std::vector<task_id> ids(ledger_.condemned().begin(), ledger_.condemned().end());
  fetch({ids}, [this, ids](crew_messages::fetched& m) {
    fetching_ = false;
    take_in(m);
    ledger_.remove_condemned(ids, now(), fx_);
    changed();
  }, [this](const caf::error&) {
    fetching_ = false;
    caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), before_the_next_turn, crew_messages::turn{});
  });
}

/// What tasks outside have printed need not be in memory either.
void list_actor::tell_left() {
  if (auto ids = ledger_.take_left(); !ids.empty())
    caf_shim::tell(*this, log_, crew_messages::let_go{std::move(ids)});
}

/// Answers with what the store has of a task. That never changes, so it is true whenever it is read.
template <class T>
caf::result<T> list_actor::answer_about(task_id id, result<T> (*what)(const stored_task&)) {
  auto p = make_response_promise<T>();
  fetch({{id}}, [this, id, p, what](crew_messages::fetched& m) mutable {
    if (m.tasks.empty())
      p.deliver(not_stored(id));
    else
      p.deliver(std::move(*what(m.tasks.front())));
  }, [p](const caf::error& e) mutable { p.deliver(e); });
  return p;
}

template caf::result<task> list_actor::answer_about(task_id, result<task> (*)(const stored_task&));
template caf::result<protocol::json_text> list_actor::answer_about(task_id, result<protocol::json_text> (*)(const stored_task&));

/// Decides about a task, which is taken in first if need be: its turn in the order of commands is then.
caf::result<protocol::changed> list_actor::decide(task_id id, std::function<result<task_version>()> how) {
  if (!ledger_.outside(id))
    return answer_later(how());
  auto p = make_response_promise<protocol::changed>();
  fetch({{id}}, [this, id, p, how = std::move(how)](crew_messages::fetched& m) mutable {
    take_in(m);
    if (ledger_.outside(id)) {
      p.deliver(not_stored(id));
      return;
    }
    const auto r = how();
    answer_later(p, r ? result<stint::changed>{stint::changed{*r, 1}} : result<stint::changed>{r.error()});
  }, [p](const caf::error& e) mutable { p.deliver(e); });
  return p;
}

caf::result<protocol::submitted> list_actor::retry(const protocol::retry& m) {
  if (!ledger_.outside(m.id)) {
    auto made = retry_now(m);
    if (made.code() == errc::io_failed)
      return to_caf(made.error());
    return answer_later(std::move(made));
  }
  auto p = make_response_promise<protocol::submitted>();
  fetch({{m.id}}, [this, m, p](crew_messages::fetched& read) mutable {
    take_in(read);
    if (ledger_.outside(m.id)) {
      p.deliver(not_stored(m.id));
      return;
    }
    auto made = retry_now(m);
    if (made.code() == errc::io_failed)
      p.deliver(to_caf(made.error()));
    else
      answer_later(p, std::move(made));
  }, [p](const caf::error& e) mutable { p.deliver(e); });
  return p;
}

result<protocol::submitted> list_actor::retry_now(const protocol::retry& m) {
  if (trouble_)
    return {errc::io_failed, *trouble_};
  // A callable stays with its task until that is deleted, for this.
  const auto* r = ledger_.find(m.id);
  const auto again = r != nullptr && r->body != 0 ? bodies_.put(bodies_.at(r->body)) : body_id{0};
  auto made = ledger_.retry(m.id, m.if_version, again, now(), fx_);
  if (!made) {
    bodies_.drop(again);
    return made.error();
  }
  return protocol::submitted{{*made}, ledger_.version()};
}

caf::result<protocol::many> list_actor::get_many(const std::vector<task_id>& ids) {
  if (ids.size() > ledger_.limits().ids)
    return to_caf({errc::too_many_ids, std::to_string(ids.size())});
  protocol::many out;
  out.version = ledger_.seen_version();
  out.tasks.reserve(ids.size());
  std::vector<task_id> others;
  for (auto id : ids) {
    if (ledger_.outside(id)) {
      others.push_back(id);
      out.tasks.push_back({id, errc::task_deleted, {}});
      continue;
    }
    auto t = ledger_.get(id);
    out.tasks.push_back(t ? waited{id, errc::none, std::move(*t)} : waited{id, t.code(), {}});
  }
  if (others.empty())
    return out;
  auto p = make_response_promise<protocol::many>();
  fetch({others}, [this, p, out, others](crew_messages::fetched& m) mutable {
    std::map<task_id, const stored_task*> read;
    for (const auto& s : m.tasks)
      read[s.id] = &s;
    for (auto id : others)
      if (!read.contains(id) && ledger_.outside(id)) {
        p.deliver(not_stored(id));
        return;
      }
    for (auto& w : out.tasks)
      if (const auto i = read.find(w.id); i != read.end())
        w = {w.id, errc::none, told_of(*i->second)};
    p.deliver(std::move(out));
  }, [p](const caf::error& e) mutable { p.deliver(e); });
  return p;
}

caf::result<page> list_actor::read_page(const page_request& ask) {
  auto inside = ledger_.read(ask);
  if (!inside)
    return to_caf(inside.error());
  if (ledger_.outside_part(ask, *inside).cursor == 0)
    return std::move(*inside);
  auto p = make_response_promise<page>();
  // The half of memory is read when the other is there. What the keeper has read is what it has committed, and told before:
  // both halves are of the same version, which is not older than the events that subscribers were told.
  fetch({{}, ask}, [this, p, ask](crew_messages::fetched& m) mutable {
    auto now_inside = ledger_.read(ask);
    if (now_inside)
      p.deliver(merge(std::move(*now_inside), m.tasks, m.next, ask));
    else
      p.deliver(to_caf(now_inside.error()));
  }, [p](const caf::error& e) mutable { p.deliver(e); });
  return p;
}

caf::result<wait_result> list_actor::wait(wait_request ask) {
  const bool some_outside = ask.ids.size() <= ledger_.limits().ids
                            && std::any_of(ask.ids.begin(), ask.ids.end(), [this](task_id id) { return ledger_.outside(id); });
  if (some_outside) {
    auto p = make_response_promise<wait_result>();
    fetch_and_wait(p, std::move(ask), {});
    return p;
  }
  const auto number = ++last_wait_;
  if (auto ok = ledger_.wait(number, ask, now(), fx_); !ok)
    return to_caf(ok.error());
  auto p = make_response_promise<wait_result>(); // not before: making it counts as having answered
  waits_.emplace(number, p);
  changed();
  return p;
}

/// A wait begins when those of its tasks that are outside have been read, and more may have left meanwhile.
void list_actor::fetch_and_wait(const caf::typed_response_promise<wait_result>& whom, wait_request ask,
                                std::map<task_id, task> read) {
  std::vector<task_id> others;
  for (auto id : ask.ids)
    if (ledger_.outside(id) && !read.contains(id))
      others.push_back(id);
  auto p = whom;
  if (others.empty()) {
    const auto number = ++last_wait_;
    if (auto ok = ledger_.wait(number, ask, now(), fx_, read); !ok) {
      p.deliver(to_caf(ok.error()));
      return;
    }
    waits_.emplace(number, p);
    changed();
    return;
  }
  fetch({others}, [this, p, ask = std::move(ask), read = std::move(read), others](crew_messages::fetched& m) mutable {
    for (const auto& s : m.tasks)
      read.insert_or_assign(s.id, told_of(s));
    for (auto id : others)
      if (!read.contains(id) && ledger_.outside(id)) {
        p.deliver(not_stored(id));
        return;
      }
    fetch_and_wait(p, std::move(ask), std::move(read));
  }, [p](const caf::error& e) mutable { p.deliver(e); });
}

/// Deletes those in memory, then the others in pages; whoever asked is answered after the last of them.
caf::result<protocol::changed> list_actor::clear(const filter& which) {
  const auto before = ledger_.version();
  const auto inside = ledger_.clear(which, now(), fx_);
  page_request ask{which, page_order::oldest_first, std::min<std::size_t>(1'000, ledger_.limits().page), 0};
  if (inside)
    ask = ledger_.outside_part(std::move(ask), {});
  if (ask.cursor == 0)
    return answer_later(inside);
  auto p = make_response_promise<protocol::changed>();
  changed();
  clear_outside(p, std::move(ask), before, inside->count);
  return p;
}

/// Takes no task that ended after `before`, when it was asked for.
void list_actor::clear_outside(const caf::typed_response_promise<protocol::changed>& whom, page_request ask, task_version before,
                               std::uint64_t count) {
  auto p = whom;
  fetch({{}, ask}, [this, p, ask, before, count](crew_messages::fetched& m) mutable {
    for (auto& s : m.tasks) {
      const auto id = s.id;
      if (s.version > before)
        continue;
      ledger_.take_in(std::move(s));
      count += ledger_.remove(id, 0, now(), fx_) ? 1 : 0;
    }
    changed();
    ask.cursor = m.next;
    if (ask.cursor != 0)
      ask = ledger_.outside_part(std::move(ask), {});
    if (ask.cursor != 0)
      clear_outside(p, std::move(ask), before, count);
    else
      answer_later(p, stint::changed{ledger_.version(), count});
  }, [p](const caf::error& e) mutable { p.deliver(e); });
}

} // namespace stint
