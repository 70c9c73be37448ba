#include <stint/id_set.hpp>

#include <algorithm>
#include <bit>

namespace stint {

void id_set::come_near(std::uint64_t number) {
  if (pages_.empty())
    base_ = number;
  if (number < base_) {
    const auto missing = base_ - number;
    std::vector<std::unique_ptr<page>> grown(missing + pages_.size());
    std::move(pages_.begin(), pages_.end(), grown.begin() + static_cast<std::ptrdiff_t>(missing));
    pages_ = std::move(grown);
    base_ = number;
  }
  if (number - base_ >= pages_.size())
    pages_.resize(number - base_ + 1);
  auto& slot = pages_[number - base_];
  if (!slot)
    slot = spare_ ? std::move(spare_) : std::make_unique<page>();
  near_ = slot.get();
  near_number_ = number;
}

/// Takes an empty page out.
void id_set::give_up(std::uint64_t number) {
  spare_ = std::move(pages_[number - base_]);
  if (number == near_number_)
    near_number_ = ~std::uint64_t{0};
  // Ids only grow: give back the front, so that a long life does not keep a table of empty pages. The front may have
  // been emptied long ago, while younger pages still had members.
  if (!pages_.front()) {
    std::size_t gone = 0;
    while (gone < pages_.size() && !pages_[gone])
      ++gone;
    if (gone == pages_.size() || gone >= 64) {
      pages_.erase(pages_.begin(), pages_.begin() + static_cast<std::ptrdiff_t>(gone));
      base_ += gone;
    }
  }
}

bool id_set::contains(task_id id) const noexcept {
  const auto* p = page_at(page_of(id));
  return p != nullptr && (p->words[word_of(id)] & bit_of(id)) != 0;
}

task_id id_set::first() const noexcept {
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    if (!pages_[i])
      continue;
    for (std::size_t w = 0; w < page_words; ++w)
      if (auto bits = pages_[i]->words[w]; bits != 0)
        return (base_ + i) * page_ids + w * 64 + static_cast<unsigned>(std::countr_zero(bits));
  }
  return 0;
}

std::uint64_t id_query::word(std::uint64_t number, std::size_t index) const noexcept {
  std::uint64_t all = ~std::uint64_t{0};
  for (const auto& term : terms_) {
    std::uint64_t any = 0;
    for (const auto* set : term)
      if (const auto* p = set->page_at(number))
        any |= p->words[index];
    all &= any;
  }
  return all;
}

bool id_query::has_page(std::uint64_t number) const noexcept {
  return std::all_of(terms_.begin(), terms_.end(), [number](const auto& term) {
    return std::any_of(term.begin(), term.end(), [number](const auto* set) { return set->page_at(number) != nullptr; });
  });
}

void id_query::walk(task_id from, bool upwards, const std::function<bool(task_id)>& fn) const {
  if (terms_.empty())
    return;
  std::uint64_t low = 0;
  std::uint64_t high = ~std::uint64_t{0};
  for (const auto& term : terms_) {
    std::uint64_t term_low = ~std::uint64_t{0};
    std::uint64_t term_high = 0;
    for (const auto* set : term) {
      if (set->pages_.empty())
        continue;
      term_low = std::min(term_low, set->base_);
      term_high = std::max(term_high, set->end_page());
    }
    low = std::max(low, term_low);
    high = std::min(high, term_high);
  }
  if (low >= high)
    return;
  const auto start = id_set::page_of(from);
  if (upwards) {
    for (auto number = std::max(low, start); number < high; ++number) {
      if (!has_page(number))
        continue;
      for (std::size_t w = number == start ? id_set::word_of(from) : 0; w < id_set::page_words; ++w) {
        auto bits = word(number, w);
        if (number == start && w == id_set::word_of(from))
          bits &= ~std::uint64_t{0} << (from % 64);
        for (; bits != 0; bits &= bits - 1)
          if (!fn(number * id_set::page_ids + w * 64 + static_cast<unsigned>(std::countr_zero(bits))))
            return;
      }
    }
    return;
  }
  for (auto number = std::min(high, start + 1); number-- > low;) {
    if (!has_page(number))
      continue;
    for (std::size_t w = (number == start ? id_set::word_of(from) : id_set::page_words - 1) + 1; w-- > 0;) {
      auto bits = word(number, w);
      if (number == start && w == id_set::word_of(from) && from % 64 != 63)
        bits &= (std::uint64_t{1} << (from % 64 + 1)) - 1;
      while (bits != 0) {
        const auto top = 63 - static_cast<unsigned>(std::countl_zero(bits));
        if (!fn(number * id_set::page_ids + w * 64 + top))
          return;
        bits &= ~(std::uint64_t{1} << top);
      }
    }
  }
}

} // namespace stint
