#include "driver.hpp"

namespace stint::naive {

using namespace std::chrono_literals;

namespace {

constexpr std::array keys{"", "a", "a/b", "a/c", "d", "d/e/f", "cpu"};
constexpr std::array queues_of{"default", "q", "r"};

ledger_options options() {
  ledger_options o;
  o.observed = true;
  o.limits.finished = keep_all;
  return o;
}

bool has_slot(const job& j) { return j.has_slot(); }
bool quarantined(const job& j) { return j.at == state::quarantined; }

} // namespace

std::string to_string(const step& s) {
  return "{" + std::to_string(s.what) + "," + std::to_string(s.a) + "," + std::to_string(s.b) + "," + std::to_string(s.c)
         + "}";
}

driver::driver() : book_(options()), now_{steady_time{1h}, wall_time{1000h}} {
  book_.know_kind("k", false);
  need(book_.declare("cpu", 4, now_, fx_).has_value(), "declare");
  model_.capacity["cpu"] = 4;
}

void driver::play(const step& s) {
  if (!busy_story_)
    busy_story_ = s.c % 2 == 0;
  switch (s.what % 32) {
    case 0: case 1: case 2: case 3: case 4: case 5: submit(s); break;
    case 6: case 7: case 8: case 9: begin(s); break;
    case 10: case 11: case 12: case 13: case 14: case 15: end(s); break;
    case 16: stale(s); break;
    case 17: case 18: change(s); break;
    case 19: case 20: queues(s); break;
    case 21: case 22: case 23: workers(s); break;
    case 24: case 25: case 26: case 27: time(s); break;
    case 28: stuck(s); break;
    default: wait(s); break;
  }
  settle();
}

void driver::submit(const step& s) {
  spec t;
  t.name = "t";
  t.queue = queues_of[s.a % 8 < 5 ? 0 : s.a % 8 < 7 ? 1 : 2];
  t.priority = s.b % 8 == 7 ? 1 : s.b % 8 == 6 ? -1 : 0;
  t.kind = s.b / 8 % 4 == 3 ? "k" : "";
  if ((s.a ^ s.c) % 16 == 5)
    t.labels = {"gpu"};
  t.retry = {1U + s.c % 3, nanos{s.c % 2 * 2s}, 1.0, 1h, 0.0};
  if (s.c / 8 % 4 == 1)
    t.delay = 3s;
  if (s.c / 8 % 4 == 2)
    t.timeout = 4s;
  if (s.c / 32 % 4 == 3)
    t.start_within = 6s;
  if (*busy_story_ && s.a % 2 == 0) {
    t.claims = {exclusive("a/b")};
    add(t);
    return;
  }
  const unsigned seed = s.a / 8U + s.b / 32U * 32U; // which keys, and how
  for (unsigned n = seed % 4; n > 0; --n) {
    const auto bits = ((seed + n * 77U) * 2'654'435'761U) >> 12;
    const std::string key = keys[bits % keys.size()];
    if (std::any_of(t.claims.begin(), t.claims.end(), [&](const auto& c) { return c.key == key; }))
      continue;
    if (key == "cpu")
      t.claims.push_back(units(key, 1 + bits / 7 % 3));
    else
      t.claims.push_back(bits / 7 % 2 == 0 ? exclusive(key) : shared(key));
  }
  add(t);
}

void driver::add(const spec& t) {
  const bool fits = std::all_of(t.claims.begin(), t.claims.end(), [&](const auto& c) {
    return c.mode != claim_mode::units || c.units <= model_.capacity["cpu"];
  });
  auto copy = t; // it is emptied
  const new_task one{&copy, t.kind.empty() ? body_id{1} : 0, 0};
  const auto r = book_.submit({&one, 1}, now_, fx_);
  need(r.has_value() == fits, "submission", r.has_value(), fits);
  if (!fits)
    return;
  ++last_;
  need(r->ids.size() == 1 && r->ids[0] == last_, "ids are 1, 2, 3", r->ids[0], last_);
  model_.submit(last_, t);
}

void driver::begin(const step& s) {
  std::vector<task_id> can; // begin, or come back
  for (const auto& [w, k] : model_.crew) {
    const auto has = on(w);
    for (auto t : has)
      if (!model_.jobs.at(t).begun && (t == has[0] || recalled_.contains(t) || s.b % 8 == 0))
        can.push_back(t);
  }
  const auto id = one_of(can, s.a);
  if (!id || comes_back(*id))
    return;
  auto& j = model_.jobs.at(*id);
  if (s.b % 8 == 0 || *id != on(j.worker)[0] || (recalled_.contains(*id) && s.b % 4 != 1)) {
    report(j.worker, *id, j.attempt, attempt_report::kind::returned);
    model_.give_back(j);
    return;
  }
  report(j.worker, *id, j.attempt, attempt_report::kind::begun);
  no_overlap(*id);
  j.begun = true;
  begun_at_[*id] = now_.steady;
  if (j.what.timeout)
    model_.agenda.emplace(model_.now + *j.what.timeout, due{'t', *id, j.attempt});
}

/// What was handed over behind a body that got stuck does not begin: its worker was asked for it before it went on.
bool driver::comes_back(task_id id) {
  auto& j = model_.jobs.at(id);
  const auto wants = model::wants(j);
  if (j.begun || std::none_of(model_.stuck.begin(), model_.stuck.end(), [&](const auto& s) { return model::clash(s.holds, wants); }))
    return false;
  need(recalled_.contains(id), "recalled from behind a stuck body", id);
  report(j.worker, id, j.attempt, attempt_report::kind::returned);
  model_.give_back(j);
  return true;
}

/// Whatever was handed over together: no two bodies that clash run at once.
void driver::no_overlap(task_id id) const {
  const auto wants = model::wants(model_.jobs.at(id));
  for (const auto& [other, o] : model_.jobs)
    need(other == id || !o.begun || !o.has_slot() || !model::clash(model::wants(o), wants), "bodies overlap", id, other);
}

void driver::end(const step& s) {
  std::vector<task_id> first; // of each worker
  for (const auto& [w, k] : model_.crew)
    if (const auto has = on(w); !has.empty())
      first.push_back(has[0]);
  const auto id = one_of(first, s.a);
  if (!id || comes_back(*id))
    return;
  no_overlap(*id);
  outcome o;
  switch (s.b % 8) {
    case 0: case 1: case 2: o = failed("broken"); break;
    case 3: o = discarded("hopeless"); break;
    case 4: o = snoozed(nanos{s.c % 3 * 1s}); break;
    case 5: o = cancelled(); break;
    default: o = succeeded(); break;
  }
  const auto& j = model_.jobs.at(*id);
  static constexpr std::array<nanos, 8> lengths{1us, 100ns, 20us, 100us, 0ns, 1ms, 1s, 1us};
  const auto took = *busy_story_ ? 1us : lengths[s.c / 4 % lengths.size()];
  report(j.worker, *id, j.attempt, attempt_report::kind::finished, o, 1, took);
  model_.finish(*id, o);
}

void driver::stale(const step& s) {
  const auto id = one_of(those(has_slot), s.a);
  if (!id)
    return;
  const auto& j = model_.jobs.at(*id);
  if (s.b % 3 == 0 && j.attempt > 1)
    report(j.worker, *id, j.attempt - 1, attempt_report::kind::returned);
  else if (s.b % 3 == 1)
    report(j.worker, *id, j.attempt, attempt_report::kind::finished, succeeded(), 99);
  else
    report(j.worker + 1, *id, j.attempt, attempt_report::kind::begun);
  ++stale_;
}

void driver::change(const step& s) {
  const task_id id = s.a % (last_ + 2);
  const bool known = id != 0 && id <= last_;
  const auto gone = known && !deleted_.contains(id) ? errc::none : known ? errc::task_deleted : errc::unknown_task;
  const bool ended = known && terminal(model_.jobs.at(id).at);
  if (s.b % 3 == 0) {
    const auto want = gone != errc::none ? gone : ended ? errc::none : errc::wrong_state;
    need(book_.remove(id, 0, now_, fx_).code() == want, "remove", id);
    if (want == errc::none)
      deleted_.insert(id);
    return;
  }
  const auto want = gone != errc::none ? gone : ended ? errc::wrong_state : errc::none;
  need(book_.cancel(id, 0, now_, fx_).code() == want, "cancel", id);
  if (want == errc::none)
    model_.cancel(id);
}

void driver::queues(const step& s) {
  const std::string name = s.a % 4 == 3 ? "" : queues_of[s.a % 4];
  if (s.b % 8 == 0) { // a limit, or none
    const auto limit = static_cast<std::uint32_t>(s.c % 3);
    need(book_.limit_queue(queues_of[1], limit, now_, fx_).has_value(), "limit");
    limit == 0 ? void(model_.limit.erase(queues_of[1])) : void(model_.limit[queues_of[1]] = limit);
  } else if (s.b % 8 == 1) {
    const auto n = static_cast<std::uint32_t>(2 + s.c % 4);
    need(book_.declare("cpu", n, now_, fx_).has_value(), "declare");
    model_.capacity["cpu"] = n;
  } else if (s.b % 8 < 4) {
    if (book_.pause(name, now_, fx_))
      model_.paused.insert(name);
  } else if (book_.resume(name, now_, fx_)) {
    model_.paused.erase(name);
  }
}

/// Those with the kind are of the owner's process, like those without it, or of one of two others.
void driver::join(model::hand h) {
  const auto if_so = [](bool so, const char* word) { return std::vector<std::string>(so ? 1 : 0, word); };
  ++last_worker_;
  const std::int64_t process = h.here || !h.k ? 0 : static_cast<std::int64_t>(last_worker_ % 3);
  h.here = process == 0;
  book_.worker_joined(last_worker_, if_so(h.k, "k"), now_, fx_, static_cast<process_id>(process), if_so(h.gpu, "gpu"));
  model_.crew[last_worker_] = h;
  model_.process[last_worker_] = process;
  quiet_[last_worker_] = now_.steady;
}

void driver::workers(const step& s) {
  if (model_.crew.size() < 2 || (s.a % 4 < 3 && model_.crew.size() < 5)) {
    join({s.b % 2 == 0, s.c % 4 != 0});
    return;
  }
  auto victim = model_.crew.begin();
  std::advance(victim, s.b % model_.crew.size());
  const auto worker = victim->first;
  const auto had = on(worker);
  model_.crew.erase(victim);
  if (s.c % 4 == 1) {
    far_.insert(worker);
    book_.worker_lost(worker, now_, fx_);
    for (auto id : had)
      model_.lose(id, id == had.front());
    return;
  }
  if (s.c % 8 == 2) {
    book_.worker_left(worker, now_, fx_);
    std::erase_if(model_.stuck, [worker](const auto& b) { return b.worker == worker; });
    for (auto id : had)
      if (auto& j = model_.jobs.at(id); true)
        model_.put(j, j.at == state::cancelling ? state::cancelled : state::waiting);
    return;
  }
  std::vector<running_body> left;
  if (!had.empty() && s.c % 4 == 0) {
    const auto& j = model_.jobs.at(had.front());
    left.push_back({had.front(), j.attempt});
    model_.stuck.push_back({had.front(), j.attempt, model::wants(j), worker});
  }
  book_.worker_died(worker, left, now_, fx_);
  for (auto id : had)
    model_.jobs.at(id).begun || (!left.empty() && id == left[0].id) ? model_.die(id)
                                                                     : model_.give_back(model_.jobs.at(id));
}

void driver::time(const step& s) {
  const nanos d = s.b % 4 * 1s + s.c % 4 * 250ms;
  now_ = now_ + d;
  model_.now += d;
  if (s.a % 8 == 0)
    now_.wall += (s.a % 16 == 0 ? 1 : -1) * 30s; // somebody sets the clock
  book_.tick(now_, fx_);
  model_.tick();
}

void driver::stuck(const step& s) {
  if (const auto q = one_of(those(quarantined), s.a); q && s.b % 2 == 0) {
    need(book_.release(*q, 0, now_, fx_).has_value(), "release", *q);
    auto& j = model_.jobs.at(*q);
    j.deaths = 0;
    j.alone = false;
    model_.enter(j);
    for (auto& [w, charged] : model_.lost)
      std::erase(charged, *q);
  } else if (s.b % 4 == 3 && !model_.lost.empty()) {
    auto i = model_.lost.begin();
    std::advance(i, s.a % model_.lost.size());
    const auto w = i->first;
    book_.worker_lived(w, now_, fx_);
    model_.live_on(w);
  } else if (!model_.stuck.empty()) {
    const auto i = model_.stuck.begin() + s.a % static_cast<std::ptrdiff_t>(model_.stuck.size());
    if (const auto w = i->worker; far_.contains(w)) {
      book_.worker_over(w, fx_);
      model_.over(w);
      return;
    }
    report(0, i->id, i->attempt, attempt_report::kind::freed);
    model_.stuck.erase(i);
  }
}

void driver::wait(const step& s) {
  open_wait w;
  const auto id = ++last_wait_;
  if (s.c % 3 == 0 || last_ == 0) {
    w.last = last_;
    w.scheduled_too = s.c % 2 == 0;
    need(book_.fence(id, {w.scheduled_too, 0ns}, now_, fx_).has_value(), "fence");
  } else {
    w.ids = {1 + s.a % last_, 1 + s.b % last_};
    w.mode = s.c % 3 == 1 ? wait_for::any : wait_for::all;
    need(book_.wait(id, {w.ids, w.mode, 0ns}, now_, fx_).has_value(), "wait");
  }
  waits_[id] = w;
}

void driver::report(worker_id from, task_id id, std::uint32_t attempt, attempt_report::kind what, outcome o,
                    std::uint64_t epoch, nanos took) {
  attempt_report a;
  a.what = what;
  a.id = id;
  a.attempt = attempt;
  a.epoch = epoch;
  a.outcome = std::move(o);
  a.began = now_.wall;
  a.took = took;
  if (model_.crew.contains(from))
    quiet_[from] = now_.steady;
  if (took > 0ns) {
    if (took < long_at(from))
      quick_.insert(from);
    auto& usual = usual_[from];
    usual = usual == 0 ? double(took.count()) : usual + (double(took.count()) - usual) / 8;
  }
  book_.report(from, {&a, 1}, now_, fx_);
}

} // namespace stint::naive
