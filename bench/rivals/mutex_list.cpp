#include <rivals/mutex_list.hpp>

#include <algorithm>
#include <utility>

namespace stint::bench {

mutex_list::mutex_list(std::size_t workers) {
  threads_.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i)
    threads_.emplace_back([this] { serve(); });
}

mutex_list::~mutex_list() {
  {
    std::lock_guard guard{mutex_};
    closing_ = true;
  }
  work_.notify_all();
  for (auto& t : threads_)
    t.join();
}

std::uint64_t mutex_list::submit(rival_task t) {
  const auto when = rival_clock::now();
  std::unique_lock guard{mutex_};
  const auto before = ready_;
  const auto id = add(std::move(t), when);
  wake_workers(guard, ready_ - before);
  return id;
}

std::uint64_t mutex_list::submit(std::vector<rival_task> batch) {
  const auto when = rival_clock::now();
  std::unique_lock guard{mutex_};
  const auto before = ready_;
  const auto first = last_ + 1;
  for (auto& t : batch)
    add(std::move(t), when);
  wake_workers(guard, ready_ - before);
  return first;
}

/// Wakes as many sleepers as there is work for, after the lock is free: a woken thread must not run into it.
void mutex_list::wake_workers(std::unique_lock<std::mutex>& guard, std::size_t count) {
  const auto wake = std::min(count, idle_);
  guard.unlock();
  for (std::size_t i = 0; i < wake; ++i)
    work_.notify_one();
}

std::uint64_t mutex_list::add(rival_task&& t, rival_clock::time_point when) {
  const auto id = ++last_;
  auto& e = tasks_[id];
  e.id = id;
  e.name = std::move(t.name);
  e.claims = std::move(t.claims);
  e.run = std::move(t.run);
  e.submitted = when;
  ++unfinished_;
  if (!e.claims.empty()) {
    e.places.resize(e.claims.size());
    for (std::size_t i = 0; i < e.claims.size(); ++i) {
      auto& line = keys_[e.claims[i]];
      auto& p = e.places[i];
      p.who = &e;
      p.line = &line;
      if (line.back != nullptr) {
        line.back->next = &p;
        ++e.missing;
      } else {
        line.front = &p;
      }
      line.back = &p;
    }
  }
  if (e.missing == 0)
    make_ready(e);
  return id;
}

void mutex_list::make_ready(entry& e) {
  if (back_ != nullptr)
    back_->next = &e;
  else
    front_ = &e;
  back_ = &e;
  ++ready_;
}

void mutex_list::let_go(entry& e) {
  for (auto& p : e.places) {
    auto& line = *p.line;
    line.front = p.next;
    if (line.front == nullptr)
      line.back = nullptr;
    else if (--line.front->who->missing == 0)
      make_ready(*line.front->who);
  }
  e.places = {};
}

void mutex_list::serve() {
  std::unique_lock guard{mutex_};
  while (true) {
    while (front_ == nullptr) {
      if (closing_ && unfinished_ == 0)
        return;
      ++idle_;
      work_.wait(guard);
      --idle_;
    }
    auto& e = *front_;
    front_ = e.next;
    if (front_ == nullptr)
      back_ = nullptr;
    e.next = nullptr;
    --ready_;
    e.state = rival_state::running;
    auto run = std::move(e.run);
    guard.unlock();
    const auto started = rival_clock::now();
    auto result = run();
    const auto ended = rival_clock::now();
    run = nullptr;
    guard.lock();
    e.started = started;
    e.ended = ended;
    e.state = result.error.empty() ? rival_state::succeeded : rival_state::failed;
    e.code = result.code;
    e.value = std::move(result.value);
    e.error = std::move(result.error);
    if (!e.places.empty())
      let_go(e);
    --unfinished_;
    const bool tell = e.waiters != 0 || (unfinished_ == 0 && (fences_ != 0 || closing_));
    // This thread takes one of them; a sleeper is only worth waking for more.
    const auto wake = ready_ > 1 ? std::min(ready_ - 1, idle_) : 0;
    const bool last = unfinished_ == 0 && closing_;
    if (!tell && wake == 0 && !last)
      continue;
    // Without the lock: a woken thread must not run into it.
    guard.unlock();
    if (tell)
      ended_.notify_all();
    for (std::size_t i = 0; i < wake; ++i)
      work_.notify_one();
    if (last)
      work_.notify_all();
    guard.lock();
  }
}

rival_record mutex_list::wait(std::uint64_t id) {
  std::unique_lock guard{mutex_};
  auto& e = tasks_.at(id);
  ++e.waiters;
  ended_.wait(guard, [&] { return e.state == rival_state::succeeded || e.state == rival_state::failed; });
  --e.waiters;
  return e;
}

void mutex_list::wait_all() {
  std::unique_lock guard{mutex_};
  ++fences_;
  ended_.wait(guard, [&] { return unfinished_ == 0; });
  --fences_;
}

std::optional<rival_record> mutex_list::get(std::uint64_t id) const {
  std::lock_guard guard{mutex_};
  auto i = tasks_.find(id);
  if (i == tasks_.end())
    return std::nullopt;
  return i->second;
}

std::vector<rival_record> mutex_list::copy(std::uint64_t first, std::size_t limit) const {
  std::vector<rival_record> out;
  std::lock_guard guard{mutex_};
  out.reserve(std::min<std::size_t>(limit, tasks_.size()));
  for (auto id = first; id <= last_ && out.size() < limit; ++id)
    if (auto i = tasks_.find(id); i != tasks_.end())
      out.push_back(i->second);
  return out;
}

std::size_t mutex_list::finished() const {
  std::lock_guard guard{mutex_};
  return tasks_.size() - unfinished_;
}

} // namespace stint::bench
