/// How long an owner trusts a node, and how long a node may trust itself: heartbeats and leases, seen from both ends.
///
/// The node counts its lease from the moment it *sent* the last beat that was heard, and stops a guard earlier; the owner
/// counts from when the beat came. So the node has always stopped before the owner gives its work to another.
///
/// Owner    the gateway has the leases, each node has its own held_lease.
/// Threads  none: the owner's mailbox is the lock.
/// Units    steady time; a jump of the wall clock moves nothing.
/// Cost     O(nodes) per look; nodes are few.
/// Source   the guard is how River's leader trusts its term.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <stint/error.hpp>
#include <stint/limits.hpp>
#include <stint/time.hpp>

namespace stint {

/// A node's beat and when it counts as dead; three beats may be lost.
struct lease_times {
  nanos beat = std::chrono::seconds{3};
  nanos lease = std::chrono::seconds{9};

  /// Nodes stop this much before their lease ends: for clocks that go apart and signals that take their time.
  [[nodiscard]] nanos guard() const noexcept { return beat / 2; }
};

/// Says what is wrong with them.
inline result<unit_t> check_lease(const lease_times& t) {
  if (t.beat < least_beat)
    return {errc::invalid_option, "a beat is 100 ms at least"};
  if (t.lease < 2 * t.beat)
    return {errc::invalid_option, "a lease is two beats at least"};
  if (t.lease > longest_lease)
    return {errc::invalid_option, "a lease is an hour at most"};
  return unit;
}

/// The owner's side: which nodes are trusted, and which of the lost ones may still run something.
class leases {
public:
  using node = std::uint64_t;
  struct verdict {
    node who = 0;
    bool silent = false; ///< it was trusted until now: take its attempts back
  };

  explicit leases(lease_times t) : times_(t) {}

  void join(node who, steady_time now) {
    if (nodes_.empty())
      looked_.reset(); // nobody looked while there was nobody: that was no sleep
    nodes_[who] = {now + times_.lease, true};
  }

  /// Returns false for a node that is not trusted any more: it has to join anew.
  bool beat(node who, steady_time now) {
    auto i = nodes_.find(who);
    if (i == nodes_.end() || !i->second.linked)
      return false;
    i->second.until = now + times_.lease;
    return true;
  }

  /// It has ended in order.
  void leave(node who) { nodes_.erase(who); }

  /// Its link broke. Dead or cut off, nobody knows: what it held stays held until its lease has run out.
  void unlink(node who) {
    if (auto i = nodes_.find(who); i != nodes_.end())
      i->second.linked = false;
  }

  /// Whose lease has run out; each is named once. An owner that slept itself gives everybody the time that it slept.
  [[nodiscard]] std::vector<verdict> due(steady_time now) {
    if (looked_ && now - *looked_ > times_.beat)
      for (auto& [who, n] : nodes_)
        n.until += now - *looked_;
    looked_ = now;
    std::vector<verdict> out;
    for (auto i = nodes_.begin(); i != nodes_.end();)
      if (i->second.until <= now) {
        out.push_back({i->first, i->second.linked});
        i = nodes_.erase(i);
      } else {
        ++i;
      }
    return out;
  }

  /// Look again after this; an owner with nodes looks often enough to notice that it slept.
  [[nodiscard]] std::optional<nanos> next(steady_time now) const {
    if (nodes_.empty())
      return std::nullopt;
    auto first = now + times_.beat / 2;
    for (const auto& [who, n] : nodes_)
      first = std::min(first, n.until);
    return std::max(first - now, nanos{0});
  }

  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

private:
  struct held {
    steady_time until{};
    bool linked = true;
  };
  lease_times times_;
  std::map<node, held> nodes_;
  std::optional<steady_time> looked_;
};

/// The node's side: may it go on?
class held_lease {
public:
  held_lease(lease_times t, steady_time asked) : times_(t), since_(asked) {}

  /// Returns the number of the beat to send.
  std::uint64_t beat(steady_time now) {
    sent_[++last_] = now;
    return last_;
  }

  /// The owner has heard a beat; older ones say nothing new.
  void heard(std::uint64_t number) {
    if (auto i = sent_.find(number); i != sent_.end()) {
      since_ = std::max(since_, i->second);
      sent_.erase(sent_.begin(), std::next(i));
    }
  }

  /// When everything that runs here must have been told to stop.
  [[nodiscard]] steady_time ends() const noexcept { return since_ + times_.lease - times_.guard(); }
  [[nodiscard]] bool over(steady_time now) const noexcept { return now >= ends(); }

private:
  lease_times times_;
  steady_time since_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, steady_time> sent_;
};

} // namespace stint
