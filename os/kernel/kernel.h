/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the kernel know of each other, grouped by file. Three
 * ideas carry it: a *space* is a translation, a *domain* is what rights are
 * given to, a *segment* is memory with a name (its base address). In a
 * single address space all domains share one space; in a MAS each has its own;
 * nothing else in here knows the difference, but space.c and protect/.
 *
 * Rules of the house: one hart; the kernel is never preempted (interrupts are
 * taken in U-mode and polled in the idle thread), so there are no locks. A
 * blocked thread may be ended at any moment: whoever blocks must hold nothing
 * on its stack that someone has to give back. A kernel stack is one page:
 * no buffers above a few hundred bytes on it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/kernel/address.h"
#include "os/kernel/id.h"
#include "os/kernel/list.h"
#include "os/kernel/offsets.h"
#include "os/kernel/range.h"
#include "os/kernel/riscv.h"

#define MUST_CHECK  __attribute__((warn_unused_result))
#define PHASE(name) __attribute__((section(".text.phase." #name)))

#define PAGE_SHIFT  12
#define PAGE_SIZE   4096ul
#define NEVER       UINT64_MAX

/* Everything physical is visible at pa + DIRECT_MAP, in every Sv mode. */
static inline void *from_physical(uint64_t pa)
{
    return (void *)(pa + DIRECT_MAP);
}
static inline uint64_t to_physical(const void *p)
{
    return (uint64_t)p - DIRECT_MAP;
}

/* ---- objects ---------------------------------------------------------- */

/* A translation: one for all, or one per domain. */
struct space {
    struct object object;
    uint64_t satp;            /* as written to the CSR */
    uint64_t *root;           /* top page table */
    uint64_t asid_generation; /* its ASID is valid in this generation only */
    uint32_t domains;         /* how many domains live in it */
};

#define ORPHAN NEVER /* as struct domain.creator: it has ended */

/* A protection domain: what rights are given to, and who owns objects. */
struct domain {
    uint32_t id;    /* 16 bits; 0 = the kernel. (DOMAIN_ID in offsets.h) */
    uint32_t dying; /* being destroyed: takes no new objects */
    struct range_tree ranges; /* its attachments, by address */
    uint64_t serial;          /* never reused, unlike id */
    uint64_t creator;         /* serial of the domain that made it */
    struct space *space;
    uint64_t fault_handler; /* up-call, 0 = a fault kills the domain */
    struct list children, in_creator; /* domains it has made */
    struct list attachments;          /* struct attachment.in_domain */
    struct list threads;  /* struct thread.in_home, ended ones too */
    struct list segments; /* struct segment.in_creator */
    struct list semaphores, ports, portals; /* of semaphore.c, port.c, ... */
    struct list instances; /* of loader.c: programs it has data of */
    char name[NAME_BYTES];
};

/* Memory with a name. Frames are found through a radix tree of pages. */
struct segment {
    struct range range; /* [base, base + bytes), in kernel.segments */
    uint64_t pages;
    uint64_t frames;         /* physical root; levels == 0: the frame itself */
    uint32_t levels;         /* of the radix tree, 512 entries a level */
    struct domain *creator;  /* NULL: ended; kernel_domain(): the kernel */
    struct list in_creator;  /* struct domain.segments */
    struct list attachments; /* struct attachment.in_segment */
    char name[NAME_BYTES];
};

/* One domain's rights to one segment. The rights are in range.left. */
struct attachment {
    struct range range; /* where the domain sees it; in domain.ranges */
    struct domain *domain;
    struct segment *segment;
    struct list in_domain, in_segment;
};

enum thread_state {
    THREAD_HELD,  /* waits for thread_release */
    THREAD_READY, /* in kernel.ready */
    THREAD_RUNNING,
    THREAD_BLOCKED, /* link is in the queue it waits in */
    THREAD_ENDED    /* only its exit value is left */
};

/* Registers of U-mode. x[0] holds the pc: x0 needs no slot. */
struct frame {
    uint64_t x[32];
};
enum {
    REG_PC = 0,
    REG_RA = 1,
    REG_SP = 2,
    REG_GP = 3,
    REG_TP = 4,
    REG_T0 = 5,
    REG_A0 = 10,
    REG_A1,
    REG_A2,
    REG_A3,
    REG_A4,
    REG_A5,
    REG_A6,
    REG_A7
};

/* What a switch inside the kernel must keep: the callee-saved registers. */
struct context {
    uint64_t ra, sp, s[12];
};

