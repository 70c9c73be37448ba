/// A table of tasks that is redrawn in place on a terminal, and tells only changes, line by line, anywhere else.
///
/// Owner    one per stream; the stream must outlive it.
/// Threads  one at a time.
/// Errors   none of its own; a broken stream keeps its state bits.
/// Cost     O(rows given) per draw; a caller with many tasks gives those that run, wait first, or ended last.
/// Example  see examples/publish/screen.cpp and `stint batch`.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/state.hpp>
#include <stint/task.hpp>
#include <stint/time.hpp>

namespace stint {

/// One task as it is shown. Texts may come from anywhere: they are made harmless here.
struct table_row {
  task_id id = 0;
  std::string name;
  stint::state state = stint::state::waiting;
  stint::progress progress; ///< shown while it runs
  /// Why and for whom it waits, or how it ended. No running times in it: each change is a new line where lines stay.
  std::string note;
};

struct table_size {
  std::size_t columns = 80;
  std::size_t lines = 24;
};

struct table_look {
  bool terminal = false; ///< redraw in place; else plain lines
  bool color = false;    ///< only used on a terminal
};

/// Asks what a file descriptor is; colour is left out when NO_COLOR is set or TERM says dumb.
table_look look_of(int descriptor);

/// Asks a terminal's present size; 80 x 24 when it does not say.
table_size size_of(int descriptor);

class live_table {
public:
  live_table(std::ostream& out, table_look look) : out_(out), look_(look) {}

  /// Shows `rows` and below them `footer`, one line. `size` is asked anew by the caller, for windows that change.
  /// `elapsed` stands before plain lines.
  void draw(std::span<const table_row> rows, std::string_view footer, table_size size, nanos elapsed);

  /// Takes the table off a terminal, so that something else can be printed; the next draw begins a new one.
  void clear(table_size size);

  /// Leaves what was drawn last where it is; what is printed next stands below.
  void leave() { widths_.clear(); }

private:
  struct told {
    stint::state state;
    std::string note;
  };

  std::string lines(std::span<const table_row> rows, std::string_view footer, table_size size);
  std::string up(table_size size) const;
  void tell(std::span<const table_row> rows, nanos elapsed);

  std::ostream& out_;
  table_look look_;
  std::vector<std::size_t> widths_; ///< of the lines that stand on the terminal
  std::map<task_id, told> told_;    ///< what plain lines have said
};

} // namespace stint
