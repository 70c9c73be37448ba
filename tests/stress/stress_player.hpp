/// One of the eight threads of the stress program: it does everything to one list at random and remembers what it was told.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <stint/stint.hpp>

#include "stress_keeper.hpp"

namespace stint::stress {

using namespace std::chrono_literals;

/// A listener's check that its stream has no gap.
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

enum class flavour : std::uint8_t { fine, fails };

struct made {
  stint::task_id id = 0;
  flavour how = flavour::fine;
  std::shared_ptr<std::atomic<int>> runs;
};

struct figures {
  std::atomic<std::uint64_t> calls{0}, refused{0}, events{0}, ran{0};
};

class player {
public:
  player(stint::list& tasks, keeper& k, figures& f, std::uint64_t seed)
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

} // namespace stint::stress
