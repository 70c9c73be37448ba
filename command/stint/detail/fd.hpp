/// A file descriptor that closes itself.
///
/// Threads  one at a time.
#pragma once

#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace stint::detail {

class fd {
public:
  fd() = default;
  explicit fd(int number) : number_(number) {}
  fd(fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  fd& operator=(fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~fd() { reset(); }

  void reset() {
    if (number_ >= 0)
      ::close(number_);
    number_ = -1;
  }
  [[nodiscard]] int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

private:
  int number_ = -1;
};

/// Owns a descriptor above the three standard ones: an embedder may have closed those, and one that landed there would be
/// overwritten by the child's own, or written to by whoever prints.
inline fd above_standard(int number) {
  fd low{number};
  if (number < 0 || number > 2)
    return low;
  return fd{::fcntl(number, F_DUPFD_CLOEXEC, 3)};
}

} // namespace stint::detail
