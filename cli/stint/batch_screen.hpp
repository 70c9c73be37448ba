/// What `stint batch` shows: a live table on a terminal, plain lines elsewhere, or one JSON line per transition.
///
/// Owner    the batch.
/// Threads  one.
/// Errors   a stream that can't be written is told at the end: see broken().
/// Order    with json, standard output has transitions and nothing else; all other words go to the error stream.
#pragma once

#include <cstddef>
#include <deque>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include <stint/event.hpp>
#include <stint/query.hpp>

#include "board.hpp"
#include "live_table.hpp"

namespace stint::cli {

/// A failed task's last words, for the end.
struct last_words {
  task_id id = 0;
  std::string name;
  std::string error;
  std::string text;      ///< of its output, whole lines
  bool beginning = true; ///< `text` is all there was
};

/// Cuts a piece of output to its last lines, harmless and with tabs written out.
std::string tail_of(std::string_view output, std::size_t lines);

/// Says in a few words why a task waits, and for whom; without times, so that it changes only with its reason.
std::string waiting_note(const explanation& why);

class batch_screen {
public:
  enum class style : unsigned char { table, plain, json };

  /// `descriptor` is that of `out`.
  batch_screen(std::ostream& out, std::ostream& err, int descriptor, bool json);

  [[nodiscard]] style how() const noexcept { return style_; }
  /// Lines that a table can show now.
  [[nodiscard]] std::size_t lines() const { return size_of(descriptor_).lines; }

  /// A transition, as it comes.
  void tell(const event& e, bool missed);

  /// Shows the whole board; only a table does.
  void draw(board& all, std::string_view hint);

  /// Tells rows that have changed, or, with json, has what was told so far leave.
  void tell(std::span<const table_row> changed, nanos elapsed);

  /// Says something beside the tasks: a warning, a first Ctrl-C.
  void say(std::string_view words);

  /// The end: failing tasks' last words, how many tasks ended how, and where all output is kept, if anywhere.
  void finish(board& all, const std::deque<last_words>& failures, std::size_t more_failures, std::string_view kept);

  /// Some of what should have been shown could not be written.
  [[nodiscard]] bool broken() const;

private:
  std::ostream& out_;
  std::ostream& err_;
  int descriptor_;
  style style_;
  live_table table_;
};

} // namespace stint::cli
