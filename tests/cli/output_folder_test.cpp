// What is tested: each task's output in a file of its own. How: a scratch folder.
#include "output_folder.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "command/processes.hpp"

using namespace stint::test;
using stint::cli::output_folder;
using stint::cli::output_name;

TEST(output_folder, a_file_name_is_safe_and_sorts_by_number) {
  EXPECT_EQ(output_name(7, "index main"), "0007-index-main.log");
  EXPECT_EQ(output_name(12345, "../../etc/passwd"), "12345-..-..-etc-passwd.log");
  EXPECT_EQ(output_name(1, "a  \xc3\xa9 b/"), "0001-a-b.log");
  EXPECT_EQ(output_name(1, "///"), "0001.log");
  EXPECT_LE(output_name(1, std::string(500, 'x')).size(), 70U);
}

TEST(output_folder, attempts_follow_each_other_under_a_line) {
  scratch_folder dir;
  output_folder o{dir / "made/here"};
  ASSERT_TRUE(o.prepare());
  o.write(1, "t", 1, "one\n");
  o.write(1, "t", 1, "more\n");
  o.close(1, "t"); // between two attempts, a task keeps no file open
  o.write(1, "t", 2, "two\n");
  o.write(1, "t", 2, "more\n");
  o.close(1, "t");
  EXPECT_EQ(read_file(dir / "made/here/0001-t.log"), "one\nmore\n--- attempt 2\ntwo\nmore\n");
  EXPECT_EQ(o.trouble(), "");
}

TEST(output_folder, a_silent_task_has_an_empty_file_and_an_older_run_is_forgotten) {
  scratch_folder dir;
  write_file(dir / "0001-t.log", "of an older run");
  output_folder o{dir.path()};
  ASSERT_TRUE(o.prepare());
  o.close(1, "t");
  EXPECT_TRUE(std::filesystem::exists(dir / "0001-t.log"));
  EXPECT_EQ(read_file(dir / "0001-t.log"), "");
}

TEST(output_folder, what_cannot_be_written_is_told_once) {
  scratch_folder dir;
  write_file(dir / "file", "");
  EXPECT_EQ(output_folder{dir / "file/below"}.prepare().code(), stint::errc::io_failed);
  output_folder o{dir / "gone"};
  o.write(1, "t", 1, "text");
  o.write(2, "t", 1, "text");
  EXPECT_EQ(o.trouble(), "cannot write '" + (dir / "gone/0001-t.log") + "': No such file or directory");
}
