// What is tested: `stint batch` as users run it: exit codes, what it prints, bad input. How: the built program on real
// commands, without a terminal.
#include <gtest/gtest.h>

#include "program_under_test.hpp"

using namespace stint::test;

TEST(batch_program, ends_with_0_when_all_succeeded) {
  workplace w;
  w.tasks({sh("echo a > a", R"("name":"first")"), sh("echo b > b")});
  auto r = w.run("batch tasks");
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(w.file("a") + w.file("b"), "a\nb\n");
  EXPECT_TRUE(r.says(" 1 first: succeeded\n")) << r.out;
  EXPECT_TRUE(r.says("2 tasks in ")) << r.out;
  EXPECT_TRUE(r.says(": 2 succeeded\n")) << r.out;
  EXPECT_EQ(r.err, "");
}

TEST(batch_program, ends_with_1_when_one_failed_and_shows_its_last_lines_harmless) {
  workplace w;
  w.tasks({sh("true"), sh("echo ignored; seq 1 20; printf '\\033[2Jred\\n'; echo oh >&2; exit 3", R"("name":"bad")")});
  auto r = w.run("batch tasks -j 1");
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(r.says("\n--- 2 bad: exit code 3\n[...]\n")) << r.out;
  EXPECT_TRUE(r.says("20\n")) << r.out;
  EXPECT_TRUE(r.says("\n! oh\n")) << r.out;
  EXPECT_TRUE(r.says("\\x1b[2Jred")) << r.out;
  EXPECT_EQ(r.out.find('\x1b'), std::string::npos);
  EXPECT_FALSE(r.says("ignored")) << r.out;
  EXPECT_TRUE(r.says("1 succeeded, 1 failed\n")) << r.out;
}

