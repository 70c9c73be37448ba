// P7: what does a release cost when many wait for the key? Exclusive waiters: one release wakes one, and that must not
// depend on how many stay behind. Shared waiters: one release wakes all of them, each for a small price. Measured on the
// claims alone and on the ledger, whose report also ends the task that held the key.
#include <memory>

#include <harness/contest.hpp>
#include <harness/noop.hpp>
#include <harness/samples.hpp>
#include <stint/claims.hpp>
#include <stint/ledger.hpp>

namespace {

using namespace stint::bench;
using stint::claim;
using stint::claim_holder;

/// One holder of a key and `waiting` others behind it, on the claims alone.
class crowd {
public:
  crowd(std::size_t waiting, const claim& wanted)
    : size_(waiting + 1), holders_(std::make_unique<claim_holder[]>(size_)) {
    for (std::size_t i = 0; i < size_; ++i) {
      auto& h = holders_[i];
      h.id = i + 1;
      const std::vector<claim> first{stint::exclusive(wanted.key)};
      const std::vector<claim> other{wanted};
      claims_.plan(h, i == 0 ? first : other);
      const bool free = claims_.draw(h, i + 1);
      need(free == (i == 0), "a waiter went past the holder");
      if (free)
        claims_.grant(h);
    }
    woken_.reserve(size_);
  }

  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  ~crowd() {
    for (std::size_t i = 0; i < size_; ++i) {
      auto& h = holders_[i];
      if (h.at == claim_holder::stage::granted)
        claims_.release(h, woken_);
      else if (h.at != claim_holder::stage::planned && h.at != claim_holder::stage::none)
        claims_.give_up(h, woken_);
      if (h.at == claim_holder::stage::planned)
        claims_.unplan(h);
    }
  }

  /// Releases one after the other; nanoseconds for each.
  double release_one_by_one(std::size_t releases) {
    auto* holder = &holders_[0];
    stopwatch time;
    for (std::size_t i = 0; i < releases; ++i) {
      woken_.clear();
      claims_.release(*holder, woken_);
      need(woken_.size() == 1, "not exactly one woke");
      holder = woken_.front();
      claims_.grant(*holder);
    }
    return time.ns() / static_cast<double>(releases);
  }

  /// Releases the holder; nanoseconds for each that woke.
  double release_all() {
    stopwatch time;
    claims_.release(holders_[0], woken_);
    for (auto* h : woken_)
      claims_.grant(*h);
    const auto ns = time.ns();
    need(woken_.size() == size_ - 1, "not everybody woke");
    return ns / static_cast<double>(woken_.size());
  }

private:
  stint::claims claims_;
  std::size_t size_;
  std::unique_ptr<claim_holder[]> holders_;
  std::vector<claim_holder*> woken_;
};

/// The same on a ledger with one worker for each task that may run at once.
class crowded_ledger {
public:
  crowded_ledger(std::size_t waiting, const claim& wanted) : ledger_(rules()) {
    ledger_.know_kind("noop", false);
    ledger_.worker_joined(1, {"noop"}, now_, fx_);
    std::vector<stint::spec> specs(waiting + 1);
    std::vector<stint::new_task> tasks;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      specs[i].name = name_of(i);
      specs[i].kind = "noop";
      specs[i].claims.push_back(i == 0 ? stint::exclusive(wanted.key) : wanted);
      tasks.push_back({&specs[i], 0, 0});
    }
    need(ledger_.submit(tasks, now_, fx_).has_value(), "refused");
    ledger_.dispatch(now_, fx_);
    need(fx_.start.size() == 1, "not exactly one started");
  }

  /// Ends the running task, then the next; nanoseconds for each, with the next one's hand-over.
  double release_one_by_one(std::size_t releases) {
    double spent = 0;
    for (std::size_t i = 0; i < releases; ++i) {
      auto said = end_of_first();
      stopwatch time;
      ledger_.report(1, said, now_, fx_);
      ledger_.dispatch(now_, fx_);
      spent += time.ns();
      need(fx_.start.size() == 1, "not exactly one started");
    }
    return spent / static_cast<double>(releases);
  }

  /// Ends the running task, which wakes all others; nanoseconds for each.
  double release_all(std::size_t waiting) {
    auto said = end_of_first();
    stopwatch time;
    ledger_.report(1, said, now_, fx_);
    return time.ns() / static_cast<double>(waiting);
  }

private:
  static stint::ledger_options rules() {
    stint::ledger_options o;
    o.limits = unbounded();
    return o;
  }

  std::vector<stint::attempt_report> end_of_first() {
    std::vector<stint::attempt_report> said(1);
    said[0].id = fx_.start.front().id;
    said[0].attempt = fx_.start.front().attempt;
    said[0].epoch = ledger_.epoch();
    said[0].outcome = stint::succeeded(good_code);
    said[0].took = std::chrono::milliseconds{1};
    now_ = now_ + std::chrono::milliseconds{1};
    fx_.clear();
    return said;
  }

  stint::ledger ledger_;
  stint::effects fx_;
  stint::moment now_{stint::steady_time{std::chrono::hours{1}}, stint::wall_time{std::chrono::hours{24 * 365 * 56}}};
};

constexpr std::size_t releases = 90;

/// Median of several crowds: building one leaves the caches in another state than running one.
template <class Make>
std::vector<double> repeated(std::size_t times, Make make) {
  std::vector<double> us;
  for (std::size_t i = 0; i < times; ++i)
    us.push_back(make() / 1e3);
  return {median(us)};
}

void ask(program& run) {
  const auto many = run.size(10'000, 10'000, 1'000);
  const auto times = run.size(20, 10, 2);
  constexpr std::size_t few = 100;
  const auto key = stint::key{"publish", "debian", "stable"};
  auto of = [](const std::string& who, std::size_t n) { return who + ", " + std::to_string(n) + " waiting"; };
  {
    contest r{run, "P7", "releasing a key that others wait for exclusively", {{"time", "us/release", false}}};
    for (auto n : {few, many}) {
      r.contestant(of("claims", n), [=] {
        return repeated(times, [=] { return crowd{n, stint::exclusive(key)}.release_one_by_one(releases); });
      });
      r.contestant(of("ledger", n), [=] {
        return repeated(times, [=] { return crowded_ledger{n, stint::exclusive(key)}.release_one_by_one(releases); });
      });
    }
    for (const auto* who : {"claims", "ledger"}) {
      r.expect({.who = of(who, many), .what = "time", .value = 2});
      r.expect({.who = of(who, many), .what = "time", .rivals = {of(who, few)}, .value = 1.3, .slack = 0.2});
    }
    r.run();
  }
  contest r{run, "P7", "releasing a key that others wait to share", {{"time", "us/woken", false}}};
  for (auto n : {few, many}) {
    r.contestant(of("claims", n), [=] {
      return repeated(times, [=] { return crowd{n, stint::shared(key)}.release_all(); });
    });
    r.contestant(of("ledger", n), [=] {
      return repeated(times, [=] { return crowded_ledger{n, stint::shared(key)}.release_all(n); });
    });
  }
  for (const auto* who : {"claims", "ledger"})
    r.expect({.who = of(who, many), .what = "time", .value = 1});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "wakeup", &ask); }
