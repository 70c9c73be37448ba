/// A part that most objects don't have: memory only for those that do, and its defaults for whoever reads the others.
///
/// Owner    the object that it is a part of.
/// Threads  none.
#pragma once

#include <memory>

namespace stint {

template <class T>
class rarely {
public:
  [[nodiscard]] const T& operator*() const noexcept {
    static const T none{};
    return part_ ? *part_ : none;
  }
  [[nodiscard]] const T* operator->() const noexcept { return &**this; }

  /// Makes it when it is not there, to be written to.
  T& make() {
    if (!part_)
      part_ = std::make_unique<T>();
    return *part_;
  }

private:
  std::unique_ptr<T> part_;
};

} // namespace stint
