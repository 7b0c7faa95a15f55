/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second kind of fuzz programs: interrupts that the program raises itself,
 * delegated or not, direct or vectored; wfi with one pending; MPRV with every
 * MPP; PMP entries with borders inside pages, changed and locked; Sv48 and
 * Sv57; page tables changed between accesses, with every form of sfence.vma;
 * SUM and MXR switched. Idioms use x5 to x7 for what they need.
 */
#include "tests/fuzz/generate.h"

enum {
    SSI = 0x002,
    MSI = 0x008,
    STI = 0x020,
    SEI = 0x200,
    ANY_INTERRUPT = 0xaaa
};
enum { DELEGABLE = SSI | STI | SEI };
enum { SIE = 0x2, MPIE = 0x80 };

enum { CSR_WRITE = 1, CSR_SET = 2, CSR_CLEAR = 3, CSR_IMMEDIATE = 4 };

#define SSTATUS  0x100
#define SIE_CSR  0x104
#define SIP_CSR  0x144
#define MSTATUS  0x300
#define MIDELEG  0x303
#define MIE_CSR  0x304
#define MIP_CSR  0x344
#define PMPCFG0  0x3a0
#define PMPADDR0 0x3b0

#define MRET     0x30200073
#define SRET     0x10200073
#define WFI      0x10500073
#define PTE_FLAG                                                               \
    0x7fe /* of the flags of a PTE, all but V; bits of software                \
           */

static uint32_t csr(uint32_t operation, uint32_t number, uint32_t source,
                    uint32_t rd)
{
    return number << 20 | source << 15 | operation << 12 | rd << 7 | 0x73;
}

static uint32_t lui(uint32_t rd, uint64_t value)
{
    return ((uint32_t)(value + 0x800) & 0xfffff000) | rd << 7 | 0x37;
}

static uint32_t addi(uint32_t rd, uint32_t rs1, uint64_t value)
{
    return (uint32_t)(value & 0xfff) << 20 | rs1 << 15 | rd << 7 | 0x13;
}

/* 32 bits, below 2 GiB. */
static void put_constant(struct code *c, uint32_t rd, uint64_t value)
{
    code_put(c, lui(rd, value));
    code_put(c, addi(rd, rd, value));
}

static void put_fence(struct code *c, uint32_t address, uint32_t asid)
{
    code_put(c, 0x12000073 | asid << 20 | address << 15);
}

/* ---- settings ----------------------------------------------------------- */

static void choose_addresses(struct fuzz_block *b)
{
    for (unsigned i = 0; i < 8; i++) {
        uint64_t k = fuzz_below(4);
        if (fuzz_below(4) == 0)
            b->offset[i] =
                (b->offset[i] & ~UINT64_C(0xfff)) | 0xff8 | fuzz_below(8);
        if (b->base[i] != FUZZ_VIRTUAL || b->paged < 9 || fuzz_below(2))
            continue;
        if (k == 2)
            b->base[i] = FUZZ_PHYSICAL;
        b->offset[i] += k << 39;
        if (b->paged == 10 && !fuzz_below(2))
            b->offset[i] += fuzz_below(3) << 48;
    }
}

/* Entries 0 to 3 with any border; entry 0 is never TOR: it would begin at 0
 * and shut out the runtime. */
static void choose_pmp(struct fuzz_block *b)
{
    b->pmpcfg = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t rights = fuzz_below(8), matching = fuzz_below(4);
        if ((rights & 3) == 2)
            rights |= 1; /* W without R is reserved */
        if (i == 0 && matching == 1)
            matching = 2;
        b->pmpaddr[i] = fuzz_below(FUZZ_PAGES * 4096) & ~UINT64_C(3);
        if (matching == 3) { /* 8 bytes to 4 KiB */
            uint64_t ones = (UINT64_C(1) << fuzz_below(10)) - 1;
            b->pmpaddr[i] = (b->pmpaddr[i] & ~(ones << 3 | 4)) | ones << 2;
        }
        b->pmpcfg |= (matching << 3 | rights) << 8 * i;
    }
}

static void choose_interrupts(struct fuzz_block *b, struct fuzz_extra *e)
{
    e->mideleg = fuzz_next() & DELEGABLE;
    e->mie = fuzz_below(2) ? fuzz_next() & ANY_INTERRUPT : 0;
    e->mip = fuzz_below(2) ? fuzz_next() & DELEGABLE : 0;
    e->flags |= fuzz_next() & FUZZ_MSIP;
    b->status |= fuzz_next() & (SIE | MPIE);
    if (fuzz_below(3))
        return;
    /* One that is pending, enabled by itself, and not taken for now. */
    e->flags |= FUZZ_WFI;
    e->mip |= SSI;
    e->mie = SSI;
    if (b->privilege == 3)
        b->status &= ~(uint64_t)MPIE;
    else
        e->mideleg |= SSI;
    if (b->privilege == 1)
        b->status &= ~(uint64_t)SIE;
}

void features_block(struct fuzz_block *b, struct fuzz_extra *e)
{
    e->flags = fuzz_next() & (FUZZ_M_VECTORS | FUZZ_S_VECTORS);
    if (b->paged)
        b->paged = 8 + fuzz_below(3);
    if (b->privilege == 3 && fuzz_below(2)) {
        e->flags |= FUZZ_MPRV;
        for (unsigned i = 0; i < 8 && b->paged; i++)
            if (b->base[i] == FUZZ_PHYSICAL && fuzz_below(4))
                b->base[i] = FUZZ_VIRTUAL;
    }
    if (fuzz_below(3) == 0)
        choose_pmp(b);
    choose_addresses(b);
    choose_interrupts(b, e);
}

