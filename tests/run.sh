#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the test programs given and counts them. Usage: run.sh BUILD TEST...
build=$1
shift
passed=0
failed=0
for t in "$@"; do
    log=$build/tests/$(basename "$t").log
    if OPALITE_BUILD=$build "$t" >"$log" 2>&1; then
        n=$(sed -n 's/.*\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | tail -1)
        passed=$((passed + ${n:-1}))
        echo "  ok    $t (${n:-1})"
    else
        failed=$((failed + 1))
        echo "  FAIL  $t"
        tail -40 "$log"
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
