#include <stint/runner_thread.hpp>

#include <algorithm>

namespace stint {

runner_thread::runner_thread(std::shared_ptr<runner_port> port, clock_fn now) : shared_(std::make_shared<shared>()) {
  shared_->port = std::move(port);
  shared_->now = now;
  spawn();
}

runner_thread::~runner_thread() {
  close();
  join(false);
}

void runner_thread::spawn() {
  const auto generation = shared_->generation;
  threads_.push_back({std::thread{[s = shared_, generation] { serve(s, generation); }}, generation});
}

void runner_thread::serve(const std::shared_ptr<shared>& s, std::uint64_t generation) {
  std::unique_lock guard{s->mutex};
  while (true) {
    s->wake.wait(guard, [&] { return !s->queue.empty() || s->closing || s->generation != generation; });
    if (s->closing || s->generation != generation)
      return;
    auto a = std::move(s->queue.front());
    s->queue.pop_front();
    s->current = a;
    guard.unlock();
    const auto began = s->now();
    // The begin wakes the worker; when the body is short, its outcome is there before the worker looks.
    auto begun = a->report(attempt_report::kind::begun);
    begun.began = began.wall;
    a->tell(std::move(begun));
    auto done = a->report(attempt_report::kind::finished);
    done.outcome = execute(*a);
    done.began = began.wall;
    done.took = s->now().steady - began.steady;
    a->tell(std::move(done));
    a.reset();
    guard.lock();
    if (s->generation != generation)
      return; // this body was stuck; another thread serves the queue now
    s->current.reset();
  }
}

void runner_thread::push(std::vector<attempt_ptr> batch) {
  {
    std::lock_guard guard{shared_->mutex};
    if (shared_->closing)
      return;
    for (auto& a : batch)
      shared_->queue.push_back(std::move(a));
  }
  shared_->wake.notify_all();
}

bool runner_thread::take_back(const attempt_ptr& a) {
  std::lock_guard guard{shared_->mutex};
  auto i = std::find(shared_->queue.begin(), shared_->queue.end(), a);
  if (i == shared_->queue.end())
    return false;
  shared_->queue.erase(i);
  return true;
}

void runner_thread::replace(const attempt_ptr& a) {
  {
    std::lock_guard guard{shared_->mutex};
    if (shared_->closing || shared_->current != a)
      return;
    ++shared_->generation;
    shared_->current.reset();
  }
  spawn();
}

std::optional<running_body> runner_thread::current() const {
  std::lock_guard guard{shared_->mutex};
  if (!shared_->current)
    return std::nullopt;
  return running_body{shared_->current->what().id, shared_->current->what().attempt};
}

void runner_thread::close() {
  std::deque<attempt_ptr> dropped;
  {
    std::lock_guard guard{shared_->mutex};
    shared_->closing = true;
    dropped.swap(shared_->queue);
  }
  shared_->wake.notify_all();
}

void runner_thread::join(bool abandon) {
  std::uint64_t serving = 0;
  bool busy = false;
  {
    std::lock_guard guard{shared_->mutex};
    serving = shared_->generation;
    busy = shared_->current != nullptr;
  }
  for (auto& t : threads_) {
    if (!t.thread.joinable())
      continue;
    // An older generation is a thread whose body got stuck; a busy one at the end ignored every wish to stop.
    if (abandon && (t.generation != serving || busy))
      t.thread.detach();
    else
      t.thread.join();
  }
  threads_.clear();
}

} // namespace stint
