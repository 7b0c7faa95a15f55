/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime of a fuzz program: sets up PMP and Sv39, starts the blocks,
 * keeps a log of traps and a running hash of the registers, and at the end
 * writes all that to the console and powers off. What two machines write
 * must be the same, but for docs/conformance.md.
 */
#include <stdbool.h>

#include "tests/fuzz/image.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/tohost.h"

#define CLINT 0x2000000
#define FUZZ  __attribute__((section(".fuzz"), aligned(4096)))

static uint64_t root5[512] FUZZ = { 1 }, root4[512] FUZZ = { 1 };
struct fuzz_image fuzz_image FUZZ = { .seed = 1 };
uint8_t fuzz_code[(FUZZ_BLOCKS + 1) * FUZZ_BLOCK_SIZE] FUZZ = { 1 };
uint8_t fuzz_data[FUZZ_PAGES * 4096] FUZZ = { 1 };
static uint64_t root[512] FUZZ = { 1 }, middle[512] FUZZ = { 1 };
static uint64_t leaves[512] FUZZ = { 1 };

uint64_t fuzz_saved[33]; /* the last one: the vector taken */
static uint64_t blocks_started, traps, hash = 1;

void machine_trap(void);
void supervisor_trap(void);
void machine_vectors(void);
void supervisor_vectors(void);
void fuzz_start(void);
void fuzz_trap(void);

enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128 };

static void print_hex(uint64_t value)
{
    char text[18];
    unsigned n = sizeof text - 1;
    text[n] = 0;
    do {
        text[--n] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value);
    guest_print(text + n);
}

static void print_field(const char *name, uint64_t value)
{
    guest_print(" ");
    guest_print(name);
    guest_print(" ");
    print_hex(value);
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * 0x9e3779b97f4a7c15;
    return sum ^ sum >> 29;
}

static uint64_t mix_words(uint64_t sum, const uint64_t *word, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        sum = mix(sum, word[i]);
    return sum;
}

/* In words of 4 bytes, for a locked PMP entry may begin or end at each; the
 * last page may be locked against everybody (features.c). */
static uint64_t mix_data(void)
{
    const uint32_t *word = (const uint32_t *)fuzz_data;
    unsigned bytes = sizeof fuzz_data - (fuzz_image.features ? 4096 : 0);
    uint64_t sum = 1;
    csr_write(pmpcfg0, 0);
    for (unsigned i = 0; i < bytes / 4; i++)
        sum = mix(sum, *(const volatile uint32_t *)&word[i]);
    return sum;
}

static uint64_t pte(const void *target, uint64_t flags)
{
    return (uint64_t)target >> 12 << 10 | flags;
}

/* More levels above: the same twice, 512 GiB one to one, and a leaf that is
 * misaligned. */
static void make_upper_tables(void)
{
    for (unsigned i = 0; i < 512; i++)
        root4[i] = root5[i] = 0;
    root4[0] = root4[1] = pte(root, V);
    root4[2] = V | R | W | A | D;
    root4[3] = pte(fuzz_data, V | R | W | A | D);
    root5[0] = root5[1] = pte(root4, V);
}

static uint64_t satp_of(uint64_t mode)
{
    const void *table = mode == 8 ? root : mode == 9 ? root4 : root5;
    return mode ? mode << 60 | (uint64_t)table >> 12 : 0;
}

/* 1 GiB one to one for S, the same for U one GiB higher, and random leaves. */
static void make_tables(void)
{
    const uint64_t ram = UINT64_C(0x80000000) >> 2;
    const uint64_t *leaf = fuzz_image.leaf;
    for (unsigned i = 0; i < 512; i++)
        root[i] = middle[i] = leaves[i] = 0;
    root[1] = pte(middle, V);
    root[2] = ram | V | R | W | X | A | D;
    root[3] = ram | V | R | X | U | A | D;
    middle[0] = pte(leaves, V);
    middle[1] = ram | V | R | A;           /* a megapage, read-only */
    middle[2] = pte(fuzz_data, V | R | A); /* a misaligned one, mostly */
    for (unsigned i = 0; i < FUZZ_LEAVES; i++)
        leaves[i] =
            pte(fuzz_data + (leaf[i] >> 8) % FUZZ_PAGES * 4096, leaf[i] & 0xff);
}

static void end(void)
{
    guest_print("end");
    print_field("registers", mix_words(hash, fuzz_saved, 32));
    print_field("data", mix_data());
    print_field("tables", mix_words(1, leaves, 512));
    guest_print("\n");
    for (unsigned i = 1; i < 32; i++) {
        guest_print(i % 4 == 1 ? "\n" : "");
        guest_print(" x");
        print_hex(i);
        print_field("", fuzz_saved[i]);
    }
    guest_print("\n");
    *(volatile uint32_t *)FINISHER = FINISHER_PASS;
    for (;;)
        ;
}

/* Entries 4 to 6, and 7 with the CLINT for M-mode. */
static uint64_t more_pmp(void)
{
    const uint64_t data = (uint64_t)fuzz_data;
    if (!fuzz_image.features)
        return 0;
    csr_write(pmpaddr4, (data >> 2) + fuzz_image.lock_addr[0]);
    csr_write(pmpaddr5, (data >> 2) + fuzz_image.lock_addr[1]);
    csr_write(pmpaddr6, (data >> 2) + fuzz_image.lock_addr[2]);
    csr_write(pmpaddr7, CLINT >> 2 | 0x1fff);
    uint64_t locks =
        blocks_started >= fuzz_image.lock_block ? fuzz_image.lock_cfg : 0;
    return UINT64_C(0x18) << 56 | locks << 32;
}

