/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: a pointer chase over 32 MiB in a scattered order: nearly every
 * load misses every cache. About 70 million instructions.
 */
#include "tests/guest/lib/guest.h"

#define NODES  (32u << 20 >> 6) /* one per 64-byte line */
#define ROUNDS 24

struct node {
    struct node *next;
    uint64_t number, pad[6];
};

static struct node nodes[NODES];

int main(void)
{
    /* An odd multiplier modulo a power of two visits every node once. */
    uint32_t at = 0;
    for (uint32_t i = 0; i < NODES; i++) {
        uint32_t next = (at * 1664525u + 1013904223u) & (NODES - 1);
        nodes[at].next = &nodes[next];
        nodes[at].number = i;
        at = next;
    }
    if (at != 0)
        return 1;
    const struct node *n = nodes;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < NODES * ROUNDS / 4; i++) {
        sum += n->number;
        n = n->next;
        sum += n->number;
        n = n->next;
        sum += n->number;
        n = n->next;
        sum += n->number;
        n = n->next;
    }
    return sum != (uint64_t)ROUNDS * NODES * (NODES - 1ull) / 2;
}
