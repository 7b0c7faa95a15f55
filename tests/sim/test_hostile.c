/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests that mean harm: drivers that write nonsense into every device, traps
 * without an end, waiting for nothing, tables and code in devices. Each ends in
 * a defined way, with the documented exit code. Bad virtio rings: test_virtio.
 */
#include "tests/sim/machine_help.h"

#define HANDLER 0x800 /* where in RAM */
#define LIMIT   20000 /* instructions; none of these programs needs as many */

enum { T0 = 5, T1 = 6, A0 = 10 };
enum {
    STVEC = 0x105,
    MSTATUS = 0x300,
    MEDELEG = 0x302,
    MIE = 0x304,
    MTVEC = 0x305,
    MEPC = 0x341,
    PMPCFG0 = 0x3a0,
    PMPADDR0 = 0x3b0
};

/* A program as it is written; the rest of `word` stays 0. */
struct program {
    uint32_t word[HANDLER / 2];
    unsigned at;
};

static void put(struct program *p, uint32_t word)
{
    p->word[p->at++] = word;
}

static void li(struct program *p, unsigned rd, uint32_t value)
{
    put(p, ((value + 0x800) & 0xfffff000) | rd << 7 | 0x37);   /* lui */
    put(p, (value & 0xfff) << 20 | rd << 15 | rd << 7 | 0x1b); /* addiw */
    put(p, 32u << 20 | rd << 15 | 1 << 12 | rd << 7 | 0x13);   /* slli 32 */
    put(p, 32u << 20 | rd << 15 | 5 << 12 | rd << 7 | 0x13);   /* srli 32 */
}

/* Stores value at address; log_size 0 to 3 bytes as a power of 2. */
static void store(struct program *p, unsigned log_size, uint32_t address,
                  uint32_t value)
{
    li(p, T0, address);
    li(p, T1, value);
    put(p, 0x00628023 | log_size << 12);
}

static void load(struct program *p, unsigned log_size, uint32_t address)
{
    li(p, T0, address);
    put(p, 0x00028303 | log_size << 12); /* to t1 */
}

static void csrw(struct program *p, uint32_t number, uint32_t value)
{
    li(p, T0, value);
    put(p, number << 20 | T0 << 15 | 1 << 12 | 0x73);
}

static void off(struct program *p)
{
    store(p, 2, MEM_FINISHER, 0x5555);
    put(p, 0x0000006f); /* j . */
}

/* From the handler the machine reports failure cause + 1. */
static void handler(struct program *p)
{
    p->at = HANDLER / 4;
    put(p, 0x34202573); /* csrr a0,mcause */
    put(p, 0x00150513); /* addi a0,a0,1 */
    put(p, 0x01051513); /* slli a0,a0,16 */
    li(p, T1, 0x3333);
    put(p, 0x00656533); /* or a0,a0,t1 */
    li(p, T0, MEM_FINISHER);
    put(p, 0x00a2a023); /* sw a0,0(t0) */
    put(p, 0x0000006f); /* j . */
}

static struct program begin(void)
{
    struct program p = { .at = 0 };
    csrw(&p, MTVEC, MEM_RAM + HANDLER);
    return p;
}

/* How it ends; the value it reports goes to *value. */
static enum stop end(const struct program *p, uint64_t *value)
{
    struct program whole = *p;
    const struct run_limits limits = { .max_insns = LIMIT };
    struct machine *m = new_machine("u54");
    handler(&whole);
    PUT_PROGRAM(m, whole.word);
    enum stop stop = machine_run(m, &limits);
    *value = m->exit_value;
    machine_free(m);
    return stop;
}

static void expect_stop(const struct program *p, enum stop stop,
                        enum exit_code code)
{
    uint64_t value;
    assert_int_equal(end(p, &value), stop);
    assert_int_equal(stop_exit_code(stop), code);
}

static void expect_cause(const struct program *p, uint64_t cause)
{
    uint64_t value;
    assert_int_equal(end(p, &value), STOP_FAIL);
    assert_int_equal(value, cause + 1);
}

