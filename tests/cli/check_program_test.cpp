// What is tested: `stint check` as users run it, on a file that is whole, one that is not, and none. How: the built program.
#include <gtest/gtest.h>

#include <fstream>

#include "contract/file_place.hpp"
#include "program_under_test.hpp"

using namespace stint;
using namespace stint::test;

namespace {

void fill_200(const std::string& file) {
  contract::file_place where{file};
  contract::owner o{where};
  for (int i = 0; i < 200; ++i)
    o.print(o.add(i % 2 == 0 ? state::succeeded : state::waiting), 0, "a line\n");
}

} // namespace

TEST(check_program, says_what_is_in_a_file_that_is_whole) {
  workplace w;
  fill_200(w.path("tasks.db"));
  auto r = w.run("check tasks.db");
  EXPECT_EQ(r.code, 0) << r.out << r.err;
  EXPECT_TRUE(r.says("last id 200, 200 tasks")) << r.out;
  EXPECT_TRUE(r.says("  succeeded 100\n")) << r.out;
  EXPECT_TRUE(r.says("  waiting 100\n")) << r.out;
  EXPECT_TRUE(r.says("whole\n")) << r.out;
  EXPECT_FALSE(r.says("no seal")) << r.out;
}

TEST(check_program, changes_no_byte_and_says_when_the_seal_is_missing) {
  workplace w;
  fill_200(w.path("tasks.db"));
  ASSERT_EQ(w.shell("cp tasks.db copy.db").code, 0);
  const auto before = w.file("copy.db");
  const auto r = w.run("check copy.db");
  EXPECT_EQ(r.code, 0) << r.out << r.err;
  EXPECT_TRUE(r.says("there is no copy.db-seal")) << r.out;
  EXPECT_TRUE(w.file("copy.db") == before);
  EXPECT_FALSE(w.has("copy.db-seal"));
  EXPECT_FALSE(w.has("copy.db-wal"));
}

TEST(check_program, finds_a_byte_that_was_changed_wherever_it_is) {
  workplace w;
  fill_200(w.path("tasks.db"));
  const auto whole = w.file("tasks.db");
  for (std::size_t at = 5'000; at < whole.size(); at += whole.size() / 12) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    std::ofstream{w.path("broken.db"), std::ios::binary} << bytes;
    auto r = w.run("check broken.db");
    EXPECT_EQ(r.code, 1) << at << ": " << r.out << r.err;
  }
}

TEST(check_program, makes_no_file_and_refuses_what_is_none) {
  workplace w;
  EXPECT_EQ(w.run("check nothing.db").code, 2);
  EXPECT_FALSE(w.has("nothing.db"));
  std::ofstream{w.path("text")} << std::string(5'000, 'x');
  auto r = w.run("check text");
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(r.complains("not_a_store")) << r.err;
}
