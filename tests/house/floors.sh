#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The floors: mmu <- cpu <- sim <- viz. A folder includes itself and folders to
# its left. os/kernel and os/user see os/ and the #define-only hardware headers;
# the host sees of os/ only os/abi/.
bad=0
forbid() { # forbid FOLDERS PATTERN WHY
    found=$(grep -rnE --include='*.[chS]' --include='*.def' \
        "^[[:space:]]*#[[:space:]]*include[[:space:]]+\"($2)" $1 2>/dev/null)
    [ -z "$found" ] && return
    echo "floors: $3" >&2
    echo "$found" >&2
    bad=1
}
forbid "mmu" "cpu/|sim/|viz/|os/|tests/" "mmu/ may include mmu/ only"
forbid "cpu" "sim/|viz/|os/|tests/" "cpu/ may include mmu/ and cpu/ only"
forbid "sim" "viz/|tests/|os/kernel|os/user" "sim/ may include mmu/ cpu/ sim/ os/abi/"
forbid "viz" "tests/|os/kernel|os/user" "viz/ may include mmu/ cpu/ sim/ viz/ os/abi/"
forbid "os/abi" "mmu/|cpu/|sim/|viz/|tests/|os/kernel|os/user" "os/abi/ stands alone"
found=$(grep -rnE --include='*.[chS]' '^[[:space:]]*#[[:space:]]*include[[:space:]]+"(mmu|cpu|sim|viz)/' os 2>/dev/null |
    grep -vE '"mmu/xsas.h"|"sim/memmap.h"')
if [ -n "$found" ]; then
    echo "floors: os/ may include of the host only mmu/xsas.h and sim/memmap.h" >&2
    echo "$found" >&2
    bad=1
fi
for h in mmu/xsas.h sim/memmap.h; do
    if grep -vE '^[[:space:]]*(#|/?\*|$)' "$h" | grep -q .; then
        echo "floors: $h must hold #defines and comments only" >&2
        bad=1
    fi
done
missing=$(find Makefile mmu cpu sim viz os scenarios tests -type f \
    \( -name '*.[chS]' -o -name '*.lua' -o -name '*.def' -o -name '*.sh' \
    -o -name '*.ld' -o -name '*.mk' -o -name Makefile \) \
    -exec grep -L SPDX-License-Identifier {} +)
[ -z "$missing" ] || { echo "floors: no SPDX line in: $missing" >&2; bad=1; }
[ $bad = 0 ] && echo "floors: ok"
exit $bad
