// The vocabulary of errors: every code has its own name and sentence, and a result never hides which of the two it is.
#include <gtest/gtest.h>

#include <set>

#include <stint/error.hpp>

namespace stint {
namespace {

TEST(error, every_code_has_a_name_and_a_sentence_of_its_own) {
  std::set<std::string_view> names;
  std::set<std::string_view> sentences;
  for (int i = 0; i <= static_cast<int>(last_errc); ++i) {
    const auto code = static_cast<errc>(i);
    EXPECT_FALSE(to_string(code).empty()) << i;
    EXPECT_TRUE(names.insert(to_string(code)).second) << to_string(code);
    EXPECT_TRUE(sentences.insert(sentence(code)).second) << sentence(code);
  }
}

TEST(error, its_text_replaces_the_sentence) {
  EXPECT_NE(to_string(error{errc::name_empty, {}}).find(sentence(errc::name_empty)), std::string::npos);
  EXPECT_EQ(to_string(error{errc::name_empty, "line 3"}), "name_empty: line 3");
}

TEST(result, is_a_value_or_an_error) {
  result<int> good = 3;
  result<int> bad{errc::wrong_state, "no"};
  EXPECT_EQ(*good, 3);
  EXPECT_EQ(good.code(), errc::none);
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error(), (error{errc::wrong_state, "no"}));
}

TEST(result, asking_an_error_for_its_value_ends_the_process_with_its_text) {
  result<int> bad{errc::wrong_state, "task 7 is running"};
  EXPECT_DEATH({ [[maybe_unused]] auto v = *bad; }, "wrong_state: task 7 is running");
}

TEST(error, an_impossible_state_ends_the_process_with_both_numbers) {
  EXPECT_DEATH(STINT_ASSERT(1 == 2, 41, 42), "1 == 2.*41.*42");
}

} // namespace
} // namespace stint
