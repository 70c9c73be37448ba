#include <rivals/seed_list.hpp>

#include <algorithm>
#include <utility>

namespace stint::bench {

seed_list::seed_list(std::size_t workers) {
  for (std::size_t i = 0; i < workers; ++i)
    threads_.emplace_back([this] { serve(); });
}

seed_list::~seed_list() {
  wait_all();
  {
    std::lock_guard guard{mutex_};
    closing_ = true;
  }
  work_.notify_all();
  for (auto& t : threads_)
    t.join();
}

bool seed_list::used(const entry& e) const {
  return std::any_of(e.claims.begin(), e.claims.end(), [this](const auto& key) { return used_.contains(key); });
}

void seed_list::queue(entry& e) {
  used_.insert(e.claims.begin(), e.claims.end());
  e.queued = true;
  queue_.push_back(&e);
}

std::uint64_t seed_list::submit(rival_task t) {
  auto made = std::make_unique<entry>();
  made->name = std::move(t.name);
  made->claims = std::move(t.claims);
  made->run = std::move(t.run);
  made->submitted = rival_clock::now();
  std::unique_lock guard{mutex_};
  auto& e = *tasks_.emplace_back(std::move(made));
  e.id = tasks_.size();
  ++unfinished_;
  const bool start = !used(e);
  const auto id = e.id;
  if (start)
    queue(e);
  guard.unlock();
  if (start)
    work_.notify_one();
  return id;
}

void seed_list::remember(std::size_t count) {
  std::lock_guard guard{mutex_};
  for (std::size_t i = 0; i < count; ++i) {
    auto& e = *tasks_.emplace_back(std::make_unique<entry>());
    e.id = tasks_.size();
    e.name = "task-" + std::to_string(e.id);
    e.state = rival_state::succeeded;
    e.queued = true;
  }
}

void seed_list::serve() {
  std::unique_lock guard{mutex_};
  while (true) {
    work_.wait(guard, [this] { return closing_ || !queue_.empty(); });
    if (queue_.empty())
      return;
    auto& e = *queue_.front();
    queue_.pop_front();
    e.state = rival_state::running;
    auto run = std::move(e.run);
    guard.unlock();
    const auto started = rival_clock::now();
    auto result = run();
    const auto ended = rival_clock::now();
    guard.lock();
    e.started = started;
    e.ended = ended;
    e.state = result.error.empty() ? rival_state::succeeded : rival_state::failed;
    e.code = result.code;
    e.value = std::move(result.value);
    e.error = std::move(result.error);
    for (const auto& key : e.claims)
      used_.erase(key);
    for (const auto& other : tasks_)
      if (other->state == rival_state::waiting && !other->queued && !used(*other)) {
        queue(*other);
        work_.notify_one();
        break;
      }
    --unfinished_;
    ended_.notify_all();
  }
}

seed_list::entry* seed_list::find(std::uint64_t id) const {
  for (const auto& e : tasks_)
    if (e->id == id)
      return e.get();
  return nullptr;
}

rival_record seed_list::wait(std::uint64_t id) {
  std::unique_lock guard{mutex_};
  auto* e = find(id);
  ended_.wait(guard, [&] { return e->state == rival_state::succeeded || e->state == rival_state::failed; });
  return *e;
}

void seed_list::wait_all() {
  std::unique_lock guard{mutex_};
  ended_.wait(guard, [this] { return unfinished_ == 0; });
}

std::optional<rival_record> seed_list::get(std::uint64_t id) const {
  std::lock_guard guard{mutex_};
  const auto* e = find(id);
  if (e == nullptr)
    return std::nullopt;
  return *e;
}

} // namespace stint::bench
