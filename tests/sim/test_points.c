/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points (sim/point.h) in both engines: random programs stop at the same
 * points, in the same state, as often; and they are the same programs as
 * without points. The fast engine has to run in between.
 */
#include "tests/sim/machine_help.h"

#include <inttypes.h>
#include <string.h>

#include "cpu/fast.h"
#include "sim/compare/compare.h"
#include "tests/mmu/random.h"
#include "tests/sim/harness_random.h"

#if defined(__SANITIZE_ADDRESS__)
enum { PROGRAMS = 1, STEPS = 2000 };
#else
enum { PROGRAMS = 4, STEPS = 4000 };
#endif
enum { POINTS = 6 };

static struct machine *random_machine(enum engine engine, enum random_kind kind,
                                      uint64_t seed)
{
    struct config c;
    struct err err;
    assert_true(config_preset(&c, "u54", &err));
    assert_true(config_set(&c, "ram.bytes", "2M", &err));
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    m->engine = engine;
    random_program(m, kind, seed);
    return m;
}

/* Points that the program meets: places and data of some of its steps. */
static void choose_points(struct point *at, enum random_kind kind,
                          uint64_t seed)
{
    static const enum point_kind data[] = { POINT_STORE, POINT_LOAD,
                                            POINT_ACCESS };
    struct machine *m = random_machine(ENGINE_READABLE, kind, seed);
    const struct run_limits one = { .max_insns = 1 };
    const struct step *s = &m->now->cpu.step;
    for (int i = 0; i < POINTS;) {
        for (uint64_t n = 1 + random_below(40); n > 0; n--)
            machine_run(m, &one);
        uint64_t va = s->data.va + random_below(4);
        bool accessed = s->data.size && !s->data.refused;
        if (i % 2 == 0)
            at[i] = (struct point){ POINT_PC, s->pc, i == 2 ? 8 : 0 };
        else if (accessed)
            at[i] = (struct point){ data[random_below(3)], va,
                                    1 + random_below(8) };
        else if (random_below(100) == 0)
            at[i] = (struct point){ POINT_STORE, s->pc, 4 };
        else
            continue;
        i++;
    }
    machine_free(m);
}

static void same(struct machine *a, struct machine *b, const char *when)
{
    struct differences d = { 0 };
    if (machine_compare(a, b, &d))
        return;
    for (unsigned i = 0; i < d.count && i < DIFFERENCE_LINES; i++)
        print_error("  %s\n", d.text[i]);
    fail_msg("%s, at cycle %" PRIu64 ": not the same", when, machine_clock(b));
}

/* To the next point, or to instruction `last`. */
static bool run_to_point(struct machine *m, const struct points *p,
                         uint64_t last)
{
    const struct run_limits limits = { .max_insns =
                                           last - machine_instructions(m),
                                       .points = p };
    machine_run(m, &limits);
    return m->at_point;
}

static uint64_t stops_of(enum random_kind kind, uint64_t seed)
{
    struct point at[POINTS];
    choose_points(at, kind, seed);
    const struct points points = { .at = at, .count = POINTS, .harts = 1 };
    struct machine *fast = random_machine(ENGINE_FAST, kind, seed);
    struct machine *slow = random_machine(ENGINE_READABLE, kind, seed);
    struct machine *free_of = random_machine(ENGINE_FAST, kind, seed);
    uint64_t stops = 0;
    while (machine_instructions(slow) < STEPS) {
        bool met = run_to_point(slow, &points, STEPS);
        assert_int_equal(run_to_point(fast, &points, STEPS), met);
        assert_int_equal(fast->stopped, slow->stopped);
        same(fast, slow, random_kind_name(kind));
        if (met) {
            assert_int_equal(fast->point.kind, slow->point.kind);
            assert_int_equal(fast->point.va, slow->point.va);
        }
        stops += met;
    }
    /* Without points again, in the same machine: its blocks run over them. */
    const struct run_limits more = { .max_insns = STEPS };
    machine_run(fast, &more);
    machine_run(slow, &more);
    same(fast, slow, "points taken away");
    const struct run_limits all = { .max_insns = 2 * (uint64_t)STEPS };
    machine_run(free_of, &all);
    same(fast, free_of, "run without points");
    machine_free(fast);
    machine_free(slow);
    machine_free(free_of);
    return stops;
}

