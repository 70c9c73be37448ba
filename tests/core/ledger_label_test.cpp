// Labels: a task goes to a worker that has all of its labels, waits for one and says so, and blocks nobody meanwhile.
#include "lives.hpp"

namespace stint {
namespace {

using namespace test;

spec labelled(std::string name, std::vector<std::string> labels, std::vector<claim> claims = {}) {
  auto s = of_kind(std::move(name), "k", std::move(claims));
  s.labels = std::move(labels);
  return s;
}

struct label_desk : desk {
  explicit label_desk(ledger_options o = {}) : desk(0, std::move(o)) { book.know_kind("k", false); }
  worker_id join_far(std::vector<std::string> labels = {}) {
    ++last_worker;
    book.worker_joined(last_worker, {"k"}, now, fx, last_worker, std::move(labels));
    go();
    return last_worker;
  }
};

TEST(ledger_label, a_task_goes_to_a_worker_that_has_all_its_labels) {
  label_desk d;
  d.join_far();
  d.join_far({"gpu"});
  d.join_far({"big", "other", "gpu"});
  const auto both = d.add(labelled("both", {"gpu", "big"}));
  const auto one = d.add(labelled("one", {"gpu"}));
  const auto none = d.add(labelled("none", {}));
  EXPECT_EQ(d.has.at(both).worker, 3U);
  EXPECT_EQ(d.has.at(one).worker, 2U);
  EXPECT_EQ(d.has.at(none).worker, 1U);
  const auto next = d.add(labelled("next", {"gpu"}));
  const auto plain = d.add(labelled("plain", {}));
  d.succeed(none);
  EXPECT_EQ(d.has.at(plain).worker, 1U) << "it does not wait behind one that this worker may not take";
  d.succeed(both);
  EXPECT_EQ(d.has.at(next).worker, 3U);
}

TEST(ledger_label, a_worker_with_labels_takes_tasks_without_any_in_the_one_order) {
  label_desk d;
  d.join_far({"gpu"});
  const auto runs = d.add(labelled("runs", {}));
  const auto first = d.add(labelled("first", {}));
  const auto second = d.add(labelled("second", {"gpu"}));
  EXPECT_EQ(d.book.explain(second, d.now)->ahead, 1U) << "they compete for its slot";
  d.succeed(runs);
  EXPECT_TRUE(d.runs(first));
  d.succeed(first);
  EXPECT_TRUE(d.runs(second));
}

TEST(ledger_label, a_task_that_no_worker_can_take_waits_and_says_for_what) {
  label_desk d;
  d.join_far({"big"});
  const auto id = d.add(labelled("card", {"gpu"}));
  EXPECT_EQ(d.reason(id), wait_reason::no_worker);
  EXPECT_EQ(d.why(id), "no worker for kind 'k' with label 'gpu'");
  EXPECT_EQ(d.why(d.add(labelled("both", {"gpu", "big"}))), "no worker for kind 'k' with labels 'big' and 'gpu'");
  EXPECT_EQ(d.why(d.add(labelled("all", {"c", "b", "a"}))), "no worker for kind 'k' with labels 'a', 'b' and 'c'");
  d.join_far({"gpu"});
  EXPECT_TRUE(d.runs(id));
}

TEST(ledger_label, a_task_that_no_worker_can_take_blocks_nobody) {
  label_desk d;
  d.join_far();
  auto urgent = labelled("urgent", {"gpu"}, {exclusive("a")});
  urgent.priority = 2;
  const auto id = d.add(urgent);
  const auto other = d.add(labelled("other", {}, {exclusive("a")}));
  EXPECT_TRUE(d.runs(other));
  d.join_far({"gpu"});
  EXPECT_EQ(d.reason(id), wait_reason::claims);
  d.succeed(other);
  EXPECT_TRUE(d.runs(id));
}

TEST(ledger_label, its_tickets_are_given_up_when_the_last_worker_with_the_label_goes) {
  label_desk d;
  d.join_far();
  const auto card = d.join_far({"gpu"});
  const auto held = d.add(labelled("held", {}, {exclusive("a")}));
  const auto id = d.add(labelled("card", {"gpu"}, {exclusive("a"), exclusive("b")}));
  const auto behind = d.add(labelled("behind", {}, {exclusive("b")}));
  EXPECT_EQ(d.reason(behind), wait_reason::claims);
  d.leave(card);
  EXPECT_EQ(d.reason(id), wait_reason::no_worker);
  EXPECT_EQ(d.reason(behind), wait_reason::capacity) << "nobody stands before it any more";
  d.succeed(held);
  EXPECT_TRUE(d.runs(behind));
  d.join_far({"gpu"});
  EXPECT_EQ(d.reason(id), wait_reason::claims);
  d.succeed(behind);
  EXPECT_TRUE(d.runs(id));
}

TEST(ledger_label, a_retry_and_what_a_worker_gives_back_keep_the_label) {
  label_desk d;
  d.join_far();
  const auto card = d.join_far({"gpu"});
  auto s = labelled("card", {"gpu"});
  s.retry = {2, 1s, 1.0, 1s, 0.0};
  const auto id = d.add(s);
  d.give_back(id);
  EXPECT_EQ(d.has.at(id).worker, card);
  d.fail(id);
  d.pass(1s);
  EXPECT_EQ(d.has.at(id).worker, card);
  d.begin(id);
  d.lose(card);
  EXPECT_EQ(d.reason(id), wait_reason::no_worker) << "not to the worker that is left";
  EXPECT_EQ(d.has.at(id).worker, card);
  const auto again = d.join_far({"gpu"});
  d.over(card);
  EXPECT_EQ(d.has.at(id).worker, again);
  d.end(id, discarded("hopeless"));
  const auto anew = *d.book.retry(id, 0, 0, d.now, d.fx);
  d.go();
  EXPECT_EQ(d.book.get(anew)->labels, std::vector<std::string>{"gpu"});
  EXPECT_EQ(d.has.at(anew).worker, again);
}

TEST(ledger_label, a_callable_goes_to_a_worker_of_its_process_that_has_the_label) {
  label_desk d;
  d.join();
  d.join_far({"gpu"});
  auto s = named("callable");
  s.labels = {"gpu"};
  const auto id = d.add(s);
  EXPECT_EQ(d.why(id), "no worker of this process with label 'gpu'");
  const auto plain = d.add("plain");
  EXPECT_EQ(d.has.at(plain).worker, 1U);
  const auto card = d.join({}, {"gpu"});
  EXPECT_EQ(d.has.at(id).worker, card);
}

// What waits for busy workers with a label must not end the round for the others.
TEST(ledger_label, a_callable_with_a_label_holds_up_no_other) {
  label_desk d;
  d.join({}, {"gpu"});
  auto s = named("card");
  s.labels = {"gpu"};
  const auto first = d.add(s);
  const auto second = d.add(s);
  d.join();
  const auto plain = d.add("plain");
  EXPECT_EQ(d.has.at(plain).worker, 2U);
  EXPECT_EQ(d.reason(second), wait_reason::capacity);
  d.succeed(first);
  EXPECT_EQ(d.has.at(second).worker, 1U);
}

TEST(ledger_label, labels_are_a_set) {
  label_desk d;
  auto s = labelled("twice", {"b", "a", "b"});
  s.idempotency_key = "key";
  const auto id = d.add(s);
  EXPECT_EQ(d.book.get(id)->labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(d.book.stored(id).what.labels, (std::vector<std::string>{"a", "b"}));
  s.labels = {"a", "b"};
  EXPECT_EQ(*d.try_add(s), id) << "it asks for the same";
  s.labels = {"a"};
  EXPECT_EQ(d.try_add(s).code(), errc::idempotency_conflict);
}

// A label per task, such as a name of a machine, must not make every choice slower, nor grow for ever.
TEST(ledger_label, only_so_many_sets_are_asked_for_at_once_and_those_that_ended_count_no_more) {
  ledger_options o;
  o.limits.label_sets = 2;
  label_desk d{o};
  const auto a = d.add(labelled("a", {"a"}));
  const auto also_a = d.add(labelled("also a", {"a"}));
  EXPECT_EQ(d.add_all({labelled("b", {"b"}), labelled("c", {"c"})}).code(), errc::too_many_label_sets);
  d.add_all({labelled("b", {"b"}), labelled("b", {"b", "b"})}).value();
  EXPECT_EQ(d.try_add(labelled("c", {"c"})).code(), errc::too_many_label_sets);
  EXPECT_EQ(d.try_add(labelled("a", {"a"})).code(), errc::none) << "it is asked for already";
  d.add(labelled("plain", {}));
  EXPECT_EQ(d.book.last_id(), 6U);
  d.join_far({"a", "b"});
  for (task_id id = 1; id <= 6; ++id)
    d.book.cancel(id, 0, d.now, d.fx).value();
  d.go();
  EXPECT_EQ(d.state(also_a), state::cancelled);
  d.succeed(a);
  // Numbers are given again, also to workers that had the old ones.
  const auto c = d.add(labelled("c", {"c"}));
  const auto b = d.add(labelled("b", {"b"}));
  EXPECT_EQ(d.reason(c), wait_reason::no_worker);
  EXPECT_TRUE(d.runs(b));
  d.leave(1);
  EXPECT_EQ(d.reason(b), wait_reason::no_worker);
  d.join_far({"c"});
  EXPECT_TRUE(d.runs(c));
}

TEST(ledger_label, a_task_with_a_bad_label_is_refused_by_name) {
  label_desk d;
  EXPECT_EQ(d.try_add(labelled("none", {""})).code(), errc::invalid_label);
  EXPECT_EQ(d.try_add(labelled("lines", {"a\nb"})).code(), errc::invalid_label);
  EXPECT_EQ(d.try_add(labelled("many", std::vector<std::string>(33, "a"))).code(), errc::too_many_labels);
}

TEST(ledger_label, a_restart_remembers_labels) {
  lives l;
  const auto id = l.d().add(labelled("card", {"gpu"}));
  const auto repeated = [] {
    auto s = labelled("key", {"gpu", "big"});
    s.idempotency_key = "key";
    return s;
  };
  const auto keyed = l.d().add(repeated());
  l.die();
  l.join();
  EXPECT_EQ(l.get(id).labels, std::vector<std::string>{"gpu"});
  EXPECT_EQ(l.get(id).reason, wait_reason::no_worker);
  EXPECT_EQ(*l.d().try_add(repeated()), keyed);
  const auto card = l.d().join({"k"}, {"gpu"});
  EXPECT_EQ(l.d().has.at(id).worker, card);
  l.d().begin(id);
  l.die();
  l.join();
  l.d().go();
  EXPECT_EQ(l.get(id).reason, wait_reason::no_worker) << "interrupted, and still only for such a worker";
  l.d().join({"k"}, {"gpu"});
  EXPECT_EQ(l.get(id).state, state::running);
}

// A limit that was lowered keeps new sets out, and loses nothing.
TEST(ledger_label, a_restart_with_a_lower_limit_keeps_what_there_is) {
  lives l;
  l.d().add(labelled("a", {"a"}));
  const auto b = l.d().add(labelled("b", {"b"}));
  l.change = [](ledger_options& o) { o.limits.label_sets = 1; };
  l.die();
  EXPECT_EQ(l.d().try_add(labelled("c", {"c"})).code(), errc::too_many_label_sets);
  l.d().join({"k"}, {"b"});
  EXPECT_EQ(l.get(b).state, state::running);
}

} // namespace
} // namespace stint
