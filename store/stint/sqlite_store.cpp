#include <stint/sqlite_store.hpp>

#include <algorithm>

#include <stint/detail/sqlite_check.hpp>
#include <stint/detail/sqlite_commit.hpp>
#include <stint/detail/sqlite_file.hpp>
#include <stint/detail/store_path.hpp>
#include <stint/detail/stored_filter.hpp>
#include <stint/fault_point.hpp>
#include <stint/store_choice.hpp>

namespace stint {

using detail::guarded;
using detail::sqlite_failure;
using detail::sqlite_file;

struct sqlite_store::inside {
  explicit inside(const sqlite_options& with) : file(with) {}
  sqlite_file file;
};

namespace {

/// Rows that one page looks at before it is answered short: some 20 ms.
constexpr std::size_t most_looked_at = 20'000;

sqlite_failure missing(const sqlite_file& f, task_id id) {
  if (id == 0 || id > f.head.at.last_id)
    return sqlite_failure{{errc::unknown_task, "no task " + std::to_string(id)}};
  return sqlite_failure{{errc::task_deleted, "task " + std::to_string(id) + " is deleted"}};
}

std::optional<stored_task> find(sqlite_file& f, task_id id) {
  f.read_task.bind(id);
  const detail::reset_at_end end{f.read_task};
  return f.read_task.step() ? std::optional{sqlite_file::task_at(f.read_task)} : std::nullopt;
}

} // namespace

std::shared_ptr<store> store_in_file(std::string file, store_mode mode) {
  return std::make_shared<sqlite_store>(sqlite_options{std::move(file), mode});
}

sqlite_store::sqlite_store(sqlite_options with) : with_(std::move(with)) {}
sqlite_store::~sqlite_store() = default;

result<store::opened> sqlite_store::open() {
  if (in_)
    return {errc::store_in_use, with_.file};
  return guarded(with_.file, [this] {
    // From here on the same one, wherever the process goes.
    with_.file = detail::full_path(with_.file, detail::find_vfs(with_.vfs));
    in_ = std::make_unique<inside>(with_);
    return in_->file.head.at;
  });
}

result<unit_t> sqlite_store::close() {
  if (!in_)
    return errc::store_closed;
  in_.reset();
  return unit;
}

result<unit_t> sqlite_store::commit(const batch& what) {
  if (!in_)
    return errc::store_closed;
  auto& f = in_->file;
  bool unknown = false;
  auto done = guarded(with_.file, [&] {
    f.must_be_in_place();
    detail::sqlite_commit one{f};
    fault_point("store.begun");
    one.apply(what);
    fault_point("store.applied");
    try {
      one.finish();
      fault_point("store.committed");
    } catch (const sqlite_failure& e) {
      // A full disk is told before the last page is written. Of everything else nobody knows what has reached the disk.
      unknown = (e.code & 0xFF) != SQLITE_FULL;
      throw;
    }
    return unit;
  });
  if (!unknown)
    return done;
  in_.reset();
  return {errc::store_closed, done.error().text};
}

result<std::uint64_t> sqlite_store::unfinished(const std::function<void(stored_task)>& take) const {
  if (!in_)
    return errc::store_closed;
  return guarded(with_.file, [&] {
    auto& f = in_->file;
    const detail::reset_at_end end{f.unfinished};
    std::uint64_t n = 0;
    for (; f.unfinished.step(); ++n)
      take(sqlite_file::task_at(f.unfinished));
    std::uint64_t counted = 0;
    for (std::size_t s = 0; s < state_count; ++s)
      counted += terminal(static_cast<state>(s)) ? 0 : f.head.used.tasks.by_state[s];
    if (n != counted)
      throw sqlite_failure{{errc::store_damaged, std::to_string(counted) + " tasks are unfinished, but "
                                                   + std::to_string(n) + " were found"}};
    return n;
  });
}

result<std::optional<stored_task>> sqlite_store::keyed(const std::string& idempotency_key) const {
  if (!in_)
    return errc::store_closed;
  return guarded(with_.file, [&]() -> std::optional<stored_task> {
    auto& s = in_->file.keyed;
    s.bind(std::string_view{idempotency_key});
    const detail::reset_at_end end{s};
    if (!s.step())
      return std::nullopt;
    return sqlite_file::task_at(s);
  });
}

result<std::vector<stored_setting>> sqlite_store::settings() const {
  if (!in_)
    return errc::store_closed;
  return guarded(with_.file, [this] { return detail::read_settings(in_->file); });
}

result<stored_task> sqlite_store::get(task_id id) const {
  if (!in_)
    return errc::store_closed;
  return guarded(with_.file, [&] {
    auto found = find(in_->file, id);
    if (!found)
      throw missing(in_->file, id);
    return std::move(*found);
  });
}

result<stored_page> sqlite_store::page(const page_request& ask) const {
  if (!in_)
    return errc::store_closed;
  if (ask.limit == 0)
    return {errc::page_too_large, "a page holds at least one task"};
  if (ask.cursor > in_->file.head.at.last_id)
    return {errc::invalid_cursor, "no task " + std::to_string(ask.cursor) + " yet"};
  return guarded(with_.file, [&] {
    auto& f = in_->file;
    stored_page out;
    const bool upwards = ask.order == page_order::oldest_first;
    /// Takes a task; false: the page ends before it.
    std::size_t looked = 0;
    const auto take = [&](stored_task t) {
      if (looked == most_looked_at || (out.tasks.size() == ask.limit && detail::matches(t, ask.filter))) {
        out.next = t.id;
        return false;
      }
      ++looked;
      if (detail::matches(t, ask.filter))
        out.tasks.push_back(std::move(t));
      return true;
    };
    if (!ask.filter.ids.empty()) {
      auto ids = ask.filter.ids;
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
      if (!upwards)
        std::reverse(ids.begin(), ids.end());
      for (auto id : ids)
        if (ask.cursor == 0 || (upwards ? id >= ask.cursor : id <= ask.cursor))
          if (auto t = find(f, id); t && !take(std::move(*t)))
            break;
      return out;
    }
    auto& s = upwards ? f.forwards : f.backwards;
    s.bind(ask.cursor != 0 || upwards ? ask.cursor : f.head.at.last_id);
    const detail::reset_at_end end{s};
    while (s.step() && take(sqlite_file::task_at(s)))
      ;
    return out;
  });
}

result<output_piece> sqlite_store::output(task_id id, std::uint64_t offset, std::size_t limit) const {
  if (!in_)
    return errc::store_closed;
  return guarded(with_.file, [&] {
    if (!find(in_->file, id))
      throw missing(in_->file, id);
    return detail::read_output(in_->file, id, offset, limit);
  });
}

result<std::vector<task_id>> sqlite_store::overdue(const retention& bounds, std::size_t most) const {
  if (!in_)
    return errc::store_closed;
  return guarded(with_.file, [&] {
    auto& f = in_->file;
    auto tasks = f.head.used.tasks[bounds.of];
    auto bytes = f.head.used.bytes[detail::index_of(bounds.of)];
    std::vector<task_id> out;
    f.ended.bind(std::uint64_t{detail::index_of(bounds.of)});
    const detail::reset_at_end end{f.ended};
    while (out.size() < most && f.ended.step()) {
      const wall_time when{nanos{f.ended.number(1)}};
      if (!((bounds.tasks && tasks > *bounds.tasks) || (bounds.bytes && bytes > *bounds.bytes)
            || (bounds.ended_before && when < *bounds.ended_before)))
        break;
      const auto id = f.ended.bits(0);
      --tasks;
      bytes -= std::min(bytes, detail::row_bytes + f.ended.bits(2) + detail::printed_by(f, id).kept);
      out.push_back(id);
    }
    return out;
  });
}

result<file_report> sqlite_store::check() const {
  if (!in_)
    return errc::store_closed;
  return guarded(with_.file, [this] { return detail::check(in_->file); });
}

result<file_report> sqlite_store::look_through(const std::string& file) {
  return guarded(file, [&] {
    detail::sqlite_file as_it_is{sqlite_options{detail::full_path(file, detail::find_vfs({}))}, detail::sqlite_file::as_it_is{}};
    return detail::check(as_it_is);
  });
}

result<store::usage> sqlite_store::counts() const {
  if (!in_)
    return errc::store_closed;
  return in_->file.head.used;
}

} // namespace stint
