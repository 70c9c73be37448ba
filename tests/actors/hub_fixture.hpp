/// What the tests of the hub share: a list, and a subscriber that remembers what it was told.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <stint/list_actor.hpp>
#include <stint/step_system.hpp>

namespace stint::test {

/// What one subscriber was told; it works nothing off before it is asked to.
struct heard {
  std::vector<stint::task> tasks;
  std::vector<stint::event> events;
  std::vector<std::string> resets;
  std::size_t messages = 0; ///< that want credit
  stint::task_version told = 0;
  bool closed = false;
};

struct hub_fixture : testing::Test {
  caf::actor spawn_list(const options& with = {}) { return tasks = world.spawn_list(with); }

  caf::actor spawn_ear() {
    return world.system().spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
        [this](const protocol::snapshot& m) {
          ++ear.messages;
          ear.tasks.insert(ear.tasks.end(), m.tasks.begin(), m.tasks.end());
        },
        [](const protocol::snapshot_end&) {},
        [this](const protocol::events& m) {
          ++ear.messages;
          ear.events.insert(ear.events.end(), m.batch->events.begin(), m.batch->events.end());
          ear.told = m.batch->to;
          EXPECT_FALSE(ear.closed);
        },
        [this](const protocol::reset& m) { ear.resets.push_back(m.why); },
        [this](const protocol::closed&) { ear.closed = true; },
      };
    });
  }

  stint::result<protocol::subscribed> subscribe(caf::actor who, stint::filter which = {}, std::size_t credit = 256) {
    protocol::subscribe m;
    m.who = std::move(who);
    m.filter = std::move(which);
    m.credit = credit;
    return *world.ask<protocol::subscribed>(tasks, std::move(m));
  }

  void submit(stint::spec what, stint::body run) {
    std::vector<stint::submission> one;
    one.push_back({std::move(what), std::move(run)});
    ASSERT_TRUE(*world.ask<protocol::submitted>(tasks, protocol::submit{std::move(one)}));
  }
  void submit(const std::string& name, stint::body run = [] {}) {
    stint::spec s;
    s.name = name;
    submit(std::move(s), std::move(run));
  }

  void end(const caf::actor& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    world.run();
  }

  heard ear;
  stint::test::step_system world;
  caf::actor tasks;
};

} // namespace stint::test
