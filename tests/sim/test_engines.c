/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast engine where it is easy to get wrong: it is stopped at every
 * instruction and at every cycle, exchanged for the readable one in mid-run,
 * its code is changed under it by stores and by a disk, its filter is closed.
 * Each time against the readable engine. (Everything there is to run:
 * test_lockstep.c.)
 */
#include "tests/sim/machine_help.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "mmu/l0.h"
#include "sim/compare/compare.h"
#include "tests/mmu/random.h"
#include "tests/sim/harness_random.h"

#if defined(__SANITIZE_ADDRESS__)
#define MANY 200
#else
#define MANY 2000
#endif

/* ---- two machines ------------------------------------------------------ */

struct pair {
    struct machine *fast, *readable;
};

static struct machine *small_machine(const char *preset, enum engine engine)
{
    struct config c;
    struct err err;
    assert_true(config_preset(&c, preset, &err));
    assert_true(config_set(&c, "ram.bytes", "2M", &err));
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    m->engine = engine;
    return m;
}

static struct pair open_pair(const char *preset)
{
    return (struct pair){ small_machine(preset, ENGINE_FAST),
                          small_machine(preset, ENGINE_READABLE) };
}

static struct pair random_pair(const char *preset, enum random_kind kind,
                               uint64_t seed)
{
    struct pair p = open_pair(preset);
    random_program(p.fast, kind, seed);
    random_program(p.readable, kind, seed);
    return p;
}

static void close_pair(struct pair *p)
{
    machine_free(p->fast);
    machine_free(p->readable);
}

static void same(const struct pair *p, const char *when)
{
    struct differences d = { 0 };
    if (machine_compare(p->fast, p->readable, &d))
        return;
    for (unsigned i = 0; i < d.count && i < DIFFERENCE_LINES; i++)
        print_error("  %s\n", d.text[i]);
    fail_msg("%s, at cycle %" PRIu64 ": the engines differ", when,
             machine_clock(p->readable));
}

static void run_both(const struct pair *p, const struct run_limits *limits)
{
    assert_int_equal(machine_run(p->fast, limits),
                     machine_run(p->readable, limits));
}

/* ---- where it stops ---------------------------------------------------- */

/* The same program by slices of 1, 2, 3 ... instructions. */
static void stops_at_every_instruction(void **state)
{
    (void)state;
    for (enum random_kind kind = 0; kind < RANDOM_KINDS; kind++) {
        struct pair p = random_pair("u54", kind, 21);
        for (uint64_t n = 1; n <= MANY / 4; n++) {
            const struct run_limits limits = { .max_insns = n };
            run_both(&p, &limits);
            same(&p, random_kind_name(kind));
        }
        close_pair(&p);
    }
}

/* From reset to instruction n in one go, for every n: the readable engine goes
 * there step by step. */
static void goes_to_every_instruction(void **state)
{
    (void)state;
    const struct run_limits one = { .max_insns = 1 };
    struct pair p = random_pair("flute", RANDOM_USER, 22);
    for (uint64_t n = 1; n <= MANY; n++) {
        const struct run_limits limits = { .max_insns = n };
        machine_free(p.fast);
        p.fast = small_machine("flute", ENGINE_FAST);
        random_program(p.fast, RANDOM_USER, 22);
        machine_run(p.fast, &limits);
        machine_run(p.readable, &one);
        assert_int_equal(p.fast->now->ledger.instructions, n);
        same(&p, "from reset");
    }
    close_pair(&p);
}

/* Likewise to every cycle; the same number of instructions fits. */
static void stops_at_every_cycle(void **state)
{
    (void)state;
    static const char *const presets[] = { "u54", "flute" };
    for (unsigned i = 0; i < 2; i++) {
        struct pair p = random_pair(presets[i], RANDOM_MACHINE, 23);
        const struct run_limits warm = { .max_insns = 3000 };
        run_both(&p, &warm);
        uint64_t start = machine_clock(p.fast);
        for (uint64_t n = 1; n <= MANY; n++) {
            const struct run_limits limits = { .until_cycle = start + n };
            run_both(&p, &limits);
            same(&p, "every cycle");
        }
        for (uint64_t n = 1; n <= MANY / 8; n++) {
            start = machine_clock(p.fast);
            const struct run_limits limits = { .until_cycle = start + n };
            run_both(&p, &limits);
            same(&p, "longer and longer");
        }
        close_pair(&p);
    }
}

/* The timer goes off at every cycle, which is a tick here. */
static void is_interrupted_at_every_cycle(void **state)
{
    (void)state;
    struct pair p = random_pair("u54", RANDOM_MACHINE, 24);
    struct machine *const both[] = { p.fast, p.readable };
    uint64_t interrupts = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct cpu *c = &both[i]->now->cpu;
        c->time_ratio[0] = c->time_ratio[1] = 1;
        assert_true(csr_write(c, CSR_menvcfg, ENVCFG_STCE) &&
                    csr_write(c, CSR_mie, MIP_STIP) &&
                    csr_write(c, CSR_mstatus, c->csr.mstatus | STATUS_MPIE));
    }
    for (uint64_t n = 0; n < MANY; n++) {
        const struct run_limits limits = { .max_insns = 2000,
                                           .stop_events =
                                               EVENT_BIT(EVENT_TRAP) };
        if (cpu_next_deadline(&p.fast->now->cpu) == UINT64_MAX)
            for (unsigned i = 0; i < 2; i++)
                assert_true(
                    csr_write(&both[i]->now->cpu, CSR_stimecmp,
                              cpu_time(&both[i]->now->cpu) + 400 + n % 89));
        run_both(&p, &limits);
        same(&p, "interrupted");
        interrupts += p.fast->now->cpu.step.interrupt;
    }
    assert_true(interrupts > MANY / 8);
    close_pair(&p);
}

