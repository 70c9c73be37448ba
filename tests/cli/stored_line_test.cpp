// What is tested: a line of an export gives back what it was made of, and none that was changed is taken for another. How:
// each bit of some lines flipped, each field given what is not its own.
#include "stored_line.hpp"

#include <gtest/gtest.h>

#include <stint/digest.hpp>

#include "base64.hpp"
#include "contract/store_owner.hpp"

using namespace stint;
using namespace stint::cli;

namespace {

transfer_task sample() {
  transfer_task t;
  t.task = contract::sample(7, 9, state::failed);
  t.task.error = "\xff";
  t.printed = 9;
  t.output = {{0, 0, "a line\n"}, {0, 8, "\xff"}};
  return t;
}

/// The line of this text, with a sum that fits.
std::string summed(std::string text) {
  text.pop_back();
  return text + ",\"sum\":" + std::to_string(digest{}.add(text).value()) + "}";
}

std::string refused(const std::string& text) {
  const auto r = read_task_line(summed(text));
  const auto* e = std::get_if<line_error>(&r);
  return e == nullptr ? "taken" : e->reason + ": " + e->text;
}

} // namespace

TEST(stored_line, gives_back_the_task_that_it_was_made_of) {
  for (std::size_t s = 0; s < state_count; ++s) {
    transfer_task t;
    t.task = contract::sample(s + 1, 3, static_cast<state>(s));
    const auto line = task_line(t);
    const auto back = read_task_line(line);
    ASSERT_TRUE(std::holds_alternative<transfer_task>(back)) << line << std::get<line_error>(back).text;
    EXPECT_EQ(std::get<transfer_task>(back), t) << line;
    EXPECT_EQ(task_line(std::get<transfer_task>(back)), line);
  }
}

TEST(stored_line, no_flipped_bit_is_taken) {
  const auto head = head_line({{3, 9, 7}, 1, {{setting_of::queue, "q", 2, true}}});
  const auto task = task_line(sample());
  ASSERT_TRUE(std::holds_alternative<transfer_head>(read_head_line(head)));
  ASSERT_TRUE(std::holds_alternative<transfer_task>(read_task_line(task)));
  for (std::size_t bit = 0; bit < 8 * std::max(head.size(), task.size()); ++bit) {
    const auto flipped = [bit](std::string line) {
      line[bit / 8] = static_cast<char>(line[bit / 8] ^ (1 << (bit % 8)));
      return line;
    };
    if (bit < 8 * head.size()) {
      EXPECT_TRUE(std::holds_alternative<line_error>(read_head_line(flipped(head)))) << flipped(head);
    }
    if (bit < 8 * task.size()) {
      EXPECT_TRUE(std::holds_alternative<line_error>(read_task_line(flipped(task)))) << flipped(task);
    }
  }
}

TEST(stored_line, a_field_that_is_not_what_it_should_be_is_named) {
  const std::string id = R"({"id":1,"version":1,"state":"waiting")";
  EXPECT_EQ(refused(id + "}"), "taken");
  EXPECT_EQ(refused(R"({"id":1,"version":1})"), "missing_field: has no state");
  EXPECT_EQ(refused(id + R"(,"colour":1})"), "unknown_field: 'colour'");
  EXPECT_EQ(refused(id + R"(,"priority":2147483648})"), "wrong_type: priority: a whole number that fits is wanted");
  EXPECT_EQ(refused(id + R"(,"attempt":-1})"), "wrong_type: attempt: a whole number that fits is wanted");
  EXPECT_EQ(refused(id + R"(,"attempt":1.5})"), "wrong_type: attempt: a whole number that fits is wanted");
  EXPECT_EQ(refused(id + R"(,"callable":1})"), "wrong_type: callable: true or false is wanted");
  EXPECT_EQ(refused(id + R"(,"tags":"a"})"), "wrong_type: tags: an array is wanted");
  EXPECT_EQ(refused(id + R"(,"retry":{"factor":2}})"),
            R"(wrong_type: retry: factor: a text, or {"base64": "..."} is wanted)");
  EXPECT_EQ(refused(id + R"(,"retry":{"factor":"2x"}})"), "wrong_type: retry: factor: a number as a text is wanted");
  EXPECT_EQ(refused(id + R"(,"name":{"base64":"a"}})"), R"(wrong_type: name: a text, or {"base64": "..."} is wanted)");
  EXPECT_EQ(refused(id + R"(,"claims":[{"mode":"mine"}]})"), "bad_value: claims: mode: 'mine' is none");
  EXPECT_EQ(refused(R"({"id":1,"version":1,"state":"done"})"), "bad_value: state: there is no state 'done'");
  EXPECT_EQ(refused(R"({"id":0,"version":1,"state":"waiting"})"), "bad_value: ids and versions begin with 1");
  const std::string too_great = "bad_value: no id, version or output_bytes is greater than 9007199254740992";
  EXPECT_EQ(refused(R"({"id":9007199254740993,"version":1,"state":"waiting"})"), too_great);
  EXPECT_EQ(refused(R"({"id":1,"version":18446744073709551615,"state":"waiting"})"), too_great);
  EXPECT_EQ(refused(id + R"(,"printed":9223372036854775808})"), too_great);
  EXPECT_EQ(refused(id + R"(,"ended_ns":1})"), "bad_value: it is waiting and has ended");
  EXPECT_EQ(refused(R"({"id":1,"version":1,"state":"failed"})"), "bad_value: it is failed and has not ended");
  EXPECT_EQ(refused(id + R"(,"printed":3,"output":[{"at":1,"text":"abc"}]})"),
            "bad_value: output at 1 is not where it was printed");
  EXPECT_EQ(refused(id + R"(,"printed":3,"output":[{"at":18446744073709551615,"text":"abc"}]})"),
            "bad_value: output at 18446744073709551615 is not where it was printed");
}

TEST(base64, gives_back_any_bytes_and_takes_no_second_way_to_write_them) {
  for (std::size_t size = 0; size < 260; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i)
      bytes += static_cast<char>(i * 7 + size);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  for (const auto* bad : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "Zm9v\n", "Zm9-"})
    EXPECT_FALSE(from_base64(bad)) << bad;
}
