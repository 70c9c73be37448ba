// Indexes are read in every compression Debian uses, found by apt's names, and refused by name when they are broken.
#include "publish_sample.hpp"

#include <algorithm>

#include <index_reader.hpp>

namespace {

using namespace publisher;
using namespace publish_sample;

using index_files = with_folder;

TEST_F(index_files, read_the_same_in_every_compression) {
  prepare_reader();
  for (const std::string extension : {"", ".gz", ".xz", ".lz4", ".zst", ".bz2"}) {
    const auto path = folder / ("Packages" + extension);
    if (extension.empty())
      write_text(path, sample());
    else
      write_compressed(path, sample());
    const auto text = read_index(path);
    ASSERT_TRUE(text) << extension << ": " << text.error().text;
    EXPECT_EQ(*text, sample()) << extension;
    if (!extension.empty()) {
      EXPECT_LT(fs::file_size(path), sample().size() / 2) << extension << " is not compressed";
    }
  }
}

TEST_F(index_files, cut_off_are_refused_in_every_compression) {
  prepare_reader();
  for (const std::string extension : {".gz", ".xz", ".lz4", ".zst", ".bz2"}) {
    const auto path = folder / ("Packages" + extension);
    write_compressed(path, sample());
    fs::resize_file(path, fs::file_size(path) / 2);
    const auto text = read_index(path);
    EXPECT_EQ(text.code(), stint::errc::io_failed) << extension;
    EXPECT_NE(text.error().text.find("Packages" + extension), std::string::npos) << text.error().text;
  }
  write_text(folder / "Packages", std::string_view{sample()}.substr(0, 1000));
  EXPECT_EQ(read_index(folder / "Packages").code(), stint::errc::io_failed);
}

TEST_F(index_files, that_are_none_are_refused) {
  prepare_reader();
  write_text(folder / "text", "Lorem ipsum dolor sit amet\n");
  write_text(folder / "garbage.xz", "garbage");
  write_text(folder / "binary", std::string_view{"Package: a\0b\n", 13});
  for (const auto* name : {"text", "garbage.xz", "binary", "missing", "."})
    EXPECT_EQ(read_index(folder / name).code(), stint::errc::io_failed) << name;
}

TEST_F(index_files, may_be_empty) {
  prepare_reader();
  write_text(folder / "Packages", "");
  EXPECT_EQ(read_index(folder / "Packages").value(), "");
}

TEST_F(index_files, are_found_by_the_names_apt_gives_them) {
  for (const auto* name :
       {"host_debian_dists_stable_main_binary-amd64_Packages",
        "host_debian_dists_stable_contrib_binary-amd64_Packages.lz4", "host_debian_dists_stable_InRelease",
        "host_debian_dists_stable_main_i18n_Translation-en", "lock"})
    write_text(folder / name, "x");
  fs::create_directory(folder / "folder_Packages");
  const auto found = find_indexes(folder);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_TRUE(find_indexes(folder / "missing").empty());
}

TEST(describe_indexes, takes_repository_and_component_from_the_name) {
  const auto all =
    describe_indexes({"/x/host_debian_dists_bookworm_main_binary-amd64_Packages.lz4",
                      "/x/host_ppa_dists_stable_updates_non-free_binary-amd64_Packages", "/x/Packages.gz"});
  EXPECT_EQ(all[0].repo, "bookworm-main");
  EXPECT_EQ(all[0].component, "main");
  EXPECT_EQ(all[1].repo, "stable-updates-non-free");
  EXPECT_EQ(all[1].component, "non-free");
  EXPECT_EQ(all[2].repo, "Packages");
  EXPECT_EQ(all[2].component, "main");
}

TEST(describe_indexes, gives_no_name_twice) {
  const auto all = describe_indexes({"/a/Packages", "/b/Packages.gz", "/c/Packages"});
  EXPECT_EQ(all[0].repo, "Packages");
  EXPECT_EQ(all[1].repo, "Packages-2");
  EXPECT_EQ(all[2].repo, "Packages-3");
}

TEST(describe_indexes, makes_no_name_that_leads_elsewhere_or_acts) {
  const auto all = describe_indexes({"/a/h_dists_.._.._binary-x_Packages", "/a/\x1b[2J", "/a/....", "/a/.gz"});
  for (const auto& source : all) {
    EXPECT_FALSE(source.repo.empty());
    EXPECT_EQ(source.component.find(".."), std::string::npos) << source.component;
    EXPECT_EQ(source.repo.find('\x1b'), std::string::npos);
  }
}

} // namespace
