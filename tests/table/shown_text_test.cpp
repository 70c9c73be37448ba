// Text from elsewhere, shown on a terminal: nothing in it may act, and its width is that on the screen, not its bytes.
#include <gtest/gtest.h>

#include <clocale>
#include <string>

#include <shown_text.hpp>

namespace {

using namespace stint;

TEST(shown_text, plain_text_stays_as_it_is) {
  EXPECT_EQ(harmless("publish stable/updates (1.2~rc1)"), "publish stable/updates (1.2~rc1)");
  EXPECT_EQ(harmless("Grüße, 世界"), "Grüße, 世界");
  EXPECT_EQ(harmless(""), "");
}

TEST(shown_text, escape_sequences_are_shown_and_not_obeyed) {
  EXPECT_EQ(harmless("\x1b[2J\x1b[31mred"), R"(\x1b[2J\x1b[31mred)");
  EXPECT_EQ(harmless("a\rb\bc\x7f"), R"(a\x0db\x08c\x7f)");
  EXPECT_EQ(harmless("one\ntwo\tthree"), R"(one\ntwo\tthree)");
  EXPECT_EQ(harmless(std::string_view{"a\0b", 3}), R"(a\x00b)");
}

TEST(shown_text, lines_stay_lines) {
  EXPECT_EQ(harmless_lines("one\n\ttwo \x1b[2J\r\n"), "one\n\ttwo \\x1b[2J\\x0d\n");
  EXPECT_EQ(harmless_lines(std::string_view{"a\0b", 3}), R"(a\x00b)");
}

TEST(shown_text, a_character_that_is_cut_off_is_found) {
  EXPECT_EQ(cut_off("abc"), 0U);
  EXPECT_EQ(cut_off(""), 0U);
  EXPECT_EQ(cut_off("世"), 0U);
  EXPECT_EQ(cut_off("a\xe4\xb8"), 2U);
  EXPECT_EQ(cut_off("a\xe4"), 1U);
  EXPECT_EQ(cut_off("\xf0\x9f\x98"), 3U);
  EXPECT_EQ(cut_off("\x80\x80\x80\x80"), 0U) << "no character begins";
}

TEST(shown_text, control_characters_of_the_upper_half_are_shown_too) {
  EXPECT_EQ(harmless("\u009b31m"), R"(\u009b31m)"); // CSI as one character
  EXPECT_EQ(harmless("\x9b"
                     "31m"),
            R"(\x9b31m)"); // and as one byte
}

TEST(shown_text, characters_that_turn_or_hide_text_are_shown) {
  EXPECT_EQ(harmless("user\u202egnp.exe"), R"(user\u202egnp.exe)");
  EXPECT_EQ(harmless("a\u200bb\u2028c\u2066d\ufeff"), R"(a\u200bb\u2028c\u2066d\ufeff)");
}

TEST(shown_text, bytes_that_are_no_utf8_are_shown_one_by_one) {
  EXPECT_EQ(harmless("a\xff\xc3"), R"(a\xff\xc3)");
  EXPECT_EQ(harmless("\xe4\xb8"), R"(\xe4\xb8)"); // cut off in the middle of a character
}

TEST(shown_text, the_width_is_that_on_the_screen) {
  EXPECT_EQ(shown_width("abc"), 3u);
  EXPECT_EQ(shown_width("Grüße"), 5u);
  EXPECT_EQ(shown_width("世界"), 4u);
  EXPECT_EQ(shown_width("e\u0301"), 1u); // a letter and the accent on it
}

TEST(shown_text, cutting_never_exceeds_the_columns_and_says_so) {
  EXPECT_EQ(cut_to("publish stable", 20), "publish stable");
  EXPECT_EQ(cut_to("publish stable", 14), "publish stable");
  EXPECT_EQ(cut_to("publish stable", 9), "publish..");
  EXPECT_EQ(cut_to("世界世界", 7), "世界..");
  EXPECT_EQ(cut_to("世界世界", 6), "世界..");
  EXPECT_EQ(cut_to("世界世界", 5), "世..");
  EXPECT_EQ(cut_to("abcdef", 2), "ab"); // no room for the mark
  EXPECT_EQ(cut_to("abcdef", 0), "");
}

TEST(shown_text, fitting_fills_up_to_exactly_the_columns) {
  EXPECT_EQ(fit_to("ab", 4), "ab  ");
  EXPECT_EQ(fit_to("世界", 5), "世界 ");
  EXPECT_EQ(shown_width(fit_to("世界世界", 6)), 6u);
}

TEST(shown_text, the_programs_own_locale_stays) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  (void)harmless("世界");
  EXPECT_EQ(before, std::setlocale(LC_ALL, nullptr));
}

} // namespace