/* ---- who runs ---------------------------------------------------------- */

static void engines_may_take_turns(void **state)
{
    (void)state;
    for (unsigned seed = 31; seed < 31 + RANDOM_KINDS; seed++) {
        struct pair p = random_pair("u54", (enum random_kind)(seed - 31), seed);
        for (unsigned i = 0; i < MANY / 20; i++) {
            const struct run_limits limits = { .max_insns =
                                                   1 + random_below(900) };
            p.fast->engine = random_below(2) ? ENGINE_FAST : ENGINE_READABLE;
            run_both(&p, &limits);
        }
        same(&p, "taking turns");
        close_pair(&p);
    }
}

static uint64_t lines_in_filter(const struct l0 *l)
{
    uint64_t lines = 0;
    for (unsigned v = 0; v < L0_VIEWS; v++)
        for (unsigned i = 0; i < L0_SLOTS; i++)
            lines += l->line[v][i].load != L0_EMPTY ||
                     l->line[v][i].store != L0_EMPTY;
    return lines;
}

/* The filter is closed: every access goes through the units, with the same
 * result. */
static void the_filter_changes_nothing(void **state)
{
    (void)state;
    uint64_t lines = 0;
    for (enum random_kind kind = 0; kind < RANDOM_KINDS; kind++) {
        struct pair p = random_pair("u54", kind, 41);
        struct machine *open = small_machine("u54", ENGINE_FAST);
        const struct run_limits limits = { .max_insns = 10 * MANY };
        random_program(open, kind, 41);
        p.fast->now->cpu.mmu.l0->closed = true;
        run_both(&p, &limits);
        same(&p, "the filter is closed");
        machine_run(open, &limits);
        assert_int_equal(lines_in_filter(p.fast->now->cpu.mmu.l0), 0);
        lines += lines_in_filter(open->now->cpu.mmu.l0);
        struct pair both = { open, p.fast };
        same(&both, "the filter is open, or closed");
        close_pair(&p);
        machine_free(open);
    }
    assert_true(lines > 20);
}

/* ---- code that changes ------------------------------------------------- */

/* 100 rounds; in each the instruction at `patch` adds another number to a0, as
 * written by the store before it: in the same block, whose bytes are loaded
 * besides. */
static const uint32_t program_patch[] = {
    0x06400413, /* li s0,100 */
    0x00000513, /* li a0,0 */
    0x00050937, /* lui s2,0x50: addi a0,a0,0 is 0x00050513 */
    0x5139091b, /* addiw s2,s2,1299 */
    0x00000297, /* auipc t0,0x0 */
    /* loop: */
    0x01441313, /* slli t1,s0,20 */
    0x01236333, /* or t1,t1,s2 */
    0x0182ae03, /* lw t3,24(t0): patch */
    0x0062ac23, /* sw t1,24(t0): patch */
    0x00000013, /* nop, or fence.i */
    0x00050513, /* patch: addi a0,a0,0 */
    0xfff40413, /* addi s0,s0,-1 */
    0xfe0412e3, /* bnez s0,loop */
    0x0000006f, /* j . */
};
enum { PATCH_NOP = 9 };
#define FENCE_I 0x0000100fu

static void code_changes_in_its_own_block(void **state)
{
    (void)state;
    static const char *const presets[] = { "u54", "r4000", "tiny", "flute" };
    for (unsigned i = 0; i < 8; i++) {
        uint32_t words[sizeof program_patch / 4];
        struct pair p = open_pair(presets[i / 2]);
        memcpy(words, program_patch, sizeof words);
        if (i % 2)
            words[PATCH_NOP] = FENCE_I;
        PUT_PROGRAM(p.fast, words);
        PUT_PROGRAM(p.readable, words);
        const struct run_limits limits = { .max_insns = 900 };
        run_both(&p, &limits);
        same(&p, presets[i / 2]);
        assert_int_equal(p.fast->now->cpu.x[10], 100 * 101 / 2);
        close_pair(&p);
    }
}

/* Calls a function of two instructions, for ever. */
static const uint32_t program_caller[] = {
    0x00000513, /* li a0,0 */
    0x00001297, /* auipc t0,0x1 */
    0x000280e7, /* jalr t0: 80001004 */
    0xff9ff06f, /* j 80000004 */
};
static const uint32_t function[2][2] = {
    { 0x00150513, 0x00008067 }, /* addi a0,a0,1; ret */
    { 0x00350513, 0x00008067 }, /* addi a0,a0,3; ret */
};
#define FUNCTION (MEM_RAM + 0x1004)

