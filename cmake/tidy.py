#!/usr/bin/env python3
"""Checks what a machine can check of stint's rules: tidy.py [ROOT].

Layer order, file size, a sentence at the head of each header, words that may
not appear in a folder, unique names, headers missing from CMake. Comments and
strings never count. tests/tidy/tidy_test.py plants each fault once.

A rule may be broken where keeping it would make the code worse: then the file
stands in an exception table below, with the reason. An exception that is no
longer needed is a fault too, so the tables only ever shrink.
"""

import pathlib
import re
import sys

SIZE_LIMIT = 350
# path: (greatest number of lines, reason)
SIZE_EXCEPTIONS = {}
# (path, rule's name): reason
WORD_EXCEPTIONS = {
    ("tests/stress/stress.cpp", "now"): "it runs for real seconds, on real threads",
    ("tests/stress/stress_player.hpp", "now"): "it plays for real seconds, on a real thread",
}

# Which folders a folder may include from; None: any. Lowest first.
LAYERS = {
    "messages": {"messages"},
    "core": {"core", "messages"},
    "store": {"store", "messages"},
    "actors": {"actors", "core", "store", "messages"},
    "json": {"json", "actors", "core", "store", "messages"},
    "testing": {"testing", "actors", "core", "store", "messages"},
    "http": {"http", "json", "actors", "core", "store", "messages"},
    "command": {"command", "json", "actors", "core", "store", "messages"},
    "cli": {"cli", "http", "command", "json", "actors", "core", "store", "messages"},
    "examples": None,
    "tests": None,
    "bench": None,
}
LIBRARIES = ["messages", "core", "store", "actors", "json", "testing", "http", "command"]

# The headers of messages/ that know CAF. The rest of messages/ and all of core/
# and store/ compile without CAF on the include path, so they may not have these.
CAF_HEADERS = {"stint/caf.hpp", "stint/caf_net.hpp", "stint/inspect.hpp", "stint/protocol.hpp"}
WITHOUT_CAF = {"messages", "core", "store"}
# Where the version of CAF may be asked for; one more file may in testing/.
VERSION_FILES = {"messages/stint/caf.hpp", "messages/stint/caf_net.hpp"}

THREADS = (r"\bstd::(?:\w*mutex|atomic\w*|j?thread|\w*semaphore|latch|barrier|async)\b"
           r"|\bcondition_variable\w*|\bsleep_(?:for|until)\b")
# name: (pattern, folders it is forbidden in, prefixes of file names that may, why)
WORDS = {
    "threads": (THREADS, {"messages", "core", "actors"}, ("runner", "blocking"),
                "nothing is shared between actors; only runner and blocking may"),
    "io": (r"#\s*include\s*<(?:fstream|iostream|filesystem|thread|mutex|random)>", {"core"}, (),
           "core decides, it performs nothing"),
    "now": (r"::now\s*\(", set(LAYERS) - {"examples", "bench"}, ("environment",),
            "the time comes from the environment, which tests replace"),
    "sleep": (r"\b(?:sleep_(?:for|until)|u?sleep|nanosleep)\s*\(", {"tests"}, (),
              "tests wait for a signal or move virtual time"),
    "gtest": (r"#\s*include\s*[<\"]g(?:test|mock)/", {"testing"}, (),
              "the kit works with any test framework"),
}

TOKENS = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<string>R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')",
    re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
VERSION_IF = re.compile(r"^[ \t]*#[ \t]*(?:el)?if\w*[^\n]*\b(?:STINT_)?CAF_\w+", re.MULTILINE)


def blank(match):
    """Keeps the lines, drops the rest, so that positions still give line numbers."""
    return "\n" * match.group(0).count("\n") or " "


def without_comments(text):
    return TOKENS.sub(lambda m: blank(m) if m.group("comment") else m.group(0), text)


def without_strings(text):
    """For text without comments; the names of included files stay."""
    lines = TOKENS.sub(lambda m: m.group(0) if "#include" in
                       text[text.rfind("\n", 0, m.start()) + 1:m.start()].replace(" ", "")
                       else blank(m), text)
    return lines


