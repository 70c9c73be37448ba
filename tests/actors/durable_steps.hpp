/// A list over a store in memory, in steps: its commits can be made to fail, and it can die and be started again.
///
/// Owner    a test.
/// Threads  one.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <actors/actors.hpp>
#include <contract/scratch_folder.hpp>
#include <stint/memory_store.hpp>
#include <stint/step_system.hpp>

namespace stint::test {

using namespace std::chrono_literals;

inline spec of_kind(std::string name, std::string kind = "work", std::string args = "") {
  spec s;
  s.name = std::move(name);
  s.kind = std::move(kind);
  s.args = std::move(args);
  return s;
}

/// A store in memory that a test can make fail.
class trying_store final : public memory_store {
public:
  explicit trying_store(std::shared_ptr<memory_shelf> shelf) : memory_store(std::move(shelf)) {}

  result<unit_t> commit(const batch& b) override {
    if (failures > 0) {
      --failures;
      return {errc::io_failed, reason};
    }
    if (std::exchange(throws, false)) {
      if (reaches)
        static_cast<void>(memory_store::commit(b));
      throw std::runtime_error{"out of ideas"};
    }
    if (closes) {
      closes = false;
      if (reaches)
        static_cast<void>(memory_store::commit(b));
      static_cast<void>(close());
      return {errc::store_closed, "the disk said no"};
    }
    ++commits;
    return memory_store::commit(b);
  }

  [[nodiscard]] result<stored_page> page(const page_request& ask) const override {
    if (std::exchange(page_throws, false))
      throw std::runtime_error{"out of pages"};
    if (unreadable > 0) {
      --unreadable;
      return {errc::io_failed, "a bad sector"};
    }
    return memory_store::page(ask);
  }
  [[nodiscard]] result<stored_task> get(task_id id) const override {
    if (id == damaged)
      return {errc::store_damaged, "task " + std::to_string(id) + " does not fit its sum"};
    return memory_store::get(id);
  }
  [[nodiscard]] result<output_piece> output(task_id id, std::uint64_t offset, std::size_t limit) const override {
    ++outputs;
    return memory_store::output(id, offset, limit);
  }

  int failures = 0;
  std::string reason = "no space left";
  task_id damaged = 0; ///< cannot be read
  mutable int unreadable = 0;
  mutable int outputs = 0; ///< that were read
  bool closes = false;
  bool throws = false;
  bool reaches = false; ///< when it closes or throws: the batch is there all the same
  mutable bool page_throws = false;
  int commits = 0;
};

/// Keeps the promises of bodies that never end.
struct promises {
  body never_ends() {
    return asynchronous([this](context&, promise p) { all.push_back(std::move(p)); });
  }
  std::vector<promise> all;
};

/// A list in steps, which can die and be started again over the same shelf.
struct steps {
  explicit steps(options w) : with(std::move(w)) { begin(); }

  void begin() {
    world = std::make_unique<step_system>();
    with.store = kept = std::make_shared<trying_store>(shelf);
    tasks = world->spawn_list(with);
    world->run();
  }

  /// As a crash: nothing is stopped in order, and no message that is on its way arrives.
  void die() {
    tasks = {};
    static_cast<void>(kept->close());
    world.reset();
  }

  template <class Answer, class Question>
  result<Answer> ask(Question q) {
    auto a = world->ask<Answer>(tasks, std::move(q));
    return a ? std::move(*a) : result<Answer>{errc::internal, "no answer"};
  }

  task_id submit(spec s, body run = {}) {
    protocol::submit m;
    m.tasks.push_back({std::move(s), std::move(run)});
    auto made = ask<protocol::submitted>(std::move(m));
    EXPECT_TRUE(made) << to_string(made.error());
    return made ? made->ids.front() : 0;
  }

  task get(task_id id) {
    auto t = ask<task>(protocol::get{id});
    EXPECT_TRUE(t) << to_string(t.error());
    return t ? *t : task{};
  }

  std::shared_ptr<memory_shelf> shelf = memory_store{}.shelf();
  std::shared_ptr<trying_store> kept;
  options with;
  std::unique_ptr<step_system> world;
  caf::actor tasks;
};

/// Lists on a file of their own, with a kind that prints.
struct durable_fixture : actors_fixture {
  contract::scratch_folder folder;

  durable_fixture() {
    opts.kinds.add("work", body{[](context& job) {
                     job.print("working\n");
                     return succeeded(0, job.args());
                   }});
    opts.store = folder.file();
  }
};

} // namespace stint::test
