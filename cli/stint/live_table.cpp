#include "live_table.hpp"

#include "shown_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

namespace stint {

namespace {

// Each line is written over the old one and its rest cleared. Clearing the whole picture first would flicker, and where
// it fills the screen some terminals keep each one in what can be scrolled back to.
constexpr std::string_view clear_rest = "\x1b[K";
constexpr std::string_view clear_below = "\x1b[J";

constexpr std::size_t bar_cells = 12;
constexpr std::size_t state_columns = 11; // "quarantined"

/// What deserves a line when not all rows find place: what runs, what went wrong, what waits, what is done.
int rank(state s) {
  switch (s) {
  case state::running:
  case state::cancelling:
    return 0;
  case state::failed:
  case state::expired:
  case state::quarantined:
    return 1;
  case state::waiting:
    return 2;
  case state::scheduled:
    return 3;
  default:
    return 4;
  }
}

std::string_view color(state s) {
  switch (s) {
  case state::running:
    return "\x1b[36m";
  case state::succeeded:
    return "\x1b[32m";
  case state::waiting:
  case state::cancelling:
    return "\x1b[33m";
  case state::failed:
  case state::expired:
  case state::quarantined:
    return "\x1b[31m";
  default:
    return "\x1b[2m";
  }
}

std::string bar(const table_row& row) {
  const auto& p = row.progress;
  if (!running(row.state) || (p.total == 0 && p.done == 0))
    return {}; // the note may have the room
  char text[32];
  if (p.total == 0) {
    std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(p.done));
    return fit_to(text, bar_cells + 9);
  }
  // A body may count past its own total; the bar stays inside its frame.
  const auto part = std::min(1.0, static_cast<double>(p.done) / static_cast<double>(p.total));
  const auto full = static_cast<std::size_t>(part * bar_cells);
  std::snprintf(text, sizeof text, "] %3d%%  ", static_cast<int>(part * 100));
  return "[" + std::string(full, '#') + std::string(bar_cells - full, '.') + text;
}

/// The rows that find place, in the order of ids, so that a task keeps its line while it lives.
std::vector<const table_row*> chosen(std::span<const table_row> rows, std::size_t room) {
  std::vector<const table_row*> out;
  out.reserve(rows.size());
  for (const auto& row : rows)
    out.push_back(&row);
  if (out.size() > room) {
    const auto by_rank = [](const table_row* a, const table_row* b) {
      const auto x = rank(a->state), y = rank(b->state);
      // Of the finished the newest, of the waiting the oldest.
      return x != y ? x < y : x == 4 ? a->id > b->id : a->id < b->id;
    };
    std::partial_sort(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(room), out.end(), by_rank);
    out.resize(room);
  }
  std::sort(out.begin(), out.end(), [](const table_row* a, const table_row* b) { return a->id < b->id; });
  return out;
}

std::string left_out(std::span<const table_row> rows, const std::vector<const table_row*>& shown) {
  std::array<std::size_t, state_count> more{};
  for (const auto& row : rows)
    ++more[static_cast<std::size_t>(row.state)];
  for (const auto* row : shown)
    --more[static_cast<std::size_t>(row->state)];
  auto text = "and " + std::to_string(rows.size() - shown.size()) + " more:";
  const char* comma = " ";
  for (std::size_t i = 0; i < state_count; ++i)
    if (more[i] != 0) {
      text += comma + std::to_string(more[i]) + " " + std::string{state_names[i]};
      comma = ", ";
    }
  return text;
}

std::string note_of(const table_row& row) {
  return harmless(row.note.empty() && running(row.state) ? row.progress.text : row.note);
}

} // namespace

table_look look_of(int descriptor) {
  const char* term = std::getenv("TERM");
  const bool terminal = isatty(descriptor) != 0 && term != nullptr && std::strcmp(term, "dumb") != 0;
  const char* no_color = std::getenv("NO_COLOR");
  return {terminal, terminal && (no_color == nullptr || *no_color == '\0')};
}

