// What is tested: one list under eight threads that do everything at random. How: bodies check that what they claim is
// theirs, listeners that their stream has no gap, and the end that every acknowledged task is accounted for.
//   stress --seconds N [--seed S]
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <caf/actor_system_config.hpp>

#include <stint/stint.hpp>

namespace {

using namespace std::chrono_literals;
using stint::errc;
using stint::state;

[[noreturn]] void wrong(const std::string& what) {
  std::fprintf(stderr, "stress: wrong: %s\n", what.c_str());
  std::abort();
}

void need(bool good, const std::string& what) {
  if (!good)
    wrong(what);
}

// -- what bodies claim ------------------------------------------------------------------------------------------------

constexpr std::size_t families = 6;  // keys f0 to f5
constexpr std::size_t children = 2;  // each with two below it
constexpr int pool_units = 3;

std::array<std::atomic<int>, families * children> cells; // above 0: readers; -1: a writer
std::atomic<int> pool{0};

void enter_cell(std::size_t n, bool alone) {
  auto& cell = cells[n];
  if (alone) {
    int nobody = 0;
    if (!cell.compare_exchange_strong(nobody, -1))
      wrong("cell " + std::to_string(n) + " is not free for a writer: " + std::to_string(nobody));
  } else if (cell.fetch_add(1) < 0) {
    wrong("cell " + std::to_string(n) + " has a writer");
  }
}

void leave_cell(std::size_t n, bool alone) {
  auto& cell = cells[n];
  if (alone) {
    if (cell.exchange(0) != -1)
      wrong("cell " + std::to_string(n) + " lost its writer");
  } else if (cell.fetch_sub(1) < 1) {
    wrong("cell " + std::to_string(n) + " lost a reader");
  }
}

/// The cells that a set of claims stands for: a key holds those of all keys below it.
struct wish {
  std::vector<std::pair<std::size_t, bool>> held;
  int units = 0;

  void below(std::size_t family, bool alone) {
    for (std::size_t c = 0; c < children; ++c)
      held.emplace_back(family * children + c, alone);
  }
};

class holding {
public:
  explicit holding(const wish& w) : wish_(w) {
    for (auto [n, alone] : wish_.held)
      enter_cell(n, alone);
    if (wish_.units != 0 && pool.fetch_add(wish_.units) + wish_.units > pool_units)
      wrong("more units are held than there are");
  }
  ~holding() {
    pool.fetch_sub(wish_.units);
    for (auto [n, alone] : wish_.held)
      leave_cell(n, alone);
  }
  holding(const holding&) = delete;
  holding& operator=(const holding&) = delete;

private:
  wish wish_;
};

// -- who keeps the promises of asynchronous bodies ----------------------------------------------------------------------

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

// -- what listeners check -------------------------------------------------------------------------------------------------

struct stream {
  std::optional<stint::task_version> told;
  std::atomic<std::uint64_t>* heard;

  void events(const stint::event_batch& b) {
    need(b.from < b.to, "a batch covers no version");
    need(!told || *told == b.from, "a stream has a gap");
    need(b.events.size() == b.to - b.from, "a batch lacks events");
    for (std::size_t i = 0; i < b.events.size(); ++i)
      need(b.events[i].version == b.from + 1 + i, "versions do not grow by one");
    told = b.to;
    *heard += b.events.size();
  }
};

// -- one of the eight -----------------------------------------------------------------------------------------------------

enum class flavour : std::uint8_t { fine, fails };

struct made {
  stint::task_id id = 0;
  flavour how = flavour::fine;
  std::shared_ptr<std::atomic<int>> runs;
};

struct figures {
  std::atomic<std::uint64_t> calls{0}, refused{0}, events{0}, ran{0};
};

class actor_of_chaos {
public:
  actor_of_chaos(stint::list& tasks, keeper& k, figures& f, std::uint64_t seed)
      : tasks_(tasks), keeper_(k), figures_(f), dice_(seed) {}

  void play(std::chrono::steady_clock::time_point end) {
    while (std::chrono::steady_clock::now() < end) {
      step();
      ++figures_.calls;
    }
    ear_ = {};
  }

