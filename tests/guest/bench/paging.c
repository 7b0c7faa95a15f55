/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmark: S-mode under Sv39 with 4 KiB pages. A window of 16 MiB is walked
 * by pages in a scattered order (TLB misses and walks), then line by line;
 * now and then a page is mapped elsewhere and flushed. About 100 million
 * instructions.
 */
#include "tests/guest/lib/guest.h"

#define PAGES  4096u
#define WINDOW 0x40000000u /* virtual */
#define ROUNDS 12

#define PTE_V  0x01
#define PTE_RW 0x06
#define PTE_X  0x08
#define PTE_AD 0xc0

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
        for (uint32_t i = 0; i < PAGES * 16; i++) {
            page = (page * 1664525u + 1013904223u) & (PAGES - 1);
            *word(page, i & 511) += i;
            expected += i;
            if ((i & 255) == 0)
                remap(page, page ^ 1);
        }
        uint64_t sum = 0;
        for (uint32_t p = 0; p < PAGES; p++)
            for (uint32_t k = 0; k < 512; k += 2)
                sum += *word(p, k) + *word(p, k + 1);
        if (sum != expected)
            return 1;
    }
    return 0;
}
