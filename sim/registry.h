/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is who in the guest: domains, segments, rights, threads, programs,
 * portals, as the kernel's hints tell (os/abi/hint.def). It feeds names, fault
 * stories and screens; the machine never reads it. Records of what has ended
 * stay for a while (`ended`), so that a story can still name them.
 */
#pragma once

#include "os/abi/abi.h"
#include "sim/elf/elf.h"
#include "sim/index.h"

struct registry_domain {
    uint32_t id; /* the kernel's */
    bool live;
    uint64_t space; /* space id */
    uint64_t satp;  /* of its space */
    uint64_t key;   /* how the hardware knows it: mmu_domain_key */
    uint64_t created, ended;
    char name[NAME_BYTES];
};

struct registry_segment {
    uint64_t base, bytes;
    bool live;
    uint32_t creator;
    uint64_t created, ended;
    char name[NAME_BYTES];
};

/* The two lists a right is in. */
enum right_list { RIGHTS_OF_DOMAIN, RIGHTS_OF_SEGMENT, RIGHT_LISTS };

/* One domain's rights on one segment, now; rights 0 = taken away. */
struct registry_right {
    uint32_t domain;
    uint8_t rights, before;        /* RIGHT_* */
    uint64_t base;                 /* of the segment */
    uint64_t address;              /* where that domain sees it */
    uint64_t changed;              /* cycle of the last change */
    uint32_t by_domain, by_thread; /* who asked for it; 0 = kernel */
    /* Neighbours in its lists, newest first: place + 1, 0 = none. */
    uint32_t next[RIGHT_LISTS], previous[RIGHT_LISTS];
};

struct registry_thread {
    uint32_t id, domain;
    bool live;
    uint64_t entry, exit_value;
    uint64_t created, ended;
    char name[NAME_BYTES];
};

struct registry_program {
    uint32_t id;
    uint64_t text, text_bytes;
    uint64_t bias; /* address - ELF address */
    char name[NAME_BYTES];
    struct elf_file *file;              /* NULL when its file is unknown */
    uint64_t script_first, script_last; /* script_fetch_start.._end, or 1, 0 */
};

struct registry_portal {
    uint32_t id, domain;
    uint64_t entry;
};

/* A program file the machine was booted with. */
struct registry_file {
    char name[NAME_BYTES]; /* as boot module */
    char *path;
    struct elf_file *file; /* NULL until needed */
};

struct registry {
    struct registry_domain *domains;
    size_t domain_count;
    struct registry_segment *segments;
    size_t segment_count;
    struct registry_right *rights; /* some are spare: see the lists */
    size_t right_count;
    struct registry_thread *threads;
    size_t thread_count;
    struct registry_program *programs;
    size_t program_count;
    struct registry_portal *portals;
    size_t portal_count;
    struct registry_file *files;
    size_t file_count;
    struct heap *heap;       /* where all of it lies */
    struct elf_file *kernel; /* kernel or bare-metal file; owned */
    uint32_t thread;         /* running thread: last HINT_THREAD_RUNS */

    /* Where the newest record of an id, a base, a (domain, base) is, and the
     * live domain of a key. */
    struct index domain_of, key_of, segment_of, thread_of, portal_of, right_of;
    struct index right_list[RIGHT_LISTS]; /* first right of a domain, base */
    struct place_queue domains_ended, segments_ended, threads_ended;
    struct place_queue rights_spare;
};

/* Empty. Zeroed memory is an empty registry, too, in the C library's heap. */
void registry_init(struct registry *r, struct heap *heap);
void registry_free(struct registry *r);
/* One record hint. by = domain that was running, cycle = now; key = hardware
 * key of the domain a HINT_DOMAIN_NEW announces. */
void registry_hint(struct registry *r, enum hint hint,
                   const struct hint_record *record, uint64_t cycle,
                   uint32_t by, uint64_t key);
void registry_add_file(struct registry *r, const char *name, const char *path);

/* Domain key of the hardware (mmu_domain_key) to the kernel's id; 0 =
 * kernel, or a domain nobody announced. */
uint32_t registry_domain_of_key(const struct registry *r, uint64_t key);

/* NULL = unknown. Live records first, else the last one that ended. */
const struct registry_domain *registry_domain(const struct registry *r,
                                              uint32_t id);
const struct registry_domain *registry_domain_named(const struct registry *r,
                                                    const char *name);
const struct registry_thread *registry_thread(const struct registry *r,
                                              uint32_t id);
const struct registry_segment *registry_segment(const struct registry *r,
                                                uint64_t base);
const struct registry_segment *registry_segment_named(const struct registry *r,
                                                      const char *name);
/* The record of (domain, segment), also when the rights are 0 now. */
const struct registry_right *registry_right(const struct registry *r,
                                            uint32_t domain, uint64_t base);
/* The rights of a domain, one after the other, the newest first: NULL begins,
 * and ends. */
const struct registry_right *registry_rights_of(const struct registry *r,
                                                uint32_t domain,
                                                const struct registry_right *a);
/*
 * The segment that holds va as `domain` sees it; without such an attachment the
 * segment whose own base range holds va. *offset = bytes from its base. NULL =
 * no segment there.
 */
const struct registry_segment *registry_segment_at(const struct registry *r,
                                                   uint32_t domain, uint64_t va,
                                                   uint64_t *offset);

/* "alice", "kernel" (0), "domain 7": never NULL; uses buffer when needed. */
const char *registry_domain_name(const struct registry *r, uint32_t id,
                                 char *buffer, size_t room);

/* What is at a code address. */
struct place_name {
    const char *program;  /* "kernel", "pong.elf"; NULL = unknown */
    const char *function; /* NULL = none */
    uint64_t offset;      /* into the function, or the program */
    const char *file;     /* source; NULL = unknown */
    int line;
};
bool registry_place(const struct registry *r, uint64_t pc,
                    struct place_name *place);
/* "pong.elf: main+0x14 (os/user/programs/pong.c:31)", or the number. */
void registry_place_text(const struct registry *r, uint64_t pc, char *to,
                         size_t room);
/* A file whose code is in the machine. */
struct registry_code {
    const char *name;      /* "kernel.elf", "pong.elf" */
    struct elf_file *file; /* NULL = unknown */
    uint64_t bias;         /* address - ELF address */
};
/* The i-th: the kernel (or bare-metal file), then the programs as they were
 * loaded. False: there is none. */
bool registry_code(const struct registry *r, size_t i, struct registry_code *c);
/* Does a user mean this file by `name`: "pong" or "pong.elf"? */
bool registry_code_is(const struct registry_code *c, const char *name,
                      size_t length);
/* Address of a symbol: "name" in the kernel or any program, or "file:name". */
bool registry_symbol(const struct registry *r, const char *name,
                     uint64_t *address);
