/// Who keeps the promises of the stress program's asynchronous bodies: a thread of its own, a little later.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <stint/promise.hpp>

#include "stress_claims.hpp"

namespace stint::stress {

struct debt {
  std::unique_ptr<holding> held;
  std::optional<stint::promise> owed;
  bool keep = true;
};

class keeper {
public:
  keeper() : thread_([this] { work(); }) {}
  ~keeper() {
    {
      std::lock_guard guard{mutex_};
      ending_ = true;
    }
    more_.notify_all();
    thread_.join();
  }
  keeper(const keeper&) = delete;
  keeper& operator=(const keeper&) = delete;

  void take(debt d) {
    {
      std::lock_guard guard{mutex_};
      debts_.push_back(std::move(d));
    }
    more_.notify_all();
  }

private:
  void work() {
    std::unique_lock guard{mutex_};
    while (true) {
      more_.wait(guard, [this] { return ending_ || !debts_.empty(); });
      if (debts_.empty())
        return;
      auto all = std::exchange(debts_, {});
      guard.unlock();
      for (auto& d : all) {
        d.held.reset();
        if (d.keep)
          d.owed->keep(stint::succeeded());
        d.owed.reset();
      }
      guard.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<debt> debts_;
  bool ending_ = false;
  std::thread thread_; // last: it uses the others
};

} // namespace stint::stress
