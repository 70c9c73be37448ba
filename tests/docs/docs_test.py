#!/usr/bin/env python3
"""Compares the documents with the programs they quote: docs_test.py [ROOT].

In README.md and docs/ every ```cpp block stands under a comment that names its
source, and is byte for byte the text between that file's two marks:

    <!-- from examples/hello/hello.cpp [hello] -->      // [hello]

Indented lines right after such a block are what the program prints: they stand
in its .out file, which another test compares with the program. Relative links must lead
somewhere, and their #anchors to a heading. First of all it plants each fault
once in a small tree of its own and must find it there.
"""

import pathlib
import re
import sys
import tempfile

SOURCE = re.compile(r"<!-- from (\S+) \[(\w+)\] -->")
PRINTED = re.compile(r"^<!-- from (\S+)\.cpp \[\w+\] -->\n```cpp\n(?:(?!```).*\n)*```\n\n((?:    .*\n)+)", flags=re.M)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def documents(root):
    for name in ("README.md", "CHANGELOG.md", "AGENTS.md", "CONTRIBUTING.md", "SECURITY.md"):
        if (root / name).is_file():
            yield root / name
    yield from sorted((root / "docs").rglob("*.md"))


def region(text, name):
    """Returns the lines between the two marks, or None."""
    lines = text.splitlines(keepends=True)
    marks = [i for i, line in enumerate(lines) if line.strip() == f"// [{name}]"]
    return "".join(lines[marks[0] + 1:marks[1]]) if len(marks) == 2 else None


def blocks(text):
    """Yields (line number, language, line before the fence, body) of each fenced block."""
    lines = text.splitlines(keepends=True)
    start = None
    for i, line in enumerate(lines):
        if not line.lstrip().startswith("```"):
            continue
        if start is None:
            start = i
            continue
        before = lines[start - 1].strip() if start else ""
        yield start + 1, lines[start].strip()[3:], before, "".join(lines[start + 1:i])
        start = None
    if start is not None:
        yield start + 1, "unclosed", "", ""


def prose(text):
    """Leaves out fenced blocks and code spans: what looks like a link there is none."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(text):
    found = set()
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), flags=re.M):
        found.add(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-"))
    return found


def check_block(root, language, before, body):
    if language == "unclosed":
        return "a fence that is never closed"
    if language in ("c++", "cc", "cxx", "C++"):
        return "call it ```cpp, so that it is compared"
    if language != "cpp":
        return None
    named = SOURCE.fullmatch(before)
    if not named:
        return "a ```cpp block without '<!-- from FILE [region] -->' on the line before"
    path, name = named.groups()
    if not path.startswith("examples/") or not (root / path).is_file():
        return f"{path} is no example"
    wanted = region((root / path).read_text(), name)
    if wanted is None:
        return f"{path} has not exactly two marks '// [{name}]'"
    return None if wanted == body else f"differs from {path} [{name}]"


def check_printed(root, program, shown):
    if not (root / f"{program}.cpp").is_file():
        return None  # check_block says so
    printed = root / f"{program}.out"
    text = re.sub(r"^    ", "", shown, flags=re.M)
    if not printed.is_file() or text not in printed.read_text():
        return f"what {program}.cpp is said to print is not in its .out"
    return None


def check_link(document, root, target):
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = target.partition("#")
    where = (document.parent / path).resolve() if path else document
    if not where.exists() or not where.is_relative_to(root.resolve()):
        return f"the link {target} leads nowhere"
    if anchor and (where.suffix != ".md" or anchor not in anchors(where.read_text())):
        return f"the link {target} leads to no heading"
    return None


def faults(root):
    """Returns what is wrong, and how many blocks, outputs and links were looked at."""
    found, compared, printed, links = [], 0, 0, 0
    for document in documents(root):
        text = document.read_text()
        name = document.relative_to(root)
        for line, language, before, body in blocks(text):
            compared += language == "cpp"
            if wrong := check_block(root, language, before, body):
                found.append(f"{name}:{line}: {wrong}")
        for program, shown in PRINTED.findall(text):
            printed += 1
            if wrong := check_printed(root, program, shown):
                found.append(f"{name}: {wrong}")
        for target in LINK.findall(prose(text)):
            links += 1
            if wrong := check_link(document, root, target):
                found.append(f"{name}: {wrong}")
    return found, compared, printed, links


GOOD = "# Head line\n<!-- from examples/a.cpp [a] -->\n```cpp\nint a;\n```\n\n    1\n    2\n\n" \
       "[x](docs/b.md#below) [y](#head-line)\n"


def self_test():
    """Plants each fault once; returns the number of those that were found."""
    plants = {
        None: lambda text: text,
        "differs from examples/a.cpp [a]": lambda text: text.replace("int a;", "int  a;"),
        "without '<!-- from": lambda text: text.replace("<!-- from examples/a.cpp [a] -->\n", ""),
        "has not exactly two marks": lambda text: text.replace("[a] -->", "[b] -->"),
        "is no example": lambda text: text.replace("examples/a.cpp", "examples/none.cpp"),
        "call it ```cpp": lambda text: text.replace("```cpp", "```c++"),
        "is not in its .out": lambda text: text.replace("    2", "    3"),
        "never closed": lambda text: text + "```\n",
        "leads nowhere": lambda text: text.replace("docs/b.md", "docs/c.md"),
        "leads to no heading": lambda text: text.replace("#below", "#above"),
    }
    for wanted, plant in plants.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "examples").mkdir()
            (root / "docs").mkdir()
            (root / "examples/a.cpp").write_text("// [a]\nint a;\n// [a]\n")
            (root / "examples/a.out").write_text("0\n1\n2\n")
            (root / "docs/b.md").write_text("## Below\n")
            (root / "README.md").write_text(plant(GOOD))
            found, _, _, _ = faults(root)
        right = len(found) == 1 and wanted in found[0] if wanted else not found
        if not right:
            sys.exit(f"self-test: planted '{wanted}', found {found}")
    return len(plants) - 1


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    planted = self_test()
    found, compared, printed, links = faults(root)
    for fault in found:
        print(fault)
    print(f"{planted} planted faults found; {compared} blocks, {printed} outputs and {links} links compared, "
          f"{len(found)} faults")
    sys.exit(1 if found or 0 in (compared, printed, links) else 0)


if __name__ == "__main__":
    main()
