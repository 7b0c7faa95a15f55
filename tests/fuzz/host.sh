#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lets libFuzzer try inputs on the targets given, SECONDS each. New inputs go
# to BUILD/found/TARGET, so that the corpus of the project stays small; what
# crashes or hangs a target goes to BUILD/crash/TARGET-* and fails the run.
# Usage: tests/fuzz/host.sh BUILD SECONDS TARGET...
set -u
build=$1 seconds=$2
shift 2
bad=0
for target in "$@"; do
    found=$build/found/$target log=$build/$target.log
    mkdir -p "$found" "$build/crash"
    ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
        "$build/$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=4096 \
        -max_len=8192 -close_fd_mask=3 -print_final_stats=1 \
        -artifact_prefix="$build/crash/$target-" \
        "$found" tests/fuzz/corpus/"$target" >"$log" 2>&1 </dev/null
    code=$?
    runs=$(sed -n 's/stat::number_of_executed_units: *//p' "$log")
    if [ $code = 0 ]; then
        echo "  ok    $target: ${runs:-0} inputs in $seconds s, $(ls "$found" | wc -l) new ones kept"
    else
        bad=$((bad + 1))
        echo "  FAIL  $target: see $log"
        grep -aE 'ERROR|SUMMARY|opalite: bug|does not hold|Test unit' "$log" | head -5
    fi
done
[ $bad = 0 ]
