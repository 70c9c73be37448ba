// What is tested: many tasks from one thread without waiting for each: their order, their answers, refusals, the window, and
// a list that ends meanwhile.
#include "actors.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <optional>
#include <stdexcept>

using namespace stint::test;
using stint::errc;
using stint::state;

namespace {

using testing::HasSubstr;

struct submitter : actors_fixture {
  caf::actor_system system{cfg};
  std::vector<std::uint64_t> numbers;
  std::vector<stint::task_id> ids;
  std::vector<std::string> refusals;

  stint::submitter::answer_fn note() {
    return [this](std::uint64_t number, const stint::result<stint::task_id>& id) {
      numbers.push_back(number);
      ids.push_back(id ? *id : 0);
      if (!id)
        refusals.push_back(to_string(id.error()));
    };
  }
};

TEST_F(submitter, each_call_has_its_answer_in_its_order) {
  constexpr std::uint64_t count = 5'000;
  stint::list tasks{system, opts};
  std::atomic<std::uint64_t> ran{0};
  stint::submitter line{tasks, note()};
  for (std::uint64_t i = 1; i <= count; ++i)
    EXPECT_EQ(line.submit(named("task " + std::to_string(i)), [&ran] { ++ran; }), i);
  const auto made = line.flush();
  EXPECT_EQ(made.accepted, count);
  EXPECT_EQ(made.refused, 0U);
  ASSERT_EQ(ids.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSERT_EQ(numbers[i], i + 1);
    ASSERT_EQ(ids[i], i + 1) << "nobody else submits";
  }
  ASSERT_TRUE(tasks.wait_all());
  EXPECT_EQ(ran, count);
  EXPECT_EQ(tasks.get(count)->name, "task " + std::to_string(count));
}

TEST_F(submitter, one_that_is_refused_refuses_no_other) {
  stint::list tasks{system, opts};
  stint::submitter line{tasks, note()};
  for (int i = 0; i < 1'000; ++i)
    line.submit(named(i % 100 == 50 ? "" : "fine"), [] {});
  const auto made = line.flush();
  EXPECT_EQ(made.accepted, 990U);
  EXPECT_EQ(made.refused, 10U);
  EXPECT_EQ(made.first_refused, 51U);
  EXPECT_EQ(made.why.code, errc::name_empty);
  ASSERT_EQ(ids.size(), 1'000U);
  stint::task_id next = 0;
  for (std::size_t i = 0; i < ids.size(); ++i)
    EXPECT_EQ(ids[i], i % 100 == 50 ? 0 : ++next);
  EXPECT_EQ(tasks.counts()->submitted, 990U);
}

TEST_F(submitter, the_callable_of_a_refused_task_is_gone_with_its_answer) {
  stint::list tasks{system, opts};
  stint::submitter line{tasks};
  const auto held = std::make_shared<int>();
  line.submit(named(""), [held] {});
  line.submit(named(""), [held] {});
  EXPECT_EQ(line.flush().refused, 2U);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(submitter, what_is_past_a_bound_is_refused_and_the_rest_goes_on) {
  opts.limits.pending = 3;
  opts.limits.batch = 2;
  stint::list tasks{system, opts};
  gate in;
  stint::submitter line{tasks, note()};
  for (int i = 0; i < 5; ++i)
    line.submit(named("held"), [&in] { in.pass(); });
  EXPECT_EQ(line.flush().accepted, 3U);
  EXPECT_EQ(refusals.size(), 2U);
  EXPECT_THAT(refusals.at(0), HasSubstr("too_many_pending"));
  in.open();
  ASSERT_TRUE(tasks.wait_all());
  line.submit(named("later"), [] {});
  EXPECT_EQ(line.flush().accepted, 4U);
}

TEST_F(submitter, the_check_of_a_kind_refuses_by_its_own_word) {
  stint::kind picky{stint::body{[] {}}, false, [](const std::string& args) -> stint::result<stint::unit_t> {
    if (args == "bad")
      return {errc::malformed_args, "no such thing"};
    return stint::unit;
  }};
  opts.kinds.add("picky", std::move(picky));
  stint::list tasks{system, opts};
  stint::submitter line{tasks, note()};
  for (const auto* args : {"good", "bad", "good"}) {
    auto s = named(args);
    s.kind = "picky";
    s.args = args;
    line.submit(std::move(s));
  }
  EXPECT_EQ(line.flush().accepted, 2U);
  EXPECT_EQ(refusals, std::vector<std::string>{"malformed_args: no such thing"});
}

/// The list stands still while it checks: what is submitted until then has no answer.
TEST_F(submitter, waits_while_its_window_is_full) {
  gate in;
  stint::kind slow{stint::body{[] {}}, false, [&in](const std::string&) -> stint::result<stint::unit_t> {
    in.pass();
    return stint::unit;
  }};
  opts.kinds.add("slow", std::move(slow));
  stint::list tasks{system, opts};
  stint::submitter line{tasks, note(), 3};
  for (std::size_t put = 1; put <= 100; ++put) {
    auto s = named("slow");
    s.kind = "slow";
    line.submit(std::move(s));
    EXPECT_LE(put - ids.size(), 3U);
    if (put == 3)
      in.open();
  }
  EXPECT_EQ(line.flush().accepted, 100U);
  EXPECT_EQ(ids.size(), 100U);
}

TEST_F(submitter, a_list_that_has_ended_refuses_what_is_left) {
  std::optional<stint::list> tasks{std::in_place, system, opts};
  stint::submitter line{*tasks, note()};
  line.submit(named("one"), [] {});
  EXPECT_EQ(line.flush().accepted, 1U);
  tasks.reset();
  for (int i = 0; i < 3; ++i)
    line.submit(named("too late"), [] {});
  const auto made = line.flush();
  EXPECT_EQ(made.refused, 3U);
  EXPECT_EQ(made.why.code, errc::list_gone);
}

/// It ends while one message is with it and three more wait.
TEST_F(submitter, a_list_that_ends_meanwhile_answers_every_task_once) {
  constexpr std::uint64_t count = 3'500;
  gate in;
  stint::kind slow{stint::body{[] {}}, false, [&in](const std::string&) -> stint::result<stint::unit_t> {
    in.pass();
    return stint::unit;
  }};
  opts.kinds.add("slow", std::move(slow));
  std::optional<stint::list> tasks{std::in_place, system, opts};
  stint::submitter line{*tasks, note()};
  for (std::uint64_t i = 0; i < count; ++i) {
    auto s = named("t");
    s.kind = "slow";
    line.submit(std::move(s));
  }
  caf::anon_send_exit(tasks->actor(), caf::exit_reason::kill);
  in.open();
  const auto made = line.flush();
  EXPECT_EQ(made.accepted + made.refused, count);
  EXPECT_EQ(numbers.size(), count);
  EXPECT_GE(made.refused, 2'500U);
  EXPECT_EQ(made.why.code, errc::list_gone);
}

TEST_F(submitter, its_end_waits_for_every_answer_and_tells_nobody) {
  stint::list tasks{system, opts};
  {
    stint::submitter line{tasks, note()};
    for (int i = 0; i < 100; ++i)
      line.submit(named("t"), [] {});
  }
  EXPECT_EQ(tasks.counts()->submitted, 100U);
  EXPECT_LT(numbers.size(), 100U) << "the last ones at least";
}

TEST_F(submitter, may_submit_more_while_it_hears) {
  stint::list tasks{system, opts};
  int again = 0;
  std::optional<stint::submitter> line;
  line.emplace(tasks, [&](std::uint64_t, const stint::result<stint::task_id>& id) {
    if (!id && ++again <= 3)
      line->submit(named("mended"), [] {});
  });
  for (int i = 0; i < 3; ++i)
    line->submit(named(""), [] {});
  const auto made = line->flush();
  EXPECT_EQ(made.refused, 3U);
  EXPECT_EQ(made.accepted, 3U);
}

TEST_F(submitter, what_its_listener_throws_goes_through_and_loses_no_answer) {
  stint::list tasks{system, opts};
  std::uint64_t heard = 0;
  stint::submitter line{tasks, [&heard](std::uint64_t number, const stint::result<stint::task_id>&) {
    EXPECT_EQ(number, ++heard);
    if (number == 2)
      throw std::runtime_error("of the application");
  }};
  std::uint64_t thrown = 0;
  for (int i = 0; i < 3; ++i)
    try {
      line.submit(named("t"), [] {});
    } catch (const std::runtime_error&) {
      ++thrown;
      --i; // it was not submitted
    }
  try {
    static_cast<void>(line.flush());
  } catch (const std::runtime_error&) {
    ++thrown;
  }
  EXPECT_EQ(line.flush().accepted, 3U);
  EXPECT_EQ(thrown, 1U);
  EXPECT_EQ(heard, 3U);
  EXPECT_EQ(tasks.counts()->submitted, 3U);
}

} // namespace
