#!/usr/bin/env python3
"""Draws what ./dev bench measured: plot.py RESULTS.jsonl FOLDER [PROGRAM...].

One picture a program, as PNG and as SVG: a panel for each comparison and figure,
a bar for each contestant's median with a whisker from its smallest to its
greatest round, and under it the ratio to the reference. When a file holds several
runs, the last one counts. Needs gnuplot.
"""

import json
import pathlib
import subprocess
import sys

# Ours first, then rivals: two hues that stay apart in grey and for the colour-blind.
OURS, RIVAL, REFERENCE = "0x2b6cb0", "0xb8b8b8", "0x6f6f6f"
PANEL_WIDTH, ROW, HEAD = 900, 24, 92


def read(path):
    """Returns {program: {(question, title, figure): [line of each contestant]}}, last runs only."""
    programs = {}
    for number, text in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(text)
            panel = (line["question"], line["title"], line["figure"])
            # A later run of the same contestant replaces the earlier one, in its place.
            programs.setdefault(line["program"], {}).setdefault(panel, {})[line["contestant"]] = line
        except (ValueError, KeyError) as fault:
            sys.exit(f"{path}:{number}: no line of ./dev bench: {fault}")
    return programs


def is_ours(line):
    return line["contestant"].startswith(("stint", "ledger", "claims", "list's"))


def short(value):
    for size, suffix in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (size if suffix != 'k' else 1e3):.3g}{suffix}"
    return f"{value:.3g}"


def ticks(greatest, log):
    """At most six, at round places; gnuplot's own would run into each other."""
    if log or greatest <= 0:
        return "autofreq format '%.0s%c'"
    step = 10.0 ** (len(str(int(greatest))) - 1) if greatest >= 1 else 0.1
    while greatest / step > 6:
        step *= 2
    while greatest / step < 3:
        step /= 2
    places = [i * step for i in range(int(greatest / step) + 1)]
    return "(" + ", ".join(f'"{short(place)}" {place}' for place in places) + ")"


def escape(text):
    return text.replace("\\", "").replace('"', "'")


def shown(panel):
    """The contestants of a panel that have a figure."""
    return [line for line in panel.values() if line["median"] is not None]


def panel_script(key, lines, top, height, total):
    question, title, figure = key
    medians = [line["median"] for line in lines]
    greatest = max(line["max"] for line in lines)
    log = min(medians) > 0 and max(medians) / min(medians) > 20
    low = min(line["min"] for line in lines) / 3 if log else 0
    rows = []
    labels = []
    for row, line in enumerate(lines):
        y = len(lines) - row
        colour = OURS if is_ours(line) else REFERENCE if line["contestant"] == line["reference"] else RIVAL
        rows.append(f'{line["median"]} {y} {low} {line["median"]} {y - 0.36} {y + 0.36} {colour} '
                    f'{line["min"]} {line["max"]}')
        ratio = "" if line["ratio"] is None else f'  ({line["ratio"]:.3g} x)'
        labels.append(f'set label {row + 1} "{short(line["median"])}{ratio}" at graph 1.01, first {y} left')
    names = ", ".join(f'"{escape(line["contestant"])}" {len(lines) - row}' for row, line in enumerate(lines))
    unit = lines[0]["unit"]
    return "\n".join([
        f"set origin 0, {1 - (top + height) / total}",
        f"set size 1, {height / total}",
        "unset label",
        f'set title "{escape(question + " " + title)}\\n{figure}, {unit}; in brackets the ratio to '
        f'{escape(lines[0]["reference"])}"',
        f"set ytics ({names}) nomirror scale 0",
        f"set yrange [0.4:{len(lines) + 0.6}]",
        f"{'set' if log else 'unset'} logscale x",
        f"set xrange [{low if log else 0}:{(greatest * 1.05) or 1}]",
        f"set xtics {ticks(greatest, log)}",
        *labels,
        "$rows << END",
        *rows,
        "END",
        "plot $rows using 1:2:3:4:5:6:7 with boxxyerror fs solid 0.9 noborder lc rgb variable notitle, "
        "$rows using 1:2:8:9 with xerrorbars pt 0 lw 1.2 lc rgb 0x202020 notitle",
    ])


def draw(program, panels, folder):
    panels = [(key, shown(panel)) for key, panel in panels.items()]
    panels = [(key, lines) for key, lines in panels if lines and max(line["max"] for line in lines) > 0]
    if not panels:
        return
    heights = [HEAD + ROW * len(lines) for _, lines in panels]
    total = sum(heights)
    last = panels[-1][1][0]
    for terminal, ending in (("pngcairo", "png"), ("svg", "svg")):
        script = [
            f"set terminal {terminal} size {PANEL_WIDTH},{total} font 'sans,10' background rgb 'white'",
            f"set output '{folder / program}.{ending}'",
            "set multiplot",
            "set lmargin 37", "set rmargin 21", "set tmargin 3.4", "set bmargin 1.8",
            "set border 1 lc rgb 0x808080", "set xtics nomirror format '%.4g'", "set grid xtics lc rgb 0xe0e0e0",
            "set title left offset character -35, 0 noenhanced",
        ]
        top = 0
        for (key, lines), height in zip(panels, heights):
            script.append(panel_script(key, lines, top, height, total))
            top += height
        script.append("unset multiplot")
        done = subprocess.run(["gnuplot"], input="\n".join(script), text=True, check=False, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"gnuplot could not draw {program}.{ending}:\n{done.stderr}")
    print(f"{folder / program}.png and .svg: {len(panels)} panels, commit {last['commit']}, CAF {last['caf']}")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    programs = read(sys.argv[1])
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[3:] or list(programs)
    for program in wanted:
        if program not in programs:
            sys.exit(f"{sys.argv[1]} has no results of {program}")
        draw(program, programs[program], folder)


if __name__ == "__main__":
    main()
