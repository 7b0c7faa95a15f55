/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaves a signature of five words, as test suites do: test_cli compares what
 * `opalite exec --signature` writes.
 */
#include "tests/guest/lib/test.h"

TEST_BEGIN
    la a0, begin_signature
    li a1, 0x0123456789abcdef
    sd a1, 0(a0)
    li a1, -2
    sd a1, 8(a0)
    li a1, 0xa5
    sw a1, 16(a0)
TEST_END
    .data
    .balign 16
    .globl begin_signature
begin_signature:
    .fill 5, 4, 0xdeadbeef
    .globl end_signature
end_signature:
    .word 0x77777777
