// `stint list`, `show`, `cancel`, `retry` and `release` as a user has them, and claims of `stint run`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stint/command_kind.hpp>

#include "node_processes.hpp"

namespace stint::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A command's task.
submission task_of(std::string name, std::vector<std::string> command, const std::function<void(spec&)>& change = {}) {
  auto s = command_spec(std::move(name), {std::move(command), {}, {}});
  if (change)
    change(s);
  return {std::move(s), {}};
}

struct task_verbs_test : testing::Test {
  task_verbs_test() { p.serve("--beat 500ms --lease 3s"); } // who runs alone waits for the leases of the dead
  node_run run(const std::string& verb, const std::string& rest = {}) { return p.stint(verb + " " + p.link() + " " + rest); }
  void submit(std::vector<submission> all) {
    const auto made = p.tasks().submit(std::move(all));
    ASSERT_TRUE(made) << to_string(made.error());
  }

  node_processes p;
};

TEST_F(task_verbs_test, list_shows_a_page_of_what_is_asked_for) {
  submit({task_of("one", {"true"}), task_of("two", {"true"}, [](spec& s) { s.queue = "q"; }),
          task_of("three", {"true"}, [](spec& s) { s.tags = {"x"}; })});
  ASSERT_TRUE(p.tasks().cancel(2));
  const auto all = run("list");
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(all.out, "id  state                kind     name\n"
                     " 3  waiting (no worker)  command  three\n"
                     " 2  cancelled            command  two\n"
                     " 1  waiting (no worker)  command  one\n");
  EXPECT_THAT(run("list", "--state waiting --state running").out, Not(HasSubstr("two")));
  EXPECT_THAT(run("list", "--queue q").out, AllOf(HasSubstr("two"), Not(HasSubstr("three"))));
  EXPECT_THAT(run("list", "--tag x").out, AllOf(HasSubstr("three"), Not(HasSubstr("one"))));
  EXPECT_THAT(run("list", "--limit 2").out,
              AllOf(HasSubstr("two"), Not(HasSubstr("one")), HasSubstr("more with --from 1\n")));
  EXPECT_THAT(run("list", "--from 1").out, AllOf(HasSubstr("one"), Not(HasSubstr("two")), Not(HasSubstr("more"))));
  const auto json = run("list", "--json --queue q").out;
  EXPECT_THAT(json, StartsWith(R"({"id":2,"version":)"));
  EXPECT_THAT(json, AllOf(HasSubstr(R"("state":"cancelled")"), HasSubstr(R"("ended":"20)")));
  EXPECT_EQ(run("list", "--json --kind nothing").out, "");
}

TEST_F(task_verbs_test, show_says_why_a_task_waits_and_how_it_ended) {
  submit({task_of("first", {"true"}, [](spec& s) { s.claims = {exclusive("repo")}; }),
          task_of("second", {"true"}, [](spec& s) {
            s.claims = {exclusive("repo/main"), shared("disk")};
            s.labels = {"gpu"};
          })});
  const auto why = "no worker for kind 'command' with label 'gpu'";
  EXPECT_THAT(run("show", "2").out,
              AllOf(HasSubstr("state       waiting (no worker)\n"), HasSubstr(why),
                    HasSubstr("claims      repo/main (exclusive)\n"), HasSubstr("labels      gpu\n"), HasSubstr(R"(args        {"command":["true"])")));
  EXPECT_THAT(run("show", "--json 2").out,
              AllOf(HasSubstr(R"("labels":["gpu"])"), HasSubstr(why), HasSubstr(R"("args":"{\"command)")));
  p.worker(1);
  ASSERT_TRUE(p.tasks().wait(1));
  EXPECT_THAT(run("show", "1").out,
              AllOf(HasSubstr("state       succeeded\n"), HasSubstr("ended       20"), Not(HasSubstr("because"))));
  const auto none = run("show", "77");
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, HasSubstr("unknown_task"));
}

TEST_F(task_verbs_test, show_prints_what_a_task_has_printed) {
  p.worker(1);
  ASSERT_TRUE(p.until_workers(1));
  const auto id = p.tasks().submit(command_spec("t", {{"sh", "-c", "echo one; echo two"}, {}, {}}));
  ASSERT_TRUE(id);
  ASSERT_TRUE(p.tasks().wait(*id));
  const auto r = run("show", "--output " + std::to_string(*id));
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(r.out, "one\ntwo\n");
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(run("show", "--output 77").code, 1);
  const auto painter = p.tasks().submit(command_spec("t", {{"printf", "\\033[2Jgone\\n"}, {}, {}}));
  ASSERT_TRUE(painter);
  ASSERT_TRUE(p.tasks().wait(*painter));
  const auto show = " show " + p.link() + " --output " + std::to_string(*painter);
  EXPECT_EQ(p.stint(show).out, "\x1b[2Jgone\n") << "byte for byte where it is no terminal";
  EXPECT_EQ(p.shell("script -qec '" STINT_PROGRAM + show + "' /dev/null").out, "\\x1b[2Jgone\r\n") << "and harmless where it is one";
  EXPECT_EQ(run("show", "--output --json " + std::to_string(*id)).code, 2);
}

TEST_F(task_verbs_test, cancel_and_retry_say_what_became_of_each_task) {
  submit({task_of("a", {"true"}), task_of("b", {"true"}), task_of("c", {"true"})});
  const auto some = run("cancel", "1 77 2");
  EXPECT_EQ(some.code, 1);
  EXPECT_EQ(some.out, "task 1 is cancelled\ntask 2 is cancelled\n") << "one that is refused stops nobody";
  EXPECT_THAT(some.err, HasSubstr("unknown_task"));
  const auto both = run("cancel", "1 78");
  EXPECT_THAT(both.err, AllOf(HasSubstr("wrong_state"), HasSubstr("no task 78")));
  const auto again = run("retry", "1");
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, "task 1 is tried again as task 4\n");
  EXPECT_EQ(p.tasks().get(4)->retry_of, 1U);
  EXPECT_EQ(run("retry", "3").code, 1) << "it waits";
  EXPECT_EQ(run("release", "3").code, 1) << "it is not quarantined";
}

TEST_F(task_verbs_test, release_lets_a_quarantined_task_run_again) {
  submit({task_of("deadly", {"sh", "-c", "[ -e good ] || { echo x >> began; exec sleep 100; }"})});
  for (int deaths = 1; deaths <= 3; ++deaths) {
    const auto worker = p.worker(1);
    const auto n = static_cast<unsigned>(deaths);
    ASSERT_TRUE(p.until([&] { return p.file("began").size() == 2 * n && p.tasks().get(1)->begun; }, "it has begun"));
    p.kill(worker);
    ASSERT_TRUE(p.until([&] { return p.tasks().get(1)->deaths == n; }, "a death"));
  }
  EXPECT_THAT(run("list", "--state quarantined").out, HasSubstr("deadly"));
  EXPECT_THAT(run("show", "1").out, HasSubstr("because     quarantined after 3 deaths"));
  ASSERT_EQ(p.shell("touch good").code, 0);
  EXPECT_EQ(run("release", "1").out, "task 1 is waiting\n");
  p.worker(1);
  EXPECT_EQ(p.tasks().wait(1)->state, state::succeeded);
}

TEST_F(task_verbs_test, run_claims_what_it_is_told_to) {
  p.worker(2);
  EXPECT_EQ(run("run", "--claim a/b --exclusive c --shared d -- true").code, 0);
  EXPECT_EQ(p.tasks().get(1)->claims, (std::vector{exclusive("a/b"), exclusive("c"), shared("d")}));
  const auto twice = run("run", "--claim a --shared a -- true");
  EXPECT_EQ(twice.code, 1);
  EXPECT_THAT(twice.err, HasSubstr("duplicate_claim"));
}

TEST_F(task_verbs_test, what_is_wrong_with_the_command_line_is_said) {
  const auto state = run("list", "--state asleep");
  EXPECT_EQ(state.code, 2);
  EXPECT_THAT(state.err, HasSubstr("there is no state 'asleep'"));
  EXPECT_EQ(run("list", "--limit 0").code, 2);
  EXPECT_EQ(run("list", "--limit 1001").code, 2);
  EXPECT_EQ(run("show").code, 2);
  EXPECT_EQ(run("cancel", "seven").code, 2);
  EXPECT_EQ(p.stint("list --connect 127.0.0.1:1 --tls certs").code, 2) << "nobody listens";
  EXPECT_EQ(p.stint("list --connect 127.0.0.1:1").code, 2) << "neither TLS nor --insecure";
}

} // namespace
} // namespace stint::test
