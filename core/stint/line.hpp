/// Elements standing in a line in the order of their numbers: intrusive, O(1) where they come in order, never a scan.
///
/// Owner    the line owns nothing; an element must leave it before it dies.
/// Threads  none: the owner's mailbox is the lock.
/// Cost     push at the end, remove and front O(1); a late comer (order below the last one's) O(log late comers).
///
/// Almost every task comes in order, so the common case is a doubly linked list without an allocation. Late comers (a
/// higher priority, a resumed queue, a task that waits at its second key) stand in a set beside it.
#pragma once

#include <cstdint>
#include <memory>
#include <set>

namespace stint {

/// What an element carries for each line it can stand in.
template <class T>
struct line_link {
  T* prev = nullptr;
  T* next = nullptr;
  bool linked = false;
  bool late = false;
};

/// A line of T, linked through `Link`; T gives its place by `std::uint64_t order() const`, unique in the line.
template <class T, line_link<T> T::* Link>
class line {
public:
  line() = default;
  line(line&&) noexcept = default;
  line& operator=(line&&) noexcept = default;

  [[nodiscard]] bool empty() const noexcept { return head_ == nullptr && (!late_ || late_->empty()); }

  void push(T& x) {
    auto& l = x.*Link;
    l.linked = true;
    if (tail_ == nullptr || tail_->order() < x.order()) {
      l.late = false;
      l.prev = tail_;
      l.next = nullptr;
      (tail_ ? (tail_->*Link).next : head_) = &x;
      tail_ = &x;
    } else {
      l.late = true;
      if (!late_)
        late_ = std::make_unique<late_set>();
      late_->insert(&x);
    }
  }

  void remove(T& x) {
    auto& l = x.*Link;
    if (!l.linked)
      return;
    l.linked = false;
    if (l.late) {
      late_->erase(&x);
      return;
    }
    (l.prev ? (l.prev->*Link).next : head_) = l.next;
    (l.next ? (l.next->*Link).prev : tail_) = l.prev;
    l.prev = l.next = nullptr;
  }

  /// Returns the first in the line, or null.
  [[nodiscard]] T* front() const {
    if (!late_ || late_->empty())
      return head_;
    T* first = *late_->begin();
    return head_ == nullptr || first->order() < head_->order() ? first : head_;
  }

  /// Calls `fn(T&)` in order until it returns false.
  template <class F>
  void for_each(F&& fn) const {
    static const late_set none;
    auto& late = late_ ? *late_ : none;
    auto l = late.begin();
    T* m = head_;
    while (m != nullptr || l != late.end()) {
      const bool take_late = l != late.end() && (m == nullptr || (*l)->order() < m->order());
      T* x = take_late ? *l++ : m;
      if (!take_late)
        m = (m->*Link).next;
      if (!fn(*x))
        return;
    }
  }

private:
  struct by_order {
    bool operator()(const T* a, const T* b) const { return a->order() < b->order(); }
  };
  using late_set = std::set<T*, by_order>;

  T* head_ = nullptr;
  T* tail_ = nullptr;
  std::unique_ptr<late_set> late_;
};

} // namespace stint