enum { FETCH_REFUSED = 1, ILLEGAL = 2, LOAD_REFUSED = 5, STORE_REFUSED = 7 };

static void stores_that_a_device_refuses_trap(void **state)
{
    (void)state;
    static const struct {
        unsigned log_size;
        uint32_t address;
    } bad[] = {
        { 2, MEM_ROM },
        { 3, MEM_ROM + 8 },
        { 0, MEM_PLIC + 4 },
        { 3, MEM_PLIC + 0x200000 },
        { 1, MEM_UART },
        { 2, MEM_UART + 4 },
        { 3, MEM_UART },
        { 0, MEM_VIRTIO + 0x50 },
        { 3, MEM_VIRTIO + 0x70 },
        { 2, MEM_MAILBOX + MAILBOX_DONE },
        { 2, 0x0 },
        { 2, 0x30000000 },
        { 3, 0x7ffffff8 },
        { 0, 0xf0000000 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct program p = begin();
        store(&p, bad[i].log_size, bad[i].address, 1);
        off(&p);
        expect_cause(&p, STORE_REFUSED);
        p = begin();
        load(&p, bad[i].log_size, bad[i].address);
        off(&p);
        if (bad[i].address != MEM_ROM && bad[i].address != MEM_ROM + 8)
            expect_cause(&p, LOAD_REFUSED);
    }
}

/* Nonsense that registers take: nothing happens, and the guest goes on. */
static void nonsense_is_taken_and_ignored(void **state)
{
    (void)state;
    static const struct {
        uint32_t address, value;
    } odd[] = {
        { MEM_FINISHER, 0 },
        { MEM_FINISHER, 0x1234 },
        { MEM_FINISHER, 0xffffffff },
        { MEM_FINISHER + 4, 0x5555 },
        { MEM_PLIC + 0x200004, 10 }, /* completes what nobody claimed */
        { MEM_PLIC + 0x200004, 0xffffffff },
        { MEM_PLIC + 0x3fff000, 1 }, /* a context that is not there */
        { MEM_PLIC + 4 * 1000, 7 },  /* a source that is not there */
        { MEM_VIRTIO + 0x5050, 0 },  /* bell of an empty slot */
        { MEM_VIRTIO + 0x50, 0xffffffff },
        { MEM_VIRTIO + VIRTIO_STRIDE + 0x50, 7 }, /* absent queue */
        { MEM_VIRTIO + VIRTIO_STRIDE + 0x50, 0 }, /* not set up */
        { MEM_VIRTIO + VIRTIO_STRIDE + 0x70, 0xffffffff },
        { MEM_VIRTIO + 0x1fc, 0xffffffff },
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct program p = begin();
        store(&p, 2, odd[i].address, odd[i].value);
        load(&p, 2, MEM_PLIC + 0x200004); /* claims nothing */
        off(&p);
        expect_stop(&p, STOP_POWEROFF, EXIT_PASSED);
    }
}

/* A fetch reads two bytes: most devices refuse, the finisher reads as 0, which
 * is no instruction. */
static void there_is_no_code_in_devices(void **state)
{
    (void)state;
    static const struct {
        uint32_t address;
        uint64_t cause;
    } where[] = {
        { MEM_UART, FETCH_REFUSED }, { MEM_CLINT, FETCH_REFUSED },
        { MEM_PLIC, FETCH_REFUSED }, { MEM_VIRTIO, FETCH_REFUSED },
        { 0, FETCH_REFUSED },        { MEM_FINISHER, ILLEGAL },
    };
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
        struct program p = begin();
        li(&p, T0, where[i].address);
        put(&p, 0x00028067); /* jr t0 */
        expect_cause(&p, where[i].cause);
    }
}

/* A handler in a device, at nothing, or one that traps itself. */
static void endless_traps_are_no_progress(void **state)
{
    (void)state;
    static const uint32_t where[] = { 0, MEM_UART, 0xfffffffc,
                                      MEM_RAM + 0x400 };
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++)
        for (unsigned delegated = 0; delegated < 2; delegated++) {
            struct program p = begin();
            csrw(&p, MTVEC, where[i]);
            csrw(&p, STVEC, where[i]);
            csrw(&p, MEDELEG, delegated ? ~0u : 0u);
            put(&p, 0x00000000);
            expect_stop(&p, STOP_NO_PROGRESS, EXIT_NO_PROGRESS);
        }
}

