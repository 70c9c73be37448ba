// The live table: what it writes is played on a small model of a terminal, and the screen is compared.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <live_table.hpp>
#include <shown_text.hpp>

namespace {

using namespace stint;
using namespace std::chrono_literals;

/// A terminal of a given width that knows what the table uses: lines that wrap, up, clear to the end, colours.
class terminal {
public:
  explicit terminal(std::size_t columns) : columns_(columns) {}

  void play(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\n') {
        ++line_, column_ = 0;
      } else if (c == '\r') {
        column_ = 0;
      } else if (c == '\x1b') {
        const auto end = text.find_first_of("AJKm", i);
        const auto number = text.substr(i + 2, end - i - 2);
        if (text[end] == 'A')
          line_ -= std::min<std::size_t>(line_, std::stoul(number));
        else if (text[end] == 'K')
          at(line_).resize(std::min(at(line_).size(), column_));
        else if (text[end] == 'J')
          lines_.resize(std::min(lines_.size(), line_ + 1)), at(line_).resize(std::min(at(line_).size(), column_));
        i = end;
      } else {
        if (column_ == columns_)
          ++line_, column_ = 0;
        auto& l = at(line_);
        l.resize(std::max(l.size(), column_ + 1), ' ');
        l[column_++] = c;
      }
    }
  }

  /// A narrower window wraps the lines that stand there.
  void narrow(std::size_t columns) {
    std::vector<std::string> wrapped;
    for (const auto& l : lines_)
      for (std::size_t from = 0; from == 0 || from < l.size(); from += columns)
        wrapped.push_back(l.substr(from, columns));
    line_ += wrapped.size() - lines_.size();
    lines_ = wrapped;
    columns_ = columns;
  }

  [[nodiscard]] std::vector<std::string> screen() const {
    auto out = lines_;
    for (auto& l : out)
      l.erase(l.find_last_not_of(' ') + 1);
    while (!out.empty() && out.back().empty())
      out.pop_back();
    return out;
  }

private:
  std::string& at(std::size_t line) {
    lines_.resize(std::max(lines_.size(), line + 1));
    return lines_[line];
  }

  std::size_t columns_, line_ = 0, column_ = 0;
  std::vector<std::string> lines_;
};

/// What is left of a text when the terminal has obeyed.
std::string without_sequences(const std::string& text) {
  return std::regex_replace(text, std::regex{"\x1b\\[[0-9;]*[AJKm]"}, "");
}

table_row row(task_id id, std::string name, state s, std::string note = {}) {
  return {id, std::move(name), s, {}, std::move(note)};
}

table_row at_work(task_id id, std::uint64_t done, std::uint64_t total) {
  return {id, "publish", state::running, {done, total, {}}, {}};
}

struct live_table_test : testing::Test {
  std::ostringstream out;
  table_size size{60, 10};

  std::string taken() {
    auto text = out.str();
    out.str({});
    return text;
  }
};

using live_table_on_a_terminal = live_table_test;
using live_table_in_a_pipe = live_table_test;

TEST_F(live_table_on_a_terminal, a_second_draw_replaces_the_first) {
  live_table table{out, {.terminal = true}};
  terminal tty{60};
  table.draw(std::vector{at_work(1, 1, 4), row(2, "clean up", state::waiting, "held by 1 (publish): x")}, "2 tasks",
             size, 0s);
  tty.play(taken());
  EXPECT_EQ(tty.screen(), (std::vector<std::string>{" 1  publish   running      [###.........]  25%",
                                                    " 2  clean up  waiting      held by 1 (publish): x", "2 tasks"}));
  table.draw(std::vector{row(1, "publish", state::succeeded)}, "1 task", size, 1s);
  tty.play(taken());
  EXPECT_EQ(tty.screen(), (std::vector<std::string>{" 1  publish  succeeded", "1 task"}));
}

// Some terminals save a screen that is cleared from its top: each picture would be left to scroll back to.
TEST_F(live_table_on_a_terminal, nothing_is_cleared_before_it_is_written_over) {
  live_table table{out, {.terminal = true}};
  for (int i = 0; i < 2; ++i) {
    table.draw(std::vector{row(1, "publish", state::waiting)}, "footer", size, 0s);
    const auto text = taken();
    EXPECT_EQ(text.find("\x1b[J"), text.size() - 3);
  }
}

TEST_F(live_table_on_a_terminal, a_window_made_narrower_leaves_no_remains) {
  live_table table{out, {.terminal = true}};
  terminal tty{60};
  const std::vector rows{row(1, "publish", state::waiting, "a note that takes most of the line")};
  table.draw(rows, "footer", size, 0s);
  tty.play(taken());
  tty.narrow(30);
  table.draw(rows, "footer", {30, 10}, 1s);
  tty.play(taken());
  EXPECT_EQ(tty.screen(), (std::vector<std::string>{" 1  publish  waiting      a..", "footer"}));
}

TEST_F(live_table_on_a_terminal, no_line_reaches_the_last_column) {
  live_table table{out, {.terminal = true}};
  for (const std::size_t columns : {1, 2, 5, 10, 20, 37, 80, 200}) {
    std::vector rows{row(123456, "世界 " + std::string(90, 'x'), state::quarantined, std::string(300, 'n'))};
    rows.push_back(at_work(7, 3, 7));
    table.draw(rows, std::string(400, 'f'), {columns, 24}, 0s);
    const auto text = taken();
    std::istringstream lines{without_sequences(text)};
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(shown_width(line), std::max<std::size_t>(1, columns - 1)) << columns << ": " << line;
  }
}