/* Assembly knows the first fields: offsets.h. */
struct thread {
    struct frame frame;    /* its U-mode registers, while in the kernel */
    uint64_t stack_top;    /* of its kernel stack */
    struct domain *domain; /* whose rights it has now (portals change it) */
    uint64_t scratch[4];   /* of the RPLB refill code */
    struct context context;
    uint32_t id;
    uint8_t state;       /* enum thread_state */
    bool unwound;        /* frame was replaced: see thread_unwind */
    bool in_fault;       /* runs its fault up-call */
    struct domain *home; /* the domain it was created in and dies with */
    struct list link;    /* ready, sleep or wait queue */
    struct list in_home; /* struct domain.threads */
    struct list joiners; /* threads that wait for its end */
    int64_t result;      /* what thread_block returns; exit value at end */
    uint64_t wake_time;  /* sleeping: when; else NEVER */
    /* in_fault only; a portal call keeps its caller's (portal.c) */
    struct frame *fault_frame;   /* interrupted registers */
    struct domain *fault_domain; /* where the up-call runs */
    uint64_t fault_cause, fault_va;
    void *calls; /* portal.c: its open portal calls */
};

/* Current thread: register tp, in the whole kernel. */
register struct thread *current __asm__("tp");

/* Records of one size, packed into pages that are given back when empty. */
struct pool {
    uint64_t size;     /* bytes, multiple of 64 (range nodes: one line) */
    struct list pages; /* pages with a free slot; first use sets it up */
};
#define POOL(type)                                                             \
    {                                                                          \
        .size = (sizeof(type) + 63) & ~63ul, .pages = { 0, 0 }                 \
    }

struct kernel {
    /* What a switch reads and writes: two lines of the cache. */
    struct list ready;
    struct thread *idle;
    struct domain *domain_now; /* whose rights the hardware enforces */
    struct space *space_now;   /* what satp holds */
    const struct protection_ops *protection;
    uint64_t quantum;         /* ticks, 0 = no preemption */
    uint64_t slice_end;       /* of the running thread, NEVER = no limit */
    uint64_t switches;        /* times the hart was given to a thread */
    uint64_t asids;           /* ASIDs in use: 0 .. asids - 1; 1 = none */
    uint64_t asid_generation; /* 0 = no ASIDs */
    struct list sleeping;

    struct list orphans; /* domains whose creator has ended */
    uint64_t user_limit; /* first address above user space */
    uint64_t serials;    /* last domain serial given */
    struct range_tree segments;
    struct address_space addresses;
    struct id_table domains, threads, semaphores, ports, portals;
    uint64_t segment_count, attachment_count, table_count;
    struct boot_info boot; /* a copy */
} __attribute__((aligned(64)));
extern struct kernel kernel;

/* The kernel as a domain: id 0, may do everything, has no user memory. */
struct domain *kernel_domain(void);

/* ---- frame.c: physical memory ------------------------------------------ */
/* One page by its physical address, 0 = none left. */
uint64_t frame_alloc(void); /* contents undefined */
uint64_t frame_alloc_zero(void);
void frame_free(uint64_t pa);
uint64_t frame_free_count(void);
/* A counter per frame, for its user: page tables count valid entries. */
uint16_t *frame_counter(uint64_t pa);
void frame_init(uint64_t first, uint64_t end);

/* ---- pool.c: records ----------------------------------------------------*/
/* Zeroed record, NULL = no memory. */
void *pool_alloc(struct pool *p);
void pool_free(struct pool *p, void *record);

/* ---- thread.c, schedule.c ------------------------------------------------*/
/* New thread in d; starts at entry with a0, a1 and sp; held until
 * thread_ready. NULL = no memory. */
struct thread *thread_new(struct domain *d, uint64_t entry, uint64_t sp,
                          uint64_t a0, uint64_t a1, const char *name);
/* A kernel thread (domain 0), ready at once. Panics without memory. */
struct thread *kthread_create(void (*main)(void), const char *name);
struct thread *thread_find(uint64_t id); /* NULL: none, or it has ended */
/* Held or blocked -> ready; `result` is what its thread_block returns. */
void thread_ready(struct thread *t, int64_t result);
/* The current thread waits at the end of `queue` until thread_ready (or
 * thread_wake_first) takes it out. The frame must be resumable. */
int64_t thread_block(struct list *queue);
/* Readies the first thread of a wait queue; false: it was empty. */
bool thread_wake_first(struct list *queue, int64_t result);
void thread_wake_all(struct list *queue, int64_t result);
/* Ends t: out of all queues, joiners told, memory given back. If t is the
 * current thread it does not return. */
void thread_end(struct thread *t, int64_t value);
/* Throws away what t was doing in the kernel: it will go on in U-mode with
 * t->frame as it stands now, a0 included. t may be the current thread: then it
 * happens when the running system call or fault is done. */
