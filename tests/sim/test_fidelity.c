/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preset flute stays what make fidelity prints: the same instructions and
 * checksums as on the RTL, cycles within bounds; and the bounds can fail:
 * mechanisms taken away break them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fidelity/harness.h"

/* Percent of the RTL's cycles. Those of the programs are our aim. Those of the
 * microbenchmarks leave room for what the model leaves out (docs/timing.md). */
static const double program_worst = 3.0, program_mean = 1.0;
static const double micro_mean = 2.0;

static struct fidelity_program p;

static struct fidelity_summary programs(const char *set)
{
    struct fidelity_summary s = { 0 };
    struct err err;
    for (size_t i = 0; fidelity_name(i); i++) {
        if (!fidelity_run(fidelity_name(i), set, &p, &err))
            fail_msg("%s", err.text);
        assert_int_equal(p.count, 1);
        assert_string_equal(p.record[0].name, fidelity_name(i));
        assert_int_equal(p.record[0].instructions,
                         p.record[0].rtl_instructions);
        assert_int_equal(strlen(p.checksum), 16);
        assert_string_equal(p.checksum, p.rtl_checksum);
        fidelity_add(&s, &p.record[0]);
    }
    assert_int_equal(s.count, 14);
    fidelity_finish(&s);
    return s;
}

static void programs_are_within_bounds(void **state)
{
    (void)state;
    struct fidelity_summary s = programs("");
    assert_true(fabs(s.worst) < program_worst);
    assert_true(s.mean < program_mean);
}

static void micro(const char *name, size_t count)
{
    struct fidelity_summary s = { 0 };
    struct err err;
    if (!fidelity_run(name, "", &p, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < p.count; i++) {
        if (!p.record[i].rtl_cycles)
            continue;
        assert_int_equal(p.record[i].instructions,
                         p.record[i].rtl_instructions);
        fidelity_add(&s, &p.record[i]);
    }
    fidelity_finish(&s);
    assert_int_equal(s.count, count);
    assert_true(s.mean < micro_mean);
}

static void microbenchmarks_are_within_bounds(void **state)
{
    (void)state;
    micro("m_core", 75);
    micro("m_mem", 36);
}

static void each_mechanism_is_needed(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "branch.predictor=static",
        "branch.mispredict=0",
        "pipeline.load_use=0",
        "pipeline.store=0",
        "stores.order=pass",
        "pipeline.divider=quotient pipeline.div=33",
        "walk.iread=0 walk.dread=0",
        "l1i.policy=lru l1d.policy=lru",
        "dram.latency=20 l1d.extra=0",
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct fidelity_summary s = programs(sets[i]);
        if (fabs(s.worst) < program_worst && s.mean < program_mean)
            fail_msg("%s: still %.2f %%, worst %.2f %%", sets[i], s.mean,
                     s.worst);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_within_bounds),
        cmocka_unit_test(microbenchmarks_are_within_bounds),
        cmocka_unit_test(each_mechanism_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
