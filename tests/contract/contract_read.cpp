// Clauses of the contract: what a store answers: unfinished tasks in order, keys, pages, bounds, counts.
#include <algorithm>

#include "store_owner.hpp"

namespace stint::contract {

namespace {

using id_list = std::vector<task_id>;

void unfinished_tasks_come_by_rank_then_id(place& p) {
  owner o{p};
  std::vector<stored_task> all;
  for (auto rank : {9U, 0U, 3U, 0U, 7U}) {
    auto t = o.make(rank == 0 ? state::scheduled : state::waiting);
    t.rank = rank;
    all.push_back(t);
  }
  all.push_back(o.make(state::running)); // of the last priority: the greatest ranks
  all.push_back(o.make(state::quarantined));
  all.push_back(o.make(state::succeeded));
  o.save(all);
  need(ids(o.unfinished()) == id_list{2, 4, 3, 5, 1, 6, 7}, "the order is wrong, or not all are there");
  all[2].rank = 8; // it enters again, at the back
  o.save({o.change(all[2])});
  need(ids(o.unfinished()) == id_list{2, 4, 5, 3, 1, 6, 7}, "a new rank is a new place");
}

void a_key_finds_its_task_whatever_its_state(place& p) {
  owner o{p};
  need(!got(o.box->keyed("key 1"), "keyed"), "there is no task yet");
  const auto a = o.make(state::waiting);
  const auto b = o.make(state::succeeded);
  auto none = o.make(state::succeeded);
  none.what.idempotency_key.clear();
  o.save({a, b, none});
  for (const auto& t : {a, b}) {
    const auto found = got(o.box->keyed(t.what.idempotency_key), "keyed");
    need(found && *found == t, "the key of task " + std::to_string(t.id));
  }
  need(!got(o.box->keyed(""), "keyed"), "a task without a key has none");
  need(!got(o.box->keyed("KEY 1"), "keyed"), "keys are bytes");
}

void a_key_passes_on_when_its_task_is_removed(place& p) {
  owner o{p};
  const auto old = o.make(state::failed);
  o.save({old});
  auto heir = o.make(state::waiting);
  heir.what.idempotency_key = old.what.idempotency_key;
  auto b = o.next();
  b.saved = {heir}; // in the commit that removes the old one
  b.removed = {old.id};
  o.commit(b);
  const auto found = got(o.box->keyed(old.what.idempotency_key), "keyed");
  need(found && found->id == heir.id, "the key is not the new task's");
}

void unknown_and_deleted_are_different_errors(place& p) {
  owner o{p};
  o.remove({o.add(state::failed)});
  for (task_id id : {0U, 2U}) {
    refused(o.box->get(id), errc::unknown_task, "get " + std::to_string(id));
    refused(o.box->output(id, 0, 1), errc::unknown_task, "output " + std::to_string(id));
  }
  refused(o.box->get(1), errc::task_deleted, "get 1");
  refused(o.box->output(1, 0, 1), errc::task_deleted, "output 1");
}

void pages_hold_each_finished_task_once_in_order(place& p) {
  owner o{p};
  id_list terminal_ones;
  for (int i = 0; i < 23; ++i) {
    const auto s = static_cast<state>(i % state_count);
    const auto id = o.add(s);
    if (terminal(s))
      terminal_ones.push_back(id);
  }
  o.remove({terminal_ones[3]});
  terminal_ones.erase(terminal_ones.begin() + 3);
  for (std::size_t limit : {1U, 2U, 3U, 100U}) {
    need(ids(o.finished({{}, page_order::oldest_first, limit, 0})) == terminal_ones,
         "oldest first, by " + std::to_string(limit));
    auto newest = ids(o.finished({{}, page_order::newest_first, limit, 0}));
    std::reverse(newest.begin(), newest.end());
    need(newest == terminal_ones, "newest first, by " + std::to_string(limit));
  }
}

void a_page_holds_what_its_filter_asks_for(place& p) {
  owner o{p};
  for (int i = 0; i < 18; ++i)
    o.add(static_cast<state>(i % state_count));
  const auto all = o.finished();
  const auto same = [&](const filter& f, const std::function<bool(const stored_task&)>& wanted, const char* what) {
    id_list expected;
    for (const auto& t : all)
      if (wanted(t))
        expected.push_back(t.id);
    need(!expected.empty() && expected.size() < all.size(), std::string{what} + ": the sample shows nothing");
    for (std::size_t limit : {1U, 50U})
      need(ids(o.finished({f, page_order::newest_first, limit, 0})) == expected, what);
  };
  const auto tagged = [](const stored_task& t) { return t.what.tags.front() == "tag1"; };
  filter f;
  f.states = {state::failed, state::expired, state::running};
  same(f, [](const auto& t) { return t.state == state::failed || t.state == state::expired; }, "states");
  f = {};
  f.queue = "queue1";
  same(f, [](const auto& t) { return t.what.queue == "queue1"; }, "queue");
  f = {};
  f.kind = "kind0";
  same(f, [](const auto& t) { return t.what.kind == "kind0"; }, "kind");
  f = {};
  f.tag = "tag1";
  same(f, tagged, "tag");
  f.states = {state::succeeded};
  same(f, [&](const auto& t) { return tagged(t) && t.state == state::succeeded; }, "tag and state");
  f = {};
  f.name_contains = "k 1"; // task 1, task 14 and their like
  same(f, [](const auto& t) { return t.what.name.find("k 1") != std::string::npos; }, "name");
  f.name_contains = "%";
  need(o.finished({f}).empty(), "a name is looked for as it is written, without wild cards");
  f = {};
  f.ids = {6, 1, 15, 99, 6};
  same(f, [](const auto& t) { return t.id == 6 || t.id == 15; }, "ids");
}

void a_page_that_cannot_be_is_refused(place& p) {
  owner o{p};
  need(got(o.box->page({}), "page of an empty store").tasks.empty(), "it is empty");
  o.add(state::succeeded);
  refused(o.box->page({{}, page_order::newest_first, 0, 0}), errc::page_too_large, "a page of nothing");
  refused(o.box->page({{}, page_order::newest_first, 1, 2}), errc::invalid_cursor, "a cursor of the future");
}

void what_is_past_a_bound_is_overdue_oldest_end_first(place& p) {
  owner o{p};
  std::vector<stored_task> all;
  for (auto end : {50U, 10U, 40U, 20U, 30U}) {
    auto t = o.make(state::succeeded);
    t.ended = at(end);
    all.push_back(t);
  }
  all.push_back(o.make(state::failed)); // another state has its own bounds
  all.push_back(o.make(state::running));
  o.save(all);
  o.print(2, 0, std::string(5'000, 'x'));
  const auto overdue = [&o](const store::retention& r, std::size_t most = 100) {
    return got(o.box->overdue(r, most), "overdue");
  };
  store::retention r;
  need(overdue(r).empty(), "without a bound all is kept");
  r.tasks = 5;
  need(overdue(r).empty(), "a bound that is just met");
  r.tasks = 2;
  need(overdue(r) == id_list{2, 4, 5}, "by number");
  need(overdue(r, 2) == id_list{2, 4}, "no more than asked for");
  r = {};
  r.ended_before = at(30);
  need(overdue(r) == id_list{2, 4}, "by age: what ended at the moment itself is kept");
  r = {};
  const auto bytes = got(o.box->counts(), "counts").bytes[static_cast<std::size_t>(state::succeeded)];
  r.bytes = bytes;
  need(overdue(r).empty(), "bytes that are just met");
  r.bytes = bytes - 1;
  need(overdue(r) == id_list{2}, "by bytes");
  r.bytes = bytes - 5'000;
  need(overdue(r) == id_list{2}, "output counts");
  r.bytes = 0;
  r.ended_before = at(15);
  need(overdue(r).size() == 5, "the strictest bound decides");
  r = {};
  r.of = state::failed;
  r.tasks = 0;
  need(overdue(r) == id_list{6}, "each state by itself");
  need(o.get(2).id == 2, "nothing is removed by asking");
}

void counts_agree_with_the_tasks(place& p) {
  owner o{p};
  const auto used = [&o] { return got(o.box->counts(), "counts"); };
  const auto sum = [&] {
    std::uint64_t n = 0;
    for (auto b : used().bytes)
      n += b;
    return n;
  };
  need(used().tasks.total() == 0 && sum() == 0, "an empty store");
  auto t = o.make(state::waiting);
  o.save({t});
  o.add(state::waiting);
  o.add(state::expired);
  need(used().tasks[state::waiting] == 2 && used().tasks[state::expired] == 1, "a task is counted in another state");
  need(used().tasks.total() == 3, "three tasks");
  t.state = state::running;
  o.save({o.change(t)});
  need(used().tasks[state::waiting] == 1 && used().tasks[state::running] == 1, "a task moved");
  const auto before = sum();
  o.print(t.id, 0, std::string(10'000, 'x'));
  need(sum() >= before + 10'000, "output counts");
  auto b = o.next();
  b.cut = {{t.id}};
  o.commit(b);
  need(sum() == before, "cut output counts no more");
  o.remove({1, 2, 3});
  need(used().tasks.total() == 0 && sum() == 0, "everything was removed, " + std::to_string(sum()) + " bytes are left");
}

} // namespace

std::vector<clause> read_clauses() {
  return {
    {"unfinished_tasks_come_by_rank_then_id", unfinished_tasks_come_by_rank_then_id},
    {"a_key_finds_its_task_whatever_its_state", a_key_finds_its_task_whatever_its_state},
    {"a_key_passes_on_when_its_task_is_removed", a_key_passes_on_when_its_task_is_removed},
    {"unknown_and_deleted_are_different_errors", unknown_and_deleted_are_different_errors},
    {"pages_hold_each_finished_task_once_in_order", pages_hold_each_finished_task_once_in_order},
    {"a_page_holds_what_its_filter_asks_for", a_page_holds_what_its_filter_asks_for},
    {"a_page_that_cannot_be_is_refused", a_page_that_cannot_be_is_refused},
    {"what_is_past_a_bound_is_overdue_oldest_end_first", what_is_past_a_bound_is_overdue_oldest_end_first},
    {"counts_agree_with_the_tasks", counts_agree_with_the_tasks},
  };
}

} // namespace stint::contract
