#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each header compiles alone. Usage: headers.sh CC
bad=0
for h in $(find mmu cpu sim viz os/abi -name '*.h' | sort); do
    echo | "${1:-cc}" -std=c11 -D_GNU_SOURCE -I. -Wall -Wextra -Werror \
        $(pkg-config --cflags lua5.4 ncursesw cairo sdl2) -fsyntax-only \
        -include "$h" -x c - || { echo "headers: $h does not stand alone" >&2; bad=1; }
done
[ $bad = 0 ] && echo "headers: ok"
exit $bad
