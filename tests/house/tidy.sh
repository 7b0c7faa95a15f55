#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over the host's C files, one after another on each core.
find mmu cpu sim viz -name '*.c' | sort |
    xargs -P "$(nproc)" -n 1 sh -c 'clang-tidy --quiet "$@" -- -std=c11 \
        -D_GNU_SOURCE -I. $(pkg-config --cflags lua5.4 ncursesw cairo sdl2 libgvc) \
        2>/dev/null' tidy || { echo "tidy: see above" >&2; exit 1; }
echo "tidy: ok"
