// Release files: written as Debian's are, read back the same, and no path in one leads out of its folder.
#include "publish_sample.hpp"

#include <vector>

#include <release.hpp>

namespace {

using namespace publisher;

const std::string sum(64, 'a');

TEST(release_file, is_read_back_as_it_was_written) {
  release_file out;
  for (const auto field : release_fields)
    out.fields[std::string{field}] = "value of " + std::string{field};
  out.entries = {{"main/binary-amd64/Packages", {sum, 1234567890123}}, {"main/binary-amd64/Packages.gz", {sum, 0}}};
  const auto back = parse_release(render(out));
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(back->fields.at("Codename"), "value of Codename");
  ASSERT_EQ(back->entries.size(), 2u);
  EXPECT_EQ(back->entries[0].path, "main/binary-amd64/Packages");
  EXPECT_EQ(back->entries[0].sum, out.entries[0].sum);
}

TEST(release_file, has_its_fields_in_debians_order) {
  release_file out;
  out.fields = {{"Date", "d"}, {"Origin", "o"}, {"Suite", "s"}};
  out.entries = {{"p", {sum, 7}}};
  EXPECT_EQ(render(out), "Origin: o\nSuite: s\nDate: d\nSHA256:\n " + sum + "         7 p\n");
}

TEST(release_file, sums_of_other_kinds_are_passed_over) {
  const auto r = parse_release("Suite: s\nMD5Sum:\n abc 1 a\nSHA256:\n " + sum + " 2 b\nMore: x\n y\n");
  ASSERT_TRUE(r) << r.error().text;
  ASSERT_EQ(r->entries.size(), 1u);
  EXPECT_EQ(r->entries[0].path, "b");
}

TEST(release_file, broken_lines_are_named) {
  for (const std::string& line :
       std::vector<std::string>{"no field", ": x", " " + sum + " x p", " " + sum + " 1", " abc 1 p",
                                " " + sum + " 1 ../p", " " + sum + " 1 /etc/passwd", " " + sum + " 1 a/../../p"}) {
    const auto r = parse_release("SHA256:\n" + line + "\n");
    ASSERT_FALSE(r) << line;
    EXPECT_EQ(r.error().text.substr(0, 7), "line 2:") << line;
  }
}

TEST(release_date, is_debians) {
  EXPECT_EQ(release_date(stint::wall_time{std::chrono::seconds{1783764997}}), "Sat, 11 Jul 2026 10:16:37 UTC");
}

TEST(sums_file, is_read_back_as_it_was_written) {
  const auto back = parse_sums(render_sums({{"a b", {sum, 1}}, {"c", {sum, 2}}}));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ(back->at(0).path, "a b");
  for (const auto& text : std::vector<std::string>{sum + " a\n", "x\n", sum + "  ../a\n"})
    EXPECT_FALSE(parse_sums(text)) << text;
}

} // namespace
