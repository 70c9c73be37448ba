/// What a body printed, bounded: the first half of the room and the newest half, and how much lies between.
///
/// Owner    the output log keeps one for each task that printed.
/// Threads  none: the owner's mailbox is the lock.
/// Units    bytes; offsets count everything that was ever printed.
/// Cost     O(bytes added), O(bytes read).
/// Seed     aptly task/output.go keeps everything and always answers the whole: O(n^2) for a poller.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <stint/query.hpp>

namespace stint {

class bounded_text {
public:
  explicit bounded_text(std::size_t room) : bounded_text(room, 0) {}

  /// A text that goes on where an earlier one ended, of which nothing is kept here.
  bounded_text(std::size_t room, std::uint64_t begin)
      : first_half_(room / 2), head_room_(begin == 0 ? room / 2 : 0), tail_room_(room - room / 2), begin_(begin),
        total_(begin) {}

  void append(std::string_view text) {
    total_ += text.size();
    const auto to_head = std::min(text.size(), head_room_ - head_.size());
    head_.append(text.substr(0, to_head));
    text.remove_prefix(to_head);
    if (text.empty())
      return;
    if (text.size() >= tail_room_) {
      tail_.assign(text.substr(text.size() - tail_room_));
      return;
    }
    tail_.append(text);
    // Cut in steps of a whole room, so that a byte is moved once on average.
    if (tail_.size() > 2 * tail_room_)
      tail_.erase(0, tail_.size() - tail_room_);
  }

  /// Lets go of everything that is kept; offsets go on.
  void drop() {
    head_room_ = 0; // a head that came later would not be the beginning
    begin_ = total_;
    head_ = {};
    tail_ = {};
  }

  /// Reads up to `limit` bytes from `offset` on; what is not kept any more is skipped and counted as dropped.
  [[nodiscard]] output_piece read(std::uint64_t offset, std::size_t limit) const {
    output_piece p;
    p.total = total_;
    p.offset = std::min(offset, total_);
    if (p.offset >= head_.size() && p.offset < tail_begin()) {
      p.dropped = tail_begin() - p.offset;
      p.offset = tail_begin();
    }
    if (p.offset < head_.size()) {
      p.text = head_.substr(p.offset, limit);
    } else {
      const auto tail = std::string_view{tail_}.substr(tail_.size() - kept_tail());
      p.text = tail.substr(p.offset - tail_begin(), limit);
    }
    p.next = p.offset + p.text.size();
    return p;
  }

  /// What lies between the first half of the room and the newest half, from and to: nobody need keep it, here or elsewhere.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> gap() const noexcept {
    const auto from = static_cast<std::uint64_t>(first_half_);
    return {from, std::max(from, total_ - std::min<std::uint64_t>(total_, tail_room_))};
  }

  [[nodiscard]] std::uint64_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] std::size_t kept() const noexcept { return head_.size() + kept_tail(); }

private:
  [[nodiscard]] std::size_t kept_tail() const noexcept { return std::min(tail_.size(), tail_room_); }
  [[nodiscard]] std::uint64_t tail_begin() const noexcept { return total_ - kept_tail(); }

  std::size_t first_half_;
  std::size_t head_room_; ///< of it, what is kept here: nothing of a text that goes on
  std::size_t tail_room_;
  std::uint64_t begin_ = 0;
  std::uint64_t total_ = 0;
  std::string head_;
  std::string tail_;
};

} // namespace stint
