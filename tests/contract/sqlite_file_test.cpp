// What only a file can have: another program's data, a newer schema, flipped bits, a name that leads elsewhere now.
#include <stint/detail/page_sums.hpp>
#include <stint/sqlite_store.hpp>

#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "scratch_folder.hpp"
#include "store_owner.hpp"

namespace stint::contract {
namespace {

/// Runs SQL on a closed file: with sums for the pages, so that what is found is found by its row; or without, as another
/// program would.
void tamper(const std::string& file, const std::string& sql, bool with_sums = true) {
  sqlite3_initialize();
  detail::page_sums sums{sqlite3_vfs_find(nullptr)};
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, with_sums ? sums.name() : nullptr),
            SQLITE_OK);
  sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", nullptr, nullptr, nullptr);
  char* why = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why), SQLITE_OK) << why;
  sqlite3_free(why);
  sqlite3_close(db);
}

struct file_owner {
  scratch_folder folder;
  std::string file = folder.file();

  std::unique_ptr<sqlite_store> connect() { return std::make_unique<sqlite_store>(sqlite_options{file}); }

  /// Makes a store with one task of each state, which printed.
  void fill() {
    struct here final : place {
      explicit here(file_owner& o) : owner_(o) {}
      std::unique_ptr<store> connect() override { return owner_.connect(); }
      file_owner& owner_;
    } where{*this};
    owner o{where};
    for (std::size_t s = 0; s < state_count; ++s)
      o.print(o.add(static_cast<state>(s)), 0, "a line\n");
  }
};

/// A commit of one new task.
store::batch one_more(const store::opened& head) {
  store::batch b;
  b.epoch = head.epoch;
  b.version = head.version + 1;
  b.last_id = head.last_id + 1;
  b.saved = {sample(b.last_id, b.version, state::waiting)};
  return b;
}

TEST(sqlite_file, a_newer_schema_is_refused_by_name_and_left_alone) {
  file_owner o;
  o.fill();
  tamper(o.file, "PRAGMA user_version = 9");
  const auto r = o.connect()->open();
  EXPECT_EQ(r.code(), errc::store_too_new);
  EXPECT_NE(r.error().text.find("9"), std::string::npos) << r.error().text;
  tamper(o.file, "PRAGMA user_version = 3");
  EXPECT_EQ(o.connect()->open()->last_id, state_count);
}

TEST(sqlite_file, a_setting_that_was_tampered_with_is_not_served) {
  for (const auto* what : {"of = 9", "name = 'other'", "number = 3", "paused = 0", "sum = sum + 1"}) {
    file_owner o;
    o.fill();
    {
      auto s = o.connect();
      const auto head = s->open().value();
      ASSERT_TRUE(s->commit({head.epoch, head.version, head.last_id, {}, {}, {}, {}, {{setting_of::queue, "q", 2, true}}}));
    }
    tamper(o.file, std::string{"UPDATE setting SET "} + what);
    auto s = o.connect();
    ASSERT_TRUE(s->open());
    EXPECT_EQ(s->settings().code(), errc::store_damaged) << what;
    EXPECT_EQ(s->check()->faults.size(), 1U) << what;
  }
}

