/// A subscriber that gives credit only when it is told to, and counts what comes.
///
/// Owner    one test; it ends the actor.
/// Threads  CAF's scheduler; the counts are shared with the test.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include <stint/protocol.hpp>

namespace stint::test {

struct slow_counts {
  std::mutex mutex;
  std::condition_variable more;
  std::size_t messages = 0;
  std::size_t tasks = 0;
  std::size_t resets = 0;
  std::size_t ends = 0;
  std::size_t closed = 0;
  bool quick = false;
};

class slow_subscriber final : public caf_shim::actor_base {
public:
  slow_subscriber(caf::actor_config& cfg, std::shared_ptr<slow_counts> counts, caf::actor whom)
      : actor_base(cfg), counts_(std::move(counts)), whom_(std::move(whom)) {}

  caf::behavior make_behavior() override {
    return {
      [this](const protocol::events& m) { came(m.number, 0); },
      [this](const protocol::snapshot& m) { came(m.number, m.tasks.size()); },
      [this](const protocol::snapshot_end&) { note([](slow_counts& c) { ++c.ends; }); },
      [this](const protocol::reset&) {
        note([](slow_counts& c) {
          ++c.resets;
          c.tasks = 0;
        });
      },
      [this](const protocol::closed&) { note([](slow_counts& c) { ++c.closed; }); },
      // The test says: work it off, and be quick from now on.
      [this](const protocol::credit& m) {
        note([](slow_counts& c) { c.quick = true; });
        caf_shim::tell(*this, whom_, protocol::credit{m.number, owed_});
      },
    };
  }

  void on_exit() override {
    whom_ = nullptr;
    actor_base::on_exit();
  }

private:
  template <class Fn>
  void note(Fn fn) {
    std::lock_guard guard{counts_->mutex};
    fn(*counts_);
    counts_->more.notify_all();
  }
  void came(std::uint64_t number, std::size_t tasks) {
    bool quick = false;
    note([&](slow_counts& c) {
      ++c.messages;
      c.tasks += tasks;
      quick = c.quick;
    });
    if (quick)
      caf_shim::tell(*this, whom_, protocol::credit{number, 1});
    else
      ++owed_;
  }

  std::shared_ptr<slow_counts> counts_;
  caf::actor whom_;
  std::size_t owed_ = 0;
};

} // namespace stint::test