table_size size_of(int descriptor) {
  winsize w{};
  if (ioctl(descriptor, TIOCGWINSZ, &w) != 0 || w.ws_col == 0 || w.ws_row == 0)
    return {};
  return {w.ws_col, w.ws_row};
}

void live_table::draw(std::span<const table_row> rows, std::string_view footer, table_size size, nanos elapsed) {
  if (!look_.terminal)
    return tell(rows, elapsed);
  // The whole picture in one write: terminals then show no half of it.
  auto picture = up(size);
  picture += lines(rows, footer, size);
  picture += clear_below;
  out_ << picture << std::flush;
}

void live_table::clear(table_size size) {
  if (!look_.terminal || widths_.empty())
    return;
  out_ << up(size) << clear_below << std::flush;
  widths_.clear();
}

/// Moves to where the last picture began. A window that has become narrower has wrapped its lines since, so each counts
/// as many as it takes now.
std::string live_table::up(table_size size) const {
  std::size_t count = 0;
  for (const auto width : widths_)
    count += std::max<std::size_t>(1, (width + size.columns - 1) / std::max<std::size_t>(1, size.columns));
  if (count == 0)
    return {};
  // What has left the screen at its top can't be reached; asking for it stops at the first line.
  return "\x1b[" + std::to_string(count) + "A\r";
}

std::string live_table::lines(std::span<const table_row> rows, std::string_view footer, table_size size) {
  // The last column stays free, because a terminal may wrap when it is written.
  const auto columns = size.columns > 1 ? size.columns - 1 : 1;
  // One line for the footer, one for the cursor below it, one for "and ... more".
  const auto room = size.lines > 4 ? size.lines - 3 : 1;
  const auto shown = chosen(rows, rows.size() <= room + 1 ? room + 1 : room);

  std::size_t ids = 2, names = 4;
  for (const auto* row : shown) {
    ids = std::max(ids, std::to_string(row->id).size());
    names = std::max(names, shown_width(harmless(row->name)));
  }
  // A long name leaves at least a third of the line to the note.
  names = std::min(names, std::max<std::size_t>(10, columns / 3));

  widths_.clear();
  std::string out;
  const auto put = [&](const std::string& line, std::string_view before, std::string_view after, std::size_t at,
                       std::size_t length) {
    const auto cut = cut_to(line, columns);
    widths_.push_back(shown_width(cut));
    if (look_.color && at + length <= cut.size())
      out.append(cut, 0, at).append(before).append(cut, at, length).append(after).append(cut, at + length);
    else
      out += cut;
    out += clear_rest;
    out += '\n';
  };
  for (const auto* row : shown) {
    const auto id = std::to_string(row->id);
    const auto head = std::string(ids - id.size(), ' ') + id + "  " + fit_to(harmless(row->name), names) + "  ";
    const auto name = to_string(row->state);
    put(head + fit_to(name, state_columns) + "  " + bar(*row) + note_of(*row), color(row->state), "\x1b[0m",
        head.size(), name.size());
  }
  if (shown.size() < rows.size())
    put(left_out(rows, shown), {}, {}, 0, 0);
  if (!footer.empty())
    put(harmless(footer), "\x1b[1m", "\x1b[0m", 0, std::min(cut_to(harmless(footer), columns).size(), footer.size()));
  return out;
}

void live_table::tell(std::span<const table_row> rows, nanos elapsed) {
  std::map<task_id, told> now;
  std::string out;
  for (const auto& row : rows) {
    const auto before = told_.find(row.id);
    if (before == told_.end() || before->second.state != row.state || before->second.note != row.note) {
      char head[48];
      std::snprintf(head, sizeof head, "%9.3f s  %llu ", std::chrono::duration<double>(elapsed).count(),
                    static_cast<unsigned long long>(row.id));
      out += head + harmless(row.name) + ": " + std::string{to_string(row.state)};
      if (!row.note.empty())
        out += ": " + harmless(row.note);
      out += '\n';
    }
    now.emplace(row.id, told{row.state, row.note});
  }
  // Rows that are not given any more are forgotten, so that this never grows past what the caller shows.
  told_ = std::move(now);
  if (!out.empty())
    out_ << out << std::flush;
}

} // namespace stint
