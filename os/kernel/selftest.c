/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel built with SELFTEST checks itself without programs or scenarios, so
 * that it can be tried on any board with this memory map: a kernel thread makes
 * domains whose threads run the few lines of selftest_user.S, looks at what
 * became of them, and powers the machine off.
 */
#ifdef SELFTEST
#include "os/kernel/kernel.h"
#include "sim/memmap.h"

#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x13333
#define ROUNDS        300

extern char user_text[], user_text_end[], user_count[], user_load[],
    user_store[], user_spin[], user_console[], user_sleep[], user_handler[],
    user_unknown[], user_set_handler[];

static uint64_t passed, failed;
static struct segment *text;

#define check(condition)                                                       \
    ((condition) ? (void)passed++                                              \
                 : (failed++, console_print("  failed: %s:%d: %s\n", __FILE__, \
                                            (int64_t)__LINE__, #condition)))

/* The address at which every domain sees a function of selftest_user.S. */
static uint64_t user_address(const char *function)
{
    return text->range.base + (uint64_t)(function - user_text);
}

static struct segment *segment_make(uint64_t bytes)
{
    struct segment *s = NULL;
    check(segment_new(bytes, "test", kernel_domain(), &s) == 0);
    return s;
}

static void give(struct segment *s, struct domain *d, unsigned rights)
{
    check(segment_attach(s, d, rights, 0, NULL) == 0);
}

static struct domain *domain_make(const char *name)
{
    struct domain *d = domain_new(name, kernel_domain());
    check(d != NULL);
    give(text, d, RIGHT_R | RIGHT_X);
    return d;
}

static uint32_t start(struct domain *d, const char *function, uint64_t a0,
                      uint64_t a1)
{
    struct thread *t = thread_new(d, user_address(function), 0, a0, a1, "test");
    check(t != NULL);
    thread_ready(t, 0);
    return t->id;
}

static int64_t join(uint32_t id)
{
    return sys_thread_join(id, 0, 0, 0, 0, 0);
}

static uint64_t peek(struct segment *s, uint64_t page)
{
    return *(uint64_t *)from_physical(segment_frame(s, page));
}

/* Two domains add to one word, by turns. */
static void test_sharing(void)
{
    struct segment *s = segment_make(PAGE_SIZE);
    struct domain *a = domain_make("a"), *b = domain_make("b");
    uint32_t ta, tb;

    give(s, a, RIGHT_R | RIGHT_W);
    give(s, b, RIGHT_R | RIGHT_W);
    ta = start(a, user_count, s->range.base, 100);
    tb = start(b, user_count, s->range.base, 100);
    check(join(ta) == 77);
    check(join(tb) == 77);
    check(peek(s, 0) == 200);
    check(join(ta) == -ERR_KILLED);
    check(join(tb + 1) == -ERR_ID);
    domain_end(a);
    check(attachment_of(s, b) != NULL);
    domain_end(b);
    segment_end(s);
}

/* Knowing an address is no right: the domain that tries is gone. */
static void test_rights(void)
{
    struct segment *s = segment_make(3 * PAGE_SIZE);
    struct domain *a = domain_make("reader"), *b = domain_make("outsider"),
                  *c = domain_make("revoked");
    uint64_t at = s->range.base;

    give(s, a, RIGHT_R);
    check(join(start(a, user_load, at, 0)) == 0);
    check(join(start(a, user_store, at, 5)) == -ERR_KILLED);
    check(join(start(b, user_load, at, 0)) == -ERR_KILLED);
    give(s, c, RIGHT_R | RIGHT_W);
    check(join(start(c, user_store, at + 8 + PAGE_SIZE, 6)) == 6);
    segment_rights(attachment_of(s, c), RIGHT_R);
    check(join(start(c, user_load, at + 8 + PAGE_SIZE, 0)) == 6);
    segment_rights(attachment_of(s, c), RIGHT_R | RIGHT_W);
    check(join(start(c, user_store, at + 2 * PAGE_SIZE, 7)) == 7);
    segment_detach(attachment_of(s, c));
    check(join(start(c, user_load, at + 8 + PAGE_SIZE, 0)) == -ERR_KILLED);
    check(peek(s, 2) == 7);
    check(kernel.domains.count == 0);
    segment_end(s);
}

/* Bad system calls and pointers; the kernel's own memory is out of reach. */
static void test_hostile(void)
{
    struct domain *d = domain_make("hostile");
    struct segment *s = segment_make(2 * PAGE_SIZE);
    uint64_t end = s->range.limit;

    give(s, d, RIGHT_R);
    check(join(start(d, user_console, (uint64_t)text, 8)) == -ERR_ADDRESS);
    check(join(start(d, user_console, 0, 8)) == -ERR_ADDRESS);
    check(join(start(d, user_console, end - 4, 8)) == -ERR_ADDRESS);
    check(join(start(d, user_console, end - 4, UINT64_MAX)) == -ERR_VALUE);
    check(join(start(d, user_console, kernel.user_limit - 4, 8)) ==
          -ERR_ADDRESS);
    check(join(start(d, user_console, s->range.base, 0)) == 0);
    check(join(start(d, user_unknown, 61, 0)) == -ERR_CALL);
    check(join(start(d, user_unknown, UINT64_MAX, 0)) == -ERR_CALL);
    check(join(start(d, user_load, (uint64_t)text, 0)) == -ERR_KILLED);
    d = domain_make("hostile");
    check(join(start(d, user_load, 1, 0)) == -ERR_KILLED);
    segment_end(s);
}

/* A handler gets the fault and goes elsewhere, waits for better times, or gives
 * up. */
static void test_handler(void)
{
    struct domain *d = domain_make("handler");
    struct segment *s = segment_make(PAGE_SIZE);
    uint64_t entry = user_address(user_handler);
    uint32_t t;

    check(join(start(d, user_set_handler, entry, 0)) == 0);
    check(join(start(d, user_load, 0x1000, 1)) == 0x1000);
    t = start(d, user_load, s->range.base, 2);
    thread_sleep(time_now() + 20000);
    check(thread_find(t) != NULL);
    give(s, d, RIGHT_R);
    check(join(t) == 0);
    check(join(start(d, user_load, 0x1000, 0)) == -ERR_KILLED);
    check(kernel.domains.count == 0);
    segment_end(s);
}

/* Threads that never give up the hart, and one that sleeps. */
static void test_time(void)
{
    struct domain *d = domain_make("busy");
    uint64_t before = time_now();
    uint32_t a, b, c;

    if (!kernel.quantum)
        return;
    a = start(d, user_spin, 0, 0);
    b = start(d, user_spin, 0, 0);
    c = start(d, user_sleep, 200000, 0);
    check(join(c) == 0);
    check(time_now() - before >= 200000);
    check(sys_thread_kill(a, 0, 0, 0, 0, 0) == 0);
    check(join(c) == -ERR_KILLED);
    check(join(a) == -ERR_KILLED);
    domain_end(d);
    check(!thread_find(b));
}

/* In a MAS a segment may be seen elsewhere; in a single space it may not. */
static void test_elsewhere(void)
{
    struct domain *d = domain_make("elsewhere");
    struct segment *s = segment_make(5 * PAGE_SIZE);
    uint64_t at = 0x4000;
    int64_t result = segment_attach(s, d, RIGHT_R | RIGHT_W, at, NULL);

    if (kernel.boot.spaces == SPACES_ONE) {
        check(result == -ERR_VALUE);
        domain_end(d);
    } else {
        check(result == 0);
        check(segment_attach(s, d, RIGHT_R, 0, NULL) == -ERR_BUSY);
        check(join(start(d, user_store, at + PAGE_SIZE, 9)) == 9);
        check(peek(s, 1) == 9);
        check(join(start(d, user_load, s->range.base, 0)) == -ERR_KILLED);
    }
    segment_end(s);
}

/* Domains nobody can ever use again go with their creator; others stay. */
static void test_orphans(void)
{
    struct domain *top = domain_make("top"), *d = top;
    uint32_t sleeper;

    for (unsigned i = 0; i < 50; i++)
        d = domain_new("nested", d);
    check(kernel.domains.count == 51);
    give(text, d, RIGHT_R | RIGHT_X);
    sleeper = start(d, user_sleep, 100000, 0);
    domain_end(top);
    check(kernel.domains.count == 1);
    check(join(sleeper) == 0);
    check(kernel.domains.count == 0);
}

static void one_round(uint64_t i)
{
    struct domain *a = domain_make("round"), *b = domain_make("other");
    struct segment *s = segment_make((i % 5 * 200 + 1) * PAGE_SIZE);
    uint32_t t;

    give(s, a, RIGHT_R | RIGHT_W);
    give(s, b, RIGHT_R | (i % 2 ? RIGHT_W : 0));
    t = start(a, user_count, s->range.base, 3);
    start(b, user_sleep, NEVER, 0);
    start(b, user_count, s->range.limit - 8, 3); /* killed every other time */
    check(join(t) == 77);
    if (i % 3)
        segment_end(s);
    domain_end(a);
    if (kernel.domains.count)
        domain_end(b);
    if (i % 3 == 0)
        segment_end(s);
}

/* Everything comes back. */
static void test_leaks(void)
{
    uint64_t before[INFO_COUNT];

    for (uint64_t round = 0; round <= ROUNDS; round++) {
        if (round == 1) {
            for (uint64_t i = 0; i < INFO_COUNT; i++)
                before[i] = (uint64_t)sys_kernel_info(i, 0, 0, 0, 0, 0);
        }
        one_round(round);
    }
    for (uint64_t i = 0; i < INFO_SWITCHES; i++) {
        if ((uint64_t)sys_kernel_info(i, 0, 0, 0, 0, 0) != before[i])
            console_print("  info %d: %d, was %d\n", i,
                          sys_kernel_info(i, 0, 0, 0, 0, 0), before[i]);
        check((uint64_t)sys_kernel_info(i, 0, 0, 0, 0, 0) == before[i]);
    }
}

static void selftest_main(void)
{
    volatile uint32_t *finisher = from_physical(MEM_FINISHER);

    text = segment_make((uint64_t)(user_text_end - user_text));
    check(segment_write(text, 0, user_text,
                        (uint64_t)(user_text_end - user_text)));
    fence_i();
    test_sharing();
    test_rights();
    test_hostile();
    test_handler();
    test_time();
    test_elsewhere();
    test_orphans();
    test_leaks();
    console_print("selftest (%s): %u passed, %u failed\n", space_personality(),
                  passed, failed);
    *finisher = failed ? FINISHER_FAIL : FINISHER_PASS;
    for (;;)
        wait_for_interrupt();
}

void selftest_start(void)
{
    kthread_create(selftest_main, "selftest");
}
#endif
