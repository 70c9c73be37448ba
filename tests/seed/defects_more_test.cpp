// What is tested: the original's defects in progress and output (1.4: 11-13) and what it has not got (19).
#include "seed.hpp"

#include <condition_variable>
#include <thread>

using namespace stint::test;
using namespace std::chrono_literals;
using stint::errc;
using stint::state;

namespace {
using seed = seed_fixture;
} // namespace

TEST_F(seed, defect_11_progress_is_never_read_half_written) {
  gate seen;
  auto id = tasks().submit(named("t"), [&](stint::context& job) {
    for (std::uint64_t n = 0; n < 2'000; ++n)
      job.progress(n, 2'000, std::to_string(n));
    seen.pass();
  });
  for (int i = 0; i < 500; ++i) {
    auto t = tasks().get(*id);
    if (t->progress.total != 0) {
      EXPECT_EQ(t->progress.text, std::to_string(t->progress.done));
    }
  }
  seen.open();
  EXPECT_EQ(tasks().wait(*id)->progress.done, 1'999U);
}

TEST_F(seed, defect_12_every_byte_of_output_is_kept) {
  const std::string bytes{"a\0b\r\n\xff no newline", 17};
  auto id = tasks().submit(named("t"), [&](stint::context& job) {
    for (int i = 0; i < 100; ++i)
      job.print(bytes);
  });
  ASSERT_TRUE(tasks().wait(*id));
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += bytes;
  EXPECT_EQ(tasks().output(*id)->text, all);
}

TEST_F(seed, defect_13_output_is_bounded_and_read_from_an_offset) {
  opts.limits.output = 1'000;
  auto small = tasks().submit(named("small"), [](stint::context& job) { job.print("0123456789"); });
  ASSERT_TRUE(tasks().wait(*small));
  auto head = tasks().output(*small, 0, 4);
  EXPECT_EQ(head->text, "0123");
  auto rest = tasks().output(*small, head->next);
  EXPECT_EQ(rest->text, "456789");
  EXPECT_EQ(tasks().output(*small, rest->next)->text, ""); // a poller gets what is new, here nothing
  auto big = tasks().submit(named("big"), [](stint::context& job) {
    for (int i = 0; i < 1'000; ++i)
      job.print(std::string(100, 'x'));
  });
  ASSERT_TRUE(tasks().wait(*big));
  std::size_t kept = 0;
  for (std::uint64_t at = 0;;) {
    auto piece = tasks().output(*big, at);
    if (piece->text.empty())
      break;
    kept += piece->text.size();
    at = piece->next;
  }
  EXPECT_LE(kept, 1'000U);
  EXPECT_GE(kept, 500U);
}

TEST_F(seed, defect_19_a_task_can_be_cancelled) {
  gate begun;
  auto id = tasks().submit(named("t"), [&](stint::context& job) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock guard{mutex};
    begun.open();
    never.wait(guard, job.stop_token(), [] { return false; });
    return stint::cancelled("as you wish");
  });
  begun.pass();
  ASSERT_TRUE(tasks().cancel(*id));
  auto t = tasks().wait(*id);
  EXPECT_EQ(t->state, state::cancelled);
  EXPECT_EQ(t->error, "as you wish");
}

TEST_F(seed, defect_19_a_task_can_have_a_timeout) {
  auto s = named("t");
  s.timeout = 1ms;
  auto id = tasks().submit(s, [](stint::context& job) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock guard{mutex};
    never.wait(guard, job.stop_token(), [] { return false; });
    return stint::cancelled();
  });
  auto t = tasks().wait(*id);
  EXPECT_EQ(t->state, state::failed);
  EXPECT_EQ(t->error, "timed out");
}

TEST_F(seed, defect_19_priorities_decide_who_goes_first) {
  opts.workers = 1;
  notebook order;
  ASSERT_TRUE(tasks().pause());
  for (int p : {-2, 0, 2}) {
    auto s = named("t");
    s.priority = p;
    ASSERT_TRUE(tasks().submit(s, [&order, p] { order.write(std::to_string(p)); }));
  }
  ASSERT_TRUE(tasks().resume());
  ASSERT_TRUE(tasks().wait_all());
  EXPECT_EQ(order.lines(), (std::vector<std::string>{"2", "0", "-2"}));
}

TEST_F(seed, defect_19_a_repeated_submission_gives_the_same_task) {
  auto s = named("t");
  s.idempotency_key = "once";
  std::atomic<int> runs{0};
  auto one = tasks().submit(s, [&] { ++runs; });
  auto two = tasks().submit(s, [&] { ++runs; });
  EXPECT_EQ(*one, *two);
  ASSERT_TRUE(tasks().wait_all());
  EXPECT_EQ(runs, 1);
  s.args = "{}";
  EXPECT_EQ(tasks().submit(s, [] {}).code(), errc::idempotency_conflict);
}

TEST_F(seed, defect_19_a_queue_can_have_a_limit) {
  opts.queue_limits = {{"one", 1}};
  held_body first;
  auto s = named("t");
  s.queue = "one";
  auto a = tasks().submit(s, first.run());
  first.begun.pass();
  auto b = tasks().submit(s, [] {});
  auto apart = tasks().submit(named("apart"), [] {});
  ASSERT_TRUE(tasks().wait(*apart));
  EXPECT_EQ(tasks().get(*b)->reason, stint::wait_reason::limit);
  first.may_end.open();
  ASSERT_TRUE(tasks().wait({*a, *b}));
}

TEST_F(seed, defect_19_a_failure_is_tried_again_and_times_are_kept) {
  auto s = named("t");
  s.retry.max_attempts = 3;
  s.retry.backoff = 1ms;
  auto id = tasks().submit(s, [](stint::context& job) {
    return job.attempt() == 3 ? stint::succeeded() : stint::failed("try " + std::to_string(job.attempt()));
  });
  auto t = tasks().wait(*id);
  EXPECT_EQ(t->state, state::succeeded);
  EXPECT_EQ(t->attempt, 3U);
  ASSERT_EQ(t->errors.size(), 2U);
  EXPECT_EQ(t->errors[0].text, "try 1");
  ASSERT_TRUE(t->started && t->ended);
  EXPECT_LE(t->submitted, *t->started);
  EXPECT_LE(*t->started, *t->ended);
}

TEST_F(seed, defect_19_the_list_says_who_stands_in_the_way) {
  held_body holder;
  auto one = tasks().submit(named("holder", {stint::exclusive("k")}), holder.run());
  holder.begun.pass();
  auto two = tasks().submit(named("waiter", {stint::exclusive("k")}), [] {});
  auto behind = tasks().submit(named("behind"), [] {});
  ASSERT_TRUE(tasks().wait(*behind));
  auto e = tasks().explain(*two);
  EXPECT_EQ(e->reason, stint::wait_reason::claims);
  ASSERT_EQ(e->waits_for.size(), 1U);
  EXPECT_EQ(e->waits_for[0].id, *one);
  EXPECT_TRUE(e->waits_for[0].holds);
  EXPECT_NE(e->text.find("holder"), std::string::npos) << e->text;
  EXPECT_EQ(tasks().explain(*one)->holds_back.size(), 1U);
  holder.may_end.open();
}

TEST_F(seed, defect_19_events_are_told) {
  std::mutex mutex;
  std::condition_variable more;
  std::vector<stint::event> heard;
  stint::listener ear;
  ear.events = [&](const stint::event_batch& b) {
    std::lock_guard guard{mutex};
    heard.insert(heard.end(), b.events.begin(), b.events.end());
    more.notify_all();
  };
  auto sub = tasks().subscribe(ear);
  ASSERT_TRUE(sub);
  auto id = tasks().submit(named("t"), [] {});
  {
    std::unique_lock guard{mutex};
    more.wait(guard, [&] { return !heard.empty() && heard.back().to == state::succeeded; });
    EXPECT_TRUE(heard.front().created);
    EXPECT_EQ(heard.front().id, *id);
  }
  end_list(); // before what the listener uses
}
