#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-format over the C files. Usage: format.sh check|write
# tests/fidelity/src is kept as it was when it was measured.
files=$(find mmu cpu sim viz os tests -name '*.[ch]' \
    ! -path 'tests/fidelity/src/*' | sort)
if [ "$1" = write ]; then
    exec clang-format -i $files
fi
if clang-format --dry-run --Werror $files; then
    echo "format: ok"
else
    echo "format: run 'make format'" >&2
    exit 1
fi
