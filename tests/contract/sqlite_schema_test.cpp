// Files that older versions of stint wrote: brought forward with all they have, and left alone when they are only read. How:
// one of each schema lies in tests/data as its version wrote it.
#include <stint/sqlite_transfer.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "scratch_folder.hpp"

namespace stint::contract {
namespace {

/// A file that stint wrote when its schema was 1: three tasks of five ids, output, no settings. That of schema 2 has one
/// more commit: a setting, and what the second task printed; that of schema 3 another one: labels, and a task at a node.
struct old_file {
  scratch_folder folder;
  std::string file = folder.file();

  explicit old_file(const char* name = "/schema1.db") {
    std::ifstream from{std::string{STINT_TEST_DATA} + name, std::ios::binary};
    std::ofstream{file, std::ios::binary} << from.rdbuf();
  }

  [[nodiscard]] std::string bytes() const {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

TEST(sqlite_schema, a_file_of_the_first_schema_is_brought_forward_with_all_it_has) {
  old_file old;
  ASSERT_EQ(old.bytes()[63], 1) << "its schema";
  {
    sqlite_store s{{old.file}};
    const auto head = s.open().value();
    EXPECT_GT(head.epoch, 3U);
    EXPECT_EQ(head, (store::opened{head.epoch, 8, 5}));
    EXPECT_EQ(s.get(1)->what.args, R"({"part":"main"})");
    EXPECT_EQ(s.output(1, 0, 100)->text, "a line\n");
    EXPECT_EQ(s.get(1)->printed, 0U) << "its rows did not say";
    EXPECT_EQ(s.get(2)->what.claims, (std::vector{units("cpu", 2), shared("repo/main")}));
    EXPECT_EQ(s.get(4)->errors.front().text, "no key");
    EXPECT_EQ(s.keyed("index/main").value()->id, 1U);
    EXPECT_TRUE(s.settings()->empty());
    store::batch b{head.epoch, 8, 5, {}, {}, {}, {}, {{setting_of::queue, "slow", 2, true}}};
    ASSERT_TRUE(s.commit(b));
    EXPECT_TRUE(s.check()->faults.empty());
  }
  EXPECT_EQ(old.bytes()[63], 4) << "its schema";
  sqlite_store s{{old.file}};
  EXPECT_TRUE(s.open());
  EXPECT_EQ(s.settings()->size(), 1U);
}

// Schema 3 is schema 2 with labels in its rows: who does not know them would say that a row is damaged.
TEST(sqlite_schema, a_file_of_the_second_schema_is_brought_forward_and_takes_labels) {
  old_file old{"/schema2.db"};
  ASSERT_EQ(old.bytes()[63], 2) << "its schema";
  {
    sqlite_store s{{old.file}};
    const auto head = s.open().value();
    EXPECT_GT(head.epoch, 4U);
    EXPECT_EQ(head, (store::opened{head.epoch, 9, 5}));
    EXPECT_EQ(s.settings()->size(), 1U);
    EXPECT_EQ(s.get(2)->printed, 3U);
    auto t = *s.get(2);
    EXPECT_TRUE(t.what.labels.empty());
    t.what.labels = {"big", "gpu"};
    t.version = 10;
    ASSERT_TRUE(s.commit({head.epoch, 10, 5, {t}, {}, {}, {}, {}}));
    EXPECT_TRUE(s.check()->faults.empty());
  }
  EXPECT_EQ(old.bytes()[63], 4) << "its schema";
  sqlite_store s{{old.file}};
  EXPECT_TRUE(s.open());
  EXPECT_EQ(s.get(2)->what.labels, (std::vector<std::string>{"big", "gpu"}));
}

// Schema 4 is schema 3 with lost attempts in its rows.
TEST(sqlite_schema, a_file_of_the_third_schema_is_brought_forward_and_takes_lost_attempts) {
  old_file old{"/schema3.db"};
  ASSERT_EQ(old.bytes()[63], 3) << "its schema";
  {
    sqlite_store s{{old.file}};
    const auto head = s.open().value();
    EXPECT_GT(head.epoch, 5U);
    EXPECT_EQ(s.get(2)->what.labels, (std::vector<std::string>{"big", "gpu"}));
    auto t = *s.get(4);
    EXPECT_EQ(t.away, (given_away{77, 4, std::chrono::seconds{9}}));
    EXPECT_TRUE(t.lost.empty());
    t.lost = {{2, std::chrono::seconds{9}}};
    t.version = 12;
    ASSERT_TRUE(s.commit({head.epoch, 12, 5, {t}, {}, {}, {}, {}}));
    EXPECT_TRUE(s.check()->faults.empty());
  }
  EXPECT_EQ(old.bytes()[63], 4) << "its schema";
  sqlite_store s{{old.file}};
  EXPECT_TRUE(s.open());
  EXPECT_EQ(s.get(4)->lost, (std::vector{lost_attempt{2, std::chrono::seconds{9}}}));
}

TEST(sqlite_schema, a_file_of_the_first_schema_that_is_only_read_stays_as_it_is) {
  old_file old;
  const auto before = old.bytes();
  {
    auto from = sqlite_source::open(old.file);
    ASSERT_TRUE(from) << to_string(from.error());
    EXPECT_EQ(from->head(), (transfer_head{{3, 8, 5}, 3, {}}));
    std::size_t n = 0;
    ASSERT_TRUE(from->each([&n](const transfer_task&) { return ++n > 0; }));
    EXPECT_EQ(n, 3U);
  }
  EXPECT_TRUE(old.bytes() == before);
}

} // namespace
} // namespace stint::contract
