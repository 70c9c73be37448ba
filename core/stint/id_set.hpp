/// A set of task ids as pages of bits: one for each state, queue, kind and tag, so that a page of tasks needs no scan.
///
/// Owner    the table keeps one for every value that can be asked for.
/// Threads  none: the owner's mailbox is the lock.
/// Cost     insert, erase, contains O(1); a walk costs 64 words a page of 4,096 ids, and skips pages that are not there.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <stint/spec.hpp>

namespace stint {

class id_set {
public:
  static constexpr std::size_t page_ids = 4096;
  static constexpr std::size_t page_words = page_ids / 64;

  void insert(task_id id) {
    if (page_of(id) != near_number_)
      come_near(page_of(id));
    auto& word = near_->words[word_of(id)];
    if ((word & bit_of(id)) != 0)
      return;
    word |= bit_of(id);
    ++near_->count;
    ++size_;
  }

  void erase(task_id id) {
    const auto number = page_of(id);
    auto* p = number == near_number_ ? near_ : page_at(number);
    if (p == nullptr || (p->words[word_of(id)] & bit_of(id)) == 0)
      return;
    p->words[word_of(id)] &= ~bit_of(id);
    --size_;
    if (--p->count == 0)
      give_up(number);
  }

  [[nodiscard]] bool contains(task_id id) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Returns the smallest id, or 0.
  [[nodiscard]] task_id first() const noexcept;

  /// Returns how many pages lie between the first and the last one, kept or not: what a walk passes. For tests.
  [[nodiscard]] std::size_t span() const noexcept { return pages_.size(); }

private:
  friend class id_query;
  struct page {
    std::array<std::uint64_t, page_words> words{};
    std::uint32_t count = 0;
  };

  static constexpr std::uint64_t page_of(task_id id) noexcept { return id / page_ids; }
  static constexpr std::size_t word_of(task_id id) noexcept { return (id % page_ids) / 64; }
  static constexpr std::uint64_t bit_of(task_id id) noexcept { return std::uint64_t{1} << (id % 64); }

  [[nodiscard]] page* page_at(std::uint64_t number) const noexcept {
    return number >= base_ && number - base_ < pages_.size() ? pages_[number - base_].get() : nullptr;
  }
  [[nodiscard]] std::uint64_t end_page() const noexcept { return base_ + pages_.size(); }
  void come_near(std::uint64_t number);
  void give_up(std::uint64_t number);

  std::uint64_t base_ = 0; ///< number of the first page
  std::vector<std::unique_ptr<page>> pages_;
  std::unique_ptr<page> spare_; ///< an emptied page, so that a set that flickers does not allocate
  page* near_ = nullptr;        ///< of the last insertion: the next one is most likely there, too
  std::uint64_t near_number_ = ~std::uint64_t{0};
  std::size_t size_ = 0;
};

/// An intersection of unions of id sets, walked in the order of ids.
class id_query {
public:
  /// Requires membership in one of `sets`; the sets must outlive the query.
  void require_any(std::vector<const id_set*> sets) { terms_.push_back(std::move(sets)); }

  /// Calls `fn(id)` from `from` (inclusive) upwards or downwards until it returns false.
  void walk(task_id from, bool upwards, const std::function<bool(task_id)>& fn) const;

private:
  [[nodiscard]] std::uint64_t word(std::uint64_t page, std::size_t index) const noexcept;
  [[nodiscard]] bool has_page(std::uint64_t page) const noexcept;

  std::vector<std::vector<const id_set*>> terms_;
};

} // namespace stint
