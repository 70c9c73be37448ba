// What is tested: a typed kind refuses bad args when they are submitted, and its body gets the struct. How: a real list.
#include <stint/typed_kind.hpp>

#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <stint/stint.hpp>

namespace kinds {

struct add_args {
  int a = 0;
  int b = 0;
};
BOOST_DESCRIBE_STRUCT(add_args, (), (a, b))

} // namespace kinds

namespace {

struct TypedKind : testing::Test {
  TypedKind() {
    stint::configure(cfg);
    opts.workers = 1;
    stint::json::add_kind<kinds::add_args>(opts.kinds, "add", [](stint::context& job, const kinds::add_args& x) {
      job.print("adding\n");
      return stint::succeeded(x.a + x.b);
    });
    stint::json::add_kind<kinds::add_args>(opts.kinds, "nothing", [](stint::context&, const kinds::add_args&) {});
  }
  caf::actor_system_config cfg;
  stint::options opts;
};

using typed_kind = TypedKind; // suites are named after the type that they test

} // namespace

TEST_F(typed_kind, the_body_gets_the_struct) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  auto id = tasks.submit(stint::json::spec_of("add", "sum", kinds::add_args{40, 2}));
  ASSERT_TRUE(id) << id.error().text;
  EXPECT_EQ(tasks.wait(*id)->code, 42);
  auto quiet = tasks.submit(stint::json::spec_of("nothing", "quiet", kinds::add_args{}));
  EXPECT_EQ(tasks.wait(*quiet)->state, stint::state::succeeded);
}

TEST_F(typed_kind, bad_args_are_refused_at_submission_and_nothing_of_the_batch_runs) {
  caf::actor_system system{cfg};
  stint::list tasks{system, opts};
  std::vector<stint::submission> batch;
  batch.push_back({stint::json::spec_of("add", "good", kinds::add_args{1, 1}), {}});
  batch.push_back({stint::json::spec_of("add", "bad", kinds::add_args{1, 1}), {}});
  batch.back().what.args = R"({"a": 1, "b": "2"})";
  auto made = tasks.submit(std::move(batch));
  EXPECT_EQ(made.code(), stint::errc::malformed_args);
  EXPECT_EQ(made.error().text, "task 1: b: a number is wanted, this is a string");
  EXPECT_EQ(tasks.counts()->submitted, 0U);
}

TEST_F(typed_kind, a_name_that_is_taken_is_told_at_once) {
  auto again = [this] {
    stint::json::add_kind<kinds::add_args>(opts.kinds, "add", [](stint::context&, const kinds::add_args&) {});
  };
  EXPECT_THROW(again(), stint::start_error);
}
