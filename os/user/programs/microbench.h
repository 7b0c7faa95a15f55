/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameter block of microbench.c: 8-byte words in a segment that it may
 * read. A measurement with no peer (id 0) is left out.
 */
#pragma once

#include <stdint.h>

/* Measurement k runs between the marks 100 + 2k and 101 + 2k. */
enum microbench_kind {
    BENCH_EMPTY,     /* the loop around each measurement, to subtract */
    BENCH_NULL,      /* null system call */
    BENCH_CALL,      /* call of a function through a pointer, same domain */
    BENCH_PORTAL,    /* portal_call and portal_return */
    BENCH_MESSAGE,   /* one message there, one back */
    BENCH_SEMAPHORE, /* one post there, one back */
    BENCH_DOMAIN,    /* domain_create and domain_destroy */
    BENCH_COUNT
};

#define BENCH_MARK 100

struct microbench {
    uint64_t iterations;
    uint64_t warm;    /* iterations before the measured ones, each time */
    uint64_t portal;  /* of portal_server */
    uint64_t to_echo; /* port that echo receives from */
    uint64_t from_echo;
    uint64_t to_peer; /* semaphore that pong waits on (its to_pong) */
    uint64_t from_peer;
    uint64_t bytes;   /* length of a message, at most BENCH_BYTES */
    uint64_t domains; /* not 0: measure BENCH_DOMAIN */
    uint64_t done;    /* out: bit k = measurement k ran without an error */
};

#define BENCH_BYTES 256
