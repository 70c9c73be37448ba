// The table of moves: what it says of itself, and that docs/lifecycle.md shows exactly this table. To write the page's
// generated part anew, run this program with STINT_WRITE_DOCS=1 in the environment.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <queue>
#include <set>
#include <sstream>

#include <stint/state.hpp>

namespace stint {
namespace {

constexpr std::array all{state::scheduled, state::waiting,   state::running, state::cancelling, state::succeeded,
                         state::failed,    state::cancelled, state::expired, state::quarantined};

TEST(moves, are_unique_and_never_stand_still) {
  std::set<std::pair<state, state>> seen;
  for (const auto& m : moves) {
    EXPECT_TRUE(seen.emplace(m.from, m.to).second) << to_string(m.from) << " " << to_string(m.to);
    EXPECT_NE(m.from, m.to);
    EXPECT_FALSE(m.cause.empty());
  }
}

TEST(moves, none_leaves_a_terminal_state) {
  for (const auto& m : moves)
    EXPECT_FALSE(terminal(m.from)) << to_string(m.from);
}

TEST(moves, legal_is_exactly_what_the_table_says) {
  std::set<std::pair<state, state>> table;
  for (const auto& m : moves)
    table.emplace(m.from, m.to);
  for (auto a : all)
    for (auto b : all)
      EXPECT_EQ(legal(a, b), table.contains({a, b})) << to_string(a) << " " << to_string(b);
}

TEST(moves, an_end_can_be_reached_from_everywhere) {
  for (auto s : all) {
    std::set<state> seen{s};
    std::queue<state> next;
    next.push(s);
    for (; !next.empty(); next.pop())
      for (auto t : all)
        if (legal(next.front(), t) && seen.insert(t).second)
          next.push(t);
    EXPECT_TRUE(seen.contains(state::cancelled) || terminal(s)) << to_string(s);
  }
}

TEST(states, names_go_both_ways) {
  for (auto s : all)
    EXPECT_EQ(state_named(to_string(s)), s);
  EXPECT_FALSE(state_named("asleep"));
  EXPECT_FALSE(state_named(""));
}

TEST(states, settled_is_terminal_or_quarantined) {
  for (auto s : all)
    EXPECT_EQ(settled(s), terminal(s) || s == state::quarantined);
}

// The original's REST numbers (design, section 2).
TEST(states, keep_the_numbers_of_the_original) {
  const std::map<state, int> numbers{{state::scheduled, 0}, {state::waiting, 0},   {state::running, 1},
                                     {state::cancelling, 1}, {state::succeeded, 2}, {state::failed, 3},
                                     {state::cancelled, 3}, {state::expired, 3},   {state::quarantined, 3}};
  for (auto s : all)
    EXPECT_EQ(seed_number(s), numbers.at(s)) << to_string(s);
}

constexpr std::string_view opening = "<!-- generated from messages/stint/state.hpp: begin -->\n";
constexpr std::string_view closing = "<!-- generated from messages/stint/state.hpp: end -->\n";

std::string drawn() {
  std::ostringstream out;
  out << "```mermaid\nstateDiagram-v2\n    [*] --> scheduled\n    [*] --> waiting\n";
  for (const auto& m : moves)
    out << "    " << to_string(m.from) << " --> " << to_string(m.to) << " : " << m.cause << "\n";
  for (auto s : all)
    if (terminal(s))
      out << "    " << to_string(s) << " --> [*]\n";
  out << "```\n\n| from | to | cause |\n| --- | --- | --- |\n";
  for (const auto& m : moves)
    out << "| " << to_string(m.from) << " | " << to_string(m.to) << " | " << m.cause << " |\n";
  return out.str();
}

std::string whole(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(lifecycle, the_page_shows_exactly_this_table) {
  const std::string path = LIFECYCLE;
  auto page = whole(path);
  const auto from = page.find(opening);
  const auto to = page.find(closing);
  ASSERT_NE(from, std::string::npos) << path;
  ASSERT_NE(to, std::string::npos) << path;
  const auto begin = from + opening.size();
  if (std::getenv("STINT_WRITE_DOCS") != nullptr) {
    page.replace(begin, to - begin, drawn());
    std::ofstream{path} << page;
    return;
  }
  EXPECT_EQ(page.substr(begin, to - begin), drawn()) << "run this test with STINT_WRITE_DOCS=1 to write it anew";
}

TEST(lifecycle, the_page_has_a_paragraph_for_every_state) {
  const auto page = whole(LIFECYCLE);
  for (auto s : all)
    EXPECT_NE(page.find("**" + std::string{to_string(s)} + "**"), std::string::npos) << to_string(s);
}

} // namespace
} // namespace stint
