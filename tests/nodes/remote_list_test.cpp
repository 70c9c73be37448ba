// A list as a client in another process has it, when its owner is silent, speaks otherwise, or is asked who is connected.
// The owner is a second actor system here, with a relay between the two that tests hold.
#include <gmock/gmock.h>

#include <future>

#include <stint/loopback.hpp>
#include <stint/submitter.hpp>

#include "far_list.hpp"

namespace stint::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

/// A task that does not begin while a test lasts.
result<task_id> submit_for_later(owner_side& owner) {
  auto later = some_tasks(1)[0];
  later.what.delay = 1h;
  return owner.tasks.submit(std::move(later.what), std::move(later.run));
}

/// Beats that let a test see in a second what otherwise takes nine.
constexpr lease_times short_times{100ms, 600ms};

TEST(remote_list, what_the_list_refuses_is_said_by_name) {
  owner_side owner;
  client_side client{owner.here.port()};
  EXPECT_EQ(client.tasks.subscribe({}, 99).code(), errc::version_mismatch);
  auto nobody = ask_and_wait<protocol::subscribed>(client.system, client.tasks.actor(), protocol::subscribe{});
  EXPECT_EQ(nobody.code(), errc::no_subscriber);
}

TEST(remote_list, runs_a_task_and_answers_how_it_ended) {
  owner_side owner;
  client_side client{owner.here.port()};
  spec seven;
  seven.name = "of a client";
  seven.kind = "seven";
  const auto done = client.tasks.run(seven);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->state, state::succeeded);
  EXPECT_EQ(done->code, 7);
  const auto two = client.tasks.run({{seven, {}}, {seven, {}}});
  ASSERT_TRUE(two) << to_string(two.error());
  EXPECT_EQ(two->settled.size(), 2U);
  seven.kind = "eight";
  EXPECT_EQ(client.tasks.run(seven).code(), errc::unknown_kind);
  EXPECT_EQ(client.tasks.run(seven, [] {}).code(), errc::body_cannot_travel);
}

TEST(remote_list, submits_one_by_one_and_each_stands_for_itself) {
  owner_side owner;
  client_side client{owner.here.port()};
  std::vector<task_id> ids;
  std::vector<error> refusals;
  submitter line{client.tasks, [&](std::uint64_t, const result<task_id>& id) {
    ids.push_back(id ? *id : 0);
    if (!id)
      refusals.push_back(id.error());
  }};
  for (int i = 0; i < 300; ++i) {
    spec s;
    s.name = "n";
    s.kind = i == 77 ? "eight" : "seven";
    line.submit(std::move(s), i == 200 ? body{[] {}} : body{});
  }
  const auto made = line.flush();
  EXPECT_EQ(made.accepted, 298U);
  EXPECT_EQ(made.first_refused, 78U);
  ASSERT_EQ(refusals.size(), 2U);
  EXPECT_EQ(refusals[0].code, errc::unknown_kind);
  EXPECT_EQ(refusals[1].code, errc::body_cannot_travel);
  ASSERT_EQ(ids.size(), 300U);
  task_id next = 0;
  for (std::size_t i = 0; i < ids.size(); ++i)
    EXPECT_EQ(ids[i], i == 77 || i == 200 ? 0 : ++next) << "in the order of the calls";
  EXPECT_EQ(owner.tasks.counts()->submitted, 298U);
}

