/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a fuzz program from a seed: generate SEED RUNTIME.elf OUT.elf copies
 * the runtime and fills in code, data, page-table leaves and the settings of
 * the blocks. The same seed gives the same program, always.
 *
 * Left out, because two right machines may differ there: wfi that waits;
 * counters and identity CSRs; interrupts from outside; LR and SC other than as
 * a pair side by side. Branches and jumps go forward, so that programs end.
 */
#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/insn.h"
#include "tests/fuzz/generate.h"

static uint64_t state;

uint64_t fuzz_next(void)
{
    state += 0x9e3779b97f4a7c15;
    uint64_t z = state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

uint64_t fuzz_below(uint64_t n)
{
    return fuzz_next() % n;
}

/* ---- instructions ------------------------------------------------------- */

enum { OPCODE_SYSTEM = 0x73, RS1_SHIFT = 15, RD_SHIFT = 7 };

/* CSRs of both machines with the same meaning: written from any register; bits
 * cleared (QEMU keeps bit 0 of an epc when it is written); read. */
static const uint16_t written[] = { 0x140, 0x342 };
static const uint16_t cleared[] = { 0x141, 0x341 };
static const uint16_t only_read[] = { 0x100, 0x105, 0x106, 0x180, 0x300,
                                      0x302, 0x303, 0x304, 0x305, 0x306,
                                      0x3a0, 0x3a2, 0x3b0, 0x3b1, 0x3bf };

static uint32_t csr_word(void)
{
    uint32_t rd = (uint32_t)fuzz_below(32) << RD_SHIFT;
    uint32_t rs1 = (uint32_t)fuzz_below(32) << RS1_SHIFT;
    uint32_t number, operation;
    switch (fuzz_below(4)) {
    case 0:
        number = written[fuzz_below(sizeof written / 2)];
        operation = (uint32_t[]){ 1, 2, 3, 5, 6, 7 }[fuzz_below(6)];
        break;
    case 1:
        number = cleared[fuzz_below(sizeof cleared / 2)];
        operation = (uint32_t[]){ 3, 7 }[fuzz_below(2)];
        break;
    default:
        number = only_read[fuzz_below(sizeof only_read / 2)];
        operation = (uint32_t[]){ 2, 3, 6, 7 }[fuzz_below(4)];
        rs1 = 0;
        break;
    }
    return number << 20 | rs1 | operation << 12 | rd | OPCODE_SYSTEM;
}

static bool is_left_out(enum insn i)
{
    switch (i) {
    case INSN_illegal:
    case INSN_wfi:
    case INSN_lr_w:
    case INSN_lr_d:
    case INSN_sc_w:
    case INSN_sc_d:
    case INSN_csrrw:
    case INSN_csrrs:
    case INSN_csrrc:
    case INSN_csrrwi:
    case INSN_csrrsi:
    case INSN_csrrci:
        return true;
    default:
        return false;
    }
}

/* Addresses are in x8 to x15 more often than elsewhere. */
static uint32_t with_address(uint32_t word)
{
    if (fuzz_below(8))
        word = (word & ~(31u << RS1_SHIFT)) | (uint32_t)(8 + fuzz_below(8))
                                                  << RS1_SHIFT;
    return word;
}

static uint32_t row_word(void)
{
    enum insn i;
    do
        i = (enum insn)fuzz_below(INSN_COUNT);
    while (is_left_out(i));
    const struct insn_row *row = &insn_rows[i];
    uint32_t word = row->match | ((uint32_t)fuzz_next() & ~row->mask);
    switch (row->format) {
    case FORMAT_LOAD:
    case FORMAT_S:
        return with_address(word);
    case FORMAT_AMO: /* small steps from aligned addresses mostly */
        return with_address(word);
    case FORMAT_B:
        return word & 0x7fffffff & ~0x60000000u;
    case FORMAT_J:
        return word & 0x07f00fff;
    case FORMAT_CB:
        return word & ~0x1000u;
    case FORMAT_CJ:
        return word & ~0x1500u;
    default:
        /* slti x0,x,2 would stop our machine: HINT_PANIC of os/abi/hint.def */
        return (word & 0xfff07fff) == 0x00202013 ? word ^ 0x80 : word;
    }
}

void code_put(struct code *c, uint32_t word)
{
    size_t n = (word & 3) == 3 ? 4 : 2;
    if (n > c->room)
        return;
    memcpy(c->at, &word, n);
    c->at += n;
    c->room -= n;
}

/* lr and sc of one size on one register, which neither of them writes. */
static void put_pair(struct code *c)
{
    uint32_t size = (uint32_t)(2 + fuzz_below(2)) << 12;
    uint32_t address = (uint32_t)(8 + fuzz_below(8)),
             to = (uint32_t)fuzz_below(8);
    if (c->room < 8)
        return;
    code_put(c, 0x1000002f | size | address << RS1_SHIFT | to << RD_SHIFT);
    code_put(c, 0x1800002f | size | address << RS1_SHIFT |
                    (uint32_t)fuzz_below(32) << 20 |
                    (uint32_t)fuzz_below(8) << RD_SHIFT);
}

static void put_something(struct code *c)
{
    switch (fuzz_below(40)) {
    case 0:
        code_put(c, (uint32_t)fuzz_next());
        break;
    case 1:
    case 2:
    case 3:
        code_put(c, csr_word());
        break;
    case 4:
    case 5:
        put_pair(c);
        break;
    default:
        code_put(c, row_word());
        break;
    }
}

/* One random thing, or, in the second kind, now and then an idiom. */
static void put_next(struct code *c, const struct fuzz_image *image, unsigned b,
                     uint64_t leaves)
{
    const struct fuzz_extra *e = &image->extra[b];
    struct code before = *c;
    uint32_t word = 0;
    if (!image->features) {
        put_something(c);
        return;
    }
    if (fuzz_below(4) == 0) {
        features_put(c, e, leaves);
        return;
    }
    put_something(c);
    memcpy(&word, before.at, c->at - before.at == 4 ? 4 : 0);
    if (!features_allow(e, word))
        *c = before;
}

static void make_code(uint8_t *code, const struct fuzz_image *image,
                      uint64_t leaves)
{
    static const uint32_t ecall = 0x00000073;
    for (unsigned b = 0; b <= FUZZ_BLOCKS; b++) {
        struct code c = { code + b * FUZZ_BLOCK_SIZE, FUZZ_BLOCK_SIZE - 8 };
        unsigned n = b < FUZZ_BLOCKS ? 1 + (unsigned)fuzz_below(40) : 0;
        if (n && image->features)
            features_begin(&c, &image->extra[b]);
        for (unsigned i = 0; i < n; i++)
            put_next(&c, image, b, leaves);
        c.room = (size_t)(code + (b + 1) * FUZZ_BLOCK_SIZE - c.at);
        while (c.room >= 4)
            code_put(&c, ecall);
        if (c.room)
            code_put(&c, 0x0001); /* c.nop */
    }
}

/* ---- settings ----------------------------------------------------------- */

static uint64_t interesting(void)
{
    static const uint64_t edge[] = { 0,
                                     1,
                                     2,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     UINT64_MAX };
    return fuzz_below(3) ? fuzz_next()
                         : edge[fuzz_below(sizeof edge / sizeof edge[0])];
}

static void make_pmp(struct fuzz_block *b)
{
    if (fuzz_below(3))
        return;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t offset = fuzz_below(FUZZ_PAGES) * 4096;
        uint64_t rights = fuzz_below(8);
        if ((rights & 3) == 2)
            rights |= 1; /* W without R is reserved */
        uint64_t matching = (uint64_t[]){ 0, 1, 3 }[fuzz_below(3)];
        if (i == 0 && matching == 1)
            matching = 0; /* it would begin at 0 and shut out the runtime */
        if (matching == 3)
            offset |= 0x7fc; /* 4 KiB: nine ones after the shift by 2 */
        b->pmpaddr[i] = offset;
        b->pmpcfg |= (matching << 3 | rights) << 8 * i;
    }
}

