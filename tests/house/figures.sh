#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The figures in README.md and docs/kernel_paths.md (their ```text blocks) must
# be what the main experiment prints. Usage: figures.sh BUILD
out=$(mktemp)
trap 'rm -f "$out"' EXIT
mkdir -p "$1/figures"
"$1/opalite" run scenarios/switch_cost.lua --out "$1/figures" >"$out" 2>/dev/null ||
    { echo "figures: the experiment failed" >&2; exit 1; }
sed -i 's/[[:space:]]*$//' "$out"
bad=0
for doc in README.md docs/kernel_paths.md; do
    lines=$(sed -n '/^```text$/,/^```$/p' "$doc" | grep -v '^```')
    [ -n "$lines" ] || { echo "figures: no table in $doc" >&2; bad=1; }
    echo "$lines" | grep -vxF -f "$out" && {
        echo "figures: $doc says the above, the experiment does not" >&2
        bad=1
    }
done
[ $bad = 0 ] && echo "figures: ok"
exit $bad