  void submit() {
    made m{0, below(4) == 0 ? flavour::fails : flavour::fine, std::make_shared<std::atomic<int>>(0)};
    stint::spec s;
    s.name = "n" + std::to_string(below(10));
    s.queue = "q" + std::to_string(below(3));
    s.priority = static_cast<int>(below(5)) - 2;
    auto w = claims_of(s);
    auto id = tasks_.submit(std::move(s), body_of(m, std::move(w)));
    if (!id) {
      need(id.code() == errc::too_many_pending, "submit: " + stint::to_string(id.error()));
      ++figures_.refused;
      return;
    }
    m.id = *id;
    mine.push_back(std::move(m));
  }

  std::vector<made> mine; ///< every task that the list acknowledged to this thread

private:
  std::uint64_t below(std::uint64_t n) { return dice_() % n; }

  stint::task_id some() {
    if (mine.empty())
      return 1;
    const auto recent = std::min<std::size_t>(mine.size(), below(8) == 0 ? mine.size() : 50);
    return mine[mine.size() - 1 - below(recent)].id;
  }

  wish claims_of(stint::spec& s) {
    wish w;
    const auto kind = below(20);
    if (kind == 0) {
      s.claims.push_back(stint::exclusive("")); // everything
      for (std::size_t f = 0; f < families; ++f)
        w.below(f, true);
      return w;
    }
    if (kind < 6)
      return w;
    const auto first = below(families);
    for (std::size_t i = 0; i < 1 + below(2); ++i) {
      const auto family = (first + i) % families;
      const bool alone = below(2) == 0;
      auto name = "f" + std::to_string(family);
      if (below(3) == 0) {
        w.below(family, alone);
      } else {
        const auto child = below(children);
        name += "/" + std::to_string(child);
        w.held.emplace_back(family * children + child, alone);
      }
      s.claims.push_back(alone ? stint::exclusive(name) : stint::shared(name));
    }
    if (below(4) == 0) {
      w.units = 1 + static_cast<int>(below(pool_units));
      s.claims.push_back(stint::units("pool", static_cast<std::uint32_t>(w.units)));
    }
    return w;
  }

  stint::body body_of(const made& m, wish w) {
    auto enter = [runs = m.runs, &ran = figures_.ran] {
      need(runs->fetch_add(1) == 0, "a task ran twice");
      ++ran;
    };
    const bool fails = m.how == flavour::fails;
    const auto style = below(3);
    if (style == 0)
      return stint::asynchronous([=, this](stint::context& job, stint::promise owed) {
        enter();
        auto held = std::make_unique<holding>(w);
        job.print("asynchronous\n");
        keeper_.take({std::move(held), std::move(owed), !fails});
      });
    const auto talk = below(4);
    const auto spins = style == 1 ? below(50) : below(400);
    const bool until_told = style == 2 && below(200) == 0;
    auto run = [=](stint::context& job) {
      enter();
      holding held{w};
      if (talk == 0)
        job.print("some text of a body\n");
      if (talk == 1)
        job.progress(1, 2, "half");
      if (talk == 2)
        (void) job.detail(R"({"half": true})");
      for (std::uint64_t i = 0; i < spins && !job.stop_requested(); ++i)
        std::atomic_signal_fence(std::memory_order_seq_cst);
      if (until_told) { // ended by a cancel or after a moment
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock guard{mutex};
        wake.wait_for(guard, job.stop_token(), 20ms, [] { return false; });
      }
      if (fails && spins % 2 == 0)
        throw std::runtime_error{"thrown on purpose"};
      if (fails)
        throw 7;
      return stint::succeeded(3, "[3]");
    };
    return style == 1 ? stint::cooperative(std::move(run)) : stint::body{std::move(run)};
  }

  template <class T>
  void allow(const stint::result<T>& r, std::initializer_list<errc> codes, const char* what) {
    if (r)
      return;
    need(std::find(codes.begin(), codes.end(), r.code()) != codes.end(),
         std::string{what} + ": " + stint::to_string(r.error()));
    ++figures_.refused;
  }

