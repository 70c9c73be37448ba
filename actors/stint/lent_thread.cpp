#include <stint/lent_thread.hpp>

#include <utility>

namespace stint {

namespace {

thread_local lent_thread* innermost = nullptr;

} // namespace

void lent_place::ready(caf::resumable* who) {
  auto* const lendable = innermost != nullptr ? dynamic_cast<lendable_actor*>(who) : nullptr;
  if (lendable != nullptr)
    innermost->ready_.push_back(lendable);
  else
    caf_shim::schedule(system_, who);
}

lent_thread::lent_thread(std::size_t most) : running_place(nullptr), most_(most), outer_(std::exchange(innermost, this)) {}

lent_thread::~lent_thread() {
  run();
  innermost = outer_;
}

lent_thread* lent_thread::here() noexcept { return innermost; }

/// Of actors that the thread itself has sent to.
void lent_thread::ready(caf::resumable* who) {
  if (auto* const lendable = dynamic_cast<lendable_actor*>(who))
    ready_.push_back(lendable);
  else
    caf_shim::schedule(dynamic_cast<caf::abstract_actor&>(*who).home_system(), who);
}

/// Returns whether it waits for messages now, or is over: then it may already run elsewhere, or be gone.
bool lent_thread::work_off(lendable_actor& who) const {
  who.leaves_ = false;
  for (std::size_t i = 0; i < most_ && !who.leaves_; ++i)
    if (static_cast<caf::resumable&>(who).resume(&who.at_lent_, 1) != caf::resumable::resume_later)
      return true;
  return false;
}

void lent_thread::run() {
  for (std::size_t i = 0; i < ready_.size(); ++i) { // grows meanwhile
    caf::resumable* const who = ready_[i];
    if (work_off(*ready_[i]))
      caf::intrusive_ptr_release(who);
    else
      caf_shim::schedule(ready_[i]->home_system(), who);
  }
  ready_.clear();
}

} // namespace stint
