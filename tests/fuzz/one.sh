#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One fuzz program for run.sh: same, void, known or FAIL, and for FAIL why, go
# to BUILD/fuzz/SEED.result. Usage: tests/fuzz/one.sh BUILD SEED "ENGINE..."
set -u
build=$1 seed=$2 engines=$3
at=$build/fuzz/$seed
cpu=rv64,f=false,d=false,h=false,zba=false,zbb=false,zbc=false,zbs=false
# QEMU 7.2 takes interrupts in the order of Priv 3.1.9 only with AIA
[ "$seed" -lt 100000 ] || cpu=$cpu,x-smaia=true,x-ssaia=true

result() { # WORD TEXT: the end
    printf '%s\n' "$@" >"$at.result"
    exit 0
}

ours() { # ENGINE: its exit code; what the guest prints, and all figures
    option="--engine $1"
    [ "$1" != the_only_one ] || option=
    # shellcheck disable=SC2086
    "$build/opalite" exec $option "$at.elf" --set machine.misaligned=ok \
        --set machine.hw_ad=on --set machine.asid.bits=16 \
        --set ram.bytes=134217728 --max-insns 3000000 --dump-regs \
        --stats "$at.$1.stats" >"$at.$1.out" 2>"$at.$1.err"
}

first_lines() { # FILE FILE: where they differ
    diff "$1" "$2" >"$at.diff"
    grep -am1 '^<' "$at.diff"
    grep -am1 '^>' "$at.diff"
}

rm -f "$at".*
"$build/fuzz-generate" "$seed" build/guest/fuzz/runtime.elf "$at.elf" || result FAIL "  FAIL  seed $seed: not made"
one=
for engine in $engines; do
    ours "$engine"
    now=$?
    if [ -z "$one" ]; then
        one=$engine code=$now
        continue
    fi
    for what in out stats; do
        cmp -s "$at.$one.$what" "$at.$engine.$what" && [ $now = $code ] ||
            result FAIL "  FAIL  seed $seed ($one <, $engine >), exit codes $code and $now:" \
                "$(first_lines "$at.$one.$what" "$at.$engine.$what")"
    done
done
[ $code != 6 ] && [ $code != 7 ] || result void
[ $code = 0 ] || result FAIL "  FAIL  seed $seed: exit code $code: $(tail -1 "$at.$one.err")"

sed '/^pc   0x/,$d' "$at.$one.out" >"$at.ours"
qemu() {
    timeout 60 qemu-system-riscv64 -M virt -smp 2 -m 128M -bios none -display none \
        -monitor none -serial stdio -kernel "$at.elf" -cpu $cpu </dev/null 2>/dev/null |
        tr -d '\r' >"$at.qemu"
    cmp -s "$at.ours" "$at.qemu"
}
# QEMU takes what comes from outside a hart when its own threads get to it, so a
# busy host changes what some programs see. Ours gives the same each time: once
# is enough to agree, and a difference counts if there is one every time.
for attempt in 1 2 3 4 5 6 7 8; do
    qemu && result "same $(grep -ac cause "$at.ours")"
    grep -q "^$seed " tests/fuzz/known.txt && result known
done
result FAIL "  FAIL  seed $seed (ours <, QEMU >):" "$(first_lines "$at.ours" "$at.qemu")"
