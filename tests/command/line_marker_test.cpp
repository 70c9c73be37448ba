// What is tested: two streams become one text of whole, marked lines. How: pieces in, text out.
#include <stint/line_marker.hpp>

#include <gtest/gtest.h>

using stint::line_marker;
using stint::stream;

TEST(line_marker, only_lines_of_the_error_stream_are_marked) {
  line_marker m;
  std::string text;
  m.feed(stream::out, "one\ntwo\n", text);
  m.feed(stream::err, "bad\n\n", text);
  EXPECT_EQ(text, "one\ntwo\n! bad\n! \n");
}

TEST(line_marker, a_line_is_told_when_it_is_whole) {
  line_marker m;
  std::string text;
  m.feed(stream::out, "ha", text);
  EXPECT_EQ(text, "");
  m.feed(stream::err, "between\n", text);
  m.feed(stream::out, "lf\nrest", text);
  EXPECT_EQ(text, "! between\nhalf\n");
  m.finish(text);
  EXPECT_EQ(text, "! between\nhalf\nrest\n");
  m.finish(text);
  EXPECT_EQ(text, "! between\nhalf\nrest\n");
}

TEST(line_marker, both_streams_may_end_without_newline) {
  line_marker m;
  std::string text;
  m.feed(stream::err, "e", text);
  m.feed(stream::out, "o", text);
  m.finish(text);
  EXPECT_EQ(text, "o\n! e\n");
}

TEST(line_marker, a_line_that_never_ends_is_broken_and_each_part_is_marked) {
  line_marker m{4};
  std::string text;
  m.feed(stream::err, "abcdefghij", text);
  m.finish(text);
  EXPECT_EQ(text, "! abcd\n! efgh\n! ij\n");
}

TEST(line_marker, a_line_of_exactly_the_limit_is_not_broken) {
  for (auto pieces : {std::pair{"abcd\nx", ""}, {"abcd", "\nx"}, {"ab", "cd\nx"}}) {
    line_marker m{4};
    std::string text;
    m.feed(stream::out, pieces.first, text);
    m.feed(stream::out, pieces.second, text);
    m.finish(text);
    EXPECT_EQ(text, "abcd\nx\n");
  }
}

TEST(line_marker, the_pieces_make_no_difference) {
  const std::string all = "first\n\nthe second line is longer\nlast";
  for (std::size_t size = 1; size <= all.size(); ++size) {
    line_marker m{10};
    std::string text;
    for (std::size_t i = 0; i < all.size(); i += size)
      m.feed(stream::out, std::string_view{all}.substr(i, size), text);
    m.finish(text);
    EXPECT_EQ(text, "first\n\nthe second\n line is l\nonger\nlast\n") << size;
  }
}
