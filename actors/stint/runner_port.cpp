#include <stint/runner_port.hpp>

#include <utility>

namespace stint {

void runner_port::open(std::function<void()> wake) {
  std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
  told_ = false;
  if (!news_.reports.empty() || !news_.noted.empty())
    wake_locked();
}

void runner_port::leave() {
  std::function<void()> last;
  std::lock_guard guard{mutex_};
  last = std::exchange(wake_, nullptr);
}

void runner_port::close() {
  std::function<void()> last;
  runner_news dropped;
  std::lock_guard guard{mutex_};
  closed_ = true;
  last = std::exchange(wake_, nullptr);
  dropped = std::exchange(news_, {});
}

void runner_port::wake_locked() {
  if (told_ || !wake_)
    return;
  told_ = true;
  wake_();
}

void runner_port::report(attempt_report what) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  news_.reports.push_back(std::move(what));
  wake_locked();
}

void runner_port::noted(attempt_ptr who) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  news_.noted.push_back(std::move(who));
  wake_locked();
}

void runner_port::nudge() {
  std::lock_guard guard{mutex_};
  wake_locked();
}

runner_news runner_port::collect() {
  std::lock_guard guard{mutex_};
  told_ = false;
  return std::exchange(news_, {});
}

} // namespace stint
