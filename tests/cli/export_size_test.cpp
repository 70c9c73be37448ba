// What is tested: that export and import take little memory, whatever a file holds. How: the built program, given less
// memory than the file has bytes. Takes some seconds, since the file has to be that large.
#include <gtest/gtest.h>

#include <stint/sqlite_store.hpp>

#include "contract/store_owner.hpp"
#include "program_under_test.hpp"

using namespace stint;
using namespace stint::test;

TEST(export_size, a_hundred_thousand_tasks_take_little_memory) {
  workplace w;
  {
    sqlite_store box{{w.path("tasks.db"), store_mode::relaxed}};
    const auto head = box.open().value();
    for (task_id id = 1; id <= 100'000;) {
      store::batch b;
      b.epoch = head.epoch;
      for (int i = 0; i < 5'000; ++i, ++id) {
        b.saved.push_back(contract::sample(id, id, state::succeeded));
        b.printed.push_back({id, 0, std::string(1'000, static_cast<char>('a' + id % 26))});
        b.version = b.last_id = id;
      }
      box.commit(b).value();
    }
  }
  const std::string limited = "ulimit -v 120000; exec " STINT_PROGRAM " ";
  auto r = w.shell(limited + "export tasks.db >one.jsonl");
  ASSERT_EQ(r.code, 0) << r.err;
  ASSERT_GT(w.shell("stat -c %s one.jsonl").out.size(), 9u) << "more than 100 MB, else the limit says nothing";
  r = w.shell(limited + "import copy.db --from one.jsonl");
  ASSERT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(w.shell(limited + "export copy.db | cmp - one.jsonl").code, 0);
}
