// A list over a store that throws, is damaged, or was somebody else's for a while; and one that has no workers when it starts.
// How: the step-by-step system with a store in memory.
#include <actors/durable_steps.hpp>

#include <algorithm>

using namespace stint;
using namespace stint::test;

TEST(store_trouble, a_store_that_throws_is_one_that_fails) {
  options with;
  with.kinds.add("work", body{[] {}});
  with.limits.finished_in_memory = 0;
  steps s{with};
  for (const bool reaches : {false, true}) {
    s.kept->throws = true;
    s.kept->reaches = reaches;
    protocol::submit m;
    m.tasks.push_back({of_kind("t"), {}});
    auto box = s.world->begin_ask<protocol::submitted>(s.tasks, m);
    s.world->run();
    ASSERT_FALSE(*box);
    const auto refused = s.ask<protocol::submitted>(std::move(m));
    EXPECT_EQ(refused.code(), errc::io_failed);
    EXPECT_NE(refused.error().text.find("the store threw: out of ideas"), std::string::npos) << refused.error().text;
    s.world->advance(1s);
    ASSERT_TRUE(*box && **box) << "it works again";
  }
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->submitted, 2U) << "each once";
  s.kept->page_throws = true;
  EXPECT_EQ(s.ask<page>(protocol::read_page{}).code(), errc::io_failed);
  EXPECT_EQ(s.ask<page>(protocol::read_page{})->tasks.size(), 2U);
}

TEST(store_trouble, a_store_that_gives_no_reason_is_believed_all_the_same) {
  options with;
  with.kinds.add("work", body{[] {}});
  steps s{with};
  s.kept->failures = 1;
  s.kept->reason = "";
  protocol::submit m;
  m.tasks.push_back({of_kind("t"), {}});
  auto box = s.world->begin_ask<protocol::submitted>(s.tasks, m);
  s.world->run();
  EXPECT_EQ(s.ask<protocol::submitted>(std::move(m)).code(), errc::io_failed);
  s.world->advance(1s);
  EXPECT_TRUE(*box && **box);
}

// Whoever opens the file while it is not known what of a commit has reached it owns it from then on.
TEST(store_trouble, a_store_that_another_list_has_had_meanwhile_is_not_gone_on_with) {
  options with;
  with.kinds.add("work", body{[] {}});
  steps s{with};
  s.submit(of_kind("first"));
  s.kept->closes = true;
  protocol::submit m;
  m.tasks.push_back({of_kind("in doubt"), {}});
  auto box = s.world->begin_ask<protocol::submitted>(s.tasks, m);
  s.world->run();
  ASSERT_FALSE(*box);
  {
    memory_store other{s.shelf};
    const auto head = other.open();
    ASSERT_TRUE(head);
    store::batch theirs;
    theirs.epoch = head->epoch;
    theirs.version = head->version + 5;
    theirs.last_id = head->last_id + 3;
    ASSERT_TRUE(other.commit(theirs));
  }
  s.world->advance(1s);
  EXPECT_FALSE(*box) << "it was told that it is stored";
  const auto refused = s.ask<protocol::submitted>(std::move(m));
  EXPECT_EQ(refused.code(), errc::io_failed);
  EXPECT_NE(refused.error().text.find("another one has had it"), std::string::npos) << refused.error().text;
  memory_store next{s.shelf};
  const auto head = next.open();
  ASSERT_TRUE(head) << "it lets go of it";
  EXPECT_EQ(head->last_id, 4U) << "and has written nothing";
  static_cast<void>(next.close());
}

// CAF 0.17 forgets them.
TEST(store_trouble, who_waits_for_what_is_read_when_the_list_ends_is_told) {
  options with;
  with.kinds.add("work", body{[] {}});
  with.limits.finished_in_memory = 0;
  steps s{with};
  const auto id = s.submit(of_kind("t"));
  auto one = s.world->begin_ask<task>(s.tasks, protocol::get{id});
  auto all = s.world->begin_ask<page>(s.tasks, protocol::read_page{});
  auto change = s.world->begin_ask<protocol::changed>(s.tasks, protocol::remove{id});
  for (int i = 0; i < 3; ++i) // the list has them, and no answer of its keeper
    s.world->step();
  caf::anon_send_exit(s.tasks, caf::exit_reason::user_shutdown);
  s.world->run();
  EXPECT_TRUE(*one && (*one)->code() == errc::list_gone);
  EXPECT_TRUE(*all && (*all)->code() == errc::list_gone);
  EXPECT_TRUE(*change && (*change)->code() == errc::list_gone);
}

// Once, nothing more was ever deleted, and nobody was told.
TEST(store_trouble, a_damaged_task_that_has_to_go_stays_and_holds_nothing_up) {
  options with;
  with.kinds.add("work", body{[] {}});
  with.limits.finished_in_memory = 0;
  with.limits.finished = {2, nanos{0}, 0};
  steps s{with};
  s.kept->damaged = 1;
  for (int i = 0; i < 6; ++i)
    s.submit(of_kind("t"));
  s.world->advance(10s);
  EXPECT_EQ(s.ask<totals>(protocol::counts{})->tasks.total(), 3U) << "two, and the one that cannot be read";
  EXPECT_EQ(s.ask<task>(protocol::get{1}).code(), errc::store_damaged);
  EXPECT_EQ(s.ask<task>(protocol::get{2}).code(), errc::task_deleted);
  EXPECT_EQ(s.get(6).state, state::succeeded);
  const auto& lines = s.world->env().lines;
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const auto& l) { return l.find("does not fit its sum") != std::string::npos; }));
}

// Once, such a list began with the first message that changed something: until a node came nothing fell due.
TEST(store_trouble, a_list_without_workers_goes_on_by_itself) {
  options with;
  with.kinds.add("work", body{[] {}});
  with.workers = 1;
  steps s{with};
  auto later = of_kind("later");
  later.delay = 10s;
  later.start_within = 20s;
  const auto id = s.submit(std::move(later));
  s.die();
  s.with.workers = 0;
  s.with.only_nodes = true;
  s.begin();
  s.world->advance(11s);
  EXPECT_EQ(s.get(id).state, state::waiting);
  s.world->advance(10s);
  EXPECT_EQ(s.get(id).state, state::expired);
}
