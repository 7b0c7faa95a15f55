/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: S-mode under Sv39 with 4 KiB pages. A window of 16 MiB is touched
 * page by page in a scattered order (more pages than any TLB here holds: misses
 * and walks), then line by line; now and then a page is mapped elsewhere and
 * flushed.
 */
#include "tests/guest/bench/bench.h"

#define EXPECTED SIZED(0x9cb4fc71338fe3aeu, 0x02c87e6557b6732au)
#define PAGES    SIZED(4096u, 1024u)
#define WINDOW   0x40000000u /* virtual */
#define ROUNDS   SIZED(60, 1)

#define PTE_V    0x01
#define PTE_RW   0x06
#define PTE_X    0x08
#define PTE_AD   0xc0

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t leaves[PAGES] __attribute__((aligned(4096)));
static uint8_t memory[PAGES][4096] __attribute__((aligned(4096)));

static uint64_t pte(const void *to, uint64_t flags)
{
    return (uint64_t)to >> 2 | flags;
}

static void build_tables(void)
{
    for (uint32_t i = 0; i < PAGES; i++)
        leaves[i] = pte(memory[i], PTE_V | PTE_RW | PTE_AD);
    for (uint32_t i = 0; i < PAGES / 512; i++)
        middle[i] = pte(&leaves[i * 512], PTE_V);
    root[WINDOW >> 30] = pte(middle, PTE_V);
    root[0] = PTE_V | PTE_RW | PTE_AD; /* devices: the finisher */
    root[2] = 0x80000000u >> 2 | PTE_V | PTE_RW | PTE_X | PTE_AD;
}

static void enter_supervisor(void)
{
    csr_write(satp, 8ull << 60 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    __asm__ volatile("csrc mstatus, %0\n"
                     "csrs mstatus, %1\n"
                     "la t0, 1f\n"
                     "csrw mepc, t0\n"
                     "mret\n"
                     "1:" ::"r"(3 << 11),
                     "r"(1 << 11)
                     : "t0", "memory");
}

static uint64_t *word(uint32_t page, uint32_t index)
{
    return (uint64_t *)(uint64_t)(WINDOW + page * 4096 + index * 8);
}

static void remap(uint32_t a, uint32_t b)
{
    uint64_t t = leaves[a];
    leaves[a] = leaves[b];
    leaves[b] = t;
    __asm__ volatile("sfence.vma %0" ::"r"(word(a, 0)) : "memory");
    __asm__ volatile("sfence.vma %0" ::"r"(word(b, 0)) : "memory");
}

int main(void)
{
    uint64_t expected = 0;
    build_tables();
    enter_supervisor();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t page = 0;
        for (uint32_t i = 0; i < PAGES * 64; i++) {
            page = (page * 1664525u + 1013904223u) & (PAGES - 1);
            *word(page, i * 8 & 511) += i;
            expected += i;
            if ((i & 255) == 0)
                remap(page, page ^ 1);
        }
        uint64_t sum = 0;
        for (uint32_t p = 0; p < PAGES; p++)
            for (uint32_t k = 0; k < 512; k += 8)
                sum += *word(p, k);
        if (sum != expected)
            return 2;
    }
    return checksum_end(checksum_add(0, expected), EXPECTED);
}
