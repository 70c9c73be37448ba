#include <stint/detail/sqlite_commit.hpp>

#include <stint/detail/stored_row.hpp>
#include <stint/digest.hpp>

namespace stint::detail {

namespace {

sqlite_failure mistake(task_id id, const std::string& what) {
  return sqlite_failure{{errc::invalid_commit, "task " + std::to_string(id) + ": " + what}};
}

std::uint64_t sum_of_piece(task_id id, std::uint64_t at, std::string_view text) {
  return digest{}.add(id).add(at).add(text).value();
}

std::uint64_t sum_of_setting(const stored_setting& s) {
  return digest{}.add(std::uint64_t{static_cast<std::uint8_t>(s.of)}).add(s.name).add(s.number).add(s.paused ? 1U : 0U).value();
}

/// A piece of output that a statement stands at.
struct piece {
  std::uint64_t at = 0;
  std::string text;

  piece(const statement& s, task_id id) : at(s.bits(0)), text(s.bytes(1)) {
    if (sum_of_piece(id, at, text) != s.bits(2))
      damaged(id, "its output at " + std::to_string(at) + " does not fit its sum");
  }
  [[nodiscard]] std::uint64_t end() const { return at + text.size(); }
};

/// Calls `take` with the pieces that reach beyond `from`, in order, until it returns false.
template <class F>
void each_piece(sqlite_file& f, task_id id, std::uint64_t from, F&& take) {
  std::optional<piece> first; // it begins before
  {
    f.piece_before.bind(id, from);
    const reset_at_end end{f.piece_before};
    if (f.piece_before.step())
      first.emplace(f.piece_before, id);
  }
  if (first && first->end() > from && !take(std::move(*first)))
    return;
  f.pieces_from.bind(id, from);
  const reset_at_end end{f.pieces_from};
  while (f.pieces_from.step() && take(piece{f.pieces_from, id}))
    ;
}

} // namespace

printed_size printed_by(sqlite_file& f, task_id id) {
  if (!f.has_output)
    return {};
  f.read_printed.bind(id);
  const reset_at_end end{f.read_printed};
  if (!f.read_printed.step())
    return {};
  const printed_size p{f.read_printed.bits(0), f.read_printed.bits(1)};
  if (digest{}.add(id).add(p.total).add(p.kept).value() != f.read_printed.bits(2))
    damaged(id, "what is known of its output does not fit its sum");
  return p;
}

output_piece read_output(sqlite_file& f, task_id id, std::uint64_t offset, std::size_t limit) {
  output_piece p;
  p.total = printed_by(f, id).total;
  const auto asked = std::min(offset, p.total);
  p.offset = p.next = p.total;
  bool first = true;
  each_piece(f, id, asked, [&](piece&& one) {
    if (std::exchange(first, false))
      p.offset = p.next = std::max(one.at, asked);
    else if (one.at > p.next || p.text.size() >= limit)
      return false;
    p.text.append(one.text, p.next - one.at, limit - p.text.size());
    p.next = p.offset + p.text.size();
    return true;
  });
  p.dropped = p.offset - asked;
  return p;
}

std::vector<stored_setting> read_settings(sqlite_file& f) {
  std::vector<stored_setting> out;
  auto& s = f.read_settings;
  const reset_at_end end{s};
  while (s.step()) {
    const auto of = s.bits(0);
    out.push_back({static_cast<setting_of>(of), std::string{s.bytes(1)}, static_cast<std::uint32_t>(s.bits(2)), s.bits(3) != 0});
    if (of > static_cast<std::uint64_t>(setting_of::capacity) || sum_of_setting(out.back()) != s.bits(4))
      throw sqlite_failure{{errc::store_damaged, "a setting does not fit its sum"}};
  }
  return out;
}

sqlite_commit::sqlite_commit(sqlite_file& f) : f_(f), head_(f.head), newest_(f.head.at.last_id) { f_.begin.run(); }

sqlite_commit::~sqlite_commit() {
  f_.rows.clear();
  if (done_)
    return;
  f_.known.forget_all();
  if (sqlite3_get_autocommit(f_.db.get()) != 0) // some failures end a transaction by themselves
    return;
  try {
    f_.rollback.run();
  } catch (const sqlite_failure&) {
    // The next `begin` says so again, and is not lost in a destructor.
  }
}

void sqlite_commit::finish() {
  ++head_.commits;
  f_.save(head_);
  f_.commit.run();
  f_.head = head_;
  if (f_.seals)
    f_.sealed.write(head_.commits);
  done_ = true;
}

std::optional<kept_row> sqlite_commit::find(task_id id) {
  if (id > newest_)
    return std::nullopt;
  if (const auto* row = f_.known.find(id))
    return *row;
  auto& s = f_.size_of_task;
  s.bind(id);
  const reset_at_end end{s};
  if (!s.step())
    return std::nullopt;
  if (s.bits(0) >= state_count)
    damaged(id, "its state is " + std::to_string(s.bits(0)));
  return kept_row{static_cast<state>(s.bits(0)), s.bits(1), row_bytes + s.bits(2), printed_by(f_, id).kept};
}

void sqlite_commit::count(const kept_row& row, bool there) {
  auto& tasks = head_.used.tasks.by_state[index_of(row.state)];
  auto& bytes = head_.used.bytes[index_of(row.state)];
  const auto size = row.bytes + row.output;
  if (!there && (tasks == 0 || bytes < size))
    throw sqlite_failure{{errc::store_damaged, "more tasks are there than were counted"}};
  tasks += there ? 1 : -std::uint64_t{1};
  bytes += there ? size : -size;
}

void sqlite_commit::apply(const store::batch& b) {
  auto& at = head_.at;
  if (b.epoch != at.epoch)
    throw sqlite_failure{{errc::stale_epoch, "the commit bears epoch " + std::to_string(b.epoch) + ", the store is at "
                                               + std::to_string(at.epoch)}};
  if (b.version < at.version || b.last_id < at.last_id)
    throw sqlite_failure{{errc::invalid_commit, "the list went back: version " + std::to_string(at.version) + " to "
                                                  + std::to_string(b.version) + ", last id "
                                                  + std::to_string(at.last_id) + " to " + std::to_string(b.last_id)}};
  at.version = b.version;
  at.last_id = b.last_id;
  for (const auto& t : b.saved)
    save(t, b);
  write_rows();
  for (const auto& p : b.printed)
    print(p);
  for (const auto& c : b.cut)
    cut(c);
  for (auto id : b.removed)
    remove(id);
  for (const auto& s : b.settings)
    set(s);
}

void sqlite_commit::set(const stored_setting& s) {
  const std::uint64_t of = static_cast<std::uint8_t>(s.of);
  const std::string_view name{s.name};
  if (s.plain())
    f_.delete_setting.bind(of, name).run();
  else
    f_.write_setting.bind(of, name, std::uint64_t{s.number}, std::uint64_t{s.paused}, sum_of_setting(s)).run();
}

void sqlite_commit::save(const stored_task& t, const store::batch& b) {
  if (t.id == 0 || t.id > b.last_id)
    throw mistake(t.id, "the last id is " + std::to_string(b.last_id));
  if (t.version == 0 || t.version > b.version)
    throw mistake(t.id, "version " + std::to_string(t.version) + " of " + std::to_string(b.version));
  if (t.id <= f_.rows.last_id() || f_.rows.full())
    write_rows(); // it may be among them, and a look-up goes to the file
  const auto old = find(t.id);
  if (!old && t.id <= f_.head.at.last_id)
    throw mistake(t.id, "it was removed");
  if (old && t.version < old->version)
    throw mistake(t.id, "version " + std::to_string(old->version) + " goes back to " + std::to_string(t.version));
  newest_ = std::max(newest_, t.id);
  body_.clear();
  write_task(t, body_);
  const bool open = !terminal(t.state);
  saved_rows::row row{t.id, index_of(t.state), t.version, std::nullopt, std::nullopt, t.what.idempotency_key, sum_of(t, body_)};
  if (open || t.rank != 0)
    row.rank = sortable(t.rank);
  if (!open)
    row.ended = t.ended.value_or(wall_time{}).time_since_epoch().count();
  f_.rows.add(row, body_);
  const kept_row now{t.state, t.version, row_bytes + body_.size() + t.what.idempotency_key.size(), old ? old->output : 0};
  if (old)
    count(*old, false);
  count(now, true);
  f_.known.know(t.id, now);
}

/// Writes what `save` has gathered.
void sqlite_commit::write_rows() {
  if (f_.rows.empty())
    return;
  f_.save_tasks.run();
  f_.rows.clear();
}

void sqlite_commit::keep_printed(task_id id, const printed_size& now, kept_row row) {
  f_.write_printed.bind(id, now.total, now.kept, digest{}.add(id).add(now.total).add(now.kept).value()).run();
  head_.used.bytes[index_of(row.state)] += now.kept - row.output;
  row.output = now.kept;
  f_.known.know(id, row);
}

void sqlite_commit::print(const stored_text& p) {
  const auto row = find(p.id);
  if (!row)
    return;
  auto now = printed_by(f_, p.id);
  if (p.offset < now.total)
    throw mistake(p.id, "output at " + std::to_string(p.offset) + " of " + std::to_string(now.total));
  if (!p.text.empty())
    f_.add_piece.bind(p.id, p.offset, std::string_view{p.text}, sum_of_piece(p.id, p.offset, p.text)).run();
  now.total = p.offset + p.text.size();
  now.kept += p.text.size();
  f_.has_output = true;
  keep_printed(p.id, now, *row);
}

void sqlite_commit::cut(const output_cut& c) {
  const auto row = find(c.id);
  if (!row || c.from >= c.to)
    return;
  std::vector<piece> hit;
  each_piece(f_, c.id, c.from, [&](piece&& one) {
    if (one.at >= c.to)
      return false;
    hit.push_back(std::move(one));
    return true;
  });
  if (hit.empty())
    return;
  auto now = printed_by(f_, c.id);
  const auto keep = [&](const piece& of, std::uint64_t from, std::uint64_t to) {
    if (from >= to)
      return;
    const auto text = std::string_view{of.text}.substr(from - of.at, to - from);
    f_.add_piece.bind(c.id, from, text, sum_of_piece(c.id, from, text)).run();
    now.kept += text.size();
  };
  for (const auto& one : hit) {
    f_.delete_piece.bind(c.id, one.at).run();
    now.kept -= one.text.size();
    keep(one, one.at, std::min(c.from, one.end()));
    keep(one, std::max(c.to, one.at), one.end());
  }
  keep_printed(c.id, now, *row);
}

void sqlite_commit::remove(task_id id) {
  const auto row = find(id);
  if (!row)
    return;
  count(*row, false);
  f_.delete_task.bind(id).run();
  f_.known.forget(id);
  if (printed_by(f_, id).total != 0) {
    f_.delete_pieces.bind(id).run();
    f_.delete_printed.bind(id).run();
  }
}

} // namespace stint::detail