void thread_unwind(struct thread *t);
/* t goes on with d's rights (portals). If t is current: from now on. */
void thread_set_domain(struct thread *t, struct domain *d);
void thread_yield(void);
/* The current thread, no longer running, gives the hart to the next one. */
void schedule(void);
/* The current thread has ended: gives the hart away for good. */
_Noreturn void schedule_away(void);
/* The idle thread's life. */
_Noreturn void idle(void);
/* Interrupts that are pending: timer and mailbox. */
void interrupts_take(void);
/* The current thread goes to sleep until mtime reaches `when`. */
void thread_sleep(uint64_t when);
/* Parts of thread_end, for domain_end. stop: out of all queues, joiners told,
 * only the record is left (and the stack, if t is current); forget: the record.
 * leave: the current thread's stack; the next thread runs. */
void thread_stop(struct thread *t, int64_t value);
void thread_forget(struct thread *t);
_Noreturn void thread_leave(void);
/* trap.S: current = to, as it was when it switched away (see schedule.c). */
void thread_switch(struct thread *to);
_Noreturn void thread_resume(struct thread *to);
/* trap.S: the current thread goes on in U-mode with its frame. */
_Noreturn void user_resume(void);
/* The timer ticks, wakes sleepers, ends slices. */
void timer_interrupt(void);
static inline uint64_t time_now(void)
{
    return csr_read(CSR_TIME);
}

/* ---- domain.c -------------------------------------------------------------*/
struct domain *domain_find(uint64_t id); /* NULL: none. 0: the caller's own */
struct domain *domain_new(const char *name, struct domain *creator);
/* Gives everything back. If the current thread lives in it, or was unwound
 * out of it, this does not return. */
void domain_end(struct domain *d);
/* No creator and no thread left: it ends too. */
bool domain_is_lost(const struct domain *d);
/* May the current thread create and destroy things in d? (own, made by own
 * domain, or kernel) */
bool domain_may_control(const struct domain *d);
/* The hardware enforces d's rights from now on: space and protection. */
void domain_switch(struct domain *d);

/* ---- segment.c
 * --------------------------------------------------------------*/
/* Base is chosen; creator may be kernel_domain(). -ERR_* or 0. */
int64_t segment_new(uint64_t bytes, const char *name, struct domain *creator,
                    struct segment **segment);
void segment_end(struct segment *s);
/* Its creator ends: s lives on as long as someone has it attached. */
void segment_disown(struct segment *s);
struct segment *segment_find(uint64_t base); /* by its exact base */
/* May the current thread give and take rights on s? (m, creator, kernel) */
bool segment_may_manage(const struct segment *s);
/* at = 0: at its base. Returns the attachment or -ERR_*; no right is asked. */
int64_t segment_attach(struct segment *s, struct domain *d, unsigned rights,
                       uint64_t at, struct attachment **attachment);
void segment_detach(struct attachment *a);
void segment_rights(struct attachment *a, unsigned rights);
/* d's attachment of s, or NULL. */
struct attachment *attachment_of(const struct segment *s,
                                 const struct domain *d);
/* The attachment through which d sees va, or NULL. */
struct attachment *attachment_at(const struct domain *d, uint64_t va);
/* The frame of page `index`, made (zeroed) on first use; 0 = no memory. */
uint64_t segment_frame(struct segment *s, uint64_t index);
/* Kernel writes into a segment, e.g. program text. False = no memory. */
MUST_CHECK bool segment_write(struct segment *s, uint64_t offset,
                              const void *from, uint64_t bytes);

/* ---- space.c: translations ------------------------------------------------*/
void space_init(void);
const char *space_personality(void);  /* "mas", "mas-asid" or "rplb" ... */
struct space *space_for_domain(void); /* new or the shared one; NULL */
void space_leave(struct space *s);    /* a domain left it: free if empty */
void space_switch(struct space *s);   /* satp, and a flush if it needs one */
MUST_CHECK bool space_map(struct space *s, uint64_t va, uint64_t pa,
                          unsigned rights);
void space_unmap(struct space *s, uint64_t va, uint64_t bytes);
/* Leaves that exist in the range get these rights; 0 removes them. */
void space_protect(struct space *s, uint64_t va, uint64_t bytes,
                   unsigned rights);
/* A segment ends: out of the shared space (a MAS has nothing left of it). */
void space_forget_segment(const struct segment *s);

/* ---- protect/: who may do what --------------------------------------------*/
/* A protection mechanism. Trees are kept by segment.c; an operation tells the
 * mechanism that something has changed, after the change. */
struct protection_ops {
    const char *name;
    void (*start)(void); /* select the unit */
    void (*domain_created)(struct domain *d);
    void (*domain_ended)(struct domain *d); /* forget the id */
    void (*attached)(struct attachment *a);
    void (*detached)(struct attachment *a); /* already out of the tree */
    void (*rights_changed)(struct attachment *a, unsigned before);
    void (*switch_to)(struct domain *d);      /* NULL: the space is all */
    unsigned (*leaf_rights)(unsigned rights); /* of PTEs for these rights */
    /* The access had no entry, but a gives the right: make it known. */
    void (*refill)(struct attachment *a, uint64_t cause);
};
extern const struct protection_ops protect_pagetable, protect_rplb;

