/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoded blocks: what the fast engine (fast.c) executes. A block is a run of
 * ordinary instructions in one cache line or two, up to and with the first jump
 * or backward branch; a forward branch is an exit on the way, from which it
 * goes on when the branch is not taken. It is made from the bytes at one place
 * in RAM as seen at one pc, so it holds in every domain and mode that sees them
 * there; that it may run now is what its `check` says. None of this is state:
 * dropping it at any time changes nothing.
 */
#pragma once

#include "cpu/cpu.h"
#include "mmu/l0.h"

enum {
    CODE_BYTES = 250, /* of a block, at most */
    CODE_PARTS = 2,   /* lines of a block */
    CODE_EXITS = 6,   /* forward branches of a block */
    CODE_HASH = 1 << 14,
    CODE_JUMPS = 1 << 10
};

/* Codes of ops: rows of insn.def, and these. */
enum {
    OP_NOP = INSN_COUNT, /* its result is for x0 */
    OP_NEXT,             /* the block ends, what is behind it follows */
    OP_LINE,             /* from here on in part rd */
    OP_COUNT,
    OP_EXIT = OP_COUNT, /* + row: a branch that is exit rd */
    OP_END = OP_COUNT + INSN_COUNT
};

struct op {
    uint16_t code;
    uint8_t rd, rs1, rs2;
    uint8_t length;   /* bytes; 0 = no instruction */
    uint8_t offset;   /* from the block's pc */
    uint8_t class;    /* enum class */
    uint16_t cycles;  /* that are known beforehand (class, load-use wait), of
                         this and of all behind it in the block */
    bool waits;       /* for the load just before it */
    bool memory : 1;  /* loads or stores */
    bool crosses : 1; /* lies in two lines */
    int32_t imm;
};

/* A line of code in which fetches hit, while `check` is the present one. */
struct code_line {
    uint64_t va; /* of the whole line */
    uint64_t check;
    struct code_line *chain;
    struct l0_fetch fetch;
};

/* What of a block lies in one line. */
struct code_part {
    struct code_line *line;
    uint64_t pa;
    uint16_t offset, bytes; /* in the block */
};

/* A branch on the way: where it goes, and what the rest of the block, which is
 * then not executed, had added. */
struct code_exit {
    struct code_block *next;
    uint64_t counts[2];
    uint32_t cycles;
};

struct code_block {
    uint64_t pc, pa;
    uint64_t check;
    uint64_t code_generation; /* of the bus, when the bytes were compared */
    struct code_part part[CODE_PARTS];
    struct code_block *next[2]; /* not taken or behind, taken */
    struct code_block *chain;
    uint64_t reads;     /* bit per register the first instruction reads */
    uint64_t counts[2]; /* sums of its ops, packed: CODE_* */
    uint32_t cycles;
    uint16_t bytes, count;
    uint8_t loaded; /* rd of the last instruction if that is a load */
    uint8_t parts, exits;
    bool cut; /* ended because fetches from the next line missed */
    struct code_exit exit[CODE_EXITS];
    struct op op[]; /* [count], then OP_NEXT; then the bytes as decoded */
};

/* The packed counts of a run of up to 2^20 instructions. */
#define CODE_INSTRUCTIONS UINT64_C(1)
#define CODE_MEMORY       (UINT64_C(1) << 32)
#define CODE_WAITS        UINT64_C(1)
#define CODE_BRANCHES     (UINT64_C(1) << 21)
#define CODE_CROSSINGS    (UINT64_C(1) << 42)

struct code_store {
    struct cpu *cpu;
    uint64_t check; /* of fetch filter, code and privilege, as of now */
    struct code_block *block[CODE_HASH];
    struct code_line *line[CODE_HASH];
    struct code_block *jump[CODE_JUMPS]; /* by pc; for indirect jumps */
    struct code_block *none; /* runs never; where no block is known */
    uint8_t *arena;          /* of blocks and lines */
    size_t used;
};

MUST_CHECK bool code_open(struct code_store *s, struct cpu *c, struct err *err);
void code_close(struct code_store *s);

/* Starts anew: no block or line from before may be used then. After the points
 * of l0.h have changed, since no block runs over one. */
void code_forget(struct code_store *s);
/* Starts anew when the store is full. */
void code_make_room(struct code_store *s);
/* Takes what the machine's generations are now; blocks made under others are
 * asked again before they run. */
void code_now(struct code_store *s);
/* The block at pc, found or made, which may run now; NULL = the instruction
 * there is not ordinary, or its fetch would not hit. */
struct code_block *code_at(struct code_store *s, uint64_t pc);

/* Adds to the packed counts what executing the op counts. */
void code_add_counts(uint64_t counts[2], const struct op *op);

static inline struct code_block **code_jump(struct code_store *s, uint64_t pc)
{
    return &s->jump[pc >> 1 & (CODE_JUMPS - 1)];
}