  void step() {
    const std::initializer_list<errc> gone{errc::unknown_task, errc::task_deleted};
    const std::initializer_list<errc> ended{errc::unknown_task, errc::task_deleted, errc::wrong_state};
    switch (below(24)) {
      default: submit(); break;
      case 0: allow(tasks_.cancel(some()), ended, "cancel"); break;
      case 1: allow(tasks_.remove(some()), ended, "remove"); break;
      case 2: {
        auto t = tasks_.get(some());
        allow(t, gone, "get");
        need(!t || !stint::terminal(t->state) || t->ended.has_value(), "an end without its time");
        break;
      }
      case 3: {
        stint::page_request ask;
        ask.limit = 1 + below(50);
        if (below(2) == 0)
          ask.filter.states = {state::running, state::failed};
        auto p = tasks_.page(ask);
        need(p.has_value(), "page: " + stint::to_string(p.error()));
        need(p->tasks.size() <= ask.limit, "a page is longer than asked");
        for (std::size_t i = 1; i < p->tasks.size(); ++i)
          need(p->tasks[i].id < p->tasks[i - 1].id, "a page is not in order");
        break;
      }
      case 4: listen(); break;
      case 5:
      case 6: allow(tasks_.wait(some(), 1ms), {errc::timed_out, errc::unknown_task, errc::task_deleted}, "wait"); break;
      case 7: {
        auto r = tasks_.wait({some(), some(), some()}, below(2) == 0 ? stint::wait_for::any : stint::wait_for::all, 1ms);
        need(r.has_value(), "wait for many: " + stint::to_string(r.error()));
        break;
      }
      case 8: allow(tasks_.explain(some()), gone, "explain"); break;
      case 9: allow(tasks_.output(some(), below(30)), gone, "output"); break;
      case 10: {
        auto c = tasks_.counts();
        need(c && c->submitted == c->tasks.total() + c->deleted, "counts do not add up");
        need(c->stuck == 0 && c->overlaps == 0, "a body counts as stuck");
        break;
      }
      case 11: {
        auto queue = below(2) == 0 ? std::string{} : "q" + std::to_string(below(3));
        allow(tasks_.pause(queue), {errc::unknown_queue}, "pause");
        submit();
        allow(tasks_.resume(queue), {errc::unknown_queue}, "resume");
        break;
      }
      case 12: allow(tasks_.value(some()), ended, "value"); break;
      case 13:
        if (below(20) == 0) {
          stint::filter f;
          f.queue = "q" + std::to_string(below(3));
          f.name_contains = "n" + std::to_string(below(10));
          auto r = below(2) == 0 ? tasks_.cancel_matching(f) : tasks_.clear(f);
          need(r.has_value(), "many at once: " + stint::to_string(r.error()));
        }
        break;
    }
  }

  void listen() {
    if (below(2) == 0) {
      ear_ = {};
      return;
    }
    auto s = std::make_shared<stream>();
    s->heard = &figures_.events;
    stint::listener l;
    l.events = [s](const stint::event_batch& b) { s->events(b); };
    l.reset = [s](const std::string&) { s->told.reset(); };
    auto sub = tasks_.subscribe(std::move(l));
    need(sub.has_value(), "subscribe: " + stint::to_string(sub.error()));
    ear_ = std::move(*sub);
  }

