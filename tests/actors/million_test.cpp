// What is tested: a million tasks at once, as many as may be unfinished: all are taken, one more is refused, all end. It
// takes seconds, and is a tenth of that under a sanitizer.
#include <actors/actors.hpp>

using namespace stint;
using namespace stint::test;

namespace {

struct Million : actors_fixture {};
using million = Million;

#ifdef STINT_SANITIZED
constexpr std::size_t batch = 10'000;
#else
constexpr std::size_t batch = 100'000;
#endif
constexpr std::size_t all = 10 * batch;

} // namespace

TEST_F(million, tasks_are_taken_and_one_more_is_refused) {
  opts.limits.pending = all;
  caf::actor_system system{cfg};
  list tasks{system, opts};
  ASSERT_TRUE(tasks.pause());
  std::atomic<std::size_t> ran{0};
  const body count = cooperative([&ran] { ++ran; });
  for (std::size_t i = 0; i < all; i += batch) {
    std::vector<submission> many(batch, submission{named("one of many"), count});
    auto made = tasks.submit(std::move(many));
    ASSERT_TRUE(made) << to_string(made.error());
    ASSERT_EQ(made->ids.size(), batch);
  }
  EXPECT_EQ(tasks.submit(named("one more"), [] {}).code(), errc::too_many_pending);
  EXPECT_EQ(tasks.submit(std::vector<submission>(opts.limits.batch + 1)).code(), errc::batch_too_large);
  ASSERT_TRUE(tasks.resume());
  ASSERT_EQ(tasks.wait_all()->open, 0U);
  EXPECT_EQ(ran, all);
  const auto c = tasks.counts();
  EXPECT_EQ(c->tasks[state::succeeded] + c->deleted, all);
  EXPECT_TRUE(tasks.submit(named("one more"), [] {})) << "there is room again";
}