static void engines_stop_alike(void **state)
{
    (void)state;
    for (enum random_kind kind = 0; kind < RANDOM_KINDS; kind++) {
        uint64_t stops = 0;
        for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
            random_start(seed);
            stops += stops_of(kind, 300 + seed);
        }
        if (stops < POINTS)
            fail_msg("%s: only %" PRIu64 " stops", random_kind_name(kind),
                     stops);
    }
}

/* With points that a loop does not meet the fast engine runs it; with one in
 * it, it comes back there. */
static void only_what_meets_a_point_is_slow(void **state)
{
    (void)state;
    /* addi a0,a0,1; nop; j -8 */
    static const uint32_t loop[] = { 0x00150513, 0x00000013, 0xff9ff06f };
    const struct point elsewhere[] = { { POINT_PC, MEM_RAM + 0x100, 0 },
                                       { POINT_STORE, MEM_RAM + 0x200, 8 } };
    const struct point here = { POINT_PC, MEM_RAM + 4, 0 };
    const struct run_limits begin = { .max_insns = 1500 };
    const struct fast_limits limits = { .until = UINT64_MAX,
                                        .stop = UINT64_MAX,
                                        .instructions = 10000,
                                        .pc_span = UINT64_MAX };
    struct config c;
    struct err err;
    assert_true(config_preset(&c, "u54", &err));
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    assert_true(machine_poke_phys(m, MEM_RAM, loop, sizeof loop));
    machine_run(m, &begin);
    struct cpu *cpu = &m->now->cpu;
    assert_int_equal(cpu->pc, MEM_RAM);
    fast_set_points(cpu, elsewhere, 2);
    assert_true(fast_run(cpu, &limits) > 9000);
    fast_set_points(cpu, &here, 1);
    (void)fast_run(cpu, &limits);
    assert_int_equal(cpu->pc, MEM_RAM + 4);
    assert_int_equal(fast_run(cpu, &limits), 0);
    machine_free(m);
}

/* What the bytes were before a store, or an AMO, that was watched. */
static void a_store_tells_what_was_there(void **state)
{
    (void)state;
    /* auipc a0,1; li a1,7; sw a1,0(a0); li a1,9; sh a1,2(a0);
     * amoadd.w a2,a1,(a0) */
    static const uint32_t code[] = { 0x00001517, 0x00700593, 0x00b52023,
                                     0x00900593, 0x00b51123, 0x00b5262f };
    static const uint64_t before[] = { 0x11223344, 0, 0x00090007 };
    const struct point at = { POINT_STORE, MEM_RAM + 0x1000, 4 };
    const struct points points = { .at = &at, .count = 1, .harts = 1 };
    const struct run_limits limits = { .max_insns = 100, .points = &points };
    for (int engine = 0; engine < 2; engine++) {
        struct config c;
        struct err err;
        uint32_t first = 0x11223344;
        assert_true(config_preset(&c, "u54", &err));
        struct machine *m = machine_new(&c, &err);
        assert_non_null(m);
        m->engine = (enum engine)engine;
        assert_true(machine_poke_phys(m, MEM_RAM, code, sizeof code));
        assert_true(machine_poke_phys(m, MEM_RAM + 0x1000, &first, 4));
        for (int i = 0; i < 3; i++) {
            assert_int_equal(machine_run(m, &limits), STOP_POINT);
            assert_int_equal(m->now->cpu.step.data.before, before[i]);
        }
        machine_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_stop_alike),
        cmocka_unit_test(only_what_meets_a_point_is_slow),
        cmocka_unit_test(a_store_tells_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
