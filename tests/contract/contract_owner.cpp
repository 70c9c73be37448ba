// Clauses of the contract: who may open a store, and what the next owner finds.
#include "store_owner.hpp"

namespace stint::contract {

namespace {

void opening_raises_the_epoch(place& p) {
  std::uint64_t last = 0;
  for (int i = 0; i < 4; ++i) {
    owner o{p};
    need(o.head.epoch > last, "epoch " + std::to_string(o.head.epoch) + " after " + std::to_string(last));
    last = o.head.epoch;
    if (i % 2 == 0)
      got(o.box->close(), "close");
  }
}

void a_second_owner_is_refused_while_the_first_lives(place& p) {
  owner first{p};
  auto second = p.connect();
  refused(second->open(), errc::store_in_use, "the second open");
  refused(second->commit(first.next()), errc::store_closed, "a commit of the second");
  first.add(state::waiting);
  got(first.box->close(), "close");
  need(got(second->open(), "open after close").last_id == 1, "the second sees what the first committed");
}

void an_owner_that_never_closed_keeps_nobody_out(place& p) {
  {
    owner dead{p};
    dead.add(state::waiting);
  }
  owner next{p};
  need(next.head.last_id == 1, "what it committed is there");
}

void a_store_that_is_not_open_answers_nothing(place& p) {
  owner o{p};
  const auto id = o.add(state::succeeded);
  got(o.box->close(), "close");
  auto never = p.connect();
  for (auto* s : {o.box.get(), never.get()}) {
    refused(s->commit(o.next()), errc::store_closed, "commit");
    refused(s->unfinished([](const stored_task&) {}), errc::store_closed, "unfinished");
    refused(s->keyed("key 1"), errc::store_closed, "keyed");
    refused(s->settings(), errc::store_closed, "settings");
    refused(s->get(id), errc::store_closed, "get");
    refused(s->page({}), errc::store_closed, "page");
    refused(s->output(id, 0, 1), errc::store_closed, "output");
    refused(s->overdue({}, 1), errc::store_closed, "overdue");
    refused(s->counts(), errc::store_closed, "counts");
    refused(s->close(), errc::store_closed, "close");
  }
}

void what_was_committed_outlives_its_owner(place& p) {
  contents before;
  store::opened head;
  {
    owner o{p};
    need(o.head.version == 0 && o.head.last_id == 0, "a new store is empty");
    for (std::size_t s = 0; s < state_count; ++s)
      o.print(o.add(static_cast<state>(s)), 0, "line\n");
    before = o.all();
    head = o.head;
  }
  owner next{p};
  need(next.all() == before, "tasks, output or counts are not what they were");
  need(next.head.version == head.version && next.head.last_id == head.last_id, "version and last id go on");
}

void ids_and_version_go_on_after_everything_was_removed(place& p) {
  {
    owner o{p};
    const auto id = o.add(state::failed);
    o.remove({id});
    ++o.head.last_id; // a task that came and went between two commits
    o.head.version += 2;
    o.commit(o.next());
  }
  owner next{p};
  need(next.head.last_id == 2, "last id is " + std::to_string(next.head.last_id) + ", 2 were given");
  need(next.head.version == 4, "version is " + std::to_string(next.head.version) + " after 4 changes");
}

void what_was_said_is_kept_until_it_is_said_otherwise(place& p) {
  const stored_setting list{setting_of::list, "", 0, true}, slow{setting_of::queue, "slow", 2, true},
    fast{setting_of::queue, std::string{"f\0st", 4}, 4'000'000'000U, false}, cpu{setting_of::capacity, "slow", 8, false};
  {
    owner o{p};
    need(got(o.box->settings(), "settings").empty(), "a new store has no settings");
    o.set({cpu, {setting_of::queue, "slow", 7, false}, fast});
    o.set({list, slow});
  }
  {
    owner o{p};
    need(got(o.box->settings(), "settings") == std::vector{list, fast, slow, cpu}, "settings are not what they were");
    o.set({{setting_of::list, "", 0, false}, {setting_of::queue, "slow", 0, true}, {setting_of::queue, "slow", 0, false},
           {setting_of::queue, "never", 0, false}});
    refused(o.box->commit({o.head.epoch + 1, o.head.version, o.head.last_id, {}, {}, {}, {}, {list}}), errc::stale_epoch,
            "a commit of another epoch");
  }
  owner o{p};
  need(got(o.box->settings(), "settings") == std::vector{fast, cpu}, "a plain setting ends what was said before");
}

} // namespace

std::vector<clause> owner_clauses() {
  return {
    {"opening_raises_the_epoch", opening_raises_the_epoch},
    {"a_second_owner_is_refused_while_the_first_lives", a_second_owner_is_refused_while_the_first_lives},
    {"an_owner_that_never_closed_keeps_nobody_out", an_owner_that_never_closed_keeps_nobody_out},
    {"a_store_that_is_not_open_answers_nothing", a_store_that_is_not_open_answers_nothing},
    {"what_was_committed_outlives_its_owner", what_was_committed_outlives_its_owner},
    {"what_was_said_is_kept_until_it_is_said_otherwise", what_was_said_is_kept_until_it_is_said_otherwise},
    {"ids_and_version_go_on_after_everything_was_removed", ids_and_version_go_on_after_everything_was_removed},
  };
}

const std::vector<clause>& clauses() {
  static const auto all = [] {
    std::vector<clause> out;
    for (const auto& part : {owner_clauses(), commit_clauses(), output_clauses(), read_clauses()})
      out.insert(out.end(), part.begin(), part.end());
    return out;
  }();
  return all;
}

std::string verdict(const clause& c, const make_place& make) {
  try {
    const auto where = make();
    c.check(*where);
    return {};
  } catch (const breach& e) {
    return std::string{"broken: "} + e.what(); // never empty, whatever the clause had to say
  }
}

} // namespace stint::contract