/* S-mode with page tables where no RAM is: the fetch of every page, then of
 * the handler, is refused by the walker. */
static void page_tables_in_devices(void **state)
{
    (void)state;
    static const uint32_t root[] = { 0, MEM_UART, MEM_PLIC, 0xf0000000 };
    for (size_t i = 0; i < sizeof root / sizeof root[0]; i++)
        for (uint64_t mode = 8; mode <= 10; mode++) {
            struct program p = begin();
            csrw(&p, PMPADDR0, 0xffffffff);
            csrw(&p, PMPCFG0, 0x1f);
            li(&p, T0, root[i] >> 12);
            li(&p, T1, (uint32_t)mode);
            put(&p, 0x03c31313); /* slli t1,t1,60 */
            put(&p, 0x0062e2b3); /* or t0,t0,t1 */
            put(&p, 0x18029073); /* csrw satp,t0 */
            csrw(&p, MEPC, MEM_RAM);
            csrw(&p, MSTATUS, 1u << 11); /* MPP = S */
            put(&p, 0x30200073);         /* mret */
            expect_cause(&p, FETCH_REFUSED);
        }
}

/* Level interrupts that nobody takes back: each handler returns at once. It is
 * the limit that ends this. */
static void an_interrupt_storm_is_bounded(void **state)
{
    (void)state;
    struct program p = begin();
    struct machine *m = new_machine("u54");
    const struct run_limits limits = { .max_insns = LIMIT };
    csrw(&p, MTVEC, MEM_RAM + 0x700);
    csrw(&p, MIE, 0xaaa);
    store(&p, 2, MEM_CLINT, 1);
    csrw(&p, MSTATUS, 8);
    put(&p, 0x0000006f);            /* j . */
    p.word[0x700 / 4] = 0x30200073; /* mret */
    PUT_PROGRAM(m, p.word);
    assert_int_equal(machine_run(m, &limits), STOP_BUDGET);
    assert_true(m->event_count[EVENT_TRAP] > LIMIT / 4);
    machine_free(m);
}

static void waiting_for_nothing_is_no_progress(void **state)
{
    (void)state;
    for (uint32_t mie = 0; mie < 0x1000; mie += 0xaaa) {
        struct program p = begin();
        csrw(&p, MIE, mie);
        csrw(&p, MSTATUS, 8);
        put(&p, 0x10500073); /* wfi */
        off(&p);
        expect_stop(&p, STOP_IDLE, EXIT_NO_PROGRESS);
    }
}

/* In U-mode everything that steers the machine is refused. */
static void user_mode_reaches_nothing(void **state)
{
    (void)state;
    static const uint32_t word[] = {
        0x10500073, 0x30200073,
        0x10200073, 0x12000073, /* wfi mret sret fence */
        0x18001073, 0x30001073,
        0x3a001073, 0x7a001073, /* csrw satp ... */
    };
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
        struct program p = begin();
        csrw(&p, PMPADDR0, 0xffffffff);
        csrw(&p, PMPCFG0, 0x1f);
        csrw(&p, MEPC, MEM_RAM + 0x600);
        csrw(&p, MSTATUS, 0);
        put(&p, 0x30200073);
        p.word[0x600 / 4] = word[i];
        expect_cause(&p, ILLEGAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_that_a_device_refuses_trap),
        cmocka_unit_test(nonsense_is_taken_and_ignored),
        cmocka_unit_test(there_is_no_code_in_devices),
        cmocka_unit_test(endless_traps_are_no_progress),
        cmocka_unit_test(page_tables_in_devices),
        cmocka_unit_test(an_interrupt_storm_is_bounded),
        cmocka_unit_test(waiting_for_nothing_is_no_progress),
        cmocka_unit_test(user_mode_reaches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