TEST(remote_list, splits_what_is_too_large_for_one_message) {
  owner_side owner;
  client_side client{owner.here.port()};
  protocol::submit_each m;
  const std::string large(60'000, '7');
  for (std::size_t i = 0; i < 400; ++i) { // 24 MB; a message takes 16
    spec s;
    s.name = "n";
    s.kind = i == 390 ? "eight" : "seven";
    s.args = large;
    m.tasks.push_back({std::move(s), {}});
  }
  const auto made = ask_and_wait<protocol::submitted_each>(client.system, client.tasks.actor(), std::move(m));
  ASSERT_TRUE(made) << to_string(made.error());
  ASSERT_EQ(made->ids.size(), 400U);
  EXPECT_EQ(made->ids[0], 1U);
  EXPECT_EQ(made->ids[389], 390U);
  EXPECT_EQ(made->ids[399], 399U);
  ASSERT_EQ(made->refusals.size(), 1U);
  EXPECT_EQ(made->refusals[0].index, 390U);
  EXPECT_EQ(owner.tasks.counts()->submitted, 399U);
}

/// Whoever asked again task by task would ask a thousand times, and after a failed commit have some of them twice.
TEST(remote_list, what_the_list_as_a_whole_refuses_is_asked_once) {
  owner_side owner;
  relay between{owner.here.port()};
  client_side client{between.port()};
  ASSERT_TRUE(owner.tasks.stop());
  protocol::submit_each m;
  for (std::size_t i = 0; i < 1'000; ++i) {
    spec s;
    s.name = "n";
    s.kind = "seven";
    m.tasks.push_back({std::move(s), {}});
  }
  const auto before = between.bytes_back();
  const auto made = ask_and_wait<protocol::submitted_each>(client.system, client.tasks.actor(), std::move(m));
  ASSERT_TRUE(made) << to_string(made.error());
  ASSERT_EQ(made->refusals.size(), 1'000U);
  EXPECT_EQ(made->refusals[0].why.code, errc::list_stopping);
  EXPECT_EQ(made->refusals[999].index, 999U);
  EXPECT_LT(between.bytes_back() - before, 10'000U);
}

TEST(remote_list, a_proxy_that_ends_answers_every_task) {
  owner_side owner;
  relay between{owner.here.port()};
  client_side client{between.port()};
  between.hold(true);
  submitter line{client.tasks};
  for (int i = 0; i < 2'500; ++i) {
    spec s;
    s.name = "n";
    s.kind = "seven";
    line.submit(std::move(s));
  }
  caf::anon_send_exit(client.tasks.actor(), caf::exit_reason::user_shutdown);
  const auto made = line.flush();
  EXPECT_EQ(made.refused, 2'500U);
  EXPECT_EQ(made.why.code, errc::list_gone);
  between.hold(false);
}

/// A client whose link can be cut while it runs something.
struct cut_run : testing::Test {
  static submission seven(nanos delay) {
    spec s;
    s.name = "of a run";
    s.kind = "seven";
    s.delay = delay;
    return {std::move(s), {}};
  }
  owner_side owner;
  relay between{owner.here.port()};
  client_side client{between.port()};
  far_ear heard; ///< what happens at the owner
};

TEST_F(cut_run, submits_each_task_once_over_broken_links) {
  constexpr std::uint64_t count = 3'000;
  submitter line{client.tasks, {}, 500};
  for (std::uint64_t i = 0; i < count; ++i) {
    auto s = seven(0s);
    line.submit(std::move(s.what), std::move(s.run));
    if (i % 1'000 == 500)
      between.cut();
  }
  EXPECT_EQ(line.flush().accepted, count);
  EXPECT_EQ(owner.tasks.counts()->submitted, count);
}

TEST_F(cut_run, goes_on_over_a_broken_link) {
  auto sub = owner.tasks.subscribe(heard.listener());
  ASSERT_TRUE(sub);
  auto done = std::async(std::launch::async, [&] { return client.tasks.run({seven(1s), seven(1s), seven(1s)}); });
  ASSERT_TRUE(heard.until([&] { return !heard.events.empty(); })) << "they are submitted";
  between.cut();
  ASSERT_EQ(done.wait_for(deadline), std::future_status::ready);
  const auto ended = done.get();
  ASSERT_TRUE(ended) << to_string(ended.error());
  ASSERT_EQ(ended->settled.size(), 3U);
  for (const auto& w : ended->settled)
    EXPECT_EQ(w.task.code, 7);
  EXPECT_EQ(owner.tasks.counts()->submitted, 3U);
}

// Once, it was asked for as a whole again: what its first task had been known by was deleted with that.
TEST_F(cut_run, that_was_accepted_is_only_waited_for) {
  auto sub = owner.tasks.subscribe(heard.listener());
  ASSERT_TRUE(sub);
  auto done = std::async(std::launch::async, [&] { return client.tasks.run({seven(0s), seven(1s)}); });
  ASSERT_TRUE(heard.until([&] { return !heard.events.empty() && heard.events.back().to == state::succeeded; }));
  ASSERT_TRUE(client.tasks.counts()) << "that it was accepted has come before this";
  ASSERT_TRUE(owner.tasks.remove(1));
  between.cut();
  ASSERT_EQ(done.wait_for(deadline), std::future_status::ready);
  const auto ended = done.get();
  ASSERT_TRUE(ended) << to_string(ended.error());
  ASSERT_EQ(ended->settled.size(), 2U);
  EXPECT_EQ(ended->settled.at(0).task.code, 7) << "the same wait: it had seen it";
  EXPECT_EQ(ended->settled.at(1).task.code, 7);
  EXPECT_EQ(owner.tasks.counts()->submitted, 2U);
}

TEST(remote_list, a_silent_owner_is_noticed) {
  owner_side owner{short_times};
  relay between{owner.here.port()};
  client_side client{between.port()};
  std::promise<void> go;
  auto id = owner.tasks.submit(some_tasks(1)[0].what, [&go] { go.get_future().wait_for(deadline); });
  ASSERT_TRUE(id);
  far_ear far;
  auto sub = client.tasks.subscribe(far.listener());
  ASSERT_TRUE(sub);
  ASSERT_TRUE(far.until([&] { return far.snapshots == 1; }));
  between.hold(true);
  auto change = std::async(std::launch::async, [&] { return client.tasks.cancel(*id); });
  auto question = std::async(std::launch::async, [&] { return client.tasks.get(*id); });
  ASSERT_EQ(change.wait_for(15s), std::future_status::ready) << "CAF itself takes 40 s";
  EXPECT_EQ(change.get().code(), errc::link_lost);
  EXPECT_EQ(client.tasks.cancel(*id).code(), errc::link_lost) << "at once, as there is no link";
  between.hold(false);
  ASSERT_EQ(question.wait_for(deadline), std::future_status::ready) << "it is asked again";
  EXPECT_EQ(question.get()->id, *id);
  go.set_value();
  EXPECT_TRUE(far.until([&] { return far.ended() == 1; }));
  EXPECT_EQ(far.gap, "");
}

/// An owner of another time: it refuses, in its own protocol.
class other_gateway final : public caf_shim::actor_base {
public:
  using actor_base::actor_base;
  caf::behavior make_behavior() override {
    return {[this](const envelope&) {
      caf_shim::tell(*this, caf::actor_cast<caf::actor>(current_sender()),
                     envelope{7, static_cast<std::uint32_t>(wire::frame::refused), R"({"text":"this is protocol 7"})"});
    }};
  }
};

TEST(remote_list, a_refusal_in_another_protocol_ends_the_connect) {
  plain_config cfg;
  caf::actor_system system{cfg};
  const auto gate = system.spawn<other_gateway>();
  auto port = caf_shim::listen(system, gate, 0, "127.0.0.1", false);
  ASSERT_TRUE(port);
  auto client = std::async(std::launch::async, [&] {
    try {
      client_side c{*port};
      return error{};
    } catch (const start_error& e) {
      return e.what_went_wrong();
    }
  });
  ASSERT_EQ(client.wait_for(deadline), std::future_status::ready);
  const auto why = client.get();
  EXPECT_EQ(why.code, errc::peer_refused);
  EXPECT_THAT(why.text, HasSubstr("protocol 7"));
  caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
}

// Once it waited until the list was there again, and then for its whole time once more.
TEST(remote_list, a_wait_ends_in_its_time_also_while_the_list_is_away) {
  owner_side owner{short_times};
  relay between{owner.here.port()};
  client_side client{between.port()};
  const auto id = submit_for_later(owner);
  ASSERT_TRUE(id);
  EXPECT_EQ(client.tasks.wait(*id, 100ms).code(), errc::timed_out);
  between.hold(true);
  for (const auto patience : {100ms, 2000ms, 100ms}) { // linked at first, as it seems; then it is known not to be
    auto waited = std::async(std::launch::async, [&] { return client.tasks.wait(*id, patience); });
    ASSERT_EQ(waited.wait_for(deadline), std::future_status::ready) << patience.count();
    EXPECT_EQ(waited.get().code(), errc::timed_out);
  }
  auto some = std::async(std::launch::async, [&] { return client.tasks.wait({*id}, wait_for::all, 100ms); });
  ASSERT_EQ(some.wait_for(deadline), std::future_status::ready);
  EXPECT_TRUE(some.get()->timed_out);
  auto one_more = std::async(std::launch::async, [&] { return client.tasks.wait(*id, 10s); });
  between.hold(false);
  ASSERT_TRUE(client.tasks.get(*id)) << "there again";
  ASSERT_TRUE(owner.tasks.cancel(*id));
  ASSERT_EQ(one_more.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(one_more.get()->state, state::cancelled);
}

// Once each new link left the wait of the one before in the list, until nobody could wait any more.
TEST(remote_list, a_wait_that_is_asked_again_is_the_same_one) {
  limits few;
  few.waits = 3;
  owner_side owner{{}, 2, few};
  relay between{owner.here.port()};
  client_side client{between.port()};
  const auto id = submit_for_later(owner);
  ASSERT_TRUE(id);
  auto waited = std::async(std::launch::async, [&] { return client.tasks.wait(*id); });
  spec seven;
  seven.name = "t";
  seven.kind = "seven";
  seven.delay = 1h;
  auto ran = std::async(std::launch::async, [&] { return client.tasks.run(seven); });
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client.tasks.counts()) << "linked";
    between.cut();
  }
  ASSERT_TRUE(client.tasks.counts());
  EXPECT_EQ(owner.tasks.wait(*id, 1ms).code(), errc::timed_out) << "there is room for one more";

  ASSERT_TRUE(owner.tasks.cancel_matching({}));
  ASSERT_EQ(waited.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(waited.get()->state, state::cancelled);
  ASSERT_EQ(ran.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(ran.get()->state, state::cancelled);
}

TEST(loopback, is_this_machine_alone) {
  EXPECT_EQ(*loopback_address("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(*loopback_address("127.1.2.3"), "127.1.2.3");
  EXPECT_EQ(*loopback_address("localhost"), "127.0.0.1");
  EXPECT_EQ(*loopback_address("::1"), "::1");
  for (const char* host : {"192.0.2.1", "0.0.0.0", "::", "2001:db8::1", "127.0.0.1.example..", ""})
    EXPECT_EQ(loopback_address(host).code(), errc::invalid_option) << host;
}

TEST(remote_list, says_who_is_connected) {
  owner_side owner;
  client_side client{owner.here.port()};
  for (auto all : {owner.here.nodes(), owner.tasks.nodes(), client.tasks.nodes()}) {
    ASSERT_TRUE(all) << to_string(all.error());
    ASSERT_EQ(all->peers.size(), 1U);
    EXPECT_EQ(all->peers[0].role, peer_role::client);
    EXPECT_THAT(all->peers[0].name, HasSubstr(std::to_string(::getpid())));
    EXPECT_TRUE(all->peers[0].linked);
    EXPECT_LT(all->peers[0].silent, 10s);
  }
  list alone{owner.system, owner_side::with(1)};
  EXPECT_EQ(alone.nodes().code(), errc::not_published);
}

} // namespace
} // namespace stint::test
