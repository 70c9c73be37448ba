/// What may be on its way to a subscriber in another process, and where such a subscriber goes on after its link broke.
///
/// Owner    the owner's process has a window for each stream, the client's a place.
/// Threads  none: each belongs to one actor.
/// Units    messages, and bytes in memory; what crosses the wire is a small multiple of them.
/// Order    messages are worked off in the order in which they went.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include <stint/event.hpp>

namespace stint {

/// Bounds both: a client that is slow, or a socket that is, makes the list's own credit run out, and the list resets it.
class stream_window {
public:
  /// `owed`: messages of an earlier link that the subscriber has not worked off yet.
  stream_window(std::size_t messages, std::size_t bytes, std::size_t owed = 0)
      : messages_(messages), bytes_(bytes), away_(std::min(owed, messages)) {}

  [[nodiscard]] bool open() const noexcept { return away_.size() < messages_ && used_ < bytes_; }

  /// A message went; when it has been worked off, the list gets so much credit.
  void sent(std::size_t bytes, std::size_t credit) {
    used_ += bytes;
    away_.push_back({bytes, credit});
  }

  /// Returns the credit that is due to the list; who says too much is not believed.
  std::size_t taken(std::size_t messages) {
    std::size_t credit = 0;
    for (; messages != 0 && !away_.empty(); --messages) {
      used_ -= away_.front().bytes;
      credit += away_.front().credit;
      away_.pop_front();
    }
    return credit;
  }

private:
  struct one {
    std::size_t bytes = 0;
    std::size_t credit = 0;
  };
  std::size_t messages_;
  std::size_t bytes_;
  std::size_t used_ = 0;
  std::deque<one> away_;
};

/// What a subscriber has been told.
class stream_place {
public:
  /// The list tells from `from` on; 0: with a snapshot, and then what came after `now`.
  void started(task_version from, task_version now) {
    told_ = from != 0 ? from : now;
    whole_ = from != 0;
  }
  void told(task_version to) { told_ = std::max(told_, to); }
  void reset() { whole_ = false; }
  void snapshot_ended() { whole_ = true; }
  [[nodiscard]] task_version version() const noexcept { return told_; }

  struct next {
    task_version from = 0;
    std::optional<std::string> reset; ///< why the subscriber has to forget what it knows
  };

  /// Where to go on with a new link: half a snapshot is worth nothing, nor are versions of another life of the owner.
  [[nodiscard]] next resume(bool same_life) const {
    if (!same_life)
      return {0, "the list has begun anew"};
    if (!whole_ || told_ == 0)
      return {0, "the link broke within a snapshot"};
    return {told_, std::nullopt};
  }

private:
  task_version told_ = 0;
  bool whole_ = false;
};

} // namespace stint