TEST(batch_program, refuses_bad_lines_with_their_numbers_and_runs_nothing) {
  workplace w;
  w.tasks({sh("touch ran"), "", R"({"comand":["true"]})", sh("true", R"("timeout":"soon")"), "{", R"({"\u001b[2J":1})"});
  auto r = w.run("batch tasks");
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(r.out, "");
  EXPECT_TRUE(r.complains("stint: tasks:3: unknown_field: 'comand'")) << r.err;
  EXPECT_TRUE(r.complains("stint: tasks:4: bad_duration: timeout: 'soon'")) << r.err;
  EXPECT_TRUE(r.complains("stint: tasks:5: malformed_json: ")) << r.err;
  EXPECT_TRUE(r.complains("stint: tasks:6: unknown_field: '\\x1b[2J'")) << r.err;
  EXPECT_TRUE(r.complains("nothing was run")) << r.err;
  EXPECT_FALSE(w.has("ran"));
}

TEST(batch_program, refuses_files_that_have_no_tasks) {
  workplace w;
  w.tasks({});
  EXPECT_TRUE(w.run("batch tasks").complains("tasks: empty_file: "));
  EXPECT_TRUE(w.run("batch - </dev/null").complains("standard input: empty_file: "));
  EXPECT_TRUE(w.run("batch nowhere").complains("nowhere: unreadable: No such file or directory"));
  EXPECT_TRUE(w.run("batch .").complains(".: unreadable: it is a folder"));
  for (auto arguments : {"batch tasks", "batch nowhere", "batch ."})
    EXPECT_EQ(w.run(arguments).code, 2) << arguments;
}

TEST(batch_program, counted_keys_need_a_capacity) {
  workplace w;
  w.tasks({sh("touch ran", R"("claims":[{"key":"cpu","units":2}])")});
  auto r = w.run("batch tasks");
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(r.complains("tasks:1: key_not_counted: ")) << r.err;
  r = w.run("batch tasks --capacity cpu=1");
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(r.complains("tasks:1: units_exceed_capacity: ")) << r.err;
  r = w.run("batch tasks --capacity cpu=none");
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(r.complains("bad_capacity: ")) << r.err;
  EXPECT_FALSE(w.has("ran"));
  EXPECT_EQ(w.run("batch tasks --capacity disk=1 --capacity cpu=2").code, 0);
  EXPECT_TRUE(w.has("ran"));
}

TEST(batch_program, reads_standard_input_which_no_task_sees) {
  workplace w;
  w.tasks({sh("cat > copy; echo done >> copy")});
  EXPECT_EQ(w.run("batch - <tasks").code, 0);
  EXPECT_EQ(w.file("copy"), "done\n");
}

TEST(batch_program, tells_a_program_that_does_not_exist_and_does_not_try_again) {
  workplace w;
  w.tasks({R"({"name":"nothing","command":["no-such-program-here"],"attempts":5})"});
  auto r = w.run("batch tasks");
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(r.says("nothing: failed: cannot run 'no-such-program-here': No such file or directory")) << r.out;
}

TEST(batch_program, fields_reach_the_command) {
  workplace w;
  w.tasks({sh("mkdir below"), sh(R"(echo "$A" "$PWD" > ../seen)", R"("env":{"A":"b c"},"cwd":"below","claims":["x"])")});
  // One worker: the lines run in their order.
  EXPECT_EQ(w.run("batch tasks -j 1").code, 0);
  EXPECT_EQ(w.file("seen"), "b c " + w.path("below") + "\n");
}

TEST(batch_program, a_failing_task_is_tried_again_and_a_slow_one_times_out) {
  workplace w;
  w.tasks({sh("echo $STINT_ATTEMPT >> tries; [ $STINT_ATTEMPT = 2 ]", R"("attempts":3)"),
           sh("exec sleep 1000", R"("name":"slow","timeout":"100ms")")});
  auto r = w.run("batch tasks"); // waits for the list's back-off, 1 s
  EXPECT_EQ(r.code, 1);
  EXPECT_EQ(w.file("tries"), "1\n2\n");
  EXPECT_TRUE(r.says("slow: failed: timed out")) << r.out;
  EXPECT_TRUE(r.says("1 succeeded, 1 failed")) << r.out;
}

TEST(batch_program, keeps_all_output_in_a_folder) {
  workplace w;
  w.tasks({sh("seq 1 100000; echo oh >&2; exit 1", R"("name":"big one")"), sh("true", R"("name":"quiet")")});
  auto r = w.run("batch tasks --output-dir logs/today");
  EXPECT_EQ(r.code, 1);
  const auto text = w.file("logs/today/0001-big-one.log");
  EXPECT_EQ(text.size(), 588895U + 5);
  EXPECT_NE(text.find("\n54321\n"), std::string::npos);
  EXPECT_NE(text.find("! oh\n"), std::string::npos);
  EXPECT_TRUE(r.says("\noutput of each task: logs/today\n")) << r.out;
  EXPECT_TRUE(w.has("logs/today/0002-quiet.log"));
  EXPECT_EQ(w.run("batch tasks --output-dir tasks/below").code, 2); // tasks is a file
}

TEST(batch_program, keeps_output_without_being_asked_and_names_the_place) {
  workplace w;
  w.tasks({sh("seq 1 20000", R"("name":"one")"), sh("true", R"("name":"quiet")")});
  for (std::string json : {"", "--json "}) {
    auto r = w.run("batch " + json + "tasks");
    EXPECT_EQ(r.code, 0);
    const auto& said = json.empty() ? r.out : r.err;
    const std::string words = "\noutput of each task: " + w.path("tmp/stint-");
    const auto at = said.find(words);
    ASSERT_NE(at, std::string::npos) << said;
    const auto name = said.substr(at + words.size(), said.find('\n', at + 1) - at - words.size());
    EXPECT_EQ(w.file("tmp/stint-" + name + "/0001-one.log").size(), 108894U) << "all of it, which is more than the list keeps";
    EXPECT_FALSE(w.has("tmp/stint-" + name + "/0002-quiet.log"));
    ASSERT_EQ(w.shell("rm -r tmp/stint-" + name + "; rmdir tmp").code, 0) << "one folder per run";
  }
}

TEST(batch_program, leaves_no_folder_when_there_is_nothing_to_keep) {
  workplace w;
  w.tasks({sh("true")});
  auto r = w.run("batch tasks");
  EXPECT_EQ(r.code, 0);
  EXPECT_FALSE(r.says("output of")) << r.out;
  EXPECT_EQ(w.shell("rmdir tmp").code, 0) << "tmp is empty";
  w.tasks({sh("echo oh; exit 1")});
  r = w.run("batch --no-output tasks");
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(r.says("\noh\n")) << r.out;
  EXPECT_FALSE(r.says("output of")) << r.out;
  EXPECT_EQ(w.shell("rmdir tmp").code, 0);
  EXPECT_EQ(w.run("batch --no-output --output-dir logs tasks").code, 2);
  r = w.shell("TMPDIR=/nowhere exec " STINT_PROGRAM " batch tasks");
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(r.complains("nothing was run; see --output-dir")) << r.err;
}

TEST(batch_program, output_that_cannot_be_written_is_no_success) {
  workplace w;
  w.tasks({sh("true")});
  EXPECT_EQ(w.run("batch tasks >/dev/full").code, 1);
  EXPECT_EQ(w.run("batch --json tasks >/dev/full").code, 1);
}

TEST(batch_program, a_wrong_command_line_is_refused) {
  workplace w;
  w.tasks({sh("touch ran")});
  for (auto arguments : {"", "btach tasks", "batch", "batch --nonsense tasks", "batch tasks more", "batch tasks -j 0",
                         "batch tasks -j 1025", "batch tasks -j many", "help nothing", "--nonsense"}) {
    auto r = w.run(arguments);
    EXPECT_EQ(r.code, 2) << arguments;
    EXPECT_TRUE(r.complains("stint: ")) << arguments << ": " << r.err;
    EXPECT_EQ(r.out, "") << arguments;
  }
  EXPECT_FALSE(w.has("ran"));
}

TEST(batch_program, explains_itself) {
  workplace w;
  EXPECT_EQ(w.run("--version").out, "stint " STINT_VERSION "\n");
  auto all = w.run("--help");
  EXPECT_EQ(all.code, 0);
  EXPECT_TRUE(all.says("batch"));
  auto verb = w.run("help batch");
  EXPECT_EQ(verb.code, 0);
  EXPECT_TRUE(verb.says("--capacity"));
  EXPECT_TRUE(verb.says("under $TMPDIR or /tmp"));
  EXPECT_TRUE(verb.says("Exit code"));
  EXPECT_EQ(verb.out, w.run("batch --help").out);
  EXPECT_EQ(w.run("help").out, all.out);
}
