// P8: is a page quick while tasks run, and do the tasks notice? A list with a million finished tasks of several states,
// queues, kinds and tags; one task every 500 us, each waited for. Beside that load: pages of 100 by state, queue, kind
// and tag, one every 5 ms; then the same and an export of the newest 100,000 records, page after page without rest. The
// mutex list copies such an export in one go, under its lock.
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

#include <harness/contest.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>
#include <rivals/mutex_list.hpp>
#include <rivals/rival_side.hpp>

namespace {

using namespace stint::bench;
using namespace std::chrono_literals;

constexpr std::size_t workers = 2;
constexpr std::size_t export_size = 100'000;

/// Everything that all rounds share: filling it takes longer than a round.
struct shelf {
  explicit shelf(std::size_t count) : tasks{at.system(), with()} {
    for (std::size_t i = 0; i < count;) {
      std::vector<stint::submission> many;
      for (; many.size() < 1'000 && i < count; ++i) {
        auto& s = many.emplace_back();
        s.what.name = name_of(i);
        s.what.kind = i % 50 == 0 ? "fails" : "quick";
        s.what.queue = "queue-" + std::to_string(i % 10);
        if (i % 20 == 0)
          s.what.tags.push_back("tag-" + std::to_string(i % 3));
      }
      need(tasks.submit(std::move(many)).has_value(), "refused");
    }
    wait_for_all(tasks);
    auto totals = tasks.counts();
    need(totals && totals->tasks.total() == count && totals->tasks[stint::state::failed] == (count + 49) / 50,
         "the shelf is not full");
  }

  static stint::options with() {
    auto o = keep_all(workers);
    o.kinds.add("fails", stint::cooperative([] { return stint::failed("as planned"); }));
    return o;
  }

