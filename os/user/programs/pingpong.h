/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ping.c and pong.c share: a block of 8-byte words in a segment that both
 * may read and write. The scenario fills it in before it starts them.
 */
#pragma once

#include <stdint.h>

enum { BY_SEMAPHORE = 0, BY_MESSAGE = 1 };

struct pingpong {
    uint64_t kind; /* BY_SEMAPHORE or BY_MESSAGE */
    uint64_t rounds;
    uint64_t to_pong; /* semaphore or port that pong waits on */
    uint64_t to_ping; /* semaphore or port that ping waits on */
    uint64_t ball;    /* by semaphore, the ball is this shared word */
    uint64_t mark;    /* not 0: ping marks `mark` and `mark + 1` around it */
};
