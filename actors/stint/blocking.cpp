#include <stint/blocking.hpp>

#include <chrono>
#include <thread>

#include <stint/spin_then_park.hpp>

namespace stint {

namespace {

thread_local spin_then_park of_this_thread;

} // namespace

caf::message waiting_asker::look_and_wait() {
  if (heard_.load(std::memory_order_acquire))
    return wait();
  const auto asked = std::chrono::steady_clock::now();
  const auto waited = [asked] { return std::chrono::steady_clock::now() - asked; };
  while (of_this_thread.looks(waited()) && !heard_.load(std::memory_order_acquire))
    std::this_thread::yield(); // whoever wants this processor, such as the body, comes first
  auto answer = wait();
  of_this_thread.came(waited());
  return answer;
}

} // namespace stint