def closing(text, start):
    """The position of the parenthesis that closes the one at start."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


class Tidy:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.faults = []
        self.excused = set()
        self.paths = sorted(
            path.relative_to(self.root) for top in self.root.iterdir()
            if top.is_dir() and not top.name.startswith(".") and top.name != "build"
            for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        cpp = [p for p in self.paths if p.suffix in (".hpp", ".cpp")]
        self.cpp = [p for p in cpp if p.parts[0] in LAYERS]
        self.homeless = [p for p in cpp if p.parts[0] not in LAYERS]
        # "stint/claims.hpp" -> "core"
        self.home = {"/".join(p.parts[1:]): p.parts[0] for p in self.cpp
                     if p.suffix == ".hpp" and p.parts[0] in LIBRARIES}

    def fault(self, path, line, text):
        self.faults.append(f"{path}:{line}: {text}")

    def run(self):
        self.check_names()
        self.check_cmake()
        self.check_sizes()
        for path in self.homeless:
            self.fault(path, 1, f"{path.parts[0]}/ is no layer that tidy.py knows, so nothing in it is checked")
        version_shims = []
        for path in self.cpp:
            raw = (self.root / path).read_text(encoding="utf-8")
            code = without_comments(raw)
            bare = without_strings(code)
            self.check_head(path, raw)
            self.check_includes(path, code)
            self.check_words(path, bare)
            self.check_receives(path, bare)
            self.check_version(path, bare, version_shims)
        for path, line in version_shims[1:]:
            self.fault(path, line, f"testing/ has its one CAF version #if in {version_shims[0][0]}")
        for path, rule in WORD_EXCEPTIONS:
            if (path, rule) not in self.excused:
                self.fault(path, 1, f"needs no exception from '{rule}' any more; take it out of tidy.py")
        return self.faults

    def check_names(self):
        seen = {}
        for path in self.cpp:
            if path.name in seen:
                self.fault(path, 1, f"there is a {seen[path.name]} already; file names are unique")
            elif path.name == "main.cpp":
                self.fault(path, 1, "main.cpp says nothing; name it after what it does")
            seen.setdefault(path.name, path)

    def check_cmake(self):
        for path in self.cpp:
            if path.parts[0] not in LIBRARIES:
                continue
            name = "/".join(path.parts[1:])
            listing = self.root / path.parts[0] / "CMakeLists.txt"
            text = listing.read_text(encoding="utf-8") if listing.exists() else ""
            text = re.sub(r"#.*", "", text)
            if not re.search(rf"(?<![\w/]){re.escape(name)}(?![\w/])", text):
                self.fault(path, 1, f"is not listed in {path.parts[0]}/CMakeLists.txt")

    def check_sizes(self):
        scripts = [p.relative_to(self.root) for p in (self.root / "dev", self.root / ".ci/run")
                   if p.exists()]
        for path in self.paths + scripts:
            if path.suffix not in (".hpp", ".cpp", ".py", ".sh", ".cmake") and path not in scripts:
                continue
            lines = (self.root / path).read_text(encoding="utf-8").count("\n")
            limit, _ = SIZE_EXCEPTIONS.get(str(path), (SIZE_LIMIT, ""))
            if lines > limit:
                self.fault(path, limit + 1, f"has {lines} lines, more than {limit}; split it by noun")
            elif str(path) in SIZE_EXCEPTIONS and lines <= SIZE_LIMIT:
                self.fault(path, 1, "needs no exception from the size limit any more; take it out of tidy.py")

    def check_head(self, path, raw):
        if path.suffix == ".hpp" and not re.match(r"/// \S[^\n]*[.]\n", raw):
            self.fault(path, 1, "a header's first line is '/// ' and one sentence with a full stop")

    def check_includes(self, path, code):
        folder = path.parts[0]
        allowed = LAYERS[folder]
        knows_caf = folder not in WITHOUT_CAF or "/".join(path.parts[1:]) in CAF_HEADERS
        # messages/ may have sources beside its CAF headers: stint/protocol.cpp or protocol.cpp
        knows_caf = knows_caf or (folder == "messages" and path.suffix == ".cpp" and
                                  f"stint/{path.stem}.hpp" in CAF_HEADERS)
        for match in INCLUDE.finditer(code):
            name, line = match.group(1), code.count("\n", 0, match.start()) + 1
            if not knows_caf and (name.startswith("caf/") or name in CAF_HEADERS):
                self.fault(path, line, f"includes {name}, but must compile without CAF")
            if not name.startswith("stint/"):
                continue
            home = self.home.get(name)
            if home is None:
                if allowed is not None:
                    self.fault(path, line, f"includes {name}, which is in no layer")
            elif allowed is not None and home not in allowed:
                self.fault(path, line, f"includes {name} of {home}/, which {folder}/ may not see")
            elif (name.startswith("stint/detail/") and path.suffix == ".hpp"
                  and path.parts[1:2] == ("stint",) and "detail" not in path.parts):
                self.fault(path, line, f"is public but includes {name}, which is not installed")

    def check_words(self, path, bare):
        for rule, (pattern, folders, prefixes, why) in WORDS.items():
            if path.parts[0] not in folders or (prefixes and path.name.startswith(prefixes)):
                continue
            for match in re.finditer(pattern, bare):
                if (str(path), rule) in WORD_EXCEPTIONS:
                    self.excused.add((str(path), rule))
                    continue
                line = bare.count("\n", 0, match.start()) + 1
                self.fault(path, line, f"'{match.group(0)}' is not for {path.parts[0]}/: {why}")

    def check_receives(self, path, bare):
        """CAF 0.17 waits on the wall clock: such a receive hangs when it steps back.
        The shim's ask() takes no time-out, so what it returns may be received."""
        if path.parts[0] == "tests":
            return
        for match in re.finditer(r"\breceive(?:_for|_while)?\s*\(", bare):
            arguments = bare[match.end() - 1:closing(bare, match.end() - 1)]
            # The statement so far; braces without a semicolon are values in it.
            before = re.split(r"[;{}]", re.sub(r"\{[^{};]*\}", "", bare[:match.start()]))[-1]
            timed_request = re.search(r"\brequest\s*\(", before) and "infinite" not in before
            if re.search(r"\bafter\s*\(", arguments) or timed_request:
                line = bare.count("\n", 0, match.start()) + 1
                self.fault(path, line, "a blocking receive with a time-out hangs when the clock steps back")

    def check_version(self, path, bare, shims):
        match = VERSION_IF.search(bare)
        if match is None or str(path) in VERSION_FILES:
            return
        line = bare.count("\n", 0, match.start()) + 1
        if path.parts[0] == "testing":
            shims.append((path, line))
        else:
            self.fault(path, line, "asks for CAF's version; that belongs in messages/stint/caf.hpp")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent
    tidy = Tidy(root)
    faults = tidy.run()
    for fault in faults:
        print(fault)
    print(f"tidy: {len(tidy.cpp)} C++ files, {len(faults)} faults")
    # A check that looked at nothing must not pass.
    return 1 if faults or not tidy.cpp else 0


if __name__ == "__main__":
    sys.exit(main())
