#include <stint/runner_thread.hpp>

#include <algorithm>
#include <chrono>
#include <system_error>

#include <stint/lent_thread.hpp>

namespace stint {

namespace {

/// Ten times what the list needs to hear of the end of a body: waking another thread for that costs the machine more.
constexpr nanos worth_lending = std::chrono::microseconds{20};

/// The time at the begin and end of each body: one reading of the steady clock for both, and of the wall clock only so
/// often that a clock which was set is noticed.
class body_clock {
public:
  explicit body_clock(const runner_clocks& c) : clocks_(c) {}

  /// After a pause.
  void start() { base_ = clocks_.both(), now_ = base_.steady; }

  [[nodiscard]] wall_time wall() {
    constexpr nanos trusted = std::chrono::milliseconds{1};
    if (now_ - base_.steady > trusted)
      start();
    return base_.wall + (now_ - base_.steady);
  }

  /// Returns the time since the last lap.
  nanos lap() {
    const auto before = std::exchange(now_, clocks_.steady());
    return now_ - before;
  }

private:
  runner_clocks clocks_;
  moment base_;
  steady_time now_{};
};

} // namespace

runner_thread::runner_thread(std::shared_ptr<runner_port> port, runner_clocks clocks)
    : shared_(std::make_shared<shared>()) {
  shared_->port = std::move(port);
  shared_->clocks = clocks;
  spawn();
}

runner_thread::~runner_thread() {
  close();
  join(false);
}

void runner_thread::spawn() {
  std::lock_guard guard{threads_mutex_};
  if (joined_)
    return;
  const auto generation = shared_->generation;
  threads_.push_back({std::thread{[s = shared_, generation] { serve(s, generation); }}, generation});
}

/// Tells news, and runs the worker and the list that hear of them: nobody needs to be woken for that.
template <class Tell>
void runner_thread::tell_and_lend(shared& s, std::uint64_t generation, Tell tell) {
  std::unique_lock guard{s.mutex};
  // A thread that may be let go of does not: CAF may end before it does.
  const bool lends = !s.closing && s.generation == generation;
  s.lending += lends ? 1 : 0;
  guard.unlock();
  if (!lends) {
    tell();
    return;
  }
  {
    lent_thread lent;
    tell();
  }
  guard.lock();
  --s.lending;
  s.wake.notify_all();
}

void runner_thread::serve(const std::shared_ptr<shared>& s, std::uint64_t generation) {
  body_clock clock{s->clocks};
  std::unique_lock guard{s->mutex};
  // Takes the next attempt, or none when this thread has nothing left to do.
  auto next = [&]() -> attempt_ptr {
    if (s->queue.empty() || s->closing || s->generation != generation)
      return nullptr;
    auto a = std::move(s->queue.front());
    s->queue.pop_front();
    s->current = a.get();
    return a;
  };
  while (true) {
    s->idle = true;
    s->wake.wait(guard, [&] { return !s->queue.empty() || s->closing || s->generation != generation; });
    s->idle = false;
    auto a = next();
    if (!a)
      break;
    guard.unlock();
    clock.start();
    auto began = clock.wall();
    tell_and_lend(*s, generation, [&] { s->port->began(a->name(), began); });
    while (a) {
      const auto who = a->name();
      body_end how{execute(a), began, clock.lap(), a->printed()};
      guard.lock();
      if (s->generation == generation)
        s->current = nullptr;
      auto after = next();
      guard.unlock();
      a = std::move(after); // what the body kept goes without the lock
      if (a) {
        began = clock.wall();
        // After a body that took its time the news are dear enough to be told from here; many short ones are told together.
        const bool lends = how.took >= worth_lending;
        auto tell = [&] { s->port->ran(who, std::move(how), a->name(), began); };
        if (lends)
          tell_and_lend(*s, generation, tell);
        else
          tell();
      } else {
        // There is nothing else to do here, and the list may have the next body at once.
        tell_and_lend(*s, generation, [&] { s->port->ended(who, std::move(how)); });
      }
    }
    guard.lock();
    if (s->generation != generation)
      break; // this body was stuck; another thread serves the queue now
  }
  s->ended.push_back(generation);
}

void runner_thread::push(std::vector<attempt_ptr> batch) {
  bool sleeps = false;
  {
    std::lock_guard guard{shared_->mutex};
    if (shared_->closing)
      return;
    for (auto& a : batch)
      shared_->queue.push_back(std::move(a));
    sleeps = shared_->idle;
  }
  if (sleeps)
    shared_->wake.notify_all();
  if (unserved_)
    try {
      spawn();
      unserved_ = false;
    } catch (const std::system_error&) {
      // The next push tries again.
    }
}

bool runner_thread::take_back(const attempt_name& who) {
  attempt_ptr taken;
  std::lock_guard guard{shared_->mutex};
  auto i = std::find_if(shared_->queue.begin(), shared_->queue.end(), [&who](const auto& a) { return a->name() == who; });
  if (i == shared_->queue.end())
    return false;
  taken = std::move(*i);
  shared_->queue.erase(i);
  return true;
}

void runner_thread::request_stop(const attempt_name& who) {
  attempt_ptr a;
  {
    std::lock_guard guard{shared_->mutex};
    if (shared_->current != nullptr && shared_->current->name() == who)
      a = shared_->current->share();
  }
  if (a)
    a->request_stop(); // without the lock: stop callbacks are the body's own code
}

void runner_thread::replace(const attempt_name& who) {
  {
    std::lock_guard guard{shared_->mutex};
    if (shared_->closing || shared_->current == nullptr || shared_->current->name() != who)
      return;
    shared_->current->mute();
    ++shared_->generation;
    shared_->current = nullptr;
  }
  sweep();
  try {
    spawn();
  } catch (const std::system_error&) {
    unserved_ = true;
  }
}

std::optional<running_body> runner_thread::current() const {
  std::lock_guard guard{shared_->mutex};
  if (shared_->current == nullptr)
    return std::nullopt;
  return running_body{shared_->current->what().id, shared_->current->what().attempt};
}

void runner_thread::close() {
  std::deque<attempt_ptr> dropped;
  attempt_ptr running;
  {
    std::lock_guard guard{shared_->mutex};
    if (std::exchange(shared_->closing, true))
      return;
    dropped.swap(shared_->queue);
    if (shared_->current != nullptr)
      running = shared_->current->share();
  }
  shared_->wake.notify_all();
  if (running)
    running->request_stop(); // nobody hears what comes of it, and the end waits for it
}

/// Joins the threads that have come to their end.
void runner_thread::sweep() {
  std::vector<std::uint64_t> ended;
  {
    std::lock_guard guard{shared_->mutex};
    ended.swap(shared_->ended);
  }
  std::lock_guard guard{threads_mutex_};
  std::erase_if(threads_, [&ended](auto& t) {
    if (std::find(ended.begin(), ended.end(), t.generation) == ended.end())
      return false;
    t.thread.join(); // it has let go of everything: this takes no longer than its return
    return true;
  });
}

bool runner_thread::gone() {
  {
    std::lock_guard guard{shared_->mutex};
    if (!shared_->closing)
      return false; // its worker may be about to use it
  }
  sweep();
  std::lock_guard guard{threads_mutex_};
  return threads_.empty();
}

void runner_thread::join(bool abandon) {
  std::uint64_t serving = 0;
  bool busy = false;
  {
    std::unique_lock guard{shared_->mutex};
    shared_->wake.wait(guard, [this] { return shared_->lending == 0; });
    serving = shared_->generation;
    busy = shared_->current != nullptr;
  }
  std::vector<served> all;
  {
    std::lock_guard guard{threads_mutex_};
    joined_ = true;
    all.swap(threads_);
  }
  for (auto& t : all) {
    if (!t.thread.joinable())
      continue;
    // An older generation is a thread whose body got stuck; a busy one at the end ignored every wish to stop.
    if (abandon && (t.generation != serving || busy))
      t.thread.detach();
    else
      t.thread.join();
  }
}

} // namespace stint