/* ---- fault.c, trap.S
 * ---------------------------------------------------------*/
/* Makes an access that trapped possible, if d has the right. 0 or -ERR_*. */
int64_t fault_resolve(struct domain *d, uint64_t cause, uint64_t va);
/* Kernel <-> memory of the current thread's domain, with its rights. For a
 * kernel thread, plain kernel addresses. False: refused (ERR_ADDRESS). */
MUST_CHECK bool copy_in(void *to, uint64_t from, uint64_t bytes);
MUST_CHECK bool copy_out(uint64_t to, const void *from, uint64_t bytes);
/* A U-mode exception no retry can cure, in the current thread's domain:
 * up-call or end of the domain. May not return. */
void fault_deliver(uint64_t cause, uint64_t va);
/* Ends the current thread's domain because of a fault. Does not come back to
 * the faulting code. */
_Noreturn void fault_kill(uint64_t cause, uint64_t va);
/* t leaves its fault up-call, if it is in one, without returning from it. */
void fault_forget(struct thread *t);
/* Called by trap.S. */
void trap_user(uint64_t cause, uint64_t va);
uint64_t fault_in_kernel(uint64_t cause, uint64_t pc, uint64_t va,
                         const uint64_t *stack);
void trap_entry(void), refill_entry(void);
/* A zero-ended string, cut to `room` - 1 characters; from = 0: empty. */
MUST_CHECK bool copy_in_name(char *to, uint64_t from, uint64_t room);

/* ---- syscall.c ------------------------------------------------------------*/
/* The result goes to a0. A handler that replaces current->frame returns the
 * a0 of the new frame. */
typedef int64_t syscall_handler(uint64_t a0, uint64_t a1, uint64_t a2,
                                uint64_t a3, uint64_t a4, uint64_t a5);
extern syscall_handler *const syscall_table[SYSCALL_LIMIT];
syscall_handler syscall_unknown;
#define SYSCALL(number, name, arguments, doc) syscall_handler sys_##name;
#include "os/abi/syscall.def"
#undef SYSCALL

/* ---- console.c, panic.c, hint.c, string.c
 * ------------------------------------*/
void console_put(char c);
/* %s %c %d %u %x %p; l is ignored: all numbers are 64 bits wide. */
void console_print(const char *format, ...);
_Noreturn void panic(const char *what);
/* The same with the registers and stack of a trap. */
_Noreturn void panic_at(const char *what, uint64_t cause, uint64_t pc,
                        uint64_t va, const uint64_t *stack);
/* Builds a hint_record; name may be NULL. Used through hint_record(). */
struct hint_record *hint_fill(uint64_t domain, uint64_t object, uint64_t a,
                              uint64_t b, uint64_t c, const char *name);
/* Of kernels built with SELFTEST: checks itself on a board without modules. */
void selftest_start(void);
#define hint_object(kind, domain, object, a, b, c, name)                       \
    hint(kind, hint_fill(domain, object, a, b, c, name))
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
void name_copy(char to[NAME_BYTES], const char *from);

/* ---- what semaphore.c, port.c, portal.c, loader.c, mailbox.c provide
 * ---------*/
/* d is going away: destroy what it owns; waiters get -ERR_KILLED. */
void semaphore_domain_end(struct domain *d);
void port_domain_end(struct domain *d);
/* ... and threads of other domains that are inside d return to their callers
 * with -ERR_KILLED (thread_set_domain, thread_unwind). */
void portal_domain_end(struct domain *d);
/* t ends: give back its open portal calls. Called before t leaves queues. */
void portal_thread_end(struct thread *t);
/* The current thread's newest portal call ends with -ERR_KILLED, wherever the
 * callee is; the a0 of the caller's frame. */
int64_t portal_abandon(void);
void loader_domain_end(struct domain *d);
/* The tp of code at `entry` in d: its copy of that program's private statics;
 * 0 = d has started no program that holds `entry`. */
uint64_t loader_statics(const struct domain *d, uint64_t entry);
/* thread_new with a stack and tp, if `entry` is in a program that d runs; else
 * without (sp = 0). */
struct thread *loader_thread_new(struct domain *d, uint64_t entry, uint64_t a0,
                                 uint64_t a1);
/* Called once at boot, after everything else works. */
void loader_init(void);
void mailbox_init(void);
/* S external interrupt: the mailbox (its only source) has a request. The line
 * stays up until DONE is written: mask SIP_EXTERNAL in CSR_SIE meanwhile. A
 * kernel thread made ready goes to the front and runs at once. */
void mailbox_interrupt(void);
