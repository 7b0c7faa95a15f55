/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User addresses: each is given out once and never again. A block is a power
 * of two in size and aligned to it. What is left over by splitting is at most
 * one block of each size, so the whole state is one array. Pure code.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_FIRST_ORDER 28 /* user addresses start at 1 << 28 */
#define ADDRESS_MIN_ORDER   12 /* a page */
#define ADDRESS_ORDERS      64

struct address_space {
    uint64_t block[ADDRESS_ORDERS]; /* a free block of 1 << order, 0 = none */
};

/* Addresses 1 << 28 .. (1 << top) - 1. */
void address_init(struct address_space *a, unsigned top);
/* `bytes` > 0, rounded up to a power of two of at least 4 KiB; 0 = none left.*/
uint64_t address_alloc(struct address_space *a, uint64_t bytes);
