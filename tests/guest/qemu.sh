#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the guest tests under QEMU, to check that they ask for what RISC-V says
# and not for what our hart does. Files with a line "qemu: no" are left out;
# each says why. Not part of make test, which does not need QEMU.
# Usage, after make guest: tests/guest/qemu.sh [NAME...]
bad=0
[ $# -gt 0 ] || set -- $(cd tests/guest && ls *.S *.c | sed 's/\..$//')
for name in "$@"; do
    if grep -q 'qemu: no' tests/guest/$name.[Sc]; then
        echo "  -     $name: $(sed -n 's/.*qemu: no //p' tests/guest/$name.[Sc])"
        continue
    fi
    timeout 60 qemu-system-riscv64 -M virt -bios none -nographic -monitor none \
        -serial none -icount shift=0 -kernel build/guest/tests/$name.elf
    code=$?
    [ $code = 0 ] && echo "  ok    $name" || { echo "  FAIL  $name ($code)"; bad=1; }
done
exit $bad