static void make_block(struct fuzz_block *b)
{
    static const uint64_t privileges[] = { 0, 1, 1, 3 };
    /* MPRV SUM MXR TVM TW TSR SPP SPIE */
    const uint64_t bits = 0x20000 | 0x40000 | 0x80000 | 0x100000 | 0x200000 |
                          0x400000 | 0x100 | 0x20;
    b->privilege = privileges[fuzz_below(4)];
    b->status = fuzz_next() & fuzz_next() & bits;
    b->status |= fuzz_next() & 0xc0000;
    b->status &= ~UINT64_C(0x20000);
    b->paged = fuzz_below(3) != 0 ? 8 : 0;
    /* not ecall from S: it is how S-mode's handler comes here */
    b->medeleg = fuzz_below(2) ? fuzz_next() & 0xb1ff : 0;
    /* what a load and an AMO raise goes to the same place: see cause_of */
    b->medeleg &= ~UINT64_C(0x80d0);
    b->medeleg |= (b->medeleg & 0x2030) << 2;
    make_pmp(b);
    for (unsigned i = 0; i < 8; i++) {
        bool virtual = b->paged && b->privilege != 3;
        b->base[i] = virtual ? FUZZ_VIRTUAL : FUZZ_PHYSICAL;
        b->offset[i] = 2048 + fuzz_below((FUZZ_PAGES - 1) * 4096);
        if (virtual && !fuzz_below(8))
            b->offset[i] = fuzz_below(12 << 20);
        if (fuzz_below(4))
            b->offset[i] &= ~UINT64_C(7);
        if (!fuzz_below(4))
            b->offset[i] |= 0xff8; /* near the end of a page */
        if (!fuzz_below(6)) {
            b->base[i] = FUZZ_NUMBER;
            b->offset[i] = interesting();
        }
    }
}

