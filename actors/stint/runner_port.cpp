#include <stint/runner_port.hpp>

#include <string>
#include <utility>

#include <stint/runner_attempt.hpp>

namespace stint {

namespace {

attempt_report begun_report(const attempt_name& who, wall_time when) {
  attempt_report r;
  r.what = attempt_report::kind::begun;
  r.id = who.id;
  r.attempt = who.attempt;
  r.epoch = who.epoch;
  r.began = when;
  return r;
}

} // namespace

void runner_port::open(std::function<void()> wake) {
  std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
  told_ = false;
  if (!news_.reports.empty() || !news_.notes.empty() || begun_)
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
  begun_.reset();
}

void runner_port::wake_locked() {
  if (told_ || !wake_)
    return;
  told_ = true;
  wake_();
}

void runner_port::nudge() {
  std::lock_guard guard{mutex_};
  wake_locked();
}

runner_news runner_port::collect() {
  std::lock_guard guard{mutex_};
  told_ = false;
  ++round_;
  if (begun_) {
    news_.reports.push_back(std::move(*begun_));
    begun_.reset();
  }
  for (auto& n : news_.notes)
    if (n.output_skipped != 0)
      n.output.insert(rooms_.output / 2, "\n[" + std::to_string(n.output_skipped) + " bytes skipped]\n");
  // As many will come again, most likely: those grow without moving.
  const auto many = news_.reports.size();
  auto all = std::exchange(news_, {});
  news_.reports.reserve(many);
  return all;
}

void runner_port::owes(std::optional<attempt_name> who) {
  std::lock_guard guard{mutex_};
  owes_ = who;
}

std::optional<attempt_name> runner_port::debtor() const {
  std::lock_guard guard{mutex_};
  return owes_;
}

/// Forgets what the end of an attempt makes void.
void runner_port::settle_locked(const attempt_name& who) {
  if (begun_ && begun_->id == who.id && begun_->attempt == who.attempt)
    begun_.reset();
  if (owes_ && owes_->id == who.id && owes_->attempt == who.attempt)
    owes_.reset();
}

/// Writes a report where it stays: it holds texts, whose moves are not for nothing.
void runner_port::end_locked(const attempt_name& who, body_end&& how) {
  settle_locked(who);
  auto& r = news_.reports.emplace_back();
  r.what = attempt_report::kind::finished;
  r.id = who.id;
  r.attempt = who.attempt;
  r.epoch = who.epoch;
  r.outcome = std::move(how.outcome);
  r.began = how.began;
  r.took = how.took;
  r.printed = how.printed;
}

void runner_port::report(attempt_report what) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  if (what.what == attempt_report::kind::finished)
    settle_locked({what.id, what.attempt, what.epoch});
  news_.reports.push_back(std::move(what));
  wake_locked();
}

void runner_port::ended(const attempt_name& who, body_end&& how) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  end_locked(who, std::move(how));
  wake_locked();
}

void runner_port::began(const attempt_name& who, wall_time when) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  begun_ = begun_report(who, when);
  wake_locked();
}

void runner_port::ran(const attempt_name& who, body_end&& how, const attempt_name& next, wall_time began) {
  std::lock_guard guard{mutex_};
  if (closed_)
    return;
  end_locked(who, std::move(how));
  begun_ = begun_report(next, began);
  wake_locked();
}

/// Returns where an attempt's notes of this round are, or null when nobody will read them.
attempt_notes* runner_port::notes_locked(runner_attempt& who) {
  if (closed_ || who.muted_)
    return nullptr;
  if (who.round_ != round_) {
    who.round_ = round_;
    who.noted_at_ = news_.notes.size();
    news_.notes.emplace_back().who = who.name();
    wake_locked();
  }
  return &news_.notes[who.noted_at_];
}

void runner_port::print(runner_attempt& who, std::string_view text) {
  if (text.empty())
    return;
  std::lock_guard guard{mutex_};
  auto* n = notes_locked(who);
  if (n == nullptr)
    return;
  who.printed_.fetch_add(text.size(), std::memory_order_relaxed);
  // The worker looks often; of a body that prints faster than that the middle goes: the log keeps the beginning, too.
  n->output += text;
  const auto head = rooms_.output / 2;
  if (n->output.size() > head + 2 * rooms_.output) {
    const auto cut = n->output.size() - head - rooms_.output;
    n->output_skipped += cut;
    n->output.erase(head, cut);
  }
}

bool runner_port::crowded(const runner_attempt& who) const {
  std::lock_guard guard{mutex_};
  if (closed_ || who.muted_)
    return false;
  return held_ || (who.round_ == round_ && news_.notes[who.noted_at_].output.size() >= rooms_.output);
}

void runner_port::hold(bool yes) {
  std::lock_guard guard{mutex_};
  held_ = yes;
}

void runner_port::note_progress(runner_attempt& who, stint::progress p) {
  std::lock_guard guard{mutex_};
  if (auto* n = notes_locked(who))
    n->progress = std::move(p);
}

result<unit_t> runner_port::note_detail(runner_attempt& who, std::string json) {
  if (json.size() > rooms_.detail)
    return {errc::detail_too_large, std::to_string(json.size()) + " bytes, the limit is "
                                      + std::to_string(rooms_.detail)};
  std::lock_guard guard{mutex_};
  if (auto* n = notes_locked(who))
    n->detail = std::move(json);
  return unit;
}

std::stop_token runner_port::stop_token(runner_attempt& who) {
  std::lock_guard guard{mutex_};
  if (!who.source_.stop_possible()) {
    who.source_ = std::stop_source{};
    if (who.stop_)
      who.source_.request_stop(); // nobody has a token of it yet: no callback can run here
  }
  return who.source_.get_token();
}

void runner_port::request_stop(runner_attempt& who) {
  std::stop_source source{std::nostopstate};
  {
    std::lock_guard guard{mutex_};
    who.stop_ = true;
    source = who.source_;
  }
  source.request_stop(); // without the lock: callbacks are the body's own code
}

void runner_port::mute(runner_attempt& who) {
  std::lock_guard guard{mutex_};
  who.muted_ = true;
}

} // namespace stint
