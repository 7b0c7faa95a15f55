/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the guest kernel, the guest programs and the host share: errors, boot
 * information, hints, script operations. Plain C for an LP64 little-endian
 * machine; no function, no host type.
 */
#pragma once

#include <stdint.h>

enum syscall_number {
#define SYSCALL(number, name, arguments, doc) SYS_##name = number,
#include "os/abi/syscall.def"
#undef SYSCALL
    SYSCALL_LIMIT = 64
};

/* Errors, returned negated. */
enum {
    ERR_CALL = 1,    /* no such system call */
    ERR_ID = 2,      /* no such domain, thread, segment, portal ... */
    ERR_RIGHT = 3,   /* the caller may not */
    ERR_MEMORY = 4,  /* out of frames, records or addresses */
    ERR_ADDRESS = 5, /* a pointer argument the domain may not use */
    ERR_VALUE = 6,   /* an argument out of range */
    ERR_BUSY = 7,    /* still in use, or overlaps something */
    ERR_KILLED = 8,  /* the other side is gone */
    ERR_FORMAT = 9   /* a program file that cannot be loaded */
};

/* kernel_info */
enum {
    INFO_FREE_FRAMES,
    INFO_DOMAINS,
    INFO_THREADS,
    INFO_SEGMENTS,
    INFO_ATTACHMENTS,
    INFO_PORTALS,
    INFO_SEMAPHORES,
    INFO_PORTS,
    INFO_PAGE_TABLE_PAGES,
    INFO_SWITCHES,
    INFO_COUNT
};

/* Personality: how many spaces, and which unit protects. */
enum { SPACES_ONE = 1, SPACES_PER_DOMAIN = 2 };
enum { BOOT_HW_REFILL = 1, BOOT_NO_ASID = 2 };

#define BOOT_MAGIC   0x4f50424f4f543031 /* "OPBOOT01" */
#define BOOT_MODULES 32
#define NAME_BYTES   32

/* A file given to the kernel in RAM: the programs. */
struct boot_module {
    char name[NAME_BYTES];
    uint64_t pa, bytes;
};

/* a1 holds its physical address at reset. */
struct boot_info {
    uint64_t magic;
    uint64_t ram_base, ram_bytes;
    uint64_t timebase_hz;
    uint64_t quantum;    /* time slice in timebase ticks, 0 = no preemption */
    uint64_t spaces;     /* SPACES_* */
    uint64_t protection; /* SPROT_* unit number of mmu/xsas.h */
    uint64_t flags;      /* BOOT_* */
    uint64_t satp_mode;  /* 8 = Sv39, 9 = Sv48, 10 = Sv57 */
    uint64_t module_count;
    struct boot_module module[BOOT_MODULES];
};

/* Hints: `slti x0, reg, number`; deleting them changes only their cycles. */
enum hint {
#define HINT(number, name, doc) HINT_##name = number,
#include "os/abi/hint.def"
#undef HINT
    HINT_LIMIT = 64
};

/* What the record hints point to (kernel memory, valid while the hint runs). */
struct hint_record {
    uint64_t domain;  /* id, 0 = kernel */
    uint64_t object;  /* segment base, thread id, portal id, program id ... */
    uint64_t a, b, c; /* per hint: see hint.def */
    char name[NAME_BYTES];
};

/* Scripted operations: what a scripted thread's stub performs. */
enum script_op {
    SCRIPT_EXIT,  /* arg0 = value */
    SCRIPT_LOAD,  /* arg0 = address, arg1 = bytes; result = value */
    SCRIPT_STORE, /* arg0 = address, arg1 = bytes, arg2 = value */
    SCRIPT_CALL,  /* system call: op arg0 = number, arg1..3 = arguments */
    SCRIPT_JUMP,  /* call the address arg0 with arg1..2; result = a0 */
    SCRIPT_WAIT,  /* nothing to do yet: yield and ask again */
};