  host at{workers};
  stint::list tasks;
};

/// A mutex list with as many records.
struct rival_shelf {
  explicit rival_shelf(std::size_t count) {
    submit_rival_batches(tasks, count, 1'000);
    tasks.wait_all();
  }
  mutex_list tasks{workers};
};

/// Runs one task every 500 us until `length` has passed; how long each took, in microseconds.
template <class One>
std::vector<double> paced_load(std::chrono::milliseconds length, One one) {
  std::vector<double> us;
  auto next = std::chrono::steady_clock::now();
  const auto end = next + length;
  while (next < end) {
    std::this_thread::sleep_until(next);
    stopwatch time;
    one();
    us.push_back(time.ns() / 1e3);
    next = std::max(next + 500us, std::chrono::steady_clock::now());
  }
  return us;
}

std::vector<double> page_times(stint::list& tasks, const std::atomic<bool>& over) {
  std::vector<stint::page_request> asks(4);
  asks[0].filter.states = {stint::state::failed};
  asks[1].filter.queue = "queue-3";
  asks[2].filter.kind = "fails";
  asks[3].filter.tag = "tag-1";
  std::vector<double> us;
  for (std::size_t i = 0; !over; ++i) {
    auto ask = asks[i % asks.size()];
    stopwatch time;
    auto got = tasks.page(std::move(ask));
    us.push_back(time.ns() / 1e3);
    need(got && !got->tasks.empty(), "a page is empty");
    std::this_thread::sleep_for(5ms);
  }
  return us;
}

/// Reads the newest records page by page, again and again; returns how many pages that took.
std::size_t export_pages(stint::list& tasks, std::size_t limit, const std::atomic<bool>& over) {
  std::size_t pages = 0;
  while (!over) {
    stint::page_request ask;
    ask.limit = limit;
    for (std::size_t seen = 0; seen < export_size && !over; ++pages) {
      auto got = tasks.page(ask);
      need(got && !got->tasks.empty(), "an export is not whole");
      seen += got->tasks.size();
      ask.cursor = got->next;
      if (ask.cursor == 0)
        break;
    }
  }
  return pages;
}

struct extra {
  bool pages = false;
  std::size_t export_by = 0; ///< records a page; 0: no export
};

std::vector<double> run_stint(shelf& of, std::chrono::milliseconds length, const extra& beside) {
  std::atomic<bool> over{false};
  std::vector<double> pages;
  std::array<std::string, 2> faults; // of each reader
  std::vector<std::thread> readers;
  auto guarded = [](std::string& fault, auto&& read) {
    try {
      read();
    } catch (const wrong& e) {
      fault = e.what();
    }
  };
  if (beside.pages)
    readers.emplace_back([&] { guarded(faults[0], [&] { pages = page_times(of.tasks, over); }); });
  if (beside.export_by != 0)
    readers.emplace_back([&] { guarded(faults[1], [&] { export_pages(of.tasks, beside.export_by, over); }); });
  const auto us = paced_load(length, [&] {
    stint::spec what;
    what.name = "load-0000000";
    what.kind = "quick";
    auto id = of.tasks.submit(std::move(what));
    need(id && of.tasks.wait(*id)->code == good_code, "a task of the load is lost");
  });
  over = true;
  for (auto& r : readers)
    r.join();
  for (const auto& f : faults)
    need(f.empty(), f);
  const auto none = std::numeric_limits<double>::quiet_NaN();
  return {percentile(us, 0.5), percentile(us, 0.99), beside.pages ? percentile(pages, 0.5) : none,
          beside.pages ? percentile(pages, 0.99) : none};
}

std::vector<double> run_mutex(rival_shelf& of, std::chrono::milliseconds length, bool copies) {
  std::atomic<bool> over{false};
  std::thread reader;
  if (copies)
    reader = std::thread{[&] {
      while (!over)
        static_cast<void>(of.tasks.copy(1, export_size));
    }};
  const auto us = paced_load(length, [&] {
    auto done = of.tasks.wait(of.tasks.submit(rival_noop(0)));
    need(done.code == good_code, "a rival's task is lost");
  });
  over = true;
  if (reader.joinable())
    reader.join();
  const auto none = std::numeric_limits<double>::quiet_NaN();
  return {percentile(us, 0.5), percentile(us, 0.99), none, none};
}

void ask(program& run) {
  const auto count = run.size(1'000'000, 200'000, 2'000);
  const std::chrono::milliseconds length{run.size(700, 400, 40)};
  std::unique_ptr<shelf> ours;
  std::unique_ptr<rival_shelf> theirs;
  auto stint_side = [&]() -> shelf& { return ours ? *ours : *(ours = std::make_unique<shelf>(count)); };
  auto rival_side = [&]() -> rival_shelf& {
    return theirs ? *theirs : *(theirs = std::make_unique<rival_shelf>(count));
  };
  contest r{
    run,
    "P8",
    "pages of 100 from " + std::to_string(count) + " tasks while 2000 a second run",
    {{"load p50", "us", false}, {"load p99", "us", false}, {"page p50", "us", false}, {"page p99", "us", false}}};
  r.contestant("stint, load alone", [&] { return run_stint(stint_side(), length, {}); });
  r.contestant("stint, pages", [&] { return run_stint(stint_side(), length, {true, 0}); });
  r.contestant("stint, pages and export by 100", [&] { return run_stint(stint_side(), length, {true, 100}); });
  r.contestant("stint, pages and export by 1000", [&] { return run_stint(stint_side(), length, {true, 1'000}); });
  r.contestant("mutex list, load alone", [&] { return run_mutex(rival_side(), length, false); });
  r.contestant("mutex list, copies of 100000", [&] { return run_mutex(rival_side(), length, true); });
  r.at_least(15);
  r.expect({.who = "stint, pages", .what = "page p99", .value = 1'000, .stretch = 200});
  r.expect({.who = "stint, pages and export by 100", .what = "page p99", .value = 1'000, .stretch = 200});
  for (const auto* who : {"stint, pages", "stint, pages and export by 100", "stint, pages and export by 1000"})
    r.expect({.who = who, .what = "load p99", .rivals = {"stint, load alone"}, .value = 1.2, .slack = 100});
  r.run();
}

} // namespace

int main(int argc, char** argv) { return run_program(argc, argv, "page", &ask); }
