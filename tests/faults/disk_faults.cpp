// What is tested: a store whose disk crashes, tears, fails or rots. How: a file system in memory that knows what was
// synced; seeded commits, a fault, and a comparison with what was acknowledged.
//   disk_faults_test [--crashes N] [--flips N] [--seed S] [--only NAME]
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <stint/sqlite_store.hpp>

#include "disk.hpp"
#include "parts.hpp"
#include "store_player.hpp"

namespace {

using namespace stint;
using namespace stint::faults;

struct settings {
  std::uint64_t crashes = 5'000;
  std::uint64_t flips = 2'000;
  std::uint64_t seed = 1;
  std::string only;
};

unsigned long long n(std::uint64_t v) { return v; }

/// What is wrong after a crash: nothing, less than was acknowledged, or what never was.
enum class verdict : std::uint8_t { good, lost, wrong };

/// A store on a disk of ours and the states it went through.
class world {
public:
  world(std::uint64_t seed, store_mode mode) : random(seed), player(random), mode_(mode) {}

  sqlite_store& box() { return *store_; }

  result<store::opened> open() {
    store_.emplace(sqlite_options{"tasks.db", mode_, on.name()});
    auto head = store_->open();
    if (head)
      head_ = *head;
    return head;
  }

  /// Commits one batch; on success it is acknowledged.
  result<unit_t> commit() {
    next_ = states.back();
    auto b = player.next(next_);
    b.epoch = head_.epoch;
    auto ok = store_->commit(b);
    if (ok)
      states.push_back(next_);
    return ok;
  }

  void crash() {
    on.die();
    store_.reset();
    on.crash(random);
  }

  /// Opens after a crash and compares: the last acknowledged state, or the one that was on its way as a whole.
  verdict compare(std::string& why) {
    const auto head = open();
    if (!head) {
      why = to_string(head.error());
      return verdict::wrong;
    }
    why = store_player::differs(*store_, *head, states.back());
    if (why.empty())
      return verdict::good;
    if (store_player::differs(*store_, *head, next_).empty()) {
      states.push_back(next_);
      return verdict::good;
    }
    for (auto& old : states)
      if (store_player::differs(*store_, *head, old).empty()) {
        const auto kept = old;
        states.push_back(kept);
        return verdict::lost;
      }
    return verdict::wrong;
  }

  disk on;
  std::mt19937_64 random;
  store_player player;
  std::vector<state_of_store> states{state_of_store{}};

private:
  store_mode mode_;
  std::optional<sqlite_store> store_;
  store::opened head_;
  state_of_store next_;
};

/// Crashes stores at random operations; counts what was lost or wrong.
void crash_many(store_mode mode, std::uint64_t crashes, std::uint64_t seed, std::uint64_t& lost, std::uint64_t& wrong,
                std::uint64_t& commits) {
  for (std::uint64_t done = 0; done < crashes; ++seed) {
    world w(seed, mode);
    if (!w.open())
      std::abort();
    for (int life = 0; life < 10 && done < crashes; ++life, ++done) {
      // The disk dies at some operation of some commit: from there on nothing arrives, as the process sees errors.
      for (auto left = w.random() % 8; left > 0; --left)
        if (w.commit())
          ++commits;
      w.on.fail(w.random() % 2 == 0 ? disk_fault::write : disk_fault::sync, 1 + w.random() % 12, true);
      if (w.random() % 3 == 0)
        w.on.heal();
      if (w.commit())
        ++commits;
      w.on.heal();
      w.crash();
      std::string why;
      const auto v = w.compare(why);
      lost += v == verdict::lost ? 1 : 0;
      wrong += v == verdict::wrong ? 1 : 0;
      if (v == verdict::wrong) {
        std::printf("  seed %llu, life %d: %s\n", n(seed), life, why.c_str());
        break;
      }
    }
  }
}

bool torn_writes(const settings& s) {
  std::uint64_t lost = 0, wrong = 0, commits = 0;
  crash_many(store_mode::durable, s.crashes, s.seed, lost, wrong, commits);
  std::printf("torn writes, durable       %6llu crashes  %8llu commits  lost %llu  wrong %llu\n", n(s.crashes), n(commits), n(lost),
              n(wrong));
  return lost == 0 && wrong == 0;
}

/// The negative control: without waiting for the disk something is lost, and still nothing is wrong.
bool relaxed_loses(const settings& s) {
  std::uint64_t lost = 0, wrong = 0, commits = 0;
  crash_many(store_mode::relaxed, s.crashes / 5, s.seed, lost, wrong, commits);
  std::printf("control: relaxed           %6llu crashes  %8llu commits  lost %llu  wrong %llu\n", n(s.crashes / 5), n(commits),
              n(lost), n(wrong));
  return lost > 0 && wrong == 0;
}

/// What the keeper does after a failure, until it works: opens again if need be, finds the batch or repeats it.
bool commit_stubbornly(sqlite_store& box, store::opened& head, store::batch b, task_version before, disk& on) {
  for (int tries = 0; tries < 5; ++tries) {
    b.epoch = head.epoch;
    const auto ok = box.commit(b);
    if (ok)
      return true;
    if (tries == 2)
      on.heal(); // somebody has made room
    if (ok.code() == errc::store_closed)
      for (int again = 0;; ++again) {
        const auto opened = box.open();
        if (opened) {
          head = *opened;
          break;
        }
        if (again == 5)
          return false;
        on.heal();
      }
    if (b.version != before && head.version == b.version)
      return true;
  }
  return false;
}

/// Fails each operation of a fixed story once, one after the other.
bool nth_failures(const settings& s, disk_fault what, const char* name, bool on_and_on) {
  std::uint64_t points = 0, wrong = 0, refused = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    disk on;
    std::mt19937_64 random(s.seed);
    store_player player(random);
    state_of_store state;
    sqlite_store box({"tasks.db", store_mode::durable, on.name()});
    on.fail(what, nth, on_and_on);
    auto head = box.open();
    if (!head) {
      ++refused;
      on.heal();
      head = box.open();
    }
    bool good = head.has_value();
    auto at = good ? *head : store::opened{};
    for (int i = 0; good && i < 12; ++i) {
      const auto before = state.version;
      auto b = player.next(state);
      if (state.version == before) { // output alone is repeated by offset, which is the keeper's affair
        ++state.version;
        b.version = state.version;
      }
      good = commit_stubbornly(box, at, std::move(b), before, on);
    }
    const bool struck = on.failed();
    on.heal();
    std::string why = good ? "" : "it did not go on";
    if (good) {
      // What was acknowledged must survive a power cut from here.
      on.die();
      static_cast<void>(box.close());
      on.crash(random);
      const auto again = box.open();
      why = again ? store_player::differs(box, *again, state) : to_string(again.error());
    }
    if (!why.empty()) {
      ++wrong;
      std::printf("  %s, the %llu. time: %s\n", name, n(nth), why.c_str());
    }
    if (!struck)
      break;
    ++points;
  }
  std::printf("%-26s %6llu points   %llu at the start  wrong %llu\n", name, n(points), n(refused), n(wrong));
  return wrong == 0 && points > 5;
}

