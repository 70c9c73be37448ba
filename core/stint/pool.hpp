/// Room for many short-lived objects of one type: pages of them, used again, and given back when they are empty.
///
/// Owner    who makes the objects; it outlives all of them.
/// Threads  none.
/// Cost     make and the end of an object O(1), without the allocator in the steady state; up to a megabyte of empty pages is
///          kept: new memory is dear. Builds with sanitizers allocate each object, so that they see a use after its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace stint {

template <class T>
class pool {
  struct page;
  union slot {
    slot() noexcept {}
    ~slot() {}
    slot* next;
    T object;
  };

public:
  struct give_back {
    void operator()(T* x) const noexcept {
#ifdef STINT_SANITIZED
      delete x;
#else
      x->~T();
      auto* p = reinterpret_cast<page*>(reinterpret_cast<std::uintptr_t>(x) & ~(page_bytes - 1));
      p->owner->put(*p, *reinterpret_cast<slot*>(x));
#endif
    }
  };
  using pointer = std::unique_ptr<T, give_back>;

  pool() = default;
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;
  ~pool() {
    while (open_ != nullptr)
      delete std::exchange(open_, open_->next);
  }

  [[nodiscard]] pointer make() {
#ifdef STINT_SANITIZED
    return pointer{new T()};
#else
    if (open_ == nullptr) {
      open(*new page(*this));
      ++empty_;
    }
    auto& p = *open_;
    empty_ -= p.used == 0 ? 1 : 0;
    auto& s = p.free != nullptr ? *std::exchange(p.free, p.free->next) : p.slots[p.fresh++];
    if (++p.used == slots_per_page)
      close(p);
    return pointer{::new (&s.object) T()};
#endif
  }

  /// Pages with nothing in them. For tests.
  [[nodiscard]] std::size_t empty_pages() const noexcept { return empty_; }

  static constexpr std::size_t most_empty = 64;

private:
  static constexpr std::size_t page_bytes = 16 * 1024;
  static constexpr std::size_t slots_per_page = (page_bytes - 64) / sizeof(slot);

  struct alignas(page_bytes) page {
    explicit page(pool& p) noexcept : owner(&p) {}
    pool* owner;
    page* prev = nullptr; ///< among the pages with a free slot
    page* next = nullptr;
    slot* free = nullptr;
    std::uint32_t fresh = 0; ///< slots from here on were never used
    std::uint32_t used = 0;
    slot slots[slots_per_page];
  };
  static_assert(slots_per_page >= 8);

  void open(page& p) noexcept {
    p.prev = nullptr;
    p.next = open_;
    if (open_ != nullptr)
      open_->prev = &p;
    open_ = &p;
  }

  void close(page& p) noexcept {
    (p.prev != nullptr ? p.prev->next : open_) = p.next;
    if (p.next != nullptr)
      p.next->prev = p.prev;
  }

  void put(page& p, slot& s) noexcept {
    s.next = p.free;
    p.free = &s;
    if (p.used-- == slots_per_page)
      open(p);
    if (p.used != 0)
      return;
    if (empty_ < most_empty) {
      ++empty_;
    } else {
      close(p);
      delete &p;
    }
  }

  page* open_ = nullptr; ///< pages with a free slot
  std::size_t empty_ = 0; ///< of these, pages with nothing in them
};

} // namespace stint
