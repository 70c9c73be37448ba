// gzip and SHA-256 files: what is written the real tools accept, what is broken is refused.
#include "publish_sample.hpp"

#include <gzip.hpp>
#include <new_file.hpp>

namespace {

using namespace publisher;
using namespace publish_sample;

using gzip_files = with_folder;
using new_files = with_folder;

stint::result<std::string> unpacked(const fs::path& path) {
  std::string text;
  auto ok = gunzip(path, [&text](std::string_view piece) {
    text += piece;
    return true;
  });
  if (!ok)
    return ok.error();
  return text;
}

std::string packed(std::string_view text) {
  std::string out;
  gzip_writer gzip([&out](std::string_view piece) { out += piece; });
  for (std::size_t at = 0; at < text.size(); at += 1000)
    gzip.write(text.substr(at, 1000));
  gzip.finish();
  return out;
}

TEST_F(gzip_files, gzip_itself_accepts_and_unpacks_them) {
  for (const std::string& text : {sample(), std::string{}, std::string{"x"}}) {
    write_text(folder / "a.gz", packed(text));
    EXPECT_EQ(run("gzip -t " + (folder / "a.gz").string()).code, 0);
    EXPECT_EQ(run("gzip -dc " + (folder / "a.gz").string()).output, text);
    EXPECT_EQ(unpacked(folder / "a.gz").value(), text);
  }
}

TEST_F(gzip_files, the_same_text_gives_the_same_bytes) { EXPECT_EQ(packed(sample()), packed(sample())); }

TEST_F(gzip_files, what_gzip_wrote_is_read_also_with_two_members) {
  write_text(folder / "a", "one ");
  write_text(folder / "b", "two");
  ASSERT_EQ(run("cd " + folder.string() + " && gzip -9 a b && cat a.gz b.gz > c.gz").code, 0);
  EXPECT_EQ(unpacked(folder / "c.gz").value(), "one two");
}

TEST_F(gzip_files, each_cut_off_file_is_refused) {
  const auto whole = packed(std::string_view{sample()}.substr(0, 3000));
  for (std::size_t keep = 0; keep < whole.size(); keep += 7) {
    write_text(folder / "a.gz", whole.substr(0, keep));
    EXPECT_EQ(unpacked(folder / "a.gz").code(), stint::errc::io_failed) << keep;
  }
}

TEST_F(gzip_files, a_changed_byte_is_noticed) {
  const auto whole = packed(sample());
  for (const auto at : {std::size_t{0}, whole.size() / 2, whole.size() - 5, whole.size() - 1}) {
    auto broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x20);
    write_text(folder / "a.gz", broken);
    EXPECT_FALSE(unpacked(folder / "a.gz")) << at;
  }
  write_text(folder / "a.gz", whole + "remains");
  EXPECT_FALSE(unpacked(folder / "a.gz"));
}

TEST_F(new_files, appear_whole_with_the_sum_that_sha256sum_finds) {
  auto file = new_file::begin(folder / "a/b/file");
  ASSERT_TRUE(file);
  file->write(sample());
  EXPECT_FALSE(fs::exists(folder / "a/b/file")) << "nothing stands under the name before it is whole";
  EXPECT_TRUE(fs::exists(folder / "a/b/file.new"));
  const auto sum = file->commit();
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->size, sample().size());
  EXPECT_FALSE(fs::exists(folder / "a/b/file.new"));
  write_text(folder / "sums", sum->sha256 + "  a/b/file\n");
  EXPECT_EQ(run("cd " + folder.string() + " && sha256sum -c sums").output, "a/b/file: OK\n");
  EXPECT_EQ(sum_of(folder / "a/b/file").value(), *sum);
}

TEST_F(new_files, given_up_leave_the_old_one_and_no_remains) {
  write_text(folder / "file", "old");
  {
    auto file = new_file::begin(folder / "file");
    ASSERT_TRUE(file);
    file->write("new");
  }
  EXPECT_EQ(text_of(folder / "file"), "old");
  EXPECT_FALSE(fs::exists(folder / "file.new"));
}

TEST_F(new_files, where_none_can_be_name_their_folder) {
  write_text(folder / "file", "x");
  const auto file = new_file::begin(folder / "file/below");
  ASSERT_EQ(file.code(), stint::errc::io_failed);
  EXPECT_NE(file.error().text.find("file"), std::string::npos);
}

TEST_F(new_files, a_full_disk_is_an_error_and_no_file) {
  // A device that is always full stands in for the disk, under the temporary name.
  fs::create_symlink("/dev/full", folder / "file.new");
  auto file = new_file::begin(folder / "file");
  ASSERT_TRUE(file);
  file->write(sample());
  EXPECT_EQ(file->commit().code(), stint::errc::io_failed);
  EXPECT_FALSE(fs::exists(folder / "file"));
}

} // namespace
