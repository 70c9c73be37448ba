#include <stint/submitter.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include <caf/actor_cast.hpp>

namespace stint {

/// Where tasks wait for their message, and answers for whoever tells them. One message at a time is on its way; the thread
/// that brings its answer sends the next.
class submitter::line final : public caf_shim::asker {
public:
  explicit line(caf::actor_config& cfg) : asker(cfg) {}

  void leads_to(caf::actor list) { list_ = std::move(list); }

  /// Returns whether answers are there.
  bool put(spec&& what, body&& run) {
    std::unique_lock guard{mutex_};
    if (gathered_.empty() || gathered_.back().count == most_together)
      add_group();
    auto& [tasks, count] = gathered_.back();
    if (count < tasks.size())
      tasks[count] = {std::move(what), std::move(run)};
    else
      tasks.push_back({std::move(what), std::move(run)});
    ++count;
    const bool there = !answers_.empty();
    send(guard);
    return there;
  }

  /// Takes all answers that are there; with `wait`, at least one.
  std::deque<answered> take(bool wait) {
    std::unique_lock guard{mutex_};
    if (wait)
      came_.wait(guard, [this] { return !answers_.empty(); });
    return std::exchange(answers_, {});
  }

private:
  /// More in one message would gain nothing, and others would wait longer for the list.
  static constexpr std::size_t most_together = 1'000;

  struct group {
    std::vector<submission> tasks;
    std::size_t count; ///< what is behind these is old
  };

  void add_group() {
    gathered_.push_back({});
    if (rooms_.empty())
      return;
    gathered_.back().tasks = std::move(rooms_.back());
    rooms_.pop_back();
  }

  void hear(caf::message answer) override {
    std::optional<result<protocol::submitted_each>> got;
    caf::message_handler read{[&got](protocol::submitted_each& m) { got.emplace(std::move(m)); },
                              [&got](caf::error& e) { got.emplace(from_caf(e)); }};
    read(answer);
    std::unique_lock guard{mutex_};
    if (*got)
      rooms_.push_back(std::move((*got)->room));
    answers_.push_back({std::exchange(asked_, 0), 0, 0, std::move(*got)});
    came_.notify_one();
    send(guard);
  }

  /// Sends what has gathered, unless a message is on its way. A list that has ended answers before `ask` returns: then whoever
  /// is here already goes on, not the answer.
  void send(std::unique_lock<std::mutex>& guard) {
    if (std::exchange(sending_, true))
      return;
    while (asked_ == 0 && !gathered_.empty() && gathered_.front().count != 0) {
      auto [tasks, count] = std::move(gathered_.front());
      gathered_.pop_front();
      tasks.resize(count);
      asked_ = count;
      guard.unlock();
      ask(nullptr, list_, protocol::submit_each{std::move(tasks)});
      guard.lock();
    }
    sending_ = false;
  }

  caf::actor list_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<group> gathered_;
  std::vector<std::vector<submission>> rooms_; ///< that came back with answers
  std::size_t asked_ = 0; ///< tasks on their way; 0: no message is
  bool sending_ = false;
  std::deque<answered> answers_;
};

submitter::submitter(const list& to, answer_fn heard, std::size_t window)
    : actor_(caf_shim::make_asker<line>(caf::actor_cast<caf::abstract_actor*>(to.actor())->home_system())),
      line_(static_cast<line*>(actor_->get())), heard_(std::move(heard)), window_(std::max<std::size_t>(window, 1)) {
  line_->leads_to(to.actor());
}

submitter::~submitter() {
  heard_ = nullptr;
  tell(0);
}

std::uint64_t submitter::submit(spec what, body run) {
  if (there_ || !untold_.empty() || submitted_ - told_ >= window_)
    tell(window_ - 1);
  there_ = line_->put(std::move(what), std::move(run));
  return ++submitted_;
}

submit_tally submitter::flush() {
  tell(0);
  return tally_;
}

/// Tells all answers that are there, and waits for more until at most `most_open` are missing.
void submitter::tell(std::size_t most_open) {
  if (telling_) // `heard` has called
    return;
  struct scope {
    explicit scope(bool& on) : on_(on) { on_ = true; }
    ~scope() { on_ = false; }
    bool& on_;
  } const now{telling_};
  there_ = false;
  while (true) {
    while (!untold_.empty())
      if (auto& a = untold_.front(); a.told == a.count)
        untold_.pop_front();
      else
        tell_one(a);
    const bool wait = submitted_ - told_ > most_open;
    untold_ = line_->take(wait);
    if (untold_.empty())
      return;
  }
}

void submitter::tell_one(answered& a) {
  const auto at = a.told++;
  const auto number = ++told_;
  result<task_id> what{errc::none};
  if (!a.what)
    what = a.what.error();
  else if (const auto id = a.what->ids[at]; id != 0)
    what = id;
  else
    what = std::move(a.what->refusals.at(a.refused++).why);
  if (what) {
    ++tally_.accepted;
  } else if (tally_.refused++ == 0) {
    tally_.first_refused = number;
    tally_.why = what.error();
  }
  if (heard_)
    heard_(number, what);
}

} // namespace stint