TEST(sqlite_file, what_is_no_store_is_refused_and_left_alone) {
  file_owner o;
  tamper(o.file, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)", false);
  EXPECT_EQ(o.connect()->open().code(), errc::not_a_store);
  tamper(o.file, "INSERT INTO theirs VALUES (2)", false);
  std::ofstream{o.folder.file("text")} << std::string(10'000, 'x');
  EXPECT_EQ(sqlite_store({o.folder.file("text")}).open().code(), errc::not_a_store);
  EXPECT_EQ(sqlite_store({o.folder.file("no/such/folder")}).open().code(), errc::io_failed);
}

TEST(sqlite_file, a_row_that_was_tampered_with_is_named_and_not_served) {
  for (const auto* what : {"state = 4", "version = version + 1", "rank = rank + 1", "key = 'k'", "body = x'0100'",
                           "body = substr(body, 1, length(body) - 1)", "sum = sum + 1"}) {
    file_owner o;
    o.fill();
    tamper(o.file, std::string{"UPDATE task SET "} + what + " WHERE id = 2");
    auto s = o.connect();
    ASSERT_TRUE(s->open());
    const auto r = s->get(2);
    EXPECT_EQ(r.code(), errc::store_damaged) << what;
    EXPECT_NE(r.error().text.find("task 2"), std::string::npos) << r.error().text;
    EXPECT_EQ(s->unfinished([](const stored_task&) {}).code(), errc::store_damaged) << what;
    EXPECT_TRUE(s->get(3)) << "the others are served";
  }
}

TEST(sqlite_file, an_unfinished_task_that_is_missing_is_noticed) {
  file_owner o;
  o.fill();
  tamper(o.file, "DELETE FROM task WHERE id = 2");
  auto s = o.connect();
  ASSERT_TRUE(s->open());
  EXPECT_EQ(s->unfinished([](const stored_task&) {}).code(), errc::store_damaged);
}

TEST(sqlite_file, output_and_head_have_sums_too) {
  file_owner o;
  o.fill();
  tamper(o.file, "UPDATE piece SET text = 'b line' || x'0A' WHERE task = 1; UPDATE printed SET total = 8 WHERE task = 2");
  {
    auto s = o.connect();
    ASSERT_TRUE(s->open());
    EXPECT_EQ(s->output(1, 0, 100).code(), errc::store_damaged);
    EXPECT_EQ(s->output(2, 0, 100).code(), errc::store_damaged);
    EXPECT_EQ(s->output(3, 0, 100)->text, "a line\n");
  }
  tamper(o.file, "UPDATE head SET sum = sum + 1");
  EXPECT_EQ(o.connect()->open().code(), errc::store_damaged);
}

TEST(sqlite_file, nothing_is_committed_to_a_file_that_is_gone) {
  file_owner o;
  o.fill();
  auto s = o.connect();
  const auto head = *s->open();
  const auto b = one_more(head);
  std::filesystem::rename(o.file, o.folder.file("aside"));
  EXPECT_EQ(s->commit(b).code(), errc::io_failed);
  std::ofstream{o.file} << "";
  EXPECT_EQ(s->commit(b).code(), errc::io_failed);
  std::filesystem::rename(o.folder.file("aside"), o.file);
  EXPECT_TRUE(s->commit(b)) << "it is back";
  EXPECT_EQ(s->get(b.last_id)->id, b.last_id);
}

TEST(sqlite_file, a_page_that_was_changed_is_found_whatever_it_holds) {
  file_owner o;
  o.fill();
  tamper(o.file, "UPDATE task SET key = 'k' WHERE id = 2", false);
  auto s = o.connect();
  EXPECT_TRUE(s->open().code() == errc::store_damaged || s->get(2).code() == errc::store_damaged);
}

TEST(sqlite_file, commits_that_were_acknowledged_and_are_missing_are_noticed) {
  file_owner o;
  o.fill();
  std::filesystem::copy(o.file, o.folder.file("old"));
  o.connect()->open().value();
  std::filesystem::rename(o.folder.file("old"), o.file);
  const auto r = o.connect()->open();
  EXPECT_EQ(r.code(), errc::store_damaged);
  EXPECT_NE(r.error().text.find("tasks.db-seal"), std::string::npos) << r.error().text;
  std::filesystem::remove(o.file + "-seal");
  EXPECT_EQ(o.connect()->open()->last_id, state_count) << "the owner has said that it shall go on without them";
}

TEST(sqlite_file, is_readable_by_its_owner_alone) {
  file_owner o;
  o.fill();
  for (const auto* end : {"", "-seal"})
    EXPECT_EQ(std::filesystem::status(o.file + end).permissions(), std::filesystem::perms{0600}) << end;
}

/// What is in a folder, to the byte.
std::map<std::string, std::string> all_in(const scratch_folder& folder) {
  std::map<std::string, std::string> all;
  for (const auto& one : std::filesystem::directory_iterator{folder.file("")}) {
    auto& bytes = all[one.path().filename()];
    if (one.is_regular_file()) {
      std::ifstream in{one.path(), std::ios::binary};
      bytes.assign(std::istreambuf_iterator<char>{in}, {});
    }
  }
  return all;
}

TEST(sqlite_file, one_that_is_missing_is_not_made_anew_beside_its_log_or_seal) {
  file_owner o;
  o.fill();
  {
    auto s = o.connect();
    const auto head = *s->open();
    const auto b = one_more(head);
    ASSERT_TRUE(s->commit(b));
    // As a process that was killed leaves them.
    for (const auto* end : {"", "-wal", "-seal"})
      std::filesystem::copy(o.file + end, o.folder.file("killed") + end);
  }
  std::filesystem::rename(o.folder.file("killed"), o.folder.file("aside"));
  const auto before = all_in(o.folder);
  sqlite_store killed({o.folder.file("killed")});
  for (const bool empty : {false, true}) {
    if (empty)
      std::ofstream{o.folder.file("killed")} << "";
    const auto r = killed.open();
    EXPECT_EQ(r.code(), errc::store_damaged);
    for (const auto* part : {"missing", "killed-wal and ", "killed-seal are there", "move the file back", "remove both"})
      EXPECT_NE(r.error().text.find(part), std::string::npos) << r.error().text;
    if (empty)
      std::filesystem::remove(o.folder.file("killed"));
    EXPECT_TRUE(all_in(o.folder) == before);
  }
  std::filesystem::rename(o.folder.file("aside"), o.folder.file("killed"));
  ASSERT_TRUE(killed.open());
  EXPECT_TRUE(killed.get(state_count + 1)) << "what was acknowledged is there when the file is back";
  ASSERT_TRUE(killed.close());
  std::filesystem::remove(o.folder.file("killed"));
  EXPECT_EQ(killed.open().code(), errc::store_damaged);
  std::filesystem::remove(o.folder.file("killed-seal"));
  EXPECT_EQ(killed.open()->last_id, 0U) << "the owner has said that it shall begin anew";
}

TEST(sqlite_file, an_empty_name_is_refused) {
  for (const auto& name : {std::string{}, std::string{"a\0b", 3}})
    EXPECT_EQ(sqlite_store({name}).open().code(), errc::invalid_option) << name;
}

// By its epoch a node tells whose attempt it runs: what it has of a list must not be taken for what another one gave.
TEST(sqlite_file, another_one_and_a_copy_give_epochs_of_their_own) {
  const scratch_folder folder;
  const auto epoch_of = [&folder](const std::string& name) { return sqlite_store({folder.file(name)}).open()->epoch; };
  const auto first = epoch_of("a");
  std::filesystem::copy(folder.file("a"), folder.file("copy"));
  const std::set<std::uint64_t> all{first, epoch_of("a"), epoch_of("copy"), epoch_of("b")};
  EXPECT_EQ(all.size(), 4U);
  EXPECT_GT(*all.rbegin(), first);
}

TEST(sqlite_file, names_that_mean_something_to_sqlite_are_plain_files) {
  const scratch_folder folder;
  const auto home = std::filesystem::current_path();
  std::filesystem::current_path(folder.file(""));
  for (const std::string name : {":memory:", "file:tasks?mode=memory", "file::memory:"}) {
    sqlite_store s({name});
    const auto first = s.open()->epoch;
    EXPECT_TRUE(std::filesystem::exists(folder.file(name))) << name;
    EXPECT_TRUE(s.close());
    std::filesystem::current_path(home);
    EXPECT_GT(s.open()->epoch, first) << name << " is where it was, wherever the process went";
    std::filesystem::current_path(folder.file(""));
  }
  std::filesystem::current_path(home);
}

TEST(sqlite_file, what_is_no_store_is_left_without_litter_and_to_the_byte) {
  const scratch_folder folder;
  std::ofstream{folder.file("text")} << std::string(10'000, 'x');
  std::ofstream{folder.file("short")} << "hello";
  std::filesystem::create_directory(folder.file("folder"));
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0); // as /dev/null would, but nobody misses it
  const std::string rows = "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (zeroblob(20000))";
  tamper(folder.file("theirs"), rows, false);
  tamper(folder.file("small pages"), "PRAGMA page_size = 1024; " + rows, false);
  // A log that was not brought into the file: SQLite would do that at the end of any connection which has read it.
  tamper(folder.file("whole"), "PRAGMA journal_mode = WAL", false);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(folder.file("whole").c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, rows.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  for (const auto* end : {"", "-wal"})
    std::filesystem::copy(folder.file("whole") + end, folder.file("logged") + end);
  sqlite3_close(db);
  const auto before = all_in(folder);
  for (const auto* name : {"text", "short", "folder", "pipe", "theirs", "small pages", "whole", "logged"}) {
    const auto r = sqlite_store({folder.file(name)}).open();
    EXPECT_EQ(r.code(), errc::not_a_store) << name << ": " << r.error().text;
    EXPECT_TRUE(all_in(folder) == before) << name;
  }
}

TEST(sqlite_file, says_whose_a_database_is_and_what_is_damaged) {
  file_owner o;
  tamper(o.folder.file("theirs"), "CREATE TABLE theirs (a)", false);
  EXPECT_NE(sqlite_store({o.folder.file("theirs")}).open().error().text.find("another program"), std::string::npos);
  o.fill();
  const auto flip = [&](std::streamoff at) {
    std::fstream f{o.file, std::ios::binary | std::ios::in | std::ios::out};
    f.seekg(at);
    const char old = static_cast<char>(f.get());
    f.seekp(at);
    f.put(static_cast<char>(old ^ 1));
  };
  for (const std::streamoff at : {2'000, detail::page_bytes + 2'000, 16, 20}) {
    flip(at);
    const auto e = o.connect()->open().error();
    EXPECT_EQ(e.code, errc::store_damaged) << at;
    EXPECT_NE(e.text.find(at > 100 ? "a page does not fit its sum" : "header is damaged"), std::string::npos) << e.text;
    flip(at);
  }
  EXPECT_TRUE(o.connect()->open());
}

} // namespace
} // namespace stint::contract
