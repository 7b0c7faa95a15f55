#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guest's files are the same wherever they are built: none holds the name of
# this folder. The kernel reads its programs' files, so a few bytes more of
# debug information would move cycles. Usage: guest.sh GUEST
found=$(grep -rlF --include='*.elf' "$(pwd -P)" "$1")
[ -z "$found" ] && { echo "guest: ok"; exit 0; }
echo "guest: these hold the folder they were built in:" $found >&2
exit 1
