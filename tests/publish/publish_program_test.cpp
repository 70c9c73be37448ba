// The program as it is built, run for real: concurrent requests, all compressions, damage, mistakes, Ctrl-C.
#include "publish_sample.hpp"

#include <map>

namespace {

using namespace publish_sample;

struct publish_program : with_folder {
  [[nodiscard]] fs::path out() const { return folder / "out"; }

  [[nodiscard]] ran publish(const std::string& args) const {
    return run("TERM=dumb " STINT_PUBLISH " --out " + out().string() + " " + args);
  }

  /// Has the real tools look at every distribution; returns how many there are.
  std::size_t check_with_tools() const {
    std::size_t found = 0;
    for (const auto& entry : fs::recursive_directory_iterator(out())) {
      EXPECT_NE(entry.path().extension(), ".new") << entry.path();
      if (entry.path().filename() == "SHA256SUMS") {
        ++found;
        const auto r = run("cd " + entry.path().parent_path().string() + " && sha256sum --strict -c SHA256SUMS");
        EXPECT_EQ(r.code, 0) << r.output;
      } else if (entry.path().extension() == ".gz") {
        const auto r = run("gzip -t " + entry.path().string());
        EXPECT_EQ(r.code, 0) << r.output;
      }
    }
    return found;
  }
};

bool has(const ran& r, const std::string& text) { return r.output.find(text) != std::string::npos; }

TEST_F(publish_program, concurrent_requests_give_whole_files) {
  const auto r = publish("--requests 24 --distributions 4 --workers 4 --clients 8 " STINT_SAMPLE);
  EXPECT_EQ(r.code, 0) << r.output;
  EXPECT_TRUE(has(r, "24 publishes, 2 clean-ups; 27 succeeded, 0 did not")) << r.output;
  EXPECT_TRUE(has(r, "every file is whole")) << r.output;
  EXPECT_EQ(check_with_tools(), 4u);
  EXPECT_TRUE(fs::exists(out() / "debian/dists/stable/updates/Release")) << "a name with a slash";
}

TEST_F(publish_program, two_requests_for_one_distribution_both_succeed_and_the_second_waits) {
  const auto r = publish("--requests 2 --distributions 1 --workers 2 --clients 2 --show-output " STINT_SAMPLE);
  EXPECT_EQ(r.code, 0) << r.output;
  EXPECT_TRUE(has(r, "2 publishes, 1 clean-ups; 4 succeeded, 0 did not")) << r.output;
  EXPECT_EQ(check_with_tools(), 1u);
}

TEST_F(publish_program, many_requests_for_one_distribution_never_mix) {
  const auto r = publish("--requests 50 --distributions 1 --workers 16 --clients 16 " STINT_SAMPLE);
  EXPECT_EQ(r.code, 0) << r.output;
  EXPECT_TRUE(has(r, " 0 did not")) << r.output;
  EXPECT_EQ(check_with_tools(), 1u);
}

TEST_F(publish_program, says_who_waits_for_whom) {
  // An index that is as large as a real one, so that the requests for one distribution surely meet.
  std::string large;
  for (int i = 0; i < 20; ++i)
    large += sample();
  write_text(folder / "Packages", large);
  const auto r = publish("--requests 3 --distributions 1 --workers 4 --clients 1 " + (folder / "Packages").string());
  EXPECT_EQ(r.code, 0) << r.output;
  EXPECT_TRUE(has(r, "publish stable: waiting: held by ")) << r.output;
  EXPECT_TRUE(has(r, "(publish stable)")) << r.output;
  EXPECT_TRUE(has(r, "publish/debian/stable\n")) << r.output;
  EXPECT_EQ(r.output.find('\x1b'), std::string::npos) << "no table where there is no terminal";
}

TEST_F(publish_program, reads_every_compression_and_publishes_the_same_packages) {
  std::map<std::string, std::string> results;
  for (const std::string extension : {"", ".gz", ".xz", ".lz4"}) {
    const auto index = folder / ("Packages" + extension);
    if (extension.empty())
      write_text(index, sample());
    else
      write_compressed(index, sample());
    const auto r = publish("--requests 4 --distributions 4 " + index.string());
    EXPECT_EQ(r.code, 0) << extension << r.output;
    results[extension] = text_of(out() / "debian/dists/testing/main/binary-amd64/Packages");
    fs::remove_all(out());
  }
  ASSERT_FALSE(results[""].empty());
  for (const auto& [extension, text] : results)
    EXPECT_EQ(text, results[""]) << extension;
}

TEST_F(publish_program, more_indexes_than_a_task_has_claims_are_claimed_as_a_whole) {
  // A publish whose claims did not exclude a read would find an index that was not read, and fail.
  const auto text = sample().substr(0, sample().find("\n\n") + 2);
  std::string names;
  std::size_t indexes = 0;
  for (const std::size_t wanted : {63U, 64U, 150U}) {
    for (; indexes < wanted; ++indexes) {
      const auto index = folder / (std::to_string(indexes) + "_Packages");
      write_text(index, text);
      names += " " + index.string();
    }
    const auto r = publish("--requests 8 --distributions 2 --workers 4 --clients 4" + names);
    EXPECT_EQ(r.code, 0) << wanted << "\n" << r.output;
    EXPECT_TRUE(has(r, std::to_string(wanted) + " reads, 8 publishes")) << r.output;
    EXPECT_TRUE(has(r, " 0 did not")) << r.output;
  }
}

TEST_F(publish_program, verify_only_finds_damage) {
  ASSERT_EQ(publish("--requests 4 " STINT_SAMPLE).code, 0);
  const auto good = publish("--verify-only");
  EXPECT_EQ(good.code, 0) << good.output;
  EXPECT_TRUE(has(good, "verified    4 distributions, 16 files"));
  const auto index = out() / "debian/dists/testing/main/binary-amd64/Packages";
  auto text = text_of(index);
  text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
  write_text(index, text);
  const auto bad = publish("--verify-only");
  EXPECT_EQ(bad.code, 1) << bad.output;
  EXPECT_TRUE(has(bad, "testing/main/binary-amd64/Packages")) << bad.output;
  EXPECT_EQ(publish("--requests 4 " STINT_SAMPLE).code, 0) << "publishing again repairs it";
}

TEST_F(publish_program, an_index_that_cannot_be_read_fails_by_name_and_the_exit_code_says_so) {
  ASSERT_EQ(publish("--requests 4 " STINT_SAMPLE).code, 0);
  write_text(folder / "garbage.xz", "garbage");
  const auto r = publish("--requests 2 " + (folder / "garbage.xz").string());
  EXPECT_EQ(r.code, 1) << r.output;
  EXPECT_TRUE(has(r, "read garbage: failed")) << r.output;
  EXPECT_TRUE(has(r, "garbage was not read")) << r.output;
  EXPECT_EQ(publish("--verify-only").code, 0);
  EXPECT_GT(fs::file_size(out() / "debian/dists/stable/main/binary-amd64/Packages"), 0u)
    << "an index that is not read must not empty a distribution";
}

TEST_F(publish_program, names_in_files_cannot_act_on_the_terminal) {
  const auto index = folder / "\x1b[2J_Packages";
  write_text(index, "x");
  const auto r = publish("--requests 1 --show-output '" + index.string() + "'");
  EXPECT_EQ(r.code, 1);
  EXPECT_EQ(r.output.find('\x1b'), std::string::npos) << r.output;
  EXPECT_TRUE(has(r, "\\x1b[2J_Packages")) << r.output;
}

TEST_F(publish_program, mistakes_are_named_and_nothing_runs) {
  write_text(folder / "file", "x");
  const auto in_file = "--out " + (folder / "file/below").string() + " " STINT_SAMPLE;
  const std::vector<std::pair<std::string, std::string>> mistakes{
    {"--workers many " STINT_SAMPLE, "invalid_option: --workers"},
    {"--workers 0 " STINT_SAMPLE, "invalid_option: --workers"},
    {"--requests -1 " STINT_SAMPLE, "invalid_option: --requests"},
    {"--distributions 1001 " STINT_SAMPLE, "invalid_option: --distributions"},
    {"--unknown " STINT_SAMPLE, "invalid_option: "},
    {"--prefix ../up " STINT_SAMPLE, "invalid_option: --prefix"},
    {"--prefix /abs " STINT_SAMPLE, "invalid_option: --prefix"},
    {"--prefix '' " STINT_SAMPLE, "invalid_option: --prefix"},
    {"/missing/Packages", "io_failed: /missing/Packages: does not exist"},
    {folder.string(), "is a folder"},
    {"--verify-only", "is no folder"},
  };
  for (const auto& [args, name] : mistakes) {
    const auto r = publish(args);
    EXPECT_EQ(r.code, 2) << args << "\n" << r.output;
    EXPECT_TRUE(has(r, name)) << args << "\n" << r.output;
    EXPECT_FALSE(fs::exists(out() / "debian")) << args;
  }
  const auto unwritable = run(STINT_PUBLISH " " + in_file);
  EXPECT_EQ(unwritable.code, 2);
  EXPECT_TRUE(has(unwritable, "io_failed: --out")) << unwritable.output;
}

TEST_F(publish_program, help_tells_its_options) {
  const auto r = publish("--help");
  EXPECT_EQ(r.code, 0);
  for (const auto* option : {"--out", "--requests", "--workers", "--distributions", "--verify-only", "--clean-every"})
    EXPECT_TRUE(has(r, option)) << option;
}

TEST_F(publish_program, an_interrupt_cancels_in_order_and_leaves_whole_files) {
  ASSERT_EQ(publish("--requests 4 " STINT_SAMPLE).code, 0);
  std::string large;
  for (int i = 0; i < 20; ++i)
    large += sample();
  write_text(folder / "Packages", large);
  // The signal is sent as soon as the first line about a publish appears, when thousands are still to come.
  const auto r =
    run("{ TERM=dumb " STINT_PUBLISH " --requests 2000 --plain --out " + out().string() + " "
        + (folder / "Packages").string()
        + " & echo pid $!; wait $!; echo code $?; } | while read -r line; do echo \"$line\"; case $line in "
          "'pid '*) pid=${line#pid } ;; *': running') kill -INT $pid 2>/dev/null || true ;; esac; done");
  EXPECT_TRUE(has(r, "code 130")) << r.output.substr(r.output.size() > 3000 ? r.output.size() - 3000 : 0);
  EXPECT_TRUE(has(r, "every file is whole"));
  EXPECT_FALSE(has(r, "-- ")) << "what was cancelled is not listed as if it had failed";
  EXPECT_EQ(check_with_tools(), 4u);
}

} // namespace
