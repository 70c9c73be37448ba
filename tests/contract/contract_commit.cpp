// Clauses of the contract: what a commit does, and which mistakes it refuses as a whole.
#include <map>
#include <random>

#include "store_owner.hpp"

namespace stint::contract {

namespace {

void every_field_comes_back(place& p) {
  owner o{p};
  std::vector<stored_task> all;
  for (std::size_t s = 0; s < state_count; ++s)
    all.push_back(o.make(static_cast<state>(s)));
  stored_task bare; // nothing set but what must be
  bare.id = ++o.head.last_id;
  bare.version = ++o.head.version;
  all.push_back(bare);
  o.save(all);
  for (const auto& t : all)
    need(o.get(t.id) == t, "task " + std::to_string(t.id) + ", " + std::string{to_string(t.state)} + ", differs");
}

void a_change_replaces_the_whole_task(place& p) {
  owner o{p};
  auto t = o.make(state::running);
  o.save({t});
  t.state = state::succeeded;
  t.rank = 0;
  t.error.clear();
  t.errors.clear();
  t.due.reset();
  t.ended = at(99);
  o.save({o.change(t)});
  need(o.get(t.id) == t, "something of the old form is left, or of the new one missing");
  need(o.unfinished().empty() && ids(o.finished()) == std::vector{t.id}, "it is finished now");
}

void the_last_save_of_a_task_wins(place& p) {
  owner o{p};
  auto first = o.make(state::waiting);
  auto last = first;
  last.state = state::running;
  o.change(last);
  auto ended = o.make(state::succeeded);
  auto renamed = ended;
  renamed.what.name = "a longer name";
  o.save({first, ended, renamed, last, renamed});
  need(o.get(first.id) == last && o.get(ended.id) == renamed, "an earlier form is stored");
  const auto used = got(o.box->counts(), "counts");
  need(used.tasks[state::running] == 1 && used.tasks[state::succeeded] == 1 && used.tasks.total() == 2,
       "a task that comes twice is counted twice");
}

void a_large_commit_is_whole(place& p) {
  owner o{p};
  std::vector<stored_task> all;
  for (int i = 0; i < 40; ++i) {
    all.push_back(o.make(i % 2 == 0 ? state::waiting : state::succeeded));
    all.back().what.args = "\"" + std::string(100'000, 'x') + "\"";
  }
  o.save(all);
  for (const auto& t : all)
    need(o.get(t.id) == t, "task " + std::to_string(t.id) + " of a large commit is not there");
  need(got(o.box->counts(), "counts").tasks.total() == all.size(), "not all of a large commit is counted");
}

/// What a store remembers of a commit that failed must not reach the next one.
void a_failed_commit_leaves_nothing_to_the_next(place& p) {
  owner o{p};
  const auto old = o.make(state::waiting);
  o.save({old});
  const auto before = got(o.box->counts(), "counts").bytes;
  auto longer = old;
  longer.state = state::running;
  longer.what.name = "a name that is longer than the one before";
  longer.version = o.head.version + 5;
  auto b = o.next();
  b.version = longer.version;
  b.saved = {longer};
  b.printed = {{old.id, 3, "a"}, {old.id, 1, "behind"}};
  refused(o.box->commit(b), errc::invalid_commit, "a commit with a mistake");
  auto now = old;
  o.save({o.change(now)});
  need(o.get(old.id) == now && got(o.box->counts(), "counts").bytes == before, "it counts what was taken back");
}

void a_commit_is_all_or_nothing(place& p) {
  owner o{p};
  const auto gone = o.make(state::waiting);
  const auto old = o.make(state::waiting);
  o.save({gone, old});
  o.print(old.id, 0, "kept");
  o.remove({gone.id});
  const auto before = o.all();
  // Each batch is good but for one mistake, which stands after everything that is good.
  for (int mistake = 0; mistake < 5; ++mistake) {
    const auto head = o.head;
    auto fresh = o.make(state::succeeded);
    auto changed = old;
    changed.state = state::cancelled;
    o.change(changed);
    auto b = o.next();
    b.saved = {fresh, changed};
    b.printed = {{fresh.id, 0, "new"}};
    b.cut = {{old.id, 0, 2}};
    b.removed = {old.id};
    switch (mistake) {
      case 0: b.saved.push_back(sample(gone.id, b.version, state::failed)); break;
      case 1: b.saved.push_back(sample(b.last_id + 1, b.version, state::waiting)); break;
      case 2: b.saved.push_back(sample(old.id, old.version - 1, state::waiting)); break;
      case 3: b.saved.push_back(sample(fresh.id, b.version + 1, state::succeeded)); break;
      default: b.printed.push_back({old.id, 1, "again"}); break;
    }
    const auto which = "mistake " + std::to_string(mistake);
    refused(o.box->commit(b), errc::invalid_commit, which);
    o.head = head;
    need(o.all() == before, which + " left a part of its batch behind");
    refused(o.box->get(fresh.id), errc::unknown_task, which + " took its last id");
  }
  const auto next = o.add(state::waiting);
  need(next == 3 && o.get(next).id == next, "the store takes the next good commit");
}

void a_commit_of_another_epoch_is_refused(place& p) {
  { owner before{p}; }
  owner o{p};
  const auto t = o.make(state::waiting);
  for (auto epoch : {o.head.epoch - 1, o.head.epoch + 1}) {
    auto b = o.next();
    b.saved = {t};
    b.epoch = epoch;
    refused(o.box->commit(b), errc::stale_epoch, "epoch " + std::to_string(epoch));
  }
  need(o.unfinished().empty(), "nothing of it is stored");
  o.save({t});
}

void the_list_never_goes_back(place& p) {
  owner o{p};
  o.add(state::waiting);
  o.add(state::waiting);
  auto b = o.next();
  --b.version;
  refused(o.box->commit(b), errc::invalid_commit, "an earlier version");
  b = o.next();
  --b.last_id;
  refused(o.box->commit(b), errc::invalid_commit, "an earlier last id");
  o.commit(o.next());
}

void a_task_never_goes_back(place& p) {
  owner o{p};
  auto t = o.make(state::running);
  o.save({t});
  auto later = t;
  later.state = state::succeeded;
  o.save({o.change(later)});
  auto b = o.next();
  b.saved = {t};
  refused(o.box->commit(b), errc::invalid_commit, "its earlier form");
  need(o.get(t.id) == later, "a finished task is undone");
  later.detail = "[]"; // no transition, so no new version
  o.save({later});
  need(o.get(t.id) == later, "a save at the same version is taken");
}

void a_removed_task_is_gone_with_all_it_had(place& p) {
  owner o{p};
  const auto stays = o.add(state::succeeded);
  const auto empty = o.all();
  const auto goes = o.add(state::succeeded);
  const auto open = o.add(state::scheduled);
  o.print(goes, 0, "text");
  o.remove({goes, open});
  for (auto id : {goes, open}) {
    refused(o.box->get(id), errc::task_deleted, "get");
    refused(o.box->output(id, 0, 10), errc::task_deleted, "output");
    need(!got(o.box->keyed("key " + std::to_string(id)), "keyed"), "its key still finds it");
  }
  need(o.all() == empty && ids(o.finished()) == std::vector{stays}, "something of it is left, or more than it is gone");
  auto b = o.next();
  b.saved = {sample(goes, b.version, state::succeeded)};
  refused(o.box->commit(b), errc::invalid_commit, "to save it again");
}

void a_task_saved_and_removed_in_one_commit_is_gone(place& p) {
  owner o{p};
  const auto t = o.make(state::succeeded);
  auto b = o.next();
  b.saved = {t};
  b.printed = {{t.id, 0, "text"}};
  b.removed = {t.id};
  o.commit(b);
  refused(o.box->get(t.id), errc::task_deleted, "get");
  need(o.all() == contents{}, "something of it is left");
}

void removing_what_is_not_there_is_no_error(place& p) {
  owner o{p};
  const auto id = o.add(state::failed);
  o.remove({id, id});
  o.remove({id, 0, 77});
  need(o.all() == contents{}, "the store is empty");
}

/// A store against a map, on seeded commits of all sorts, with a new owner now and then.
void any_commits_leave_what_a_map_would_hold(place& p) {
  std::mt19937 random(7);
  const auto roll = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
  std::map<task_id, stored_task> map;
  std::map<task_id, std::string> texts;
  auto o = std::make_unique<owner>(p);
  for (int round = 0; round < 120; ++round) {
    store::batch b;
    for (auto n = roll(6); n > 0; --n) {
      const auto s = static_cast<state>(roll(state_count));
      stored_task t;
      if (map.empty() || roll(2) == 0) {
        t = o->make(s);
      } else {
        auto i = map.begin();
        std::advance(i, roll(static_cast<unsigned>(map.size())));
        t = sample(i->first, ++o->head.version, s);
      }
      t.rank /= 1 + roll(3);
      map[t.id] = t;
      b.saved.push_back(t);
    }
    for (const auto& [id, t] : map)
      if (roll(4) == 0) {
        const std::string text(1 + roll(9), static_cast<char>('a' + roll(26)));
        b.printed.push_back({id, texts[id].size(), text});
        texts[id] += text;
      }
    for (auto i = map.begin(); i != map.end();) {
      if (roll(16) != 0) {
        ++i;
        continue;
      }
      ++o->head.version;
      b.removed.push_back(i->first);
      texts.erase(i->first);
      i = map.erase(i);
    }
    const auto head = o->next();
    b.epoch = head.epoch;
    b.version = head.version;
    b.last_id = head.last_id;
    o->commit(b);
    if (roll(10) == 0) {
      o.reset();
      o = std::make_unique<owner>(p);
    }
    std::size_t seen = 0;
    const auto when = "round " + std::to_string(round) + ": ";
    for (const auto& part : {o->unfinished(), o->finished()})
      for (const auto& t : part) {
        need(map.contains(t.id) && map.at(t.id) == t, when + "task " + std::to_string(t.id));
        need(o->output(t.id, 7) == texts[t.id], when + "output of " + std::to_string(t.id));
        ++seen;
      }
    need(seen == map.size() && got(o->box->counts(), "counts").tasks.total() == seen,
         when + std::to_string(seen) + " tasks of " + std::to_string(map.size()));
  }
}

} // namespace

std::vector<clause> commit_clauses() {
  return {
    {"every_field_comes_back", every_field_comes_back},
    {"a_change_replaces_the_whole_task", a_change_replaces_the_whole_task},
    {"the_last_save_of_a_task_wins", the_last_save_of_a_task_wins},
    {"a_large_commit_is_whole", a_large_commit_is_whole},
    {"a_failed_commit_leaves_nothing_to_the_next", a_failed_commit_leaves_nothing_to_the_next},
    {"a_commit_is_all_or_nothing", a_commit_is_all_or_nothing},
    {"a_commit_of_another_epoch_is_refused", a_commit_of_another_epoch_is_refused},
    {"the_list_never_goes_back", the_list_never_goes_back},
    {"a_task_never_goes_back", a_task_never_goes_back},
    {"a_removed_task_is_gone_with_all_it_had", a_removed_task_is_gone_with_all_it_had},
    {"a_task_saved_and_removed_in_one_commit_is_gone", a_task_saved_and_removed_in_one_commit_is_gone},
    {"removing_what_is_not_there_is_no_error", removing_what_is_not_there_is_no_error},
    {"any_commits_leave_what_a_map_would_hold", any_commits_leave_what_a_map_would_hold},
  };
}

} // namespace stint::contract
