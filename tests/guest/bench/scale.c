/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the scaling table: any number of protection domains and segments, more
 * than the kernel's tables hold. It announces them by hints as the kernel does,
 * gives each domain a range tree over its segments, and then lets one domain
 * after the other touch its segments under the RPLB. Between setting up and
 * working it sets mark 1.
 *
 * The host writes the parameters into scale_* before the start. RAM is seen at
 * its own addresses by S-mode, and USER_OFFSET above by domains.
 */
#include "mmu/xsas.h"
#include "tests/guest/bench/bench.h"

#define USER_OFFSET  0x800000000u
#define SEGMENT      4096
#define TOUCHES      128 /* in a time slice */
#define DOMAINS_MAX  65536
#define GIGABYTE     (1ull << 30)

#define PTE_V        0x01
#define PTE_RWX      0x0e
#define PTE_U        0x10
#define PTE_AD       0xc0
#define SSTATUS_SUM  (1 << 18)
#define LOG2_DOMAINS 16

uint64_t scale_domains __attribute__((section(".data"))) = 100;
uint64_t scale_segments __attribute__((section(".data"))) = 300;
uint64_t scale_stride __attribute__((section(".data"))) = SEGMENT;
uint64_t scale_slices __attribute__((section(".data"))) = 1000;

/* A node of a range tree (docs/isa.md 5); node i is segment i. */
struct node {
    uint64_t base, limit, left, right;
};

/* As os/abi/abi.h has it. */
struct record {
    uint64_t domain, object, a, b, c;
    char name[32];
};

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t trees[DOMAINS_MAX] __attribute__((aligned(4096)));
extern char __end[]; /* of the program: nodes, then segments */

static struct node *nodes(void)
{
    return (struct node *)__end;
}

static uint64_t segment_base(uint64_t i)
{
    uint64_t first = (uint64_t)(nodes() + scale_segments);
    first = (first + SEGMENT - 1) & ~(uint64_t)(SEGMENT - 1);
    return first + i * scale_stride;
}

/* os/abi/hint.def: 1 mark, 8 domain, 10 segment, 12 rights */
#define hint(number, value)                                                    \
    __asm__ volatile("slti x0, %0, " #number ::"r"(value) : "memory")

static void enter_supervisor(void)
{
    for (uint64_t i = 0; i < 18; i++) {
        uint64_t leaf = i * GIGABYTE >> 2 | PTE_V | PTE_RWX | PTE_AD;
        root[i] = leaf;
        root[i + USER_OFFSET / GIGABYTE] = leaf | PTE_U;
    }
    csr_write(satp, 8ull << 60 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma\n"
                     "csrwi 0x7c0, 1\n" /* mxsas: Xsas on */
                     "csrc mstatus, %0\n"
                     "csrs mstatus, %1\n"
                     "la t0, 1f\n"
                     "csrw mepc, t0\n"
                     "mret\n"
                     "1:" ::"r"(3 << 11),
                     "r"(1 << 11 | SSTATUS_SUM)
                     : "t0", "memory");
}

/* Which segments domain d has: at least one. */
static uint64_t first_of(uint64_t d)
{
    return d * scale_segments / scale_domains;
}

static uint64_t end_of(uint64_t d)
{
    uint64_t end = first_of(d + 1);
    return end > first_of(d) ? end : end + 1;
}

/* A balanced tree over segments [first, end); its root, or 0. */
static uint64_t tree(uint64_t first, uint64_t end)
{
    if (first >= end)
        return 0;
    uint64_t middle = (first + end) / 2;
    struct node *n = &nodes()[middle];
    n->base = segment_base(middle) + USER_OFFSET;
    n->limit = n->base + SEGMENT;
    n->left = tree(first, middle) | RIGHT_R | RIGHT_W;
    n->right = tree(middle + 1, end);
    return (uint64_t)n;
}

static void announce(void)
{
    static struct record r = { .name = "scale" };
    for (uint64_t i = 0; i < scale_segments; i++) {
        r.object = segment_base(i) + USER_OFFSET;
        r.a = SEGMENT;
        hint(10, &r);
    }
    for (uint64_t d = 1; d <= scale_domains; d++) {
        r.domain = d;
        r.object = 1;
        r.a = csr_read(satp);
        hint(8, &r);
        for (uint64_t i = first_of(d - 1); i < end_of(d - 1); i++) {
            r.object = r.c = segment_base(i) + USER_OFFSET;
            r.a = RIGHT_R | RIGHT_W;
            hint(12, &r);
        }
    }
}

/* One time slice: the domain counts in its segments, one after the other. */
static void slice(uint64_t domain)
{
    uint64_t first = first_of(domain - 1), count = end_of(domain - 1) - first;
    __asm__ volatile("csrw 0x5c0, %0" ::"r"(domain) : "memory"); /* sdomain */
    for (uint64_t i = 0; i < TOUCHES; i++) {
        uint64_t which = first + (i >> 3) % count;
        volatile uint64_t *at =
            (volatile uint64_t *)(segment_base(which) + USER_OFFSET);
        at[i & 7]++;
    }
}

static uint64_t count_all(void)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < scale_segments; i++)
        for (int k = 0; k < 8; k++)
            sum += ((uint64_t *)segment_base(i))[k];
    return sum;
}

int main(void)
{
    enter_supervisor();
    for (uint64_t d = 1; d <= scale_domains; d++)
        trees[d] = tree(first_of(d - 1), end_of(d - 1));
    csr_write(0x5c2, (uint64_t)trees | LOG2_DOMAINS); /* srtable */
    announce();
    csr_write(0x5c1, SPROT_RPLB | SPROT_HWREFILL); /* sprot */
    hint(1, 1ul);
    for (uint64_t i = 0; i < scale_slices; i++)
        slice(1 + i % scale_domains);
    uint64_t sum = count_all();
    return checksum_end(sum, scale_slices * TOUCHES);
}
