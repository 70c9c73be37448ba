// What is tested: a batch file is accepted as a whole or refused with every bad line's number. How: texts as streams.
#include "batch_file.hpp"

#include <sstream>

#include <gtest/gtest.h>

using stint::cli::batch_file;
using stint::cli::capacities;
using stint::cli::line_error;
using stint::cli::read_batch;
using stint::cli::read_capacity;

namespace {

batch_file read(const std::string& text, const capacities& counted = {}) {
  std::istringstream in{text};
  return read_batch(in, counted);
}

std::string faults(const batch_file& f) {
  std::string out;
  for (const auto& w : f.wrong)
    out += std::to_string(w.line) + " " + w.reason + "\n";
  return out;
}

std::string capacity_fault(std::string_view text) {
  auto c = read_capacity(text);
  auto* wrong = std::get_if<line_error>(&c);
  return wrong == nullptr ? "accepted" : wrong->reason;
}

const std::string fine = R"({"command": ["true"]})";

/// A file of these lines.
std::string lines(std::initializer_list<std::string> all) {
  std::string out;
  for (const auto& line : all)
    out.append(line).append(1, '\n');
  return out;
}

} // namespace

TEST(batch_file, tasks_come_in_the_order_of_lines_and_blank_lines_are_passed_over) {
  auto f = read("{\"command\": [\"a\"]}\n\n  \t\r\n{\"command\": [\"b\"]}\r\n{\"command\": [\"c\"]}");
  EXPECT_EQ(faults(f), "");
  ASSERT_EQ(f.tasks.size(), 3U);
  EXPECT_EQ(f.tasks[0].name, "a");
  EXPECT_EQ(f.tasks[2].name, "c");
}

TEST(batch_file, every_bad_line_is_told_with_its_number) {
  auto f = read(lines({fine, "", R"({"comand": ["x"]})", fine, "nonsense"}));
  EXPECT_EQ(faults(f), "3 unknown_field\n5 malformed_json\n");
}

TEST(batch_file, one_without_a_task_is_refused) {
  EXPECT_EQ(faults(read("")), "0 empty_file\n");
  EXPECT_EQ(faults(read("\n \n\n")), "0 empty_file\n");
}

TEST(batch_file, a_line_without_end_is_refused_and_the_next_one_is_read) {
  auto f = read(lines({std::string(5'000'000, 'x'), "bad", fine}));
  EXPECT_EQ(faults(f), "1 line_too_long\n2 malformed_json\n");
}

TEST(batch_file, bytes_that_are_no_text_are_refused) {
  EXPECT_EQ(faults(read(std::string("\0\x01\x02\n", 4))), "1 malformed_json\n");
  EXPECT_EQ(faults(read("{\"command\": [\"\xff\"]}\n")), "1 malformed_json\n");
}

TEST(batch_file, counted_keys_need_their_capacity) {
  const std::string two = R"({"command": ["x"], "claims": [{"key": "cpu", "units": 2}]})";
  auto f = read(two);
  EXPECT_EQ(faults(f), "1 key_not_counted\n");
  EXPECT_NE(f.wrong[0].text.find("--capacity"), std::string::npos);
  EXPECT_EQ(faults(read(two, {{"cpu", 2}})), "");
  EXPECT_EQ(faults(read(two, {{"cpu", 1}})), "1 units_exceed_capacity\n");
  const auto with_claim = [](const std::string& claim) {
    return faults(read(R"({"command": ["x"], "claims": [)" + claim + "]}", {{"cpu", 1}}));
  };
  EXPECT_EQ(with_claim(R"("cpu")"), ""); // all of it
  EXPECT_EQ(with_claim(R"({"key": "cpu", "mode": "shared"})"), "1 key_counted\n");
  EXPECT_EQ(with_claim(R"("cpu/0")"), "1 key_has_children\n");
}

TEST(batch_file, capacities_are_checked_together) {
  EXPECT_EQ(faults(read(fine, {{"cpu", 1}, {"cpu", 2}})), "0 bad_capacity\n");
  EXPECT_EQ(faults(read(fine, {{"cpu/fast", 1}, {"cpu", 2}})), "0 key_has_children\n");
}

TEST(batch_file, a_capacity_is_a_key_and_a_number) {
  auto c = read_capacity("disk/sda=8");
  EXPECT_EQ((std::get<std::pair<std::string, std::uint32_t>>(c)), (std::pair<std::string, std::uint32_t>{"disk/sda", 8}));
  for (auto text : {"", "cpu", "cpu=", "=8", "cpu=0", "cpu=-1", "cpu=eight", "cpu=8x", "cpu= 8", "cpu=4294967296"})
    EXPECT_EQ(capacity_fault(text), "bad_capacity") << text;
  EXPECT_EQ(capacity_fault("a//b=1"), "invalid_key");
}
