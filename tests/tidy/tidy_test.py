#!/usr/bin/env python3
"""Plants each fault that cmake/tidy.py knows, once, and expects it to be named.

A tree without fault is made first; each test adds one file or line to it. A
check that cannot fail is a defect, so nothing here passes by finding nothing.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "cmake"))
import tidy  # noqa: E402

CLEAN = {
    "messages/CMakeLists.txt": "stint/key.hpp stint/caf.hpp",
    "messages/stint/key.hpp": "/// A key.\n#pragma once\n",
    "messages/stint/caf.hpp": "/// CAF.\n#pragma once\n#include <caf/all.hpp>\n#if CAF_MAJOR_VERSION >= 1\n#endif\n",
    "core/CMakeLists.txt": "stint/claims.hpp stint/claims.cpp",
    "core/stint/claims.hpp": "/// Claims.\n#include <stint/key.hpp>\n",
    "core/stint/claims.cpp": '#include <stint/claims.hpp>\n'
                             '// std::mutex and ::now() and caf/all.hpp in a comment\n'
                             '/* std::thread */ auto text = "steady_clock::now()";\n'
                             'auto raw = R"(std::mutex)"; char c = \'"\'; int n = 100\'000;\n',
    "store/CMakeLists.txt": "stint/memory_store.hpp",
    "store/stint/memory_store.hpp": "/// Memory.\n#include <stint/key.hpp>\n",
    "actors/CMakeLists.txt": "stint/list.hpp stint/runner_thread.cpp stint/environment.cpp",
    "actors/stint/list.hpp": "/// A list.\n///\n///   a      b\n///   |----->|\n///\n"
                             "/// Owner    you.\n/// Order    none,\n///          or some.\n/// Errors   none.\n"
                             "#include <caf/all.hpp>\n#include <stint/claims.hpp>\n"
                             "void f(caf::event_based_actor* self);\n",
    "actors/stint/runner_thread.cpp": "std::mutex m; std::thread t;\n",
    "actors/stint/environment.cpp": "auto t = std::chrono::steady_clock::now();\n",
    "testing/CMakeLists.txt": "stint/stepper.hpp",
    "testing/stint/stepper.hpp": "/// Steps.\n#include <stint/list.hpp>\n#if CAF_MAJOR_VERSION >= 1\n#endif\n",
    "tests/core/claims_test.cpp": "#include <stint/claims.hpp>\n#include <gtest/gtest.h>\n",
    "docs/design/0001-a.md": "# A\n",
    "AGENTS.md": "# Agents\n",
    "CONTRIBUTING.md": "# Contributing\n",
    "examples/hello.cpp": "auto t = std::chrono::steady_clock::now();\n",
}


# What the clean tree may by name.
EXCEPTIONS = {
    ("actors/stint/runner_thread.cpp", "threads"): "it is the thread",
    ("actors/stint/environment.cpp", "now"): "it is the environment",
}


def faults(changes=None):
    """What tidy says of the clean tree with these files added, or lengthened with '+'."""
    with tempfile.TemporaryDirectory() as folder:
        files = dict(CLEAN)
        for path, text in (changes or {}).items():
            files[path.lstrip("+")] = files[path[1:]] + text if path[0] == "+" else text
        for path, text in files.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tidy.Tidy(folder).run()


class Planted(unittest.TestCase):
    def setUp(self):
        for table, here in (("SIZE_EXCEPTIONS", {}), ("WORD_EXCEPTIONS", dict(EXCEPTIONS))):
            saved = getattr(tidy, table)
            setattr(tidy, table, here)
            self.addCleanup(setattr, tidy, table, saved)

    def finds(self, words, changes):
        found = faults(changes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_a_clean_tree_has_no_fault(self):
        self.assertEqual(faults(), [])

    def test_core_may_not_see_actors(self):
        self.finds("core/stint/claims.cpp:5: includes stint/list.hpp of actors/",
                   {"+core/stint/claims.cpp": "#include <stint/list.hpp>\n"})

    def test_store_may_not_see_core(self):
        self.finds("of core/", {"+store/stint/memory_store.hpp": "#include <stint/claims.hpp>\n"})

    def test_messages_may_not_see_core(self):
        self.finds("of core/", {"+messages/stint/caf.hpp": "#include <stint/claims.hpp>\n"})

    def test_actors_may_not_see_testing(self):
        self.finds("of testing/", {"+actors/stint/list.hpp": "#include <stint/stepper.hpp>\n"})

    def test_core_may_not_see_caf(self):
        self.finds("without CAF", {"+core/stint/claims.hpp": "#include <caf/actor.hpp>\n"})

    def test_core_may_not_see_caf_through_messages(self):
        self.finds("without CAF", {"+core/stint/claims.hpp": "#include <stint/caf.hpp>\n"})

    def test_a_plain_message_may_not_see_caf(self):
        self.finds("without CAF", {"+messages/stint/key.hpp": "#include <caf/actor.hpp>\n"})

    def test_an_include_of_nothing_is_found(self):
        self.finds("in no layer", {"+core/stint/claims.hpp": "#include <stint/gone.hpp>\n"})

    def test_a_public_header_may_not_need_a_private_one(self):
        self.finds("not installed", {
            "actors/stint/detail/table.hpp": "/// A table.\n",
            "actors/CMakeLists.txt": CLEAN["actors/CMakeLists.txt"] + " stint/detail/table.hpp",
            "+actors/stint/list.hpp": "#include <stint/detail/table.hpp>\n"})

    def test_the_kit_may_not_see_gtest(self):
        self.finds("any test framework", {"+testing/stint/stepper.hpp": "#include <gtest/gtest.h>\n"})

    def test_a_folder_that_is_no_layer_is_found(self):
        self.finds("no layer that tidy.py knows", {"helpers/stint/helper.hpp": "/// Helps.\n"})

    def test_a_long_file_is_found(self):
        self.finds("more than 350", {"+core/stint/claims.cpp": "\n" * 350})

    def test_an_exception_from_the_size_holds_up_to_its_number(self):
        tidy.SIZE_EXCEPTIONS["core/stint/claims.cpp"] = (400, "a test")
        self.assertEqual(faults({"+core/stint/claims.cpp": "\n" * 380}), [])
        self.finds("more than 400", {"+core/stint/claims.cpp": "\n" * 400})
        self.finds("needs no exception", {})

    def test_a_header_without_sentence_is_found(self):
        for head in ("#pragma once\n", "/// no full stop\n", "// A comment.\n", "///\n/// A key.\n"):
            self.finds("one sentence", {"messages/stint/key.hpp": head})

    def test_a_head_with_unknown_disordered_or_doubled_labels_is_found(self):
        head = "/// A key.\n///\n"
        for words, labels in (("'Thread' is no label", "/// Thread   none.\n"),
                              ("Owner stands too late", "/// Threads  none.\n/// Owner    you.\n"),
                              ("Cost stands too late", "/// Seed     it.\n/// Order    any.\n/// Cost     much.\n"),
                              ("label Units twice", "/// Units    bytes.\n/// Units    counts.\n")):
            self.finds(words, {"messages/stint/key.hpp": head + labels})

    def test_a_long_ladder_is_found(self):
        ladder = "/// A key.\n///\n///   a      b\n" + "///   |----->|\n" * 11
        self.assertEqual(faults({"messages/stint/key.hpp": ladder}), [])
        self.finds("3: a ladder of 13 lines", {"messages/stint/key.hpp": ladder + "///   |----->|\n"})

    def test_a_long_document_is_found(self):
        for path, most in (("docs/design/0001-a.md", 120), ("AGENTS.md", 60), ("CONTRIBUTING.md", 60)):
            self.assertEqual(faults({"+" + path: "\n" * (most - 1)}), [])
            self.finds(f"{path}:{most + 1}: has", {"+" + path: "\n" * most})

    def test_shared_state_is_found_where_there_is_none(self):
        for words in ("std::mutex", "std::shared_mutex", "std::atomic<int>", "std::thread", "std::jthread",
                      "std::condition_variable", "std::this_thread::sleep_for(d)", "std::lock_guard"):
            self.finds("nothing is shared", {"+actors/stint/list.hpp": words + " x;\n"})
        for folder in ("core", "store", "json", "command", "testing"):
            self.finds("nothing is shared", {f"{folder}/stint/more.cpp": "std::mutex m;\n",
                                             f"{folder}/CMakeLists.txt": CLEAN.get(f"{folder}/CMakeLists.txt", "")
                                             + " stint/more.cpp"})

    def test_a_file_named_like_an_excepted_one_is_not(self):
        for name in ("runner_more.cpp", "blocking_more.cpp", "environment_more.cpp"):
            self.finds("is not for actors/", {
                f"actors/stint/{name}": "std::mutex m;\n" if "env" not in name else "auto t = clock::now();\n",
                "actors/CMakeLists.txt": CLEAN["actors/CMakeLists.txt"] + f" stint/{name}"})

    def test_an_actor_of_another_base_is_found(self):
        for base in ("caf::event_based_actor", "public caf::blocking_actor", "caf::stateful_actor<state>",
                     "private other, public event_based_actor"):
            self.finds("derive from caf_shim::actor_base",
                       {"+actors/stint/list.hpp": f"class thing final\n    : {base} {{}};\n"})

    def test_what_only_one_caf_has_is_found(self):
        for why, words in (("messages are structs", "using a = caf::atom_constant<1>;"),
                           ("messages are structs", "self->send(x, caf::get_atom{});"),
                           ("streams became flows", "caf::stream<int> s;"),
                           ("streams became flows", "#include <caf/flow/observable.hpp>"),
                           ("no CAF config file", 'cfg.parse(argc, argv, "caf.conf");'),
                           ("no CAF config file", "opt_group{custom_options_, x};"),
                           ("no metrics", "caf::telemetry::counter c;"),
                           ("no metrics", "system.metrics(); metric_registry r;")):
            self.finds(why, {"+actors/stint/list.hpp": words + "\n"})

    def test_input_and_output_in_core_is_found(self):
        self.finds("performs nothing", {"+core/stint/claims.cpp": "#include <fstream>\n"})

    def test_a_clock_outside_the_environment_is_found(self):
        for path in ("actors/stint/list.hpp", "core/stint/claims.cpp", "tests/core/claims_test.cpp"):
            self.finds("from the environment", {"+" + path: "auto t = clock::now();\n"})

    def test_a_sleeping_test_is_found(self):
        self.finds("wait for a signal",
                   {"+tests/core/claims_test.cpp": "std::this_thread::sleep_for(1ms);\n"})

    def test_an_exception_from_a_word_is_kept_only_while_needed(self):
        tidy.WORD_EXCEPTIONS[("tests/core/claims_test.cpp", "sleep")] = "a test"
        self.assertEqual(faults({"+tests/core/claims_test.cpp": "sleep_for(1ms);\n"}), [])
        self.finds("needs no exception", {})

    def test_a_receive_with_a_time_out_is_found(self):
        for call in ("self->receive([](int) { f(); }, caf::after(d) >> [] {});",
                     "self->receive_while(b)(f); self->receive(g, after(d) >> h);"):
            self.finds("clock steps back", {"+actors/stint/list.hpp": call + "\n"})

    def test_a_request_with_a_time_out_is_found(self):
        for call in ("self->request(a, d, 1).receive([](int) {}, [](caf::error&) {});",
                     "self->request(a, std::chrono::seconds{3}, get{}).then(f, g);",
                     "self->mail(get{})\n  .request(a, 3s).await(f);",
                     "self->template request<x>(a, d, get{}).then(f);"):
            self.finds("a request has no time-out", {"+actors/stint/list.hpp": call + "\n"})

    def test_a_question_without_time_out_is_no_fault(self):
        calls = ("self->receive([](int) { f(); });\nask(self, a, get{}).receive(f, g);\n"
                 "self->request(a, caf::infinite, get{}).receive(f, g);\nself->mail(get{}).request(a, caf::infinite);\n"
                 "page_request ask; std::string request(int); auto x = request(3);\n")
        self.assertEqual(faults({"+actors/stint/list.hpp": calls}), [])

    def test_two_files_of_one_name_are_found(self):
        self.finds("already", {"tests/actors/claims_test.cpp": ""})

    def test_main_cpp_is_found(self):
        self.finds("says nothing", {"cli/main.cpp": ""})

    def test_a_version_of_caf_is_asked_for_in_named_places_only(self):
        question = "#if CAF_MAJOR_VERSION >= 1\n#endif\n"
        self.finds("belongs in", {"+actors/stint/list.hpp": question})
        self.finds("has its one", {"testing/stint/zz.cpp": question,
                                   "testing/CMakeLists.txt": "stint/stepper.hpp stint/zz.cpp"})

    def test_a_header_missing_from_cmake_is_found(self):
        self.finds("not listed", {"core/stint/more.hpp": "/// More.\n"})
        self.finds("not listed", {"core/stint/more.hpp": "/// More.\n",
                                  "core/CMakeLists.txt": CLEAN["core/CMakeLists.txt"] + " # stint/more.hpp"})
        self.finds("not listed", {"core/stint/laims.hpp": "/// A name within a name.\n"})

    def test_a_folder_without_sources_does_not_pass(self):
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run([sys.executable, ROOT / "cmake/tidy.py", empty],
                                  stdout=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
