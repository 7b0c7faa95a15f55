#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everything `make test` runs after the house checks: the unit tests and the
# scenarios with gcc, with clang, and under the sanitizers; then the fuzz
# programs on ours and on QEMU, and the figures of the documents. Closes with
# the sum.
set -u
bad=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
jobs=$(nproc)
unset MAKEFLAGS MFLAGS # each build below has its own jobs
for variant in "V=release CC=gcc" "V=release CC=clang" "V=asan CC=gcc"; do
    echo "== $variant"
    { make --no-print-directory -j"$jobs" $variant test-one || echo "== failed"; } 2>&1 | tee -a "$log"
done
echo "== fuzz programs, ours against QEMU"
make --no-print-directory fuzz-built || bad=1
tests/house/guest.sh build/guest || bad=1
tests/house/figures.sh build/release || bad=1
grep -q '^== failed' "$log" && bad=1
passed=$(awk '/^[0-9]+ passed, [0-9]+ failed$/ { n += $1 } END { print n + 0 }' "$log")
failed=$(awk '/^[0-9]+ passed, [0-9]+ failed$/ { n += $3 } END { print n + 0 }' "$log")
echo "== all variants"
echo "$passed passed, $failed failed"
[ $bad = 0 ]
