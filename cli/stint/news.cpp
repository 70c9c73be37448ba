#include "news.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace stint::cli {

news::news() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (bell_ < 0)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
}

news::~news() { ::close(bell_); }

void news::put(item one) {
  std::lock_guard guard{mutex_};
  items_.push_back(std::move(one));
  const std::uint64_t ring = 1;
  if (items_.size() == 1) // else it has rung already
    [[maybe_unused]]
    auto n = ::write(bell_, &ring, sizeof ring);
}

std::vector<news::item> news::take() {
  std::lock_guard guard{mutex_};
  std::uint64_t rung = 0;
  [[maybe_unused]] auto n = ::read(bell_, &rung, sizeof rung);
  return std::exchange(items_, {});
}

} // namespace stint::cli
