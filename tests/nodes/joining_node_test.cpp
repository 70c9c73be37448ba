// Worker nodes that a list does not take, and what becomes of what one runs when its link is lost. The owner is a second actor
// system here, with a relay between the two that tests hold.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

#include <stint/node_actor.hpp>
#include <stint/worker_node.hpp>

#include "far_list.hpp"

namespace stint::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr lease_times soon{100ms, 600ms};

/// Returns when so many are there, or never.
void until_workers(owner_side& owner, std::uint64_t number) {
  while (owner.tasks.counts()->workers != number)
    std::this_thread::yield();
}

// A program of its own may say hello without asking the rules first.
TEST(joining_node, a_node_with_bad_labels_is_refused_by_name) {
  owner_side owner;
  plain_config cfg;
  caf::actor_system system{cfg};
  const auto env = make_environment(quiet);
  const at where{"127.0.0.1", owner.here.port()};
  std::vector<std::string> many;
  for (int i = 0; i < 33; ++i)
    many.push_back("label " + std::to_string(i));
  for (const auto& labels : {std::vector<std::string>{""}, many}) {
    const auto node = system.spawn<node_actor>(where, registry{}, labels, 1U, env);
    const auto linked = ask_and_wait<node_messages::linked>(system, node, node_messages::await_link{});
    EXPECT_EQ(linked.code(), errc::peer_refused);
    EXPECT_THAT(linked.error().text, HasSubstr(labels.size() == 1 ? "invalid_label" : "too_many_labels"));
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    EXPECT_THROW(worker_node(system, where, registry{}, 1, quiet, labels), start_error);
  }
  EXPECT_EQ(owner.tasks.counts()->workers, 2U);
  env->join(false);
}

// Once it was welcome, said that it had joined, and was given nothing.
TEST(joining_node, a_node_that_a_full_list_has_no_place_for_is_refused_by_name) {
  limits few;
  few.workers = 4;
  owner_side owner{{}, 2, few};
  plain_config cfg;
  caf::actor_system system{cfg};
  const auto env = make_environment(quiet);
  const auto join = [&](std::uint32_t slots) {
    const auto node = system.spawn<node_actor>(at{"127.0.0.1", owner.here.port()}, registry{}, std::vector<std::string>{}, slots, env);
    return std::pair{node, ask_and_wait<node_messages::linked>(system, node, node_messages::await_link{})};
  };
  const auto end = [](const caf::actor& node) { caf::anon_send_exit(node, caf::exit_reason::user_shutdown); };
  const auto [large, no] = join(3);
  EXPECT_EQ(no.code(), errc::peer_refused);
  EXPECT_THAT(no.error().text, HasSubstr("3 slots, and the list takes 2 more"));
  end(large);
  const auto [fits, yes] = join(2);
  EXPECT_TRUE(yes) << to_string(yes.error());
  until_workers(owner, 4);
  const auto [late, not_any_more] = join(1);
  EXPECT_EQ(not_any_more.code(), errc::peer_refused);
  end(late);
  end(fits);
  until_workers(owner, 2);
  const auto [next, again] = join(2);
  EXPECT_TRUE(again) << to_string(again.error());
  end(next);
  env->join(false);
}

// Once the next task there never began.
TEST(joining_node, a_slot_goes_on_without_a_body_that_does_not_stop_when_its_link_is_lost) {
  owner_side owner{soon, 1};
  relay between{owner.here.port()};
  plain_config cfg;
  caf::actor_system system{cfg};
  std::promise<void> begun, go;
  registry kinds;
  kinds.add("stubborn", body{[&, once = std::make_shared<std::atomic<bool>>(false)] {
              if (once->exchange(true))
                return;
              begun.set_value();
              go.get_future().wait();
            }});
  {
    const worker_node node{system, {"127.0.0.1", between.port()}, kinds, 1, quiet};
    until_workers(owner, 2);
    spec s;
    s.name = "t";
    s.kind = "stubborn";
    const auto first = owner.tasks.submit(s);
    ASSERT_TRUE(first) << to_string(first.error());
    ASSERT_EQ(begun.get_future().wait_for(deadline), std::future_status::ready);
    between.cut();
    const auto again = owner.tasks.wait(*first, 30s);
    EXPECT_TRUE(again) << to_string(again.error());
    go.set_value();
  }
}

// Once only its own process knew, which is the one that was lost.
TEST(joining_node, what_a_node_runs_at_most_once_is_not_run_again_when_it_is_lost) {
  owner_side owner{soon};
  relay between{owner.here.port()};
  plain_config cfg;
  caf::actor_system system{cfg};
  std::promise<void> begun;
  registry kinds;
  kinds.add("once", kind{body{[&](context& job) {
                           begun.set_value();
                           std::mutex mutex;
                           std::unique_lock lock{mutex};
                           std::condition_variable_any{}.wait(lock, job.stop_token(), [] { return false; });
                         }},
                         true,
                         {}});
  const worker_node node{system, {"127.0.0.1", between.port()}, kinds, 1, quiet};
  until_workers(owner, 3);
  spec s;
  s.name = "t";
  s.kind = "once";
  const auto id = owner.tasks.submit(s);
  ASSERT_TRUE(id) << to_string(id.error());
  ASSERT_EQ(begun.get_future().wait_for(deadline), std::future_status::ready);
  between.hold(true);
  const auto ended = owner.tasks.wait(*id);
  ASSERT_TRUE(ended) << to_string(ended.error());
  EXPECT_EQ(ended->state, state::failed);
  EXPECT_EQ(ended->error, "interrupted");
  between.hold(false);
}

} // namespace
} // namespace stint::test
