#!/usr/bin/env python3
"""Shows that messages, core and store compile without any header of CAF.

without_caf.py NINJA BUILD_DIR. Debian keeps CAF's headers where every compiler
looks, so leaving CAF out of a target's link line would not keep it out of the
code. What counts is what the compiler opened: Ninja's own record of it.
The negative control: where CAF is used, the same search must find it.
"""

import subprocess
import sys

WITHOUT = ("messages/CMakeFiles/stint_messages.dir/", "core/CMakeFiles/stint_core.dir/",
           "store/CMakeFiles/stint_store.dir/", "store/CMakeFiles/stint_sqlite.dir/")
# Either the precompiled header opened CAF, or the actors did.
CONTROL = ("CMakeFiles/stint_pch_caf.dir/", "actors/CMakeFiles/stint_actors.dir/")


def opened(ninja, build):
    """Yields each object with the files that were read to compile it."""
    text = subprocess.run([ninja, "-C", build, "-t", "deps"], check=True,
                          capture_output=True, text=True).stdout
    for block in text.split("\n\n"):
        head, *files = block.strip().split("\n")
        # Leftovers of targets that are gone stay in the record, marked STALE.
        if head and "(STALE)" not in head:
            yield head.split(":")[0], [file.strip() for file in files]


def main():
    looked, faults, control = 0, [], False
    for target, files in opened(*sys.argv[1:3]):
        caf = [file for file in files if "/caf/" in file]
        control = control or (target.startswith(CONTROL) and bool(caf))
        if target.startswith(WITHOUT):
            looked += 1
            faults += [f"{target} opened {file}" for file in caf]
    print("\n".join(faults))
    print(f"{looked} objects looked at, {len(faults)} files of CAF opened; control: {control}")
    return 0 if looked and control and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
