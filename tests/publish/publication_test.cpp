// One publish at a time, without any task: files, verification of every kind of damage, clean-up of leftovers.
#include "publish_sample.hpp"

#include <publication.hpp>
#include <verification.hpp>

namespace {

using namespace publisher;
using namespace publish_sample;

struct publications : with_folder {
  repository repo{{"Packages", "sample", "main"}, sample(), true};
  fs::path stable;

  void SetUp() override {
    with_folder::SetUp();
    stable = folder_of(folder, "debian", "stable");
  }

  stint::result<published> publish_stable(std::uint32_t round = 0, const reporter& report = {}) {
    return publish({folder, "debian", "stable", {0, 1, round}, {}}, {&repo}, report);
  }

  verdict verified() {
    verdict v;
    for (const auto& d : find_distributions(folder))
      verify_distribution(d, v);
    return v;
  }
};

TEST_F(publications, write_what_the_real_tools_accept) {
  std::uint64_t last = 0, total = 0, calls = 0;
  reporter report;
  report.progress = [&](std::uint64_t done, std::uint64_t of) { last = done, total = of, ++calls; };
  const auto done = publish_stable(0, report);
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(calls, done->packages);
  EXPECT_EQ(last, total);
  EXPECT_EQ(done->files, 4u);
  EXPECT_EQ(run("cd " + stable.string() + " && sha256sum -c SHA256SUMS && gzip -t main/binary-amd64/Packages.gz").code,
            0);
  EXPECT_EQ(run("gzip -dc " + (stable / "main/binary-amd64/Packages.gz").string()).output,
            text_of(stable / "main/binary-amd64/Packages"));
  const auto v = verified();
  EXPECT_TRUE(v.faults.empty()) << v.faults.front();
  EXPECT_EQ(v.packages, done->packages);
  EXPECT_EQ(v.files, done->files);
  EXPECT_EQ(v.bytes + fs::file_size(stable / "SHA256SUMS"), done->bytes);
}

TEST_F(publications, put_packages_for_all_architectures_into_each) {
  repo.text = "Package: a\nVersion: 1\nArchitecture: amd64\n\nPackage: b\nVersion: 1\nArchitecture: arm64\n\n"
              "Package: h\nVersion: 1\nArchitecture: all\n\n";
  const auto done = publish_stable(3);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->packages, 4u);
  const auto text = text_of(stable / "main/binary-arm64/Packages");
  EXPECT_EQ(text.find("Package: a\n"), std::string::npos);
  EXPECT_NE(text.find("Package: h\n"), std::string::npos);
  EXPECT_NE(text_of(stable / "Release").find("Architectures: amd64 arm64\n"), std::string::npos);
}

TEST_F(publications, of_nothing_are_whole_too) {
  repo.text.clear();
  ASSERT_TRUE(publish_stable());
  const auto v = verified();
  EXPECT_TRUE(v.faults.empty()) << v.faults.front();
  EXPECT_EQ(v.packages, 0u);
}

TEST_F(publications, leave_out_and_count_what_is_no_package) {
  repo.text = "Package: a\nVersion: 1\nArchitecture: ../../../etc\n\nPackage: b\n\n" + sample();
  const auto done = publish_stable();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->refused, 2u);
  EXPECT_TRUE(verified().faults.empty());
}

TEST_F(publications, that_are_stopped_leave_the_old_files) {
  ASSERT_TRUE(publish_stable(0));
  const auto before = text_of(stable / "SHA256SUMS");
  for (const int after : {1, 2, 100}) {
    int asked = 0;
    reporter report;
    report.stop = [&] { return ++asked > after; };
    const auto done = publish_stable(1, report);
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->stopped);
    EXPECT_EQ(text_of(stable / "SHA256SUMS"), before);
    EXPECT_TRUE(verified().faults.empty());
    EXPECT_FALSE(fs::exists(stable / "main/binary-amd64/Packages.new"));
  }
}

// The negative control of the program's tests: without a claim nothing keeps two publishes of one distribution apart.
TEST_F(publications, two_at_once_without_a_claim_spoil_each_other) {
  int calls = 0;
  reporter report;
  report.progress = [&](std::uint64_t, std::uint64_t) {
    if (++calls == 10) {
      EXPECT_TRUE(publish_stable(1)); // while the outer one is in the middle of its files
    }
  };
  EXPECT_FALSE(publish_stable(0, report).has_value() && verified().faults.empty());
}

TEST_F(publications, every_kind_of_damage_is_found) {
  const auto index = stable / "main/binary-amd64/Packages";
  const auto packed = stable / "main/binary-amd64/Packages.gz";
  const auto flip = [](const fs::path& path, std::size_t at) {
    auto text = text_of(path);
    text[at] = static_cast<char>(text[at] ^ 1);
    write_text(path, text);
  };
  const std::vector<std::function<void()>> damages{
    [&] { flip(index, 1000); },
    [&] { flip(packed, fs::file_size(packed) / 2); },
    [&] { fs::resize_file(index, fs::file_size(index) - 1); },
    [&] { fs::resize_file(packed, fs::file_size(packed) - 1); },
    [&] { fs::remove(packed); },
    [&] { fs::remove(index); },
    [&] { fs::remove(stable / "SHA256SUMS"); },
    [&] { flip(stable / "SHA256SUMS", 3); },
    [&] { flip(stable / "Release", 3); },
    [&] { write_text(stable / "Release", "Origin: x\n"); },
    [&] { write_text(stable / "SHA256SUMS", ""); },
    // A new Release with the old files: what two publishes at once would leave.
    [&] {
      const auto old = text_of(index);
      ASSERT_TRUE(publish_stable(1));
      write_text(index, old);
    },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    ASSERT_TRUE(publish_stable(0));
    ASSERT_TRUE(verified().faults.empty());
    damages[i]();
    EXPECT_FALSE(verified().faults.empty()) << "damage " << i;
  }
}

TEST_F(publications, clean_up_removes_leftovers_and_nothing_else) {
  ASSERT_TRUE(publish_stable());
  write_text(stable / "main/binary-amd64/Packages.new", "left by a killed run");
  write_text(stable / "Release.new", "the same");
  write_text(stable / "old/binary-i386/Packages.gz", "named by no Release");
  write_text(folder / "notes.new", "somebody's own");
  write_text(folder / "Packages", "somebody's own");
  const auto removed = clean_up(folder, {});
  ASSERT_TRUE(removed);
  EXPECT_EQ(*removed, 3u);
  EXPECT_TRUE(fs::exists(folder / "notes.new"));
  EXPECT_TRUE(fs::exists(folder / "Packages"));
  EXPECT_TRUE(verified().faults.empty());
  EXPECT_EQ(clean_up(folder, {}).value(), 0u);
}

TEST_F(publications, a_distribution_inside_another_ones_folder_is_its_own) {
  ASSERT_TRUE(publish_stable());
  ASSERT_TRUE(publish({folder, "debian", "stable/updates", {0, 1, 1}, {}}, {&repo}, {}));
  EXPECT_EQ(find_distributions(folder).size(), 2u);
  EXPECT_EQ(clean_up(folder, {}).value(), 0u);
  EXPECT_TRUE(verified().faults.empty());
}

} // namespace
