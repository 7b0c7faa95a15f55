/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: what is rare and worth telling, in the order it happened. machine.c
 * makes them from step records and kernel hints; readers (Lua hooks, views,
 * trace files) have cursors of their own in one ring and are told how many
 * events they lost. Nothing in the machine reads them back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/access.h"
#include "sim/registry.h"

enum event_kind {
    EVENT_TRAP,            /* any trap; cause, interrupt, va = tval */
    EVENT_SYSCALL,         /* ecall from U; value = number (a7), value2 =
                              its first argument (a0) */
    EVENT_FAULT,           /* the kernel gave up on a user access: HINT_FAULT */
    EVENT_TLB_MISS,        /* unit = ITLB or DTLB, miss, cost */
    EVENT_PROTECTION_MISS, /* unit = IRPLB or DRPLB, miss, cost */
    EVENT_SWITCH,          /* from domain `other` to `domain`; cost = direct */
    EVENT_MARK,            /* a program's marker; value */
    EVENT_HINT,            /* kernel hints that have no kind of their own */
    EVENT_RIGHTS,          /* domain got `rights` (was value) on segment va */
    EVENT_CALL,            /* portal call; value = portal id */
    EVENT_RETURN,          /* portal return; value = portal id */
    EVENT_DOMAIN,          /* domain made (value 1), ended (0), killed (2) */
    EVENT_SEGMENT,         /* segment at va made (value 1) or ended (0) */
    EVENT_THREAD,          /* thread made (value 1) or ended (0) */
    EVENT_MESSAGE,         /* sent (value2 1) or taken (0); value = port */
    EVENT_PROGRAM,         /* program loaded; value = id, va = text */
    EVENT_BOOTED,          /* the kernel is up */
    EVENT_PANIC,           /* the kernel gave up */
    EVENT_CONTEXT,         /* satp, sdomain or sprot changed; domain = new */
    EVENT_FLUSH,           /* sfence.vma, rplb.inv, rplb.invr */
    EVENT_KIND_COUNT
};

#define EVENT_BIT(kind)  (UINT32_C(1) << (kind))
#define EVENT_ALL        (EVENT_BIT(EVENT_KIND_COUNT) - 1)

#define EVENT_NEAR_BYTES 1024

struct event {
    uint64_t number;        /* 0, 1, 2 ... of this machine */
    uint64_t cycle;         /* clock of the hart when it was seen */
    uint64_t instructions;  /* that the hart has retired so far */
    uint64_t pc;            /* of the instruction; a fault: of the user's */
    uint64_t va;            /* address, when there is one */
    uint64_t value, value2; /* per kind, above */
    uint32_t domain;        /* registry id; 0 = kernel or none */
    uint32_t other;         /* the other domain (switch: the old one) */
    uint32_t thread;        /* running thread, 0 = unknown */
    uint32_t cost;          /* cycles */
    uint8_t kind;           /* enum event_kind */
    uint8_t hart;           /* that it happened on */
    uint8_t unit;           /* enum unit */
    uint8_t miss;           /* enum miss_cause */
    uint8_t cause;          /* trap cause */
    uint8_t access;         /* enum access_kind */
    uint8_t privilege;      /* before the step */
    uint8_t refused;        /* enum refusal */
    uint8_t rights;         /* RIGHT_*: what the deciding entry granted */
    uint8_t protection;     /* lookup_result of the protection unit */
    uint8_t hint;           /* hint number, for kinds made from hints */
    uint8_t size;           /* of the access, bytes */
    bool interrupt;         /* trap: cause is an interrupt */
    bool late;              /* the miss is another domain's doing */
    uint64_t pte;           /* leaf or refusing PTE, when refused by one */
    /* EVENT_FAULT: what the registry knew then. */
    bool segment_known, right_known;
    uint64_t segment;            /* base of the segment that va lies in */
    struct registry_right right; /* of the domain on it */
    uint64_t above;              /* where a segment of its own begins, less than
                                    EVENT_NEAR_BYTES above va; 0 = nowhere */
};

#define EVENT_RING 8192 /* power of two */

struct event_list {
    struct event ring[EVENT_RING];
    uint64_t next;   /* number of the next event */
    uint32_t record; /* kinds that are kept; the rest cost one test */
};

/* A reader's cursor. Zero it to begin at the first event kept, or copy
 * list->next to begin now. */
struct event_cursor {
    uint64_t next;
    uint64_t lost; /* overwritten before this reader came */
};

/* Oldest unread event, or NULL; valid until the machine runs on. */
const struct event *event_next(const struct event_list *list,
                               struct event_cursor *cursor);
/* Adds a copy and gives it its number; returns it. */
const struct event *event_add(struct event_list *list, const struct event *e);

/* What a hook or a stop waits for. Zero kinds match nothing. */
struct event_filter {
    uint32_t kinds; /* EVENT_BIT of each */
    bool by_domain, by_thread, by_range, by_value;
    uint32_t domain, thread;
    uint64_t first, last; /* va within, both included */
    uint64_t value;
};
bool event_filter_match(const struct event_filter *f, const struct event *e);

/* "trap", "tlb_miss", ...: names in Lua, traces and screens. */
const char *event_kind_name(enum event_kind kind);
/* False: no such name; *kind untouched. */
bool event_kind_find(const char *name, enum event_kind *kind);

const char *refusal_text(enum refusal refused); /* plain words */
