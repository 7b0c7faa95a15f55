#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs fuzz programs on our machine and on QEMU and compares what they print:
# each trap, the registers, the signatures of memory and page tables.
# Usage: tests/fuzz/run.sh BUILD FIRST COUNT
# A program that does not end in time on ours is void, and counted as such.
# Seeds in known.txt differ for a reviewed reason (docs/conformance.md).
set -u
build=$1 first=$2 count=$3
runtime=build/guest/fuzz/runtime.elf
dir=$build/fuzz
mkdir -p "$dir"
same=0 void=0 bad=0 traps=0 known=0
seed=$first
while [ $seed -lt $((first + count)) ]; do
    elf=$dir/$seed.elf
    "$build/fuzz-generate" $seed $runtime "$elf" || exit 3
    "$build/opalite" exec "$elf" --set machine.misaligned=ok \
        --set machine.hw_ad=on --set machine.asid.bits=16 \
        --set ram.bytes=134217728 --max-insns 3000000 \
        >"$dir/$seed.ours" 2>"$dir/$seed.err"
    code=$?
    if [ $code = 6 ] || [ $code = 7 ]; then
        void=$((void + 1))
    elif [ $code != 0 ]; then
        bad=$((bad + 1))
        echo "  FAIL  seed $seed: exit code $code: $(tail -1 "$dir/$seed.err")"
    else
        timeout 20 qemu-system-riscv64 -M virt -smp 2 -m 128M -bios none -display none \
            -monitor none -serial stdio -kernel "$elf" \
            -cpu rv64,f=false,d=false,h=false,zba=false,zbb=false,zbc=false,zbs=false \
            >"$dir/$seed.qemu" 2>/dev/null </dev/null
        sed 's/\r//' "$dir/$seed.qemu" | sed '$!b' >"$dir/$seed.q"
        if cmp -s "$dir/$seed.ours" "$dir/$seed.q"; then
            same=$((same + 1))
            traps=$((traps + $(grep -ac cause "$dir/$seed.ours")))
            rm -f "$dir/$seed".*
        elif grep -q "^$seed " tests/fuzz/known.txt; then
            known=$((known + 1))
        else
            bad=$((bad + 1))
            echo "  FAIL  seed $seed (ours <, QEMU >):"
            diff "$dir/$seed.ours" "$dir/$seed.q" >"$dir/$seed.diff"
            grep -am1 "^<" "$dir/$seed.diff"
            grep -am1 "^>" "$dir/$seed.diff"
        fi
    fi
    seed=$((seed + 1))
done
echo "  fuzz: $same programs agree ($traps traps), $void void, $known known, $bad disagree"
[ $bad = 0 ] && [ $void -lt $((count / 4 + 1)) ] && [ $same -gt $((count / 2)) ]
