#include "migration.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <vector>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stint/fault_point.hpp>
#include <stint/sqlite_store.hpp>

#include "loop_disk.hpp"

namespace stint::faults {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// All that a file holds of its tasks.
struct holding {
  task_version version = 0;
  std::vector<std::optional<stored_task>> tasks; ///< by id; nothing: deleted
  std::vector<std::string> output;
  std::uint64_t faults = 0;

  friend bool operator==(const holding&, const holding&) = default;
};

/// Opens a file, which brings it forward; nothing when it cannot be opened.
std::optional<holding> look_into(const std::string& file) {
  sqlite_store s{{file}};
  const auto head = s.open();
  if (!head) {
    std::printf("  %s\n", to_string(head.error()).c_str());
    return std::nullopt;
  }
  holding h;
  h.version = head->version;
  for (task_id id = 1; id <= head->last_id; ++id) {
    const auto t = s.get(id);
    h.tasks.push_back(t ? std::optional{*t} : std::nullopt);
    const auto text = s.output(id, 0, 1'000);
    h.output.push_back(text ? text->text : "");
    if (const auto wrong = t ? errc::none : t.code(); wrong != errc::none && wrong != errc::task_deleted)
      ++h.faults;
  }
  const auto report = s.check();
  h.faults += report ? report->faults.size() : 1;
  return h;
}

/// Puts a copy there, on the disk before anything is cut.
void put_down(const std::string& from, const std::string& file) {
  for (const auto* end : {"", "-wal", "-journal", "-seal"})
    fs::remove(file + end);
  fs::copy_file(from, file);
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  static_cast<void>(::syncfs(fd));
  ::close(fd);
}

/// What a power cut left, told without opening it.
enum class left : std::size_t { old, in_the_log, brought_forward };

left what_is_left(const std::string& file) {
  std::error_code none;
  if (fs::file_size(file + "-wal", none) != 0 && !none)
    return left::in_the_log;
  std::ifstream in{file, std::ios::binary};
  in.seekg(63); // the last byte of its user_version
  return in.get() == 1 ? left::old : left::brought_forward;
}

int stopped_at = -1; ///< the child's end of a pipe
std::string stop_at;

void visit(std::string_view point) {
  if (point != stop_at)
    return;
  static_cast<void>(!::write(stopped_at, "x", 1));
  ::pause(); // the power goes, and then this process
}

/// Opens the file in a process of its own, and cuts the power when that is at a point, or some time after it began.
bool cut_while_it_opens(loop_disk& disk, const std::string& file, const std::string& point, steady::duration after) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return false;
  std::fflush(nullptr);
  const auto child = ::fork();
  if (child == 0) {
    stopped_at = ends[1];
    stop_at = point;
    the_fault_point = visit;
    static_cast<void>(!::write(ends[1], "b", 1));
    sqlite_store s{{file}};
    static_cast<void>(s.open());
    ::pause();
    ::_exit(0);
  }
  ::close(ends[1]);
  const auto heard = [&ends](char wanted) {
    pollfd p{ends[0], POLLIN, 0};
    char got = 0;
    return ::poll(&p, 1, 10'000) == 1 && ::read(ends[0], &got, 1) == 1 && got == wanted;
  };
  bool there = heard('b');
  const timespec wait{after / 1s, static_cast<long>(after % 1s / 1ns)};
  if (!point.empty())
    there = heard('x') && there;
  else
    static_cast<void>(::ppoll(nullptr, 0, &wait, nullptr));
  const bool cut = disk.cut();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  return there && cut;
}

} // namespace

bool migration_power_cuts(const std::string& folder, std::uint64_t seed, std::uint64_t cuts) {
  loop_disk disk{folder};
  if (!disk.usable()) {
    std::printf("power cuts at a migration  SKIPPED: they need root, ext4 and loop devices\n");
    return true;
  }
  const std::string first_schema = STINT_TEST_DATA "/schema1.db";
  const auto file = disk.path() + "/old.db";
  put_down(first_schema, file);
  const auto began = steady::now();
  const auto whole = look_into(file);
  const auto took = steady::now() - began;
  if (!whole || whole->faults != 0 || whole->tasks.size() != 5)
    return false;
  auto control = *whole; // what has lost a task is another
  control.tasks.front().reset();
  bool good = !(control == *whole);
  constexpr std::array points{"store.migrated", "store.epoch", "store.opened"};
  std::mt19937_64 random(seed);
  std::array<std::uint64_t, 3> found{};
  std::uint64_t at_points = 0;
  std::uint64_t wrong = 0;
  for (std::uint64_t k = 0; k < cuts; ++k) {
    put_down(first_schema, file);
    const std::string point = k % 2 == 0 ? points[k / 2 % points.size()] : "";
    at_points += point.empty() ? 0 : 1;
    const auto part = static_cast<long>(random() % 1'000); // of that time, and rather early: it is over soon
    const auto after = took * (part * part) / 1'000'000;
    if (!cut_while_it_opens(disk, file, point, after) || !disk.restore()) {
      std::printf("  no power cut at %s\n", point.empty() ? "a random moment" : point.c_str());
      return false;
    }
    const auto was = what_is_left(file);
    ++found[static_cast<std::size_t>(was)];
    // Before the commit nothing of it is there; at the last point all of it is.
    good = good && (point != "store.migrated" || was == left::old) && (point != "store.opened" || was != left::old);
    const auto now = look_into(file);
    wrong += now && *now == *whole ? 0 : 1;
  }
  const auto n = [](std::uint64_t v) { return static_cast<unsigned long long>(v); };
  std::printf("power cuts at a migration  %6llu cuts, %llu of them at a named point  old %llu, in the log %llu, new %llu  "
              "lost or changed %llu\n",
              n(cuts), n(at_points), n(found[0]), n(found[1]), n(found[2]), n(wrong));
  const bool both = found[0] != 0 && found[1] + found[2] != 0;
  if (!good || !both)
    std::printf("  the cuts do not fall where they should\n");
  return good && both && wrong == 0;
}

} // namespace stint::faults