/* The host writes over code between two runs, as coherent DMA. */
static void the_host_changes_code(void **state)
{
    (void)state;
    struct pair p = open_pair("u54");
    const struct run_limits limits = { .max_insns = 1000 }; /* 200 calls */
    PUT_PROGRAM(p.fast, program_caller);
    PUT_PROGRAM(p.readable, program_caller);
    uint64_t before = 0;
    for (unsigned i = 0; i < 6; i++) {
        assert_true(
            machine_poke_phys(p.fast, FUNCTION, function[i % 2], 8) &&
            machine_poke_phys(p.readable, FUNCTION, function[i % 2], 8));
        run_both(&p, &limits);
        same(&p, "code from the host");
        assert_in_range(p.fast->now->cpu.x[10] - before, i % 2 ? 598 : 199,
                        i % 2 ? 602 : 203);
        before = p.fast->now->cpu.x[10];
    }
    close_pair(&p);
}

/* Calls the function, makes the disk read over it, calls it again. */
static const uint32_t program_disk[] = {
    0x00000513, /* li a0,0 */
    0x06400413, /* li s0,100 */
    0x00001297, /* auipc t0,0x1 */
    0x7f8280e7, /* jalr 2040(t0): 80001800 */
    0xfff40413, /* addi s0,s0,-1 */
    0xfe041ae3, /* bnez s0,80000008 */
    0x10001337, /* lui t1,0x10001 */
    0x04032823, /* sw zero,80(t1): notify */
    0x06400413, /* li s0,100 */
    0x00001297, /* auipc t0,0x1 */
    0x7dc280e7, /* jalr 2012(t0): 80001800 */
    0xfff40413, /* addi s0,s0,-1 */
    0xfe041ae3, /* bnez s0,80000024 */
    0x0000006f, /* j . */
};
#define DISK_CODE (MEM_RAM + 0x1800)
#define QUEUE     (MEM_RAM + 0x10000)

static void virtio_set(struct machine *m, uint64_t offset, uint64_t value)
{
    assert_true(virtio_write(&m->virtio[MACHINE_SLOT_DISK], offset, 4, value));
}

/* One request waits in the queue: sector 0 to DISK_CODE. */
static void prepare_read(struct machine *m)
{
    enum { NEXT = 1, WRITE = 2 };
    const struct {
        uint64_t pa;
        uint32_t bytes;
        uint16_t flags, next;
    } desc[3] = { { QUEUE + 0x3000, 16, NEXT, 1 },
                  { DISK_CODE, BLOCK_SECTOR, NEXT | WRITE, 2 },
                  { QUEUE + 0x3010, 1, WRITE, 0 } };
    const uint16_t avail[] = { 0, 1, 0 };
    assert_true(machine_poke_phys(m, QUEUE, desc, sizeof desc) &&
                machine_poke_phys(m, QUEUE + 0x1000, avail, sizeof avail));
    virtio_set(m, VIRTIO_QUEUE_SELECT_AT, 0);
    virtio_set(m, VIRTIO_QUEUE_SIZE_AT, 8);
    virtio_set(m, VIRTIO_DESC_AT, QUEUE);
    virtio_set(m, VIRTIO_AVAIL_AT, QUEUE + 0x1000);
    virtio_set(m, VIRTIO_USED_AT, QUEUE + 0x2000);
    virtio_set(m, VIRTIO_QUEUE_READY_AT, 1);
    virtio_set(m, VIRTIO_STATUS_AT,
               VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK |
                   VIRTIO_DRIVER_OK);
}

static void a_disk_is_read_over_code(void **state)
{
    (void)state;
    char path[] = "/tmp/opalite_disk_XXXXXX";
    uint8_t sector[BLOCK_SECTOR] = { 0 };
    struct pair p = open_pair("u54");
    struct machine *const both[] = { p.fast, p.readable };
    struct err err;
    int fd = mkstemp(path);
    memcpy(sector, function[1], sizeof function[1]);
    assert_int_equal(write(fd, sector, sizeof sector), sizeof sector);
    close(fd);
    for (int i = 0; i < 2; i++) {
        assert_true(machine_attach_disk(both[i], path, &err));
        PUT_PROGRAM(both[i], program_disk);
        assert_true(machine_poke_phys(both[i], DISK_CODE, function[0], 8));
        prepare_read(both[i]);
    }
    const struct run_limits limits = { .max_insns = 1500 };
    run_both(&p, &limits);
    same(&p, "code from a disk");
    assert_int_equal(p.fast->now->cpu.x[10], 100 + 300);
    unlink(path);
    close_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_at_every_instruction),
        cmocka_unit_test(goes_to_every_instruction),
        cmocka_unit_test(stops_at_every_cycle),
        cmocka_unit_test(is_interrupted_at_every_cycle),
        cmocka_unit_test(engines_may_take_turns),
        cmocka_unit_test(the_filter_changes_nothing),
        cmocka_unit_test(code_changes_in_its_own_block),
        cmocka_unit_test(the_host_changes_code),
        cmocka_unit_test(a_disk_is_read_over_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