static void set_pmp(const struct fuzz_block *b)
{
    uint64_t data = (uint64_t)fuzz_data;
    csr_write(pmpcfg0, 0);
    csr_write(pmpaddr0, (data + b->pmpaddr[0]) >> 2);
    csr_write(pmpaddr1, (data + b->pmpaddr[1]) >> 2);
    csr_write(pmpaddr2, (data + b->pmpaddr[2]) >> 2);
    csr_write(pmpaddr3, (data + b->pmpaddr[3]) >> 2);
    csr_write(pmpcfg0, b->pmpcfg | more_pmp());
}

static void set_interrupts(const struct fuzz_extra *e)
{
    *(volatile uint32_t *)CLINT = e->flags & FUZZ_MSIP;
    csr_write(mideleg, e->mideleg);
    csr_write(mip, e->mip);
    csr_write(mie, e->mie);
    csr_write(mtvec, e->flags & FUZZ_M_VECTORS ? (uint64_t)machine_vectors + 1
                                               : (uint64_t)machine_trap);
    csr_write(stvec, e->flags & FUZZ_S_VECTORS
                         ? (uint64_t)supervisor_vectors + 1
                         : (uint64_t)supervisor_trap);
    fuzz_saved[32] = 99;
}

static void start_block(void)
{
    const struct fuzz_block *b = &fuzz_image.block[blocks_started];
    uint64_t pc = (uint64_t)fuzz_code + blocks_started * FUZZ_BLOCK_SIZE;
    uint64_t data = (uint64_t)fuzz_data;
    set_pmp(b);
    csr_write(medeleg, b->medeleg);
    csr_write(satp, satp_of(b->paged));
    __asm__ volatile("sfence.vma" ::: "memory");
    if (fuzz_image.features)
        set_interrupts(&fuzz_image.extra[blocks_started]);
    csr_write(mstatus, b->status | b->privilege << 11);
    if (b->paged && b->privilege == 0)
        pc += FUZZ_USER_ALIAS;
    csr_write(mepc, pc);
    for (unsigned i = 0; i < 8; i++) {
        uint64_t base = b->base[i] == FUZZ_PHYSICAL  ? data
                        : b->base[i] == FUZZ_VIRTUAL ? FUZZ_VA
                                                     : 0;
        fuzz_saved[8 + i] = base + b->offset[i];
    }
    blocks_started++;
}

/* QEMU calls an AMO a load where it makes it of a load and a store; for LR the
 * distinction is lost. */
static uint64_t cause_of(uint64_t cause, uint64_t pc)
{
    uint64_t code = (uint64_t)fuzz_code, word = 0;
    if (pc >= code + FUZZ_USER_ALIAS)
        pc -= FUZZ_USER_ALIAS;
    if (pc - code < sizeof fuzz_code - 4)
        word = *(const uint16_t *)pc;
    bool load = cause == 4 || cause == 5 || cause == 13;
    bool amo = (word & 0x7f) == 0x2f;
    return load && amo ? cause + 2 : cause;
}

/* A breakpoint's tval is 0 or the address, as the machine likes; QEMU rounds
 * the address of a misaligned access down. */
static uint64_t comparable(uint64_t cause, uint64_t tval)
{
    if (cause == 3)
        return 0;
    bool data = cause == 5 || cause == 7 || cause == 13 || cause == 15;
    return data ? tval & ~UINT64_C(7) : tval;
}

void fuzz_trap(void)
{
    uint64_t cause = cause_of(csr_read(mcause), csr_read(mepc));
    uint64_t scause = cause_of(csr_read(scause), csr_read(sepc));
    hash = mix_words(hash, fuzz_saved, 32);
    print_hex(blocks_started - 1);
    print_field("cause", cause);
    print_field("epc", csr_read(mepc));
    print_field("tval", comparable(cause, csr_read(mtval)));
    print_field("status", csr_read(mstatus));
    print_field("scause", scause);
    print_field("sepc", csr_read(sepc));
    print_field("stval", comparable(scause, csr_read(stval)));
    print_field("registers", hash);
    if (fuzz_image.features) {
        print_field("vector", fuzz_saved[32]);
        print_field("mip", csr_read(mip));
        print_field("pmp", csr_read(pmpcfg0));
    }
    guest_print("\n");
    if (++traps == FUZZ_TRAPS || blocks_started == FUZZ_BLOCKS)
        end();
    start_block();
}

void fuzz_start(void)
{
    csr_write(mtvec, machine_trap);
    csr_write(stvec, supervisor_trap);
    csr_write(mie, 0);
    csr_write(mideleg, 0);
    *(volatile uint64_t *)(CLINT + 0x4000) = UINT64_MAX; /* mtimecmp */
    csr_write(mcounteren, 0);
    csr_write(scounteren, 0);
    /* Below RAM and far above it the two machines differ: nobody goes there,
     * but for M-mode the console (entry 8) and the finisher (entry 9). */
    csr_write(pmpaddr8, 0x10000000 >> 2 | 0x1f);
    csr_write(pmpaddr9, FINISHER >> 2 | 0x1f);
    csr_write(pmpaddr10, 0x0fffffff);
    csr_write(pmpaddr11, UINT64_C(0x17fffffff)); /* 16 GiB at 16 GiB */
    csr_write(pmpaddr15, (UINT64_C(1) << 54) - 1);
    csr_write(pmpcfg2, UINT64_C(0x1f) << 56 | 0x98981818);
    csr_write(sepc, 0);
    csr_write(scause, 0);
    csr_write(stval, 0);
    csr_write(sscratch, 0);
    make_tables();
    make_upper_tables();
    for (unsigned i = 0; i < 32; i++)
        fuzz_saved[i] = fuzz_image.reg[i];
    start_block();
}
