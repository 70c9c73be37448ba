#include <stint/sqlite_transfer.hpp>

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include <stint/detail/sqlite_commit.hpp>
#include <stint/detail/sqlite_file.hpp>
#include <stint/detail/store_path.hpp>

namespace stint {

using detail::guarded;
using detail::sqlite_failure;
using detail::sqlite_file;

namespace {

/// Tasks, and bytes of their output, that are read at once or go into one commit of a new file: enough that the commit
/// itself costs nothing beside them.
constexpr std::size_t tasks_at_once = 1'000;
constexpr std::size_t bytes_at_once = 4 * 1024 * 1024;

/// Makes the file that a new one is until it is complete; nobody else may be making it.
void begin_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST)
    throw sqlite_failure{{errc::store_exists, path + " is there: of an import that runs, or was killed; then remove it"}};
  if (fd < 0)
    throw sqlite_failure{{errc::io_failed, path + " cannot be made"}};
  ::close(fd);
}

/// Gives a complete file its name, unless that is taken, and has the disk know it.
void name_file(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) != 0)
    throw sqlite_failure{{errno == EEXIST ? errc::store_exists : errc::io_failed, "it cannot be given its name"}};
  ::unlink(from.c_str());
  const auto folder = to.substr(0, to.rfind('/') + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0)
    ::close(fd);
  if (!synced)
    throw sqlite_failure{{errc::io_failed, "its folder could not be written; the file itself is complete"}};
}

} // namespace

struct sqlite_source::inside {
  explicit inside(const std::string& path) : name(path), file(sqlite_options{path}, sqlite_file::as_it_is{}), settings(detail::read_settings(file)) {}
  std::string name;
  sqlite_file file;
  std::vector<stored_setting> settings;
};

sqlite_source::sqlite_source(std::unique_ptr<inside> in) : in_(std::move(in)) {}
sqlite_source::sqlite_source(sqlite_source&&) noexcept = default;
sqlite_source::~sqlite_source() = default;

result<sqlite_source> sqlite_source::open(std::string file) {
  return guarded(file, [&] {
    return sqlite_source{std::make_unique<inside>(detail::full_path(file, detail::find_vfs({})))};
  });
}

transfer_head sqlite_source::head() const {
  const auto& h = in_->file.head;
  return {h.at, h.used.tasks.total(), in_->settings};
}

result<unit_t> sqlite_source::each(const std::function<bool(transfer_task)>& take) {
  return guarded(in_->name, [&] {
    auto& f = in_->file;
    std::uint64_t n = 0;
    f.forwards.bind(std::uint64_t{1});
    const detail::reset_at_end end{f.forwards};
    while (f.forwards.step()) {
      transfer_task t;
      t.task = sqlite_file::task_at(f.forwards);
      t.printed = detail::printed_by(f, t.task.id).total;
      for (std::uint64_t at = 0; at < t.printed;) {
        auto piece = detail::read_output(f, t.task.id, at, bytes_at_once);
        at = piece.next;
        if (piece.text.empty())
          break;
        t.output.push_back({t.task.id, piece.offset, std::move(piece.text)});
      }
      ++n;
      if (!take(std::move(t)))
        return unit;
    }
    if (n != f.head.used.tasks.total())
      throw sqlite_failure{{errc::store_damaged, std::to_string(f.head.used.tasks.total()) + " tasks were counted, but "
                                                   + std::to_string(n) + " are there"}};
    return unit;
  });
}

struct sqlite_target::inside {
  inside(const std::string& path, const transfer_head& h) : name(path), made(path + ".importing"), head(h) {
    auto* fs = detail::find_vfs({});
    for (const auto* end : {"", "-wal", "-seal", "-journal"})
      if (int there = 0; fs->xAccess(fs, (path + end).c_str(), SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK || there != 0
                         || ::access((path + end).c_str(), F_OK) == 0)
        throw sqlite_failure{{errc::store_exists, path + end + " is there already"}};
    begin_file(made);
    try {
      // Nothing of it counts before it is complete, so no commit has to wait for the disk.
      file = std::make_unique<sqlite_file>(sqlite_options{made, store_mode::relaxed});
    } catch (...) {
      detail::unmake(made, fs);
      throw;
    }
  }
  inside(const inside&) = delete;
  inside& operator=(const inside&) = delete;
  ~inside() {
    if (complete)
      return;
    file.reset();
    detail::unmake(made, detail::find_vfs({}));
  }

  /// Commits what has gathered.
  void save() {
    next.epoch = file->head.at.epoch;
    next.version = head.at.version;
    next.last_id = last;
    detail::sqlite_commit one{*file};
    one.apply(next);
    one.finish();
    next = {};
    bytes = 0;
  }

  std::string name;
  std::string made;
  transfer_head head;
  std::unique_ptr<sqlite_file> file;
  store::batch next;
  std::size_t bytes = 0; ///< of output in `next`
  task_id last = 0;
  std::uint64_t tasks = 0;
  bool complete = false;
};

sqlite_target::sqlite_target(std::unique_ptr<inside> in) : in_(std::move(in)) {}
sqlite_target::sqlite_target(sqlite_target&&) noexcept = default;
sqlite_target::~sqlite_target() = default;

result<sqlite_target> sqlite_target::open(std::string file, const transfer_head& head) {
  return guarded(file, [&] {
    return sqlite_target{std::make_unique<inside>(detail::full_path(file, detail::find_vfs({})), head)};
  });
}

result<unit_t> sqlite_target::add(transfer_task t) {
  return guarded(in_->name, [&] {
    auto& in = *in_;
    const auto id = t.task.id;
    if (id <= in.last || id > in.head.at.last_id)
      throw sqlite_failure{{errc::invalid_commit, "task " + std::to_string(id) + " after " + std::to_string(in.last)
                                                    + ", the last one is " + std::to_string(in.head.at.last_id)}};
    if (in.head.at.last_id - id > farthest_imported)
      throw sqlite_failure{{errc::invalid_commit, "task " + std::to_string(id) + " is more than " + std::to_string(farthest_imported)
                                                    + " before the last one, " + std::to_string(in.head.at.last_id)}};
    std::uint64_t end = 0;
    for (auto& p : t.output) {
      p.id = id;
      end = p.offset + p.text.size();
      in.bytes += p.text.size();
      in.next.printed.push_back(std::move(p));
    }
    if (t.printed > end) // what came last is not kept
      in.next.printed.push_back({id, t.printed, {}});
    else if (t.printed < end)
      throw sqlite_failure{{errc::invalid_commit, "task " + std::to_string(id) + ": more output than it printed"}};
    in.last = id;
    ++in.tasks;
    in.next.saved.push_back(std::move(t.task));
    if (in.next.saved.size() >= tasks_at_once || in.bytes >= bytes_at_once)
      in.save();
    return unit;
  });
}

result<unit_t> sqlite_target::finish() {
  return guarded(in_->name, [&] {
    auto& in = *in_;
    if (in.tasks != in.head.tasks)
      throw sqlite_failure{{errc::invalid_commit, std::to_string(in.tasks) + " of " + std::to_string(in.head.tasks)
                                                    + " tasks are there"}};
    in.next.settings = in.head.settings;
    in.save();
    auto& f = *in.file;
    f.head.at = in.head.at;
    ++f.head.commits;
    f.begin.run();
    f.save(f.head);
    f.commit.run();
    f.db.run("PRAGMA synchronous = FULL");
    f.db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    in.file.reset();
    for (const auto* end : {"-seal", "-wal"})
      ::unlink((in.made + end).c_str());
    name_file(in.made, in.name);
    in.complete = true;
    return unit;
  });
}

} // namespace stint
