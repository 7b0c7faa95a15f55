/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The L0 filter: what the memory system would answer, once more, with all hits.
 * It stands before TLB, protection, PMP and L1 and is no part of the machine:
 * cpu/fast.c asks it so that most accesses need not go through the units at
 * all. Dropping any of it at any time changes nothing. m->l0 is NULL where
 * nobody asks. The way of an access without it is in mmu.c.
 *
 * A line is in the filter only while a further access to it would hit in every
 * unit and in the domain's alone copies, and change nothing but the time of
 * last use of the entries (struct l0_line.used), which is all that replacement
 * knows of hits; for stores also: the line is dirty already, D of the page is
 * set, and no decoded code lies in it.
 *
 * Whoever takes an entry away says so (assoc_lost): an entry of the DTLB or
 * D-RPLB ends the lines that it allowed, one of L1D its own, anything of the
 * fetch side a generation (l0.fetch_generation). A unit that is no array calls
 * l0_void when a past "allowed" may no longer hold.
 *
 * Where a page and a range both allow a line, the alone copies of DTLB and
 * D-RPLB are brought up to date by l0_settle; else all stamps are at hand.
 */
#pragma once

#include "mmu/mmu.h"
#include "mmu/point.h"

enum {
    L0_BLOCK = 64,  /* bytes; a slot holds at most so much of a line */
    L0_SLOTS = 256, /* by address / L0_BLOCK */
    L0_WORDS = L0_SLOTS / 64,
    L0_STAMPS = 4,  /* of L1D line, its alone copy, page, range (or, with
                       no range, the page's alone copy) */
    L0_TOUCHES = 6, /* ITLB, IRPLB, L1I, and their alone copies */
    L0_EMPTY = 8    /* a tag that no access has: lines are 16 bytes or more */
};

/* Accesses that are judged alike: of a view, all are look-ups in the same
 * units. So S with SUM remembers no line that a protection unit allowed, and
 * under MXR nothing is remembered. */
enum l0_view { L0_U, L0_S, L0_S_SUM, L0_M, L0_NEVER, L0_VIEWS };

struct l0_line {
    uint64_t load, store; /* address of the line where that is allowed */
    uintptr_t host;       /* + va = address in the host */
    uint64_t *used[L0_STAMPS];
    int32_t page, range; /* entry of the DTLB and the D-RPLB; -1 = none */
};

struct l0 {
    struct l0_line line[L0_VIEWS][L0_SLOTS];
    uint64_t live[L0_VIEWS][L0_WORDS]; /* bit per slot */
    /* likewise: stores may use the line too, once it is dirty */
    uint64_t clean[L0_VIEWS][L0_WORDS];
    uint8_t (*slot_of)[L0_VIEWS]; /* by entry of L1D */
    uint8_t *views_of;            /* likewise: views that may have it */
    uint64_t *pages;  /* by entry of the DTLB: bit per slot, modulo 64,
                         with a line that it has allowed */
    uint64_t *ranges; /* bit per entry that has allowed a line */
    uint32_t page_entries, range_words;
    uint64_t line_mask; /* of addresses: all but the place in the line */
    uint64_t tag_mask;  /* of addresses: what a slot holds */
    unsigned slots;     /* that a line fills, side by side */
    uint64_t settled;   /* clock of uses at the last l0_settle */
    uint64_t unread;    /* stamps of units that are not asked go here */
    uint64_t fetch_generation;
    uint64_t apart_first, apart_bytes; /* physical: never in the filter */
    struct point *point;               /* copies; data never in the filter */
    size_t points;
    bool closed; /* nothing enters: for the test that it changes nothing */
};

/* A fetch from [first, first + bytes) hits everywhere and is a use of these. */
struct l0_fetch {
    uint64_t first, bytes; /* virtual; within one line */
    uint64_t pa;           /* of first */
    const uint8_t *host;   /* of first */
    uint64_t *used[L0_TOUCHES];
    unsigned uses;
};

/* The filter from now on. */
MUST_CHECK bool l0_open(struct mmu *m, struct err *err);
void l0_close(struct mmu *m);
/* Accesses to these physical bytes are left to the readable engine. */
void l0_set_apart(struct mmu *m, uint64_t pa, uint64_t bytes);

/* Accesses to the data that these points watch are left to it, too. Copies
 * them. False: they are the same as before. */
bool l0_set_points(struct mmu *m, const struct point *at, size_t count);

/* Which lines loads and stores of this privilege may use now. */
enum l0_view l0_view(const struct mmu *m, uint8_t privilege);

/* What became of an access past the filter's lines. */
enum l0_answer {
    L0_LEFT,  /* it is no ordinary one: nothing has happened */
    L0_DONE,  /* all units that allow it hit */
    L0_MISSED /* done as well, but the DTLB missed, and filled */
};

/*
 * One aligned access past the filter's lines, if it is an ordinary one: within
 * RAM, allowed, no miss in the D-RPLB, and no A or D to be set. Done, counted
 * and charged as mmu_load and mmu_store do it; then the filter knows the line.
 * On L0_MISSED *a is the access, as far as a TLB miss is told of.
 */
enum l0_answer l0_load(struct mmu *m, uint8_t privilege, uint64_t va,
                       unsigned size, uint64_t *value, struct access *a);
enum l0_answer l0_store(struct mmu *m, uint8_t privilege, uint64_t va,
                        unsigned size, uint64_t value, struct access *a);
/* The line around va that fetches hit now in all units, or false. No effect. */
bool l0_fetch(struct mmu *m, uint8_t privilege, uint64_t va,
              struct l0_fetch *f);
/* Alone copies learn the times of use that only the real units have noted. */
void l0_settle(struct mmu *m);

/* Decoded code lies in these bytes of RAM: stores there are to be noticed.
 * False: the host has no memory to note it in. */
MUST_CHECK bool l0_hold_code(struct mmu *m, uint64_t pa, unsigned bytes);

/* All of it is void. */
void l0_void(struct mmu *m);
/* The line of L1D that holds pa. */
void l0_forget_line(struct mmu *m, uint64_t pa);
/* See assoc_lost: from the units, and from the alone copies; m->l0 is there. */
void l0_lost(struct mmu *m, const struct assoc *a, int32_t index);
void l0_lost_alone(struct mmu *m, const struct assoc *a, int32_t index);
/* The current domain's copy of the unit has lost the entry of an address. */
void l0_lost_copy(struct mmu *m, enum unit unit, uint64_t address,
                  uint32_t context);