/* Mostly right for both modes and all uses; now and then anything. */
static uint64_t make_leaf(void)
{
    uint64_t flags = 0xcf | (fuzz_below(2) << 4);
    if (fuzz_below(2))
        flags &= ~(fuzz_below(256) & fuzz_below(256));
    if (!fuzz_below(10))
        flags = fuzz_below(256);
    return fuzz_below(FUZZ_PAGES) << 8 | flags;
}

static void make_image(struct fuzz_image *image, uint64_t seed)
{
    memset(image, 0, sizeof *image);
    image->seed = seed;
    for (unsigned i = 1; i < 32; i++)
        image->reg[i] = interesting();
    for (unsigned i = 0; i < FUZZ_BLOCKS; i++)
        make_block(&image->block[i]);
    for (unsigned i = 0; i < FUZZ_LEAVES; i++)
        image->leaf[i] = make_leaf();
    if (seed < FUZZ_FEATURES)
        return;
    image->features = 1;
    features_locks(image);
    for (unsigned i = 0; i < FUZZ_BLOCKS; i++)
        features_block(&image->block[i], &image->extra[i]);
}

/* ---- the file ----------------------------------------------------------- */

/* Where a symbol's bytes are in the file, and in memory. */
static uint8_t *find(uint8_t *elf, const char *name, uint64_t *address)
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)elf;
    const Elf64_Shdr *section = (const Elf64_Shdr *)(elf + head->e_shoff);
    for (unsigned i = 0; i < head->e_shnum; i++) {
        if (section[i].sh_type != SHT_SYMTAB)
            continue;
        const Elf64_Sym *s = (const Elf64_Sym *)(elf + section[i].sh_offset);
        const char *names =
            (const char *)elf + section[section[i].sh_link].sh_offset;
        for (size_t n = 0; n < section[i].sh_size / sizeof *s; n++) {
            if (strcmp(names + s[n].st_name, name) != 0)
                continue;
            const Elf64_Shdr *home = &section[s[n].st_shndx];
            if (address)
                *address = s[n].st_value;
            return elf + home->sh_offset + (s[n].st_value - home->sh_addr);
        }
    }
    fprintf(stderr, "generate: no symbol %s\n", name);
    exit(3);
}

static uint8_t *read_file(const char *path, size_t *bytes)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(1 << 20);
    if (!f || !data) {
        fprintf(stderr, "generate: cannot read %s\n", path);
        exit(3);
    }
    *bytes = fread(data, 1, 1 << 20, f);
    fclose(f);
    return data;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: generate SEED RUNTIME.elf OUT.elf\n");
        return 2;
    }
    size_t bytes;
    uint8_t *elf = read_file(argv[2], &bytes);
    uint64_t seed = strtoull(argv[1], NULL, 0);
    state = seed * 0x2545f4914f6cdd1d;
    struct fuzz_image image;
    make_image(&image, seed);
    memcpy(find(elf, "fuzz_image", NULL), &image, sizeof image);
    uint64_t leaves;
    find(elf, "leaves", &leaves);
    make_code(find(elf, "fuzz_code", NULL), &image, leaves);
    uint8_t *data = find(elf, "fuzz_data", NULL);
    for (unsigned i = 0; i < FUZZ_PAGES * 4096; i += 8) {
        uint64_t word = fuzz_below(4) ? fuzz_next()
                                      : row_word() | (uint64_t)row_word() << 32;
        memcpy(data + i, &word, 8);
    }
    FILE *f = fopen(argv[3], "wb");
    bool done = f && fwrite(elf, 1, bytes, f) == bytes;
    if (f && fclose(f) != 0)
        done = false;
    free(elf);
    if (!done)
        fprintf(stderr, "generate: cannot write %s\n", argv[3]);
    return done ? 0 : 3;
}
