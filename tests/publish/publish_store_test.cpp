// The publisher with a store, killed for real at chosen and at random moments and started again with the same command: it
// finishes what it had accepted, and what it publishes is whole. Takes seconds: each process syncs a disk and is killed late.
#include "publish_sample.hpp"

#include <iostream>
#include <random>

namespace {

using namespace publish_sample;

constexpr int requests = 40;

struct publish_store : with_folder {
  void SetUp() override {
    with_folder::SetUp();
    std::string large; // so that kills hit publishes in their middle
    for (int i = 0; i < 10; ++i)
      large += sample();
    write_text(folder / "Packages", large);
  }

  [[nodiscard]] std::string command(const std::string& out = "out") const {
    return "TERM=dumb " STINT_PUBLISH " --plain --requests " + std::to_string(requests) + " --distributions 4 --out "
           + (folder / out).string() + " --store " + (folder / "tasks.db").string() + " " + (folder / "Packages").string();
  }

  /// Runs it for so long at most; true when it was killed.
  [[nodiscard]] bool killed_after(int ms) const {
    const auto r = run("timeout -s KILL " + std::to_string(ms / 1000.0) + " env " + command());
    EXPECT_TRUE(r.code == 0 || r.code == 137) << r.output;
    return r.code == 137;
  }

  /// Runs it to its end; each request is one task that succeeded, and the real tools find every file whole.
  void finish() const {
    const auto r = run(command());
    EXPECT_EQ(r.code, 0) << r.output;
    EXPECT_TRUE(has(r, " 40 publishes, 3 clean-ups;")) << r.output;
    EXPECT_TRUE(has(r, " 0 did not")) << r.output;
    EXPECT_TRUE(has(r, "every file is whole")) << r.output;
    std::size_t found = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "out")) {
      EXPECT_NE(entry.path().extension(), ".new") << entry.path();
      if (entry.path().filename() == "SHA256SUMS") {
        ++found;
        const auto sums = run("cd " + entry.path().parent_path().string() + " && sha256sum --strict -c SHA256SUMS");
        EXPECT_EQ(sums.code, 0) << sums.output;
      } else if (entry.path().extension() == ".gz") {
        EXPECT_EQ(run("gzip -t " + entry.path().string()).code, 0) << entry.path();
      }
    }
    EXPECT_EQ(found, 4u);
  }

  static bool has(const ran& r, const std::string& text) { return r.output.find(text) != std::string::npos; }

  void begin_anew() const {
    fs::remove_all(folder / "out");
    for (const auto* end : {"", "-wal", "-seal"})
      fs::remove((folder / "tasks.db").string() + end);
  }
};

TEST_F(publish_store, goes_on_after_a_kill_at_each_of_its_steps) {
  for (const auto* step : {"read Packages: succeeded", "publish stable: running", "publish testing/updates: succeeded",
                           "clean up: waiting"}) {
    const auto r = run("{ " + command() + " & echo pid $!; wait $!; echo code $?; } | while read -r line; do echo \"$line\";"
                       + " case $line in 'pid '*) pid=${line#pid } ;; *'" + step + "'*) kill -9 $pid 2>/dev/null || true ;;"
                       + " esac; done");
    EXPECT_TRUE(has(r, "code 137")) << "not killed at: " << step << "\n" << r.output;
    finish();
    begin_anew();
  }
}

TEST_F(publish_store, goes_on_after_kills_at_random_moments) {
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 dice{seed};
  int kills = 0;
  for (int story = 0; story < 6; ++story) {
    for (int life = 0; life < 3; ++life)
      kills += killed_after(std::uniform_int_distribution{5, 250}(dice)) ? 1 : 0;
    finish();
    begin_anew();
  }
  EXPECT_GT(kills, 5) << "else nothing was tested";
}

TEST_F(publish_store, goes_on_when_every_task_that_ran_was_killed_more_often_than_a_list_bears) {
  int kills = 0;
  for (int life = 0; life < 8; ++life)
    kills += killed_after(60 + 20 * life) ? 1 : 0;
  EXPECT_GT(kills, 2) << "else no task can have been put into quarantine";
  finish();
}

TEST_F(publish_store, a_request_that_is_repeated_publishes_nothing_again) {
  finish();
  const auto release = folder / "out/debian/dists/stable/Release";
  const auto before = fs::last_write_time(release);
  finish();
  EXPECT_EQ(fs::last_write_time(release), before);
  const auto other = run(command("elsewhere"));
  EXPECT_EQ(other.code, 1);
  EXPECT_TRUE(has(other, "idempotency_conflict")) << other.output;
}

TEST_F(publish_store, a_file_that_is_no_store_is_refused_by_name) {
  write_text(folder / "text", std::string(5'000, 'x'));
  const auto r = run(STINT_PUBLISH " --out " + (folder / "out").string() + " --store " + (folder / "text").string() + " "
                     + (folder / "Packages").string());
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(has(r, "not_a_store")) << r.output;
}

} // namespace
