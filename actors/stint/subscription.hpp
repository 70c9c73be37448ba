/// A running subscription of a plain thread's; ends when it is destroyed.
///
/// Owner    the caller. It may outlive the list: then it hears nothing any more.
/// Threads  callbacks run one at a time on CAF's scheduler: they must not block. end() from any thread.
/// Errors   a callback that throws is logged as a warning, and hearing goes on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor.hpp>
#include <stint/event.hpp>

namespace stint {

/// What a subscriber hears; empty functions hear nothing.
struct listener {
  std::function<void(const event_batch&)> events;
  std::function<void(const std::vector<task>&)> snapshot;
  std::function<void(task_version)> snapshot_end;
  std::function<void(const std::string& why)> reset;
  std::function<void(const std::vector<notice>&)> notices; ///< costs nothing when empty
};

class blocking_ear;

class subscription {
public:
  subscription() = default;
  subscription(caf::actor actor, std::shared_ptr<blocking_ear> ear) : actor_(std::move(actor)), ear_(std::move(ear)) {}
  subscription(subscription&& other) noexcept
      : actor_(std::exchange(other.actor_, nullptr)), ear_(std::exchange(other.ear_, nullptr)) {}
  subscription& operator=(subscription&& other) noexcept {
    end();
    actor_ = std::exchange(other.actor_, nullptr);
    ear_ = std::exchange(other.ear_, nullptr);
    return *this;
  }
  ~subscription() { end(); }

  /// Ends it and waits for the callback that may be running: when this returns, none runs and none begins. Called by that
  /// callback itself it does not wait. Hold no lock that a callback takes, and
  /// let no two callbacks end each other's.
  void end();

private:
  caf::actor actor_;
  std::shared_ptr<blocking_ear> ear_;
};

} // namespace stint
