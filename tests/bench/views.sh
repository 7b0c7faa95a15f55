#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What watching costs: a scenario without a view, and in a window at full speed,
# in turns; frames a second, and the machine's speed as a share of the run
# without a view (wall-clock time: the window has a second thread). Needs Xvfb
# where no display is, and two cores that do nothing else.
# Usage: tests/bench/views.sh BUILD [SCENARIO [OPTIONS...]]
set -eu
build=$1
shift
[ $# -gt 0 ] || set -- scenarios/05_zero_copy_graph.lua --set nodes=60000
out=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$out"' EXIT
server=
if [ -z "${DISPLAY:-}" ]; then
    mkfifo "$out/number"
    Xvfb -displayfd 3 -screen 0 1400x800x24 3>"$out/number" 2>/dev/null &
    server=$!
    read -r number <"$out/number"
    export DISPLAY=":$number"
fi
now() { date +%s%N; }
for _ in 1 2 3; do
    begin=$(now)
    "$build/opalite" run "$@" --quiet --out "$out/a" >/dev/null
    middle=$(now)
    "$build/opalite" gui "$@" --no-settings --quit-at-end 2>"$out/said" >/dev/null
    end=$(now)
    awk -v plain=$((middle - begin)) -v window=$((end - middle)) -v said="$(cat "$out/said")" 'BEGIN {
        printf "run %.2f s, window %.2f s: %.0f %% of the speed; %s\n",
            plain / 1e9, window / 1e9, 100 * plain / window, said }'
done
