/// How much output may be on its way from a node to its owner, counted on both sides.
///
/// Owner    a node has the credit, the owner's gateway a tally for each node.
/// Threads  none: each belongs to one actor.
/// Units    bytes of text.
///
/// On a slow link beats and outcomes wait behind what went before them. So no more than a window goes ahead of what has come;
/// the owner says what came a quarter of a window at a time, so that there is never silence while the window is full.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace stint {

/// Of a node's link: what has gone and is not known to have come.
class output_credit {
public:
  /// A new link; 0: the owner counts nothing, and there is no bound.
  void begin(std::size_t window) {
    window_ = window;
    away_ = 0;
  }
  [[nodiscard]] bool open() const noexcept { return window_ == 0 || away_ < window_; }
  void sent(std::size_t bytes) { away_ += bytes; }
  /// Who says too much is not believed.
  void drained(std::uint64_t bytes) { away_ -= std::min<std::uint64_t>(bytes, away_); }

private:
  std::size_t window_ = 0;
  std::uint64_t away_ = 0;
};

/// Of an owner: what has come and was not said.
class output_tally {
public:
  explicit output_tally(std::size_t window) : step_(window / 4) {}

  /// Some came; returns how much is to be said now, 0 when it can wait.
  [[nodiscard]] std::uint64_t came(std::size_t bytes) {
    came_ += bytes;
    return came_ < step_ ? 0 : std::exchange(came_, 0);
  }

private:
  std::size_t step_;
  std::uint64_t came_ = 0;
};

} // namespace stint