bool failing_operations(const settings& s) {
  bool good = true;
  good = nth_failures(s, disk_fault::write, "the n-th write fails", false) && good;
  good = nth_failures(s, disk_fault::write, "writes fail from the n-th", true) && good;
  good = nth_failures(s, disk_fault::read, "the n-th read fails", false) && good;
  good = nth_failures(s, disk_fault::sync, "the n-th fsync fails", false) && good;
  good = nth_failures(s, disk_fault::sync, "fsyncs fail from the n-th", true) && good;
  good = nth_failures(s, disk_fault::full, "full from the n-th write", true) && good;
  return good;
}

/// Flips one bit in a copy of the file and its log: found by name, or harmless, but never another state.
bool bit_flips(const settings& s) {
  std::uint64_t refused = 0, named = 0, harmless = 0, wrong = 0;
  world w(s.seed, store_mode::durable);
  if (!w.open())
    return false;
  for (int i = 0; i < 60; ++i)
    static_cast<void>(w.commit());
  // A part is in the file, a part in the log.
  static_cast<void>(w.box().close());
  static_cast<void>(w.open());
  for (int i = 0; i < 20; ++i)
    static_cast<void>(w.commit());
  const auto with_log = w.on.copy();
  static_cast<void>(w.box().close());
  const auto closed = w.on.copy();
  for (std::uint64_t trial = 0; trial < s.flips; ++trial) {
    auto flipped = trial % 2 == 0 ? with_log : closed;
    auto i = flipped.files.begin();
    std::advance(i, static_cast<long>(w.random() % flipped.files.size()));
    if (i->second.empty())
      continue;
    const auto at = w.random() % i->second.size();
    i->second[at] = static_cast<char>(i->second[at] ^ (1 << (w.random() % 8)));
    disk other;
    other.load(flipped);
    sqlite_store box({"tasks.db", store_mode::durable, other.name()});
    const auto head = box.open();
    if (!head) {
      ++refused;
      continue;
    }
    const auto why = store_player::differs(box, *head, w.states.back());
    if (why.empty()) {
      ++harmless;
    } else if (why.find("damaged") != std::string::npos || why.find("io_failed") != std::string::npos
               || why.find("not_a_store") != std::string::npos) {
      ++named;
    } else {
      ++wrong;
      if (wrong < 8)
        std::printf("  %s, byte %llu of %zu: %s\n", i->first.c_str(), n(at), i->second.size(), why.c_str());
    }
  }
  std::printf("bit flips                  %6llu trials   refused at the start %llu  named when read %llu  harmless %llu  served wrong %llu\n",
              n(s.flips), n(refused), n(named), n(harmless), n(wrong));
  return wrong == 0;
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  read_options({argv, argv + argc}, {{"--crashes", &s.crashes}, {"--flips", &s.flips}, {"--seed", &s.seed}, {"--only", &s.only}});
  return run_parts<settings>({{"torn", torn_writes}, {"relaxed", relaxed_loses}, {"failing", failing_operations}, {"flips", bit_flips}},
                             s, s.only);
}
