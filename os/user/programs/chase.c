/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks a linked list that somebody else built in a shared segment: the
 * pointers in it are used as they are. In one space that always works; in a
 * MAS only if the segment is mapped where the builder had it.
 *
 * main(head, walks): each node is two words, the next node (0 = end) and a
 * value. Walks the list `walks` times (0 counts as 1) between the marks 1 and
 * 2; returns the sum of the values of one walk.
 */
#include "os/user/opalite.h"

struct node {
    const struct node *next;
    uint64_t value;
};

static uint64_t walk(const struct node *node)
{
    uint64_t sum = 0;

    for (; node; node = node->next)
        sum += *(const volatile uint64_t *)&node->value;
    return sum;
}

int64_t main(uint64_t head, uint64_t walks)
{
    uint64_t sum;

    mark(1);
    do {
        sum = walk((const struct node *)head);
    } while (walks-- > 1);
    mark(2);
    return (int64_t)sum;
}
