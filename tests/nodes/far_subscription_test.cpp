// Subscriptions to a list in another process, whatever happens to the link: each event once and in order, or a reset. The
// owner is a second actor system here, with a relay between the two that tests cut.
#include <gmock/gmock.h>

#include <future>
#include <set>

#include "far_list.hpp"
#include "slow_subscriber.hpp"

namespace stint::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(far_subscription, tells_every_event_once_and_in_order) {
  owner_side owner;
  client_side client{owner.here.port()};
  ASSERT_TRUE(owner.tasks.submit(some_tasks(250)));
  ASSERT_TRUE(owner.tasks.wait_all());
  far_ear far;
  far_ear near;
  auto there = client.tasks.subscribe(far.listener());
  auto here = owner.tasks.subscribe(near.listener());
  ASSERT_TRUE(there) << to_string(there.error());
  ASSERT_TRUE(far.until([&] { return far.snapshots == 1; }));
  ASSERT_TRUE(near.until([&] { return near.snapshots == 1; }));
  EXPECT_EQ(far.known.size(), 250U);
  EXPECT_EQ(far.known, near.known);
  // So large that the first batch takes several frames.
  ASSERT_TRUE(owner.tasks.submit(some_tasks(1'000, 250)));
  EXPECT_TRUE(far.until([&] { return far.ended() >= 1'000 || !far.resets.empty(); })) << far.ended() << " up to " << far.to;
  EXPECT_TRUE(near.until([&] { return near.ended() >= 1'000; })) << near.ended() << " up to " << near.to;
  std::scoped_lock guard{far.mutex, near.mutex};
  EXPECT_EQ(far.gap, "");
  EXPECT_THAT(far.resets, ElementsAre());
  EXPECT_LT(far.in_first, near.in_first);
  ASSERT_EQ(far.events.size(), near.events.size());
  for (std::size_t i = 0; i < near.events.size(); ++i) {
    EXPECT_EQ(far.events[i].version, near.events[i].version);
    EXPECT_EQ(far.events[i].id, near.events[i].id);
    EXPECT_EQ(far.events[i].to, near.events[i].to);
    EXPECT_EQ(far.events[i].name, near.events[i].name);
  }
}

TEST(far_subscription, tells_only_what_the_filter_wants_and_notices_too) {
  owner_side owner;
  client_side client{owner.here.port()};
  far_ear far;
  std::uint64_t printed = 0;
  auto l = far.listener();
  l.notices = [&](const std::vector<notice>& all) {
    std::lock_guard guard{far.mutex};
    for (const auto& n : all)
      printed = std::max(printed, n.output.value_or(0));
    far.more.notify_all();
  };
  filter which;
  which.tag = "t";
  auto sub = client.tasks.subscribe(std::move(l), 0, which);
  ASSERT_TRUE(sub) << to_string(sub.error());
  ASSERT_TRUE(owner.tasks.submit(some_tasks(10)));
  spec mine;
  mine.name = "mine";
  mine.tags = {"t"};
  std::promise<void> heard;
  auto id = owner.tasks.submit(mine, [&heard](context& c) {
    c.print("hello\n");
    heard.get_future().wait_for(deadline);
  });
  ASSERT_TRUE(id);
  EXPECT_TRUE(far.until([&] { return printed == 6; }));
  heard.set_value();
  EXPECT_TRUE(far.until([&] { return far.ended() == 1; }));
  std::lock_guard guard{far.mutex};
  for (const auto& e : far.events)
    EXPECT_EQ(e.id, *id);
  EXPECT_EQ(far.gap, "");
}

TEST(far_subscription, goes_on_where_it_was_when_the_link_was_cut) {
  owner_side owner;
  relay between{owner.here.port()};
  client_side client{between.port()};
  far_ear far;
  auto sub = client.tasks.subscribe(far.listener());
  ASSERT_TRUE(sub) << to_string(sub.error());
  ASSERT_TRUE(far.until([&] { return far.snapshots == 1; }));
  std::size_t all = 0;
  for (int round = 0; round < 6; ++round) {
    ASSERT_TRUE(owner.tasks.submit(some_tasks(200)));
    ASSERT_TRUE(far.until([&] { return far.ended() >= all + 20; }));
    between.cut(); // in the middle of it
    all += 200;
    ASSERT_TRUE(owner.tasks.wait_all());
    ASSERT_TRUE(far.until([&] { return far.ended() >= all; })) << far.ended() << " of " << all;
  }
  std::lock_guard guard{far.mutex};
  EXPECT_EQ(far.gap, "");
  EXPECT_THAT(far.resets, ElementsAre());
  EXPECT_EQ(far.ended(), all);
  std::set<task_version> versions;
  for (const auto& e : far.events)
    EXPECT_TRUE(versions.insert(e.version).second) << e.version << " came twice";
}

TEST(far_subscription, is_reset_when_the_owner_has_begun_anew) {
  auto first = std::make_unique<owner_side>();
  relay between{first->here.port()};
  client_side client{between.port()};
  far_ear far;
  auto sub = client.tasks.subscribe(far.listener());
  ASSERT_TRUE(sub) << to_string(sub.error());
  ASSERT_TRUE(first->tasks.submit(some_tasks(100)));
  ASSERT_TRUE(far.until([&] { return far.ended() == 100; }));
  // Its successor has been further already: its versions must not pass for the first one's.
  owner_side second;
  ASSERT_TRUE(second.tasks.submit(some_tasks(150)));
  ASSERT_TRUE(second.tasks.wait_all());
  between.turn_to(second.here.port());
  first.reset();
  ASSERT_TRUE(far.until([&] { return far.snapshots == 2; }));
  {
    std::lock_guard guard{far.mutex};
    EXPECT_THAT(far.resets, ElementsAre(HasSubstr("begun anew")));
    EXPECT_EQ(far.known.size(), 150U);
    far.events.clear();
  }
  ASSERT_TRUE(second.tasks.submit(some_tasks(10)));
  ASSERT_TRUE(far.until([&] { return far.ended() == 10; }));
  EXPECT_EQ(far.gap, "");
}

TEST(far_subscription, resets_a_slow_subscriber_and_buffers_little_for_it) {
  limits bounds;
  bounds.event_history = 100;
  owner_side owner{{}, 2, bounds};
  relay between{owner.here.port()};
  client_side client{between.port()};
  auto counts = std::make_shared<slow_counts>();
  const auto proxy = client.tasks.actor();
  const auto slow = client.system.spawn<slow_subscriber>(counts, proxy);
  protocol::subscribe ask;
  ask.who = slow;
  ask.credit = 6;
  auto sub = ask_and_wait<protocol::subscribed>(client.system, proxy, std::move(ask));
  ASSERT_TRUE(sub) << to_string(sub.error());
  const auto before = between.bytes_back();
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(owner.tasks.submit(some_tasks(100, 200)));
    ASSERT_TRUE(owner.tasks.wait_all());
    if (i % 10 == 5)
      between.cut(); // a new link is no new credit
    ASSERT_TRUE(client.tasks.counts()); // it is linked again, and what was on its way has come
  }
  {
    std::lock_guard guard{counts->mutex};
    EXPECT_LE(counts->messages, 6U);
    EXPECT_LT(between.bytes_back() - before, 1'000'000U) << "of some 3 MB of events";
    counts->resets = 0;
    counts->ends = 0;
  }
  caf_shim::anon_tell(slow, protocol::credit{sub->number, 1});
  {
    std::unique_lock guard{counts->mutex};
    ASSERT_TRUE(counts->more.wait_for(guard, deadline, [&] { return counts->ends == 1; }));
    EXPECT_GE(counts->resets, 1U);
    EXPECT_EQ(counts->tasks, 3'000U);
  }
  auto ended = ask_and_wait<protocol::changed>(client.system, proxy, protocol::unsubscribe{sub->number});
  EXPECT_TRUE(ended) << to_string(ended.error());
  ended = ask_and_wait<protocol::changed>(client.system, proxy, protocol::unsubscribe{sub->number});
  EXPECT_EQ(ended.code(), errc::unknown_subscription);
  caf::anon_send_exit(slow, caf::exit_reason::user_shutdown);
}

TEST(far_subscription, the_last_word_comes_when_the_list_or_the_client_ends) {
  owner_side owner;
  auto client = std::make_unique<client_side>(owner.here.port());
  plain_config cfg;
  caf::actor_system bystanders{cfg};
  auto subscribe = [&](const std::shared_ptr<slow_counts>& counts, std::uint64_t from) {
    protocol::subscribe ask;
    ask.who = bystanders.spawn<slow_subscriber>(counts, caf::actor{});
    ask.from = from;
    const auto who = ask.who;
    EXPECT_TRUE(ask_and_wait<protocol::subscribed>(client->system, client->tasks.actor(), std::move(ask)));
    return who;
  };
  auto closed = [](slow_counts& c) {
    std::unique_lock guard{c.mutex};
    return c.more.wait_for(guard, deadline, [&] { return c.closed == 1; });
  };
  auto one = std::make_shared<slow_counts>();
  auto two = std::make_shared<slow_counts>();
  const auto first = subscribe(one, 0);
  caf::anon_send_exit(owner.tasks.actor(), caf::exit_reason::user_shutdown);
  EXPECT_TRUE(closed(*one));
  EXPECT_EQ(client->tasks.subscribe({}).code(), errc::list_gone);
  owner_side other;
  client = std::make_unique<client_side>(other.here.port());
  const auto second = subscribe(two, 0);
  client.reset();
  EXPECT_TRUE(closed(*two));
  for (const auto& a : {first, second})
    caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
}

} // namespace
} // namespace stint::test
