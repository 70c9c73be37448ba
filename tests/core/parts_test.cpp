// The small parts: back-off, dice, the timer heaps on both clocks, and bounded output; all with made-up moments.
#include <gtest/gtest.h>

#include <random>

#include <stint/bounded_text.hpp>
#include <stint/crowd.hpp>
#include <stint/retry.hpp>
#include <stint/schedule.hpp>

namespace stint {
namespace {

using namespace std::chrono_literals;

TEST(dice, the_same_seed_gives_the_same_run) {
  dice a{42};
  dice b{42};
  dice c{43};
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(a.roll(), b.roll());
  EXPECT_NE(a.roll(), c.roll());
}

TEST(dice, a_part_is_at_least_zero_and_less_than_one) {
  dice d{1};
  for (int i = 0; i < 10'000; ++i) {
    const auto p = d.part();
    ASSERT_GE(p, 0.0);
    ASSERT_LT(p, 1.0);
  }
}

TEST(backoff, grows_by_the_factor_up_to_its_bound) {
  dice d{1};
  const retry_policy p{10, 1s, 2.0, 10s, 0.0};
  EXPECT_EQ(backoff(p, 1, d), 1s);
  EXPECT_EQ(backoff(p, 2, d), 2s);
  EXPECT_EQ(backoff(p, 3, d), 4s);
  EXPECT_EQ(backoff(p, 4, d), 8s);
  EXPECT_EQ(backoff(p, 5, d), 10s);
  EXPECT_EQ(backoff(p, 1000, d), 10s);
}

TEST(backoff, jitter_only_adds_and_at_most_its_part) {
  dice d{5};
  const retry_policy p{10, 1s, 1.0, 1h, 0.5};
  nanos least = 1h;
  nanos most = 0s;
  for (int i = 0; i < 1000; ++i) {
    const auto b = backoff(p, 1, d);
    least = std::min(least, b);
    most = std::max(most, b);
  }
  EXPECT_GE(least, 1s);
  EXPECT_LE(most, 1500ms);
  EXPECT_GT(most - least, 300ms);
}

// Once, zero times a factor that had grown to infinity was no number at all.
TEST(backoff, of_zero_stays_zero_however_often_it_grew) {
  dice d{1};
  const retry_policy p{1000, 0s, 100.0, 1h, 1.0};
  for (std::uint32_t charged : {1U, 2U, 500U, 1000U})
    EXPECT_EQ(backoff(p, charged, d), 0s) << charged;
}

moment at(nanos steady, nanos wall) { return {steady_time{steady}, wall_time{wall}}; }

TEST(schedule, gives_entries_when_they_are_due_and_in_order) {
  schedule s;
  EXPECT_FALSE(s.next(at(0s, 0s)));
  s.add(steady_time{5s}, due_for::start, 1, 0);
  s.add(steady_time{3s}, due_for::timeout, 2, 7);
  EXPECT_EQ(s.next(at(0s, 0s)), steady_time{3s});
  EXPECT_FALSE(s.take(at(2s, 0s)));
  auto e = s.take(at(5s, 0s));
  ASSERT_TRUE(e);
  EXPECT_EQ(e->id, 2U);
  EXPECT_EQ(e->stamp, 7U);
  EXPECT_EQ(e->what, due_for::timeout);
  EXPECT_EQ(s.take(at(5s, 0s))->id, 1U);
  EXPECT_FALSE(s.take(at(100s, 0s)));
}

TEST(schedule, entries_of_one_moment_come_in_the_order_they_were_added) {
  schedule s;
  for (std::uint64_t id = 1; id <= 50; ++id)
    s.add(steady_time{5s}, due_for::start, id, 0);
  for (std::uint64_t id = 1; id <= 50; ++id)
    EXPECT_EQ(s.take(at(5s, 0s))->id, id);
  for (std::uint64_t id = 1; id <= 50; ++id)
    s.add(wall_time{5s}, due_for::start, id, 0);
  for (std::uint64_t id = 1; id <= 50; ++id)
    EXPECT_EQ(s.take(at(0s, 5s))->id, id);
}

TEST(schedule, the_wall_clock_alone_decides_about_run_at) {
  schedule s;
  s.add(wall_time{1000s}, due_for::start, 1, 0);
  EXPECT_FALSE(s.take(at(5000s, 999s))) << "the steady clock has nothing to say";
  EXPECT_TRUE(s.take(at(0s, 1000s)));
}

TEST(schedule, a_wall_clock_set_forward_or_back_is_noticed_within_a_second) {
  schedule s;
  s.add(wall_time{1000s}, due_for::start, 1, 0);
  EXPECT_EQ(s.next(at(0s, 0s)), steady_time{1s}) << "it may be set forward at any time";
  EXPECT_EQ(s.next(at(7s, 999s + 500ms)), steady_time{7s + 500ms});
  EXPECT_EQ(s.next(at(7s, 2000s)), steady_time{7s});
  EXPECT_FALSE(s.take(at(8s, 500s))) << "set back: not due any more";
}

TEST(schedule, the_nearer_of_both_clocks_comes_first) {
  schedule s;
  s.add(wall_time{100s}, due_for::start, 1, 0);
  s.add(steady_time{200ms}, due_for::start, 2, 0);
  EXPECT_EQ(s.next(at(0s, 0s)), steady_time{200ms});
}

TEST(bounded_text, keeps_everything_while_there_is_room) {
  bounded_text t{10};
  t.append("hello");
  t.append("world");
  const auto p = t.read(0, 100);
  EXPECT_EQ(p.text, "hello") << "head first";
  EXPECT_EQ(p.text + t.read(p.next, 100).text, "helloworld");
  EXPECT_EQ(t.read(3, 1).text, "l");
  EXPECT_EQ(t.total(), 10U);
}

TEST(bounded_text, agrees_with_a_text_that_keeps_everything) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    const std::size_t room = 2 + random() % 40;
    bounded_text t{room};
    std::string all;
    for (int step = 0; step < 30; ++step) {
      std::string piece(random() % 20, 'x');
      for (auto& c : piece)
        c = static_cast<char>('a' + random() % 26);
      t.append(piece);
      all += piece;
      ASSERT_EQ(t.total(), all.size());
      ASSERT_LE(t.kept(), room);
      ASSERT_GE(t.kept(), std::min(room, all.size()));
      const auto from = random() % (all.size() + 5);
      const auto p = t.read(from, 1 + random() % 30);
      ASSERT_EQ(p.text, all.substr(p.offset, p.text.size()));
      ASSERT_EQ(p.next, p.offset + p.text.size());
      ASSERT_EQ(p.offset, std::min(from, all.size()) + p.dropped);
      ASSERT_EQ(p.text.empty(), p.offset == all.size());
    }
  }
}

