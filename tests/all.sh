#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everything `make test` runs after the house checks: the unit tests and the
# scenarios with gcc, with clang, and under the sanitizers.
set -u
bad=0
jobs=$(nproc)
for variant in "V=release CC=gcc" "V=release CC=clang" "V=asan CC=gcc"; do
    echo "== $variant"
    make -j"$jobs" $variant test-one || bad=1
done
[ $bad = 0 ]
