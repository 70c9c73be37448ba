// What is tested: `stint export` and `import` as users run them: nothing is lost or changed on the way there and back, bad
// lines leave nothing behind. How: the built program, on files that a store wrote.
#include <gtest/gtest.h>

#include <fstream>

#include <stint/stint.hpp>

#include "contract/file_place.hpp"
#include "program_under_test.hpp"

using namespace stint;
using namespace stint::test;
using namespace std::chrono_literals;

namespace {

/// Everything that can be in a file: each state, output with gaps and of any bytes, texts that are no UTF-8, removed tasks.
void fill(contract::owner& o) {
  for (std::size_t s = 0; s < state_count; ++s)
    for (int i = 0; i < 3; ++i)
      o.add(static_cast<state>(s));
  auto odd = o.make(state::failed);
  odd.error = std::string{"\xff\x00 no text", 10};
  odd.value = "\"\xed\xa0\x80\""; // half a character of UTF-16
  odd.detail = "\xf4\x90\x80\x80";
  odd.what.retry = {7, 1ns, 1.1, nanos::max(), 1.0 / 3};
  odd.code = std::numeric_limits<std::int32_t>::min();
  odd.submitted = wall_time{nanos{-5}};
  o.save({odd});
  stored_task bare;
  bare.id = ++o.head.last_id;
  bare.what.queue = "";
  o.change(bare).rank = 1;
  o.save({bare});
  std::string every(256, '\0');
  for (int i = 0; i < 256; ++i)
    every[static_cast<std::size_t>(i)] = static_cast<char>(i);
  o.print(1, 0, "a line\n");
  o.print(1, 7, "and \xc3"); // the rest of the character comes with the next piece
  o.print(1, 12, "\xa9\n");
  o.print(2, 100, every);
  o.print(4, 0, "cut at its end");
  o.print(5, 0, "all of it");
  auto b = o.next();
  b.cut = {{2, 150, 160}, {4, 4, 1'000}, {5, 0, 1'000}};
  o.commit(b);
  o.remove({3, 6});
  o.set({{setting_of::list, "", 0, true}, {setting_of::queue, "slow", 3, true}, {setting_of::capacity, "cpu\xff", 8, false}});
}

void fill(const std::string& file) {
  contract::file_place where{file};
  contract::owner o{where};
  fill(o);
}

std::string line_of(const std::string& text, std::size_t n) {
  std::size_t from = 0;
  for (; n > 1; --n)
    from = text.find('\n', from) + 1;
  return text.substr(from, text.find('\n', from) - from);
}

} // namespace