TEST(bounded_text, offsets_go_on_after_all_of_it_was_dropped) {
  bounded_text t{8};
  t.append("abcdef");
  t.drop();
  EXPECT_EQ(t.kept(), 0U);
  auto p = t.read(0, 100);
  EXPECT_EQ(p.dropped, 6U);
  EXPECT_EQ(p.next, 6U);
  t.append("gh");
  p = t.read(2, 100);
  EXPECT_EQ(p.dropped, 4U);
  EXPECT_EQ(p.offset, 6U);
  EXPECT_EQ(p.text, "gh");
  t.append("ijklmn");
  EXPECT_EQ(t.read(0, 100).text, "klmn");
  EXPECT_EQ(t.total(), 14U);
}

TEST(bounded_text, a_reader_that_goes_on_from_next_sees_head_and_tail) {
  bounded_text t{8};
  t.append("abcdefghijklmnop");
  auto p = t.read(0, 100);
  EXPECT_EQ(p.text, "abcd");
  p = t.read(p.next, 100);
  EXPECT_EQ(p.dropped, 8U);
  EXPECT_EQ(p.text, "mnop");
  EXPECT_EQ(p.next, p.total);
  EXPECT_TRUE(t.read(p.next, 100).text.empty());
}

TEST(crowd, a_few_are_told_at_once_and_each_of_many_within_twenty_turns) {
  EXPECT_FALSE(crowd::in_turns(0));
  EXPECT_FALSE(crowd::in_turns(16));
  EXPECT_TRUE(crowd::in_turns(17));
  EXPECT_EQ(crowd::at_once(17), 16U); // never fewer than are told at once
  for (std::size_t n : {321U, 1'000U, 99'999U}) {
    EXPECT_GE(20 * crowd::at_once(n), n);
    EXPECT_LT(20 * (crowd::at_once(n) - 1), n);
  }
}

} // namespace
} // namespace stint