  stint::list& tasks_;
  keeper& keeper_;
  figures& figures_;
  std::mt19937_64 dice_;
  stint::subscription ear_;
};

// -- the end --------------------------------------------------------------------------------------------------------------

void settle_accounts(const stint::list& tasks, const std::vector<std::unique_ptr<actor_of_chaos>>& players,
                     std::array<std::uint64_t, stint::state_count>& ends) {
  std::uint64_t acknowledged = 0;
  std::uint64_t present = 0;
  for (const auto& p : players) {
    acknowledged += p->mine.size();
    for (std::size_t i = 0; i < p->mine.size(); i += 10'000) {
      std::vector<stint::task_id> ids;
      for (std::size_t k = i; k < std::min(p->mine.size(), i + 10'000); ++k)
        ids.push_back(p->mine[k].id);
      auto many = tasks.get(ids);
      need(many.has_value() && many->tasks.size() == ids.size(), "get many");
      for (std::size_t k = 0; k < ids.size(); ++k) {
        const auto& m = p->mine[i + k];
        const auto& w = many->tasks[k];
        const auto name = "task " + std::to_string(m.id);
        if (w.code != errc::none) {
          need(w.code == errc::task_deleted, name + " is not known");
          continue;
        }
        ++present;
        const auto& t = w.task;
        need(stint::terminal(t.state), name + " has not ended: " + std::string{stint::to_string(t.state)});
        ++ends[static_cast<std::size_t>(t.state)];
        if (t.state == state::succeeded)
          need(*m.runs == 1 && m.how == flavour::fine, name + " succeeded without its body");
        if (t.state == state::failed)
          need(*m.runs == 1 && m.how == flavour::fails, name + " failed by itself: " + t.error);
      }
    }
  }
  auto c = tasks.counts();
  need(c.has_value(), "no counts");
  need(c->submitted == acknowledged, "submitted are " + std::to_string(c->submitted) + ", acknowledged "
                                       + std::to_string(acknowledged));
  need(c->tasks.total() == present && c->submitted == present + c->deleted, "totals do not add up");
  for (std::size_t s = 0; s < stint::state_count; ++s)
    need(c->tasks.by_state[s] == ends[s], "a tally is wrong");
  need(c->stuck == 0 && c->overlaps == 0, "a body got stuck");
  for (const auto& cell : cells)
    need(cell == 0, "a cell is still held");
  need(pool == 0, "units are still held");
}

void run(std::chrono::seconds how_long, std::uint64_t seed) {
  caf::actor_system_config cfg;
  stint::configure(cfg);
  caf::actor_system system{cfg};
  figures f;
  keeper k;
  std::vector<std::unique_ptr<actor_of_chaos>> players;
  stint::options with;
  with.workers = 4;
  with.limits.pending = 2'000;
  with.limits.finished_kept = 5'000;
  with.cancel_grace = 60s; // a slow machine must not make a body look stuck
  with.capacities = {{"pool", pool_units}};
  stint::list tasks{system, with};
  for (std::uint64_t i = 0; i < 8; ++i)
    players.push_back(std::make_unique<actor_of_chaos>(tasks, k, f, seed + i));
  {
    std::vector<std::jthread> threads;
    const auto end = std::chrono::steady_clock::now() + how_long;
    for (auto& p : players)
      threads.emplace_back([&p, end] { p->play(end); });
  }
  // Everything that was submitted ends by itself: no wake-up is lost.
  need(tasks.resume().has_value(), "resume");
  for (int q = 0; q < 3; ++q)
    (void) tasks.resume("q" + std::to_string(q));
  auto all = tasks.wait_all(120s);
  need(all && !all->timed_out, "tasks are left that never end: " + std::to_string(all ? all->open : 0));
  // And a stop in the midst of it ends the rest.
  for (auto& p : players)
    for (int i = 0; i < 100; ++i)
      p->submit();
  need(tasks.stop(0s).has_value(), "stop");
  std::array<std::uint64_t, stint::state_count> ends{};
  settle_accounts(tasks, players, ends);
  auto c = tasks.counts();
  std::printf("stress: %lld s, seed %llu: %llu calls, %llu refused, %llu submitted, %llu ran, %llu deleted, %llu events\n",
              static_cast<long long>(how_long.count()), static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(f.calls), static_cast<unsigned long long>(f.refused),
              static_cast<unsigned long long>(c->submitted), static_cast<unsigned long long>(f.ran),
              static_cast<unsigned long long>(c->deleted), static_cast<unsigned long long>(f.events));
  for (std::size_t s = 0; s < stint::state_count; ++s)
    if (ends[s] != 0)
      std::printf("stress: %s %llu\n", std::string{stint::state_names[s]}.c_str(),
                  static_cast<unsigned long long>(ends[s]));
}

} // namespace

int main(int argc, char** argv) {
  long seconds = 10;
  std::uint64_t seed = std::random_device{}();
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name{argv[i]};
    if (i + 1 == argc || (name != "--seconds" && name != "--seed")) {
      std::fprintf(stderr, "usage: stress [--seconds N] [--seed S]\n");
      return 2;
    }
    if (name == "--seconds")
      seconds = std::strtol(argv[i + 1], nullptr, 10);
    else
      seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  std::printf("stress: seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  run(std::chrono::seconds{seconds}, seed);
  std::puts("stress: ok");
  return 0;
}