TEST_F(live_table_on_a_terminal, what_runs_is_shown_first_when_not_all_find_place) {
  live_table table{out, {.terminal = true}};
  std::vector<table_row> rows;
  for (task_id id = 1; id <= 50; ++id)
    rows.push_back(row(id, "t",
                       id == 40   ? state::running
                       : id == 45 ? state::failed
                       : id <= 5  ? state::succeeded
                                  : state::waiting));
  terminal tty{60};
  table.draw(rows, "footer", {60, 8}, 0s);
  tty.play(taken());
  const auto screen = tty.screen();
  EXPECT_EQ(screen, (std::vector<std::string>{" 6  t     waiting", " 7  t     waiting", " 8  t     waiting",
                                              "40  t     running", "45  t     failed",
                                              "and 45 more: 40 waiting, 5 succeeded", "footer"}));
}

TEST_F(live_table_on_a_terminal, all_rows_stay_when_they_just_fit) {
  live_table table{out, {.terminal = true}};
  std::vector<table_row> rows;
  for (task_id id = 1; id <= 6; ++id)
    rows.push_back(row(id, "t", state::waiting));
  terminal tty{60};
  table.draw(rows, "footer", {60, 8}, 0s);
  tty.play(taken());
  EXPECT_EQ(tty.screen().size(), 7u);
  EXPECT_EQ(tty.screen().front(), " 1  t     waiting");
}

TEST_F(live_table_on_a_terminal, a_bar_stays_in_its_frame) {
  live_table table{out, {.terminal = true}};
  terminal tty{60};
  table.draw(std::vector{at_work(1, 9, 3), at_work(2, 0, 3), at_work(3, 17, 0), at_work(4, 0, 0)}, "", size, 0s);
  tty.play(taken());
  EXPECT_EQ(tty.screen(), (std::vector<std::string>{" 1  publish  running      [############] 100%",
                                                    " 2  publish  running      [............]   0%",
                                                    " 3  publish  running      17", " 4  publish  running"}));
}

TEST_F(live_table_on_a_terminal, names_and_notes_cannot_act) {
  live_table table{out, {.terminal = true}};
  table.draw(std::vector{row(1, "\x1b[2Jevil", state::failed, "\x1b]0;title\x07")}, "\x1b[1m", size, 0s);
  const auto text = taken();
  for (const auto* sequence : {"\x1b[2J", "\x1b]0", "\x1b[1m", "\x07"})
    EXPECT_EQ(text.find(sequence), std::string::npos) << text;
  EXPECT_NE(text.find("\\x1b[2Jevil"), std::string::npos);
}

TEST_F(live_table_on_a_terminal, colour_changes_no_column) {
  live_table plain{out, {.terminal = true}};
  const std::vector rows{row(1, "grün", state::succeeded, "note"), row(2, "b", state::failed, "note")};
  plain.draw(rows, "footer", size, 0s);
  terminal without{60}, with{60};
  without.play(taken());
  live_table colored{out, {.terminal = true, .color = true}};
  colored.draw(rows, "footer", size, 0s);
  const auto text = taken();
  EXPECT_NE(text.find("\x1b[32msucceeded\x1b[0m"), std::string::npos);
  with.play(text);
  EXPECT_EQ(with.screen(), without.screen());
}

TEST_F(live_table_on_a_terminal, clear_takes_it_away_and_leave_keeps_it) {
  live_table table{out, {.terminal = true}};
  terminal tty{60};
  table.draw(std::vector{row(1, "a", state::waiting)}, "footer", size, 0s);
  table.clear(size);
  tty.play(taken());
  EXPECT_TRUE(tty.screen().empty());
  table.draw(std::vector{row(1, "a", state::waiting)}, "", size, 0s);
  table.leave();
  table.draw(std::vector{row(2, "b", state::waiting)}, "", size, 0s);
  tty.play(taken());
  EXPECT_EQ(tty.screen(), (std::vector<std::string>{" 1  a     waiting", " 2  b     waiting"}));
}

TEST_F(live_table_in_a_pipe, only_changes_are_told) {
  live_table table{out, {}};
  table.draw(std::vector{row(1, "publish", state::waiting, "held by 2")}, "footer", size, 0s);
  EXPECT_EQ(taken(), "    0.000 s  1 publish: waiting: held by 2\n");
  table.draw(std::vector{row(1, "publish", state::waiting, "held by 2")}, "another footer", size, 1s);
  EXPECT_EQ(taken(), "");
  table.draw(std::vector{row(1, "publish", state::waiting, "held by 3")}, "footer", size, 1500ms);
  EXPECT_EQ(taken(), "    1.500 s  1 publish: waiting: held by 3\n");
  table.draw(std::vector{at_work(1, 1, 5)}, "footer", size, 2s);
  EXPECT_EQ(taken(), "    2.000 s  1 publish: running\n");
  table.draw(std::vector{at_work(1, 2, 5)}, "footer", size, 3s);
  EXPECT_EQ(taken(), "") << "progress is no change of a task";
}

TEST_F(live_table_in_a_pipe, names_and_notes_cannot_act) {
  live_table table{out, {}};
  table.draw(std::vector{row(1, "a\nb", state::failed, "\x1b[2J")}, "", size, 0s);
  EXPECT_EQ(taken(), "    0.000 s  1 a\\nb: failed: \\x1b[2J\n");
}

TEST(table_look, a_pipe_is_no_terminal) {
  const auto look = look_of(-1);
  EXPECT_FALSE(look.terminal);
  EXPECT_FALSE(look.color);
  EXPECT_EQ(size_of(-1).columns, 80u);
}

} // namespace
