/// The callbacks of a plain thread's subscription: called by its actor, and over when the thread says so.
///
/// Owner    shared by the subscription and its actor.
/// Threads  call() from the actor only; end() from any thread, and from inside a callback.
/// Errors   a callback that throws is logged as a warning; the next one is called all the same.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <stint/environment.hpp>
#include <stint/subscription.hpp>

namespace stint {

class blocking_ear {
public:
  blocking_ear(listener callbacks, std::shared_ptr<environment> env)
      : env_(std::move(env)), callbacks_(std::move(callbacks)) {}

  /// Calls one callback, if there is one and this has not ended.
  template <class... Params, class... Args>
  void call(std::function<void(Params...)> listener::*which, const Args&... args) {
    if (!begin())
      return;
    try {
      if (const auto& callback = callbacks_.*which)
        callback(args...);
    } catch (const std::exception& e) {
      warn(e.what());
    } catch (...) {
      warn("something that is no std::exception");
    }
    finish();
  }

  /// No callback begins any more; waits for one that runs, except from inside it. Then nothing of them is left.
  void end() {
    std::unique_lock guard{mutex_};
    ended_ = true;
    if (inside_ == std::this_thread::get_id())
      return;
    idle_.wait(guard, [this] { return inside_ == std::thread::id{}; });
    const auto gone = std::exchange(callbacks_, {});
    guard.unlock(); // what callbacks hold may take its time
  }

private:
  bool begin() {
    std::lock_guard guard{mutex_};
    if (ended_)
      return false;
    inside_ = std::this_thread::get_id();
    return true;
  }

  void finish() {
    std::lock_guard guard{mutex_};
    inside_ = std::thread::id{};
    idle_.notify_all();
  }

  void warn(const std::string& what) noexcept {
    try {
      env_->log(log_level::warning, "a listener threw: " + what);
    } catch (...) { // the log is the application's, too; there is nobody left to tell
    }
  }

  std::shared_ptr<environment> env_;
  listener callbacks_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::thread::id inside_; ///< of the callback that runs
  bool ended_ = false;
};

} // namespace stint
