/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: a pointer chase over 64 MiB in a scattered order: nearly every
 * load misses every cache, and nobody knows the next address before.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0xee42058499102c1fu, 0xe6191fbdf323fdd6u)
#define NODES    (SIZED(64u << 20, 1u << 20) >> 6) /* one per 64-byte line */
#define ROUNDS   SIZED(32, 8)

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
        return 2;
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
    if (sum != (uint64_t)ROUNDS * NODES * (NODES - 1ull) / 2)
        return 3;
    return checksum_end(checksum_add(0, sum), EXPECTED);
}