/* Readable, so that the runtime can take its sum; the last page need not be. */
void features_locks(struct fuzz_image *image)
{
    image->lock_block = fuzz_below(2 * FUZZ_BLOCKS);
    for (unsigned i = 0; i < FUZZ_LOCKS; i++) {
        uint64_t page = fuzz_below(FUZZ_PAGES), rights = 1 | fuzz_below(8);
        uint64_t matching = fuzz_below(4);
        uint64_t at = (page * 4096 + fuzz_below(4096)) >> 2;
        if (page == FUZZ_PAGES - 1 && matching != 1 && fuzz_below(2))
            rights = fuzz_below(2) * 4;
        if (matching == 3) {
            uint64_t ones = (UINT64_C(1) << fuzz_below(9)) - 1;
            at = (at & ~(ones << 1 | 1)) | ones;
        }
        image->lock_addr[i] = at;
        image->lock_cfg |= ((fuzz_below(4) ? 0x80 : 0) | matching << 3 | rights)
                           << 8 * i;
    }
}

/* ---- idioms ------------------------------------------------------------- */

void features_begin(struct code *c, const struct fuzz_extra *e)
{
    static const uint64_t mpp[] = { 0, 0x800, 0x1800 };
    if (!(e->flags & FUZZ_MPRV))
        return;
    put_constant(c, 5, 0x20000 | mpp[fuzz_below(3)]);
    code_put(c, csr(CSR_SET, MSTATUS, 5, 0));
}

static void put_interrupt(struct code *c)
{
    static const uint32_t number[] = { MIE_CSR, MIP_CSR, MIDELEG,
                                       SIE_CSR, SIP_CSR, SIP_CSR };
    uint32_t operation = (uint32_t)(CSR_WRITE + fuzz_below(3));
    code_put(c, addi(5, 0, fuzz_next() & 0x2aa));
    code_put(c,
             csr(operation, number[fuzz_below(6)], 5, (uint32_t)fuzz_below(8)));
}

static void put_enable(struct code *c)
{
    uint32_t operation = (uint32_t)(CSR_SET + fuzz_below(2)) | CSR_IMMEDIATE;
    if (fuzz_below(2))
        code_put(c, csr(operation, SSTATUS, SIE, (uint32_t)fuzz_below(8)));
    else
        code_put(c, csr(operation, MSTATUS, fuzz_below(2) ? 8 : SIE, 0));
}

static void put_sum_mxr(struct code *c)
{
    uint32_t operation = (uint32_t)(CSR_SET + fuzz_below(2));
    code_put(c, lui(5, (1 + fuzz_below(3)) << 18));
    code_put(c, csr(operation, fuzz_below(3) ? SSTATUS : MSTATUS, 5, 0));
}

/* A leaf changes its rights or goes; nobody may use the old one. */
static void put_leaf(struct code *c, uint64_t leaves)
{
    uint64_t i = fuzz_below(FUZZ_LEAVES);
    uint32_t offset = (uint32_t)i * 8;
    uint64_t flags = fuzz_below(8) ? fuzz_next() & PTE_FLAG : 1;
    if (c->room < 40)
        return;
    put_constant(c, 7, leaves >> 1);         /* above 2 GiB */
    code_put(c, 0x00139393);                 /* slli x7,x7,1 */
    code_put(c, 0x0003b303 | offset << 20);  /* ld x6,offset(x7) */
    code_put(c, addi(6, 6, flags) | 0x4000); /* xori */
    code_put(c, 0x0063b023 | (offset & 0x1f) << 7 | (offset >> 5) << 25);
    code_put(c, lui(5, FUZZ_VA + i * 4096));
    put_fence(c, fuzz_below(2) ? 5 : 0, 0);
}

/* Of entries 0 to 3: X alone or all rights, low bits of the address. */
static void put_pmp(struct code *c)
{
    uint32_t operation = (uint32_t)(CSR_SET + fuzz_below(2)) | CSR_IMMEDIATE;
    uint32_t entry = (uint32_t)fuzz_below(4);
    if (fuzz_below(2))
        code_put(c, csr(operation, PMPCFG0, fuzz_below(2) ? 4 : 7, 0));
    else
        code_put(c, csr(operation, PMPADDR0 + entry, (uint32_t)fuzz_below(32),
                        (uint32_t)fuzz_below(8)));
    put_fence(c, 0, 0);
}

void features_put(struct code *c, const struct fuzz_extra *e, uint64_t leaves)
{
    bool waits = e->flags & FUZZ_WFI;
    switch (fuzz_below(waits ? 5 : 6)) {
    case 0:
        put_sum_mxr(c);
        break;
    case 1:
        put_leaf(c, leaves);
        break;
    case 2:
        put_pmp(c);
        break;
    case 3:
        put_enable(c);
        break;
    default: /* a block that waits leaves what is pending alone */
        if (waits)
            code_put(c, WFI);
        else
            put_interrupt(c);
        break;
    }
}

/* QEMU keeps MPRV after a return (docs/conformance.md). */
bool features_allow(const struct fuzz_extra *e, uint32_t word)
{
    return !(e->flags & FUZZ_MPRV) || (word != MRET && word != SRET);
}
