// What is tested: one list under eight threads that do everything at random. How: bodies check that what they claim is
// theirs, listeners that their stream has no gap, and the end that every acknowledged task is accounted for.
//   stress --seconds N [--seed S]
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include <caf/actor_system_config.hpp>

#include "stress_player.hpp"

namespace {

using namespace stint::stress;
using stint::errc;
using stint::state;

void settle_accounts(const stint::list& tasks, const std::vector<std::unique_ptr<player>>& players,
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
  std::vector<std::unique_ptr<player>> players;
  stint::options with;
  with.workers = 4;
  with.limits.pending = 2'000;
  with.limits.finished.tasks = 5'000;
  with.cancel_grace = 60s; // a slow machine must not make a body look stuck
  with.capacities = {{"pool", pool_units}};
  stint::list tasks{system, with};
  for (std::uint64_t i = 0; i < 8; ++i)
    players.push_back(std::make_unique<player>(tasks, k, f, seed + i));
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
