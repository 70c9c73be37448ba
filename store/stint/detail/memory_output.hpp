/// What one task printed, as pieces with gaps where text was cut.
///
/// Owner    the memory store.
/// Units    bytes; offsets count everything that was ever printed.
/// Cost     append O(log pieces + text); read O(log pieces + text read); cut O(pieces cut).
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include <stint/query.hpp>

namespace stint {

class memory_output {
public:
  /// Adds text at or past the end.
  void append(std::uint64_t offset, std::string_view text) {
    total_ = offset + text.size();
    if (text.empty())
      return;
    kept_ += text.size();
    if (!pieces_.empty())
      if (auto& [at, last] = *pieces_.rbegin(); at + last.size() == offset && last.size() < joined) {
        last += text;
        return;
      }
    pieces_.emplace_hint(pieces_.end(), offset, text);
  }

  /// Forgets the bytes [from, to).
  void cut(std::uint64_t from, std::uint64_t to) {
    if (from >= to)
      return;
    auto i = pieces_.upper_bound(from);
    if (i != pieces_.begin())
      --i;
    while (i != pieces_.end() && i->first < to) {
      auto node = pieces_.extract(i++);
      const auto begin = node.key();
      const std::string_view text = node.mapped();
      kept_ -= text.size();
      const auto keep = [&](std::uint64_t first, std::uint64_t end) {
        if (first >= end)
          return;
        kept_ += end - first;
        pieces_.emplace(first, text.substr(first - begin, end - first));
      };
      const auto end = begin + text.size();
      keep(begin, std::min(from, end));
      keep(std::max(to, begin), end);
    }
  }

  [[nodiscard]] output_piece read(std::uint64_t offset, std::size_t limit) const {
    output_piece p;
    p.total = total_;
    const auto asked = std::min(offset, total_);
    auto i = pieces_.upper_bound(asked);
    if (i != pieces_.begin() && std::prev(i)->first + std::prev(i)->second.size() > asked)
      --i;
    p.offset = i == pieces_.end() ? total_ : std::max(i->first, asked);
    p.dropped = p.offset - asked;
    p.next = p.offset;
    for (; i != pieces_.end() && p.text.size() < limit; ++i) {
      const auto skip = p.next - std::min(p.next, i->first);
      if (i->first > p.next)
        break;
      p.text += std::string_view{i->second}.substr(skip, limit - p.text.size());
      p.next = p.offset + p.text.size();
    }
    return p;
  }

  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] std::uint64_t kept() const noexcept { return kept_; }

private:
  /// Prints are short: pieces are joined up to this size, so that a chatty task costs no allocation for each.
  static constexpr std::size_t joined = 4096;

  std::map<std::uint64_t, std::string> pieces_;
  std::uint64_t total_ = 0;
  std::uint64_t kept_ = 0;
};

} // namespace stint
