#!/usr/bin/env bash
# Builds CAF's core with ThreadSanitizer, once per machine, and prints the prefix
# it is installed in: caf_tsan.sh SCRATCH JOBS.
#
# Why: under ThreadSanitizer a stock CAF gives hundreds of false reports, since
# the synchronization inside an uninstrumented library cannot be seen. And a
# suppression file would hide true ones with them.
#
# The source is the upstream tarball of Debian's own source package, in the
# version that is installed, so what is tested is what users have.
set -euo pipefail
scratch=$1 jobs=$2

flags='-O1 -g1 -fno-omit-frame-pointer -fsanitize=thread'
# What this CAF needs to compile with today's compilers: it forgets some
# includes, and has warnings that are not ours to mend.
flags+=' -w -include limits -include cstdint -include string'

# shellcheck disable=SC2016 # these are dpkg-query's variables
read -r upstream source < <(
    dpkg-query -W -f '${source:Upstream-Version} ${source:Version}\n' libcaf-dev)
compiler=$(c++ -dumpfullversion -dumpmachine | tr '\n' ' ')
key=$(printf '%s\n' "$upstream" "$compiler" "$flags" | sha256sum | cut -c1-12)
prefix=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/stint/caf-tsan-$upstream-$key

if [[ ! -e $prefix/.complete ]]; then
    {
        printf 'Building CAF %s with ThreadSanitizer, once (about 3 minutes on 2 cores)\n' "$upstream"
        rm -rf "$scratch" "$prefix"
        mkdir -p "$scratch"/{parts,lists/partial,cache,source}
        scratch=$(realpath "$scratch")

        # The machine's package lists name binary packages only; copies of them
        # name the sources. The machine's own lists stay as they are.
        shopt -s nullglob
        for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
            [[ -f $list ]] || continue
            sed -nE 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$list" \
                >"$scratch/parts/$(basename "$list" .list).list"
        done
        for list in /etc/apt/sources.list.d/*.sources; do
            sed -E 's/^[Tt]ypes:.*/Types: deb-src/' "$list" >"$scratch/parts/$(basename "$list")"
        done
        apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$scratch/parts"
            -o Dir::State::Lists="$scratch/lists" -o Dir::Cache="$scratch/cache"
            -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User="$(id -un)")
        # A foreign list without sources fails here and does no harm: what
        # counts is whether the next command finds the tarball.
        "${apt[@]}" update || true
        (cd "$scratch/source" && "${apt[@]}" source --tar-only "actor-framework=$source")
        tar -xf "$scratch"/source/*.orig.tar.* -C "$scratch/source"

        # Core alone: stint needs no more, and the rest would double the time.
        cmake -S "$scratch"/source/actor-framework-*/ -B "$scratch/build" -G Ninja --log-level=ERROR -Wno-dev \
            -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_STANDARD=17 -DCMAKE_CXX_FLAGS="$flags" \
            -DCMAKE_SHARED_LINKER_FLAGS=-fsanitize=thread -DCMAKE_INSTALL_PREFIX="$prefix" \
            -DCMAKE_INSTALL_LIBDIR=lib \
            -DCAF_NO_{IO,OPENSSL,TOOLS,EXAMPLES,UNIT_TESTS,OPENCL,PYTHON,QT_EXAMPLES,PROTOBUF_EXAMPLES,CURL_EXAMPLES}=yes
        nice ninja -C "$scratch/build" -j "$jobs" install
        touch "$prefix/.complete"
        rm -rf "$scratch"
    } >&2
fi
printf '%s\n' "$prefix"