TEST(export_program, what_is_imported_exports_byte_for_byte_the_same) {
  workplace w;
  fill(w.path("tasks.db"));
  ASSERT_EQ(w.run("export tasks.db >one.jsonl").code, 0);
  auto r = w.run("import copy.db --from one.jsonl");
  ASSERT_EQ(r.code, 0) << r.err;
  EXPECT_FALSE(w.has("copy.db.importing") || w.has("copy.db.importing-seal") || w.has("copy.db.importing-wal"));
  ASSERT_EQ(w.run("export copy.db >two.jsonl").code, 0);
  EXPECT_EQ(w.file("one.jsonl"), w.file("two.jsonl"));
  EXPECT_EQ(w.run("import third.db <two.jsonl").code, 0) << "from standard input";
  EXPECT_EQ(w.run("check copy.db").code, 0);
  EXPECT_GT(w.file("one.jsonl").size(), 5'000u);
}

TEST(export_program, a_store_reads_from_the_imported_file_what_it_reads_from_the_original) {
  workplace w;
  fill(w.path("tasks.db"));
  ASSERT_EQ(w.run("export tasks.db | " STINT_PROGRAM " import copy.db").code, 0);
  contract::file_place original{w.path("tasks.db")}, copy{w.path("copy.db")};
  contract::owner a{original}, b{copy};
  EXPECT_EQ(a.head.version, b.head.version);
  EXPECT_EQ(a.head.last_id, b.head.last_id);
  EXPECT_NE(a.head.epoch, b.head.epoch) << "they are two files now";
  EXPECT_EQ(a.all(), b.all());
  EXPECT_EQ(contract::got(a.box->output(5, 0, 10), "output").total, contract::got(b.box->output(5, 0, 10), "output").total);
}

TEST(export_program, a_list_goes_on_with_the_imported_file_as_with_the_original) {
  workplace w;
  caf::actor_system_config cfg;
  configure(cfg);
  caf::actor_system system{cfg};
  const auto at = [&](const char* file) {
    options o;
    o.workers = 1;
    o.store = w.path(file);
    o.kinds.add("echo", [](context& job) {
      job.print(std::to_string(job.attempt()) + job.args());
      return job.args() == "3" && job.attempt() == 1 ? failed("once") : succeeded(0, job.args());
    });
    return o;
  };
  {
    list tasks{system, at("tasks.db")};
    tasks.pause().value();
    for (int i = 0; i < 6; ++i) {
      spec s;
      s.name = s.kind = "echo";
      s.args = std::to_string(i);
      s.priority = i % 3;
      s.idempotency_key = "key " + s.args;
      s.retry = {2, 1ms, 1.5, 1s, 0.1};
      tasks.submit(s, {}).value();
    }
  }
  ASSERT_EQ(w.run("export tasks.db | " STINT_PROGRAM " import copy.db").code, 0);
  std::vector<std::string> stories;
  for (const auto* file : {"tasks.db", "copy.db"}) {
    list tasks{system, at(file)};
    tasks.resume().value();
    tasks.wait_all().value();
    std::string story = std::to_string(tasks.counts()->version);
    for (task_id id = 1; id <= 6; ++id) {
      const auto t = tasks.get(id).value();
      story += "; " + std::to_string(t.id) + " " + std::string{to_string(t.state)} + " " + std::to_string(t.attempt) + " "
               + std::to_string(t.errors.size()) + tasks.value(id).value() + tasks.output(id)->text;
    }
    stories.push_back(story);
  }
  EXPECT_EQ(stories[0], stories[1]);
  EXPECT_NE(stories[0].find("4 succeeded 2 1"), std::string::npos) << stories[0];
}

TEST(export_program, changes_no_byte_of_what_it_reads_also_after_a_crash) {
  workplace w;
  contract::file_place where{w.path("tasks.db")};
  contract::owner o{where};
  fill(o);
  const auto bytes = [&w](const std::string& name) {
    return w.file(name) + "|" + (w.has(name + "-wal") ? w.file(name + "-wal") : "none") + "|" + w.file(name + "-seal");
  };
  // What is on the disk while a list has the file is what a kill would leave.
  ASSERT_EQ(w.shell("for x in '' -wal -seal; do cp tasks.db$x killed.db$x; done").code, 0);
  auto before = bytes("killed.db");
  ASSERT_GT(w.file("killed.db-wal").size(), 10'000u);
  auto r = w.run("export killed.db");
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_TRUE(r.says("\"last_id\":29,\"epoch\":")) << r.out;
  EXPECT_TRUE(bytes("killed.db") == before);
  o.box->close().value();
  before = bytes("tasks.db");
  EXPECT_EQ(w.run("export tasks.db").out, r.out);
  EXPECT_TRUE(bytes("tasks.db") == before);
}

TEST(export_program, refuses_a_file_that_a_list_has_open_and_one_that_is_not_there) {
  workplace w;
  {
    contract::file_place where{w.path("tasks.db")};
    contract::owner o{where};
    o.add(state::waiting);
    auto r = w.run("export tasks.db");
    EXPECT_EQ(r.code, 2);
    EXPECT_TRUE(r.complains("store_in_use")) << r.err;
    EXPECT_EQ(r.out, "");
  }
  EXPECT_EQ(w.run("export tasks.db").code, 0);
  EXPECT_EQ(w.run("export nothing.db").code, 2);
  EXPECT_FALSE(w.has("nothing.db"));
  EXPECT_EQ(w.run("export tasks.db >/dev/full").code, 2);
}

TEST(export_program, finds_damage_and_says_so) {
  workplace w;
  fill(w.path("tasks.db"));
  auto bytes = w.file("tasks.db");
  for (std::size_t i = 4'096; i < bytes.size(); i += 512)
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
  std::ofstream{w.path("broken.db"), std::ios::binary} << bytes;
  auto r = w.run("export broken.db");
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(r.complains("store_damaged")) << r.err;
}

TEST(export_program, an_import_touches_no_file_that_is_there) {
  workplace w;
  fill(w.path("tasks.db"));
  ASSERT_EQ(w.run("export tasks.db >one.jsonl").code, 0);
  for (const auto* name : {"there", "log-wal", "seal-seal", "new-journal", "made.importing"})
    std::ofstream{w.path(name)} << "mine";
  for (const auto* name : {"there", "log", "seal", "new", "made", "one.jsonl"}) {
    auto r = w.run(std::string{"import "} + name + " --from one.jsonl");
    EXPECT_EQ(r.code, 2) << name;
    EXPECT_TRUE(r.complains("store_exists")) << name << ": " << r.err;
  }
  for (const auto* name : {"there", "log-wal", "seal-seal", "new-journal", "made.importing"})
    EXPECT_EQ(w.file(name), "mine") << name;
  EXPECT_FALSE(w.has("made") || w.has("log") || w.has("seal") || w.has("new"));
}

TEST(export_program, refuses_a_bad_line_by_its_number_and_leaves_nothing) {
  workplace w;
  fill(w.path("tasks.db"));
  ASSERT_EQ(w.run("export tasks.db >one.jsonl").code, 0);
  const auto good = w.file("one.jsonl");
  const auto third = line_of(good, 3);
  const auto with = [&](std::size_t n, const std::string& line) {
    auto text = good;
    return text.replace(text.find(line_of(good, n)), line_of(good, n).size(), line);
  };
  auto flipped = third;
  flipped[flipped.find("task 2") + 5] = '7';
  auto other_sum = third;
  other_sum.replace(other_sum.rfind(':') + 1, 2, "77");
  struct bad {
    std::string text;
    std::string complaint;
  };
  const std::vector<bad> all{
    {"", ":1: no_export"},
    {"hello\n", ":1: no_export"},
    {good.substr(good.find('\n') + 1), ":1: no_export"},
    {with(1, R"({"stint_export":2,"and":"more"})"), ":1: format_too_new: it is of format 2"},
    {with(1, line_of(good, 1).replace(2, 5, "STINT")), ":1: no_export"},
    {with(3, flipped), ":3: damaged_line"},
    {with(3, other_sum), ":3: damaged_line"},
    {with(3, third.substr(0, third.size() / 2)), ":3: malformed_json"},
    {with(3, third.substr(0, third.rfind(",\"sum\"")) + "}"), ":3: missing_field"},
    {with(3, ""), ":3: malformed_json"},
    {with(3, "[3]"), ":3: not_an_object"},
    {with(3, "\xff" + third), ":3: malformed_json"},
    {with(3, line_of(good, 2)), ":3: invalid_commit"},
    {good + third + "\n", "bad_value: the header says"},
    {good.substr(0, good.size() - 1), "truncated: the line has no end"},
    {good.substr(0, good.rfind('\n', good.size() - 2) + 1), "truncated: 26 of 27"},
  };
  for (const auto& b : all) {
    std::ofstream{w.path("bad.jsonl"), std::ios::binary} << b.text;
    auto r = w.run("import copy.db --from bad.jsonl");
    EXPECT_EQ(r.code, 2) << b.complaint;
    EXPECT_TRUE(r.complains("stint: bad.jsonl:")) << r.err;
    EXPECT_TRUE(r.complains(b.complaint)) << b.complaint << "\n" << r.err;
    EXPECT_EQ(w.shell("ls copy.db*").out, "") << b.complaint;
  }
  EXPECT_TRUE(w.run("import copy.db --from .").complains("unreadable"));
  EXPECT_TRUE(w.run("import copy.db --from nothing").complains("unreadable"));
  EXPECT_EQ(w.shell("ls copy.db*").out, "");
}
