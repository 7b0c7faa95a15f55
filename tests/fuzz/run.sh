#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs fuzz programs on our machine, by each engine it has, and on QEMU, and
# compares what they print: each trap, the registers, the signatures of memory
# and page tables; between our engines also every figure. Seeds in known.txt
# differ from QEMU for a reviewed reason (docs/conformance.md). A program that
# does not end in time on ours is void, and counted as such.
# Usage: tests/fuzz/run.sh BUILD FIRST COUNT
set -u
build=$1 first=$2 count=$3
dir=$build/fuzz
mkdir -p "$dir"

# Which engines are there? An unknown option is code 2, a missing file code 3.
engines=
for engine in readable fast; do
    "$build/opalite" exec --engine $engine /nowhere.elf >/dev/null 2>&1
    [ $? = 2 ] || engines="$engines $engine"
done

seq "$first" $((first + count - 1)) |
    xargs -P "$(nproc)" -I @ tests/fuzz/one.sh "$build" @ "${engines:-the_only_one}"

same=0 void=0 bad=0 known=0 traps=0
seed=$first
while [ $seed -lt $((first + count)) ]; do
    read -r result n <"$dir/$seed.result"
    case $result in
    same) same=$((same + 1)) traps=$((traps + n)) ;;
    void) void=$((void + 1)) ;;
    known) known=$((known + 1)) ;;
    *) bad=$((bad + 1)) && sed 1d "$dir/$seed.result" ;;
    esac
    [ "$result" = same ] && rm -f "$dir/$seed".*
    seed=$((seed + 1))
done
echo "  fuzz: $same programs agree ($traps traps), $void void, $known known, $bad disagree; engines:${engines:- one}"
[ $bad = 0 ] && [ $void -lt $((count / 4 + 1)) ] && [ $same -gt $((count / 2)) ]
