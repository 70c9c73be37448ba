/// A running subscription of a plain thread's; ends when it is destroyed.
///
/// Owner    the caller. Keep it no longer than the list.
/// Threads  callbacks run one at a time on CAF's scheduler: they must not block.
#pragma once

#include <functional>
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
};

class subscription {
public:
  subscription() = default;
  explicit subscription(caf::actor ear) : ear_(std::move(ear)) {}
  subscription(subscription&& other) noexcept : ear_(std::exchange(other.ear_, nullptr)) {}
  subscription& operator=(subscription&& other) noexcept {
    end();
    ear_ = std::exchange(other.ear_, nullptr);
    return *this;
  }
  ~subscription() { end(); }

  /// Ends it; no callback begins after the one that may be running now.
  void end();

private:
  caf::actor ear_;
};

} // namespace stint
