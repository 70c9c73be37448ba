#!/usr/bin/env python3
"""Checks what a machine can check of stint's rules: tidy.py [ROOT].

Layer order, file size, the comment at the head of each header, words that may
not appear in a folder, time-outs, unique names, headers missing from CMake.
Comments and strings never count as code. tests/tidy/tidy_test.py plants each
fault once; the tables are in tidy_rules.py.

A rule may be broken where keeping it would make the code worse: then the file
stands by name in an exception table there, with the reason. An exception that
is no longer needed is a fault too, so the tables only ever shrink.
"""

import pathlib
import re
import sys

from tidy_rules import (CAF_HEADERS, DOCUMENTS, FREE_LABELS, LABELS, LADDER_LIMIT, LAYERS, LIBRARIES,
                        SIZE_EXCEPTIONS, SIZE_LIMIT, VERSION_FILES, WITHOUT_CAF, WORD_EXCEPTIONS, WORDS)

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
        self.check_documents()
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
            self.check_requests(path, bare)
            self.check_version(path, bare, version_shims)
        for path, line in version_shims[1:]:
            self.fault(path, line, f"testing/ has its one CAF version #if in {version_shims[0][0]}")
        for path, rule in WORD_EXCEPTIONS:
            if (path, rule) not in self.excused:
                self.fault(path, 1, f"needs no exception from '{rule}' any more; take it out of tidy_rules.py")
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
                self.fault(path, 1, "needs no exception from the size limit any more; take it out of tidy_rules.py")

    def check_documents(self):
        for pattern, limit in DOCUMENTS:
            for path in sorted(self.root.glob(pattern)):
                lines = path.read_text(encoding="utf-8").count("\n")
                if lines > limit:
                    self.fault(path.relative_to(self.root), limit + 1, f"has {lines} lines, more than {limit}; "
                               "what is longer is not read")

    def check_head(self, path, raw):
        if path.suffix != ".hpp":
            return
        if not re.match(r"/// \S[^\n]*[.]\n", raw):
            self.fault(path, 1, "a header's first line is '/// ' and one sentence with a full stop")
        head = re.match(r"(?:///[^\n]*\n)*", raw).group(0)
        self.check_labels(path, head)
        for ladder in re.finditer(r"(?:^///   [^\n]*\n)+", head, re.MULTILINE):
            lines = ladder.group(0).count("\n")
            if "|" in ladder.group(0) and lines > LADDER_LIMIT:
                self.fault(path, head.count("\n", 0, ladder.start()) + 1,
                           f"a ladder of {lines} lines, more than {LADDER_LIMIT}")

    def check_labels(self, path, head):
        seen = []
        for match in re.finditer(r"^/// ([A-Z]\w*) {2,}\S", head, re.MULTILINE):
            label, line = match.group(1), head.count("\n", 0, match.start()) + 1
            if label not in FREE_LABELS and label not in LABELS:
                self.fault(path, line, f"'{label}' is no label of a header")
            elif label in seen:
                self.fault(path, line, f"has the label {label} twice")
            elif label in LABELS and any(s in LABELS and LABELS.index(s) > LABELS.index(label) for s in seen):
                self.fault(path, line, f"{label} stands too late; the order is {', '.join(LABELS)}")
            seen.append(label)

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
        for rule, (pattern, folders, why) in WORDS.items():
            if path.parts[0] not in folders:
                continue
            for match in re.finditer(pattern, bare):
                if (str(path), rule) in WORD_EXCEPTIONS:
                    self.excused.add((str(path), rule))
                    continue
                line = bare.count("\n", 0, match.start()) + 1
                self.fault(path, line, f"'{' '.join(match.group(0).split())}' is not for {path.parts[0]}/: {why}")

    def check_receives(self, path, bare):
        """CAF 0.17 waits on the wall clock: such a receive hangs when it steps back."""
        if path.parts[0] == "tests":
            return
        for match in re.finditer(r"\breceive(?:_for|_while)?\s*\(", bare):
            arguments = bare[match.end() - 1:closing(bare, match.end() - 1)]
            if re.search(r"\bafter\s*\(", arguments):
                line = bare.count("\n", 0, match.start()) + 1
                self.fault(path, line, "a blocking receive with a time-out hangs when the clock steps back")

    def check_requests(self, path, bare):
        """The asked actor keeps the time: inside a process every question is answered or its asker told."""
        for match in re.finditer(r"(?:\.|->)\s*(?:template\s+)?request\s*(?:<[^;{}()]*>)?\s*\(", bare):
            arguments = bare[match.end() - 1:closing(bare, match.end() - 1)]
            if not re.search(r"\binfinite\b", arguments):
                line = bare.count("\n", 0, match.start()) + 1
                self.fault(path, line, "a request has no time-out: caf_shim::ask, or caf::infinite")

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
